# SPDX-License-Identifier: MIT
"""The slider along a trajectory: curves against what is proven at each step, keyboard, axes, paper.

browser_steps.py PAGE COMPARISON.json CHECKPOINTS.h5 [axe.min.js]: complaints on stdout.
"""
import json
import sys
import time

import h5py
import numpy as np
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser import Browser, attempt, check
from browser_curves import clearance, distance, winding

plots = "document.querySelectorAll('.steps + .charts .plot')"


def state(browser):
    """Words, axes and points of both charts once they show what the slider says."""
    browser.run(f"{plots}[0].scrollIntoView({{block: 'center', behavior: 'instant'}})")
    check(browser.wait(f"[...{plots}].slice(0, 2).every((p) => p.hasAttribute('data-drawn'))"), "curve and zeros are not drawn")
    found = browser.run(f"""const [a, b] = {plots}, list = (t, k) => Array.from(t[k]);
        return {{value: document.getElementById('steps-step-of-0').value, spoken: document.getElementById('steps-step-of-0').getAttribute('aria-valuetext'),
          said: document.getElementById('steps-said-of-0').textContent, title: a.closest('figure').querySelector('b').textContent,
          about: a.closest('figure').querySelector('.about').textContent, axes: [a, b].map((p) => [p._fullLayout.xaxis.range, p._fullLayout.yaxis.range]),
          disc: a.layout.shapes.map((s) => s.x1), x: list(a.data[0], 'x'), y: list(a.data[0], 'y'), theta: list(a.data[0], 'customdata'),
          zeros: Object.fromEntries(b.data.map((t) => [t.name, t.x.map((x, k) => [x, t.y[k]])]))}}""")
    found["points"] = np.array(found["x"]) + 1j * np.array(found["y"])
    return found


def symbol_of(file, step, block):
    """The taps of this block at this step, as the file holds them."""
    with h5py.File(file) as f:
        taps = []
        f[str(step)].visititems(lambda name, data: taps.append(data[()].ravel()) if name.split("/")[-1].endswith("weight") and f".{block}." in "." + name.replace("/", ".") else None)
        check(len(taps) == 1, f"{len(taps)} tensors of block {block} at step {step}")
        return np.float64(taps[0])


def look_at_step(found, at, point, taps):
    name = f"layer {point['layer']}, step {at}"
    number, margin, points = point["winding_number"], point["margin"], found["points"]
    check(abs(winding(points) - number) < 1e-6, f"{name}: the curve turns {winding(points):.3f} times, N = {number}")
    check(clearance(points) >= margin * (1 - 1e-12), f"{name}: the curve enters the disc: {clearance(points)} < {margin}")
    check(found["disc"] == [margin], f"{name}: the disc drawn is {found['disc']}, proven is {margin}")
    wide = found["axes"][0][0][1]
    off = distance(points, np.pi * np.array(found["theta"]), taps)
    check(off <= 1.001 * wide / 1000, f"{name}: {off / (wide / 1000) / 2:.2f} pixels from the true curve")
    words = f"step {at}, N = {number}, margin ≥ "
    check(found["spoken"].startswith(words) and found["said"] == found["spoken"], f"{name}: spoken {found['spoken']!r}, written {found['said']!r}")
    check(f"step {at}" in found["title"] and f"N = {number}." in found["about"], f"{name}: {found['title']!r}, {found['about']!r}")
    zeros = {side: np.array([complex(*z) for z in list_]) for side, list_ in found["zeros"].items()}
    every = np.concatenate(list(zeros.values()))
    check(len(every) == len(taps) - 1 - np.argmax(taps[::-1] != 0), f"{name}: {len(every)} zeros of {len(taps)} weights")
    low, high = len(zeros["inside"]), len(zeros["inside"]) + len(zeros["too near to tell"])
    check(low <= number <= high, f"{name}: {low} to {high} zeros inside, N = {number}")
    true = np.roots(taps[::-1])
    apart = max(np.min(np.abs(true - z)) for z in every if abs(z) < 1.5)
    check(apart < 1e-4, f"{name}: a zero is {apart} from the true ones")


def look_at_steps(page, source, file, axe=None):
    trajectory = json.load(open(source))["a"]["trajectories"][0]
    points = {(p["step"], o["layer"]): o for p in trajectory["points"] for o in p["operators"]}
    browser = Browser()
    browser.look(1280)
    browser.open(page)
    check(browser.run(f"return [...{plots}].every((p) => !p.hasAttribute('data-drawn'))"), "curves are drawn before anyone comes near")
    about = json.loads(browser.run("return document.getElementById('steps-0').textContent"))
    steps, recorded = about["steps"], [p["step"] for p in trajectory["points"]]
    check(len(steps) == min(12, len(recorded)) and steps[0] == recorded[0] and steps[-1] == recorded[-1], f"steps {steps} of {recorded}")
    check(", ".join(map(str, steps)) in browser.run("return document.querySelector('.steps').previousElementSibling.textContent"), "the page does not name its steps")
    slider = browser.driver.find_element(By.ID, "steps-step-of-0")
    choice = browser.driver.find_element(By.ID, "steps-layer-of-0")
    check(browser.run("return document.querySelector('label[for=steps-step-of-0]').textContent.trim()") == "Step", "the slider has no label")
    for layer in (about["operators"][0], about["operators"][-1]):
        browser.run("arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))", choice, str(about["operators"].index(layer)))
        seen = []
        for key, at in ((Keys.END, steps[-1]), (Keys.HOME, steps[0]), (Keys.ARROW_RIGHT, steps[1]), (Keys.ARROW_RIGHT, steps[2])):
            slider.send_keys(key)
            found = state(browser)
            check(steps[int(found["value"])] == at, f"the keyboard leads to {found['value']}")
            look_at_step(found, at, points[at, layer], symbol_of(file, at, layer))
            check(not seen or found["axes"] == seen[0]["axes"], f"layer {layer}: the axes move")
            check(all(found["x"] != s["x"] and found["spoken"] != s["spoken"] and found["about"] != s["about"] for s in seen), f"layer {layer}: step {at} looks like one before")
            seen.append(found)
    # Paper has the last step, and the screen goes on where it was.
    before = state(browser)
    on_paper = browser.run("dispatchEvent(new Event('beforeprint')); const s = [...document.querySelectorAll('.steps + .charts b')].map((b) => b.textContent);"
                           "const stills = document.querySelectorAll('.steps + .charts .still').length; dispatchEvent(new Event('afterprint')); return [s.slice(0, 2), stills]")
    check(all(f"step {steps[-1]}" in title for title in on_paper[0]) and on_paper[1] >= 2, f"on paper: {on_paper}")
    check(state(browser)["spoken"] == before["spoken"], "after printing it is another step")
    # A closer look is kept and sampled anew when the slider moves.
    browser.run(f"return Plotly.relayout({plots}[0], {{'xaxis.range': [-1e-3, 1e-3], 'yaxis.range': [-1e-3, 1e-3]}}).then(() => true)")
    zoomed = state(browser)["axes"][0]
    slider.send_keys(Keys.ARROW_LEFT)
    time.sleep(0.3)
    found = state(browser)
    check(found["axes"][0] == zoomed, f"the zoom is lost: {found['axes'][0]}, not {zoomed}")
    at, layer = steps[1], about["operators"][-1]
    check(abs(winding(found["points"]) - points[at, layer]["winding_number"]) < 1e-6, "zoomed: another winding number")
    if axe:
        browser.driver.set_script_timeout(120)
        for dark in (False, True):
            browser.look(1280, dark)
            state(browser)
            browser.run("(0, eval)(arguments[0])", open(axe).read())
            wrong = browser.driver.execute_async_script("const done = arguments[0]; axe.run('#comparison').then((r) => done(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes[0].target)))")
            check(not wrong, f"{'dark' if dark else 'light'}: {wrong}")
    browser.complaints()
    browser.driver.quit()


if __name__ == "__main__":
    attempt(look_at_steps, *sys.argv[1:])
