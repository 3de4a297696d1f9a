# SPDX-License-Identifier: MIT
"""Looks at pages of very many operators in headless Chromium. Prints one line for everything that is wrong, nothing when all is well.

browser_volume.py checkpoint FILE BLOCKS HEADS N | edit RESULT.json | page PAGE RESULT.json CHOSEN SCREENSHOTS |
command PAGE FOLDER TMM | paper PAGE PDF | fast PAGE
"""
import csv
import io
import json
import math
import os
import shlex
import subprocess
import sys
import time

from browser import Browser, attempt, check, opened_in_time
from browser_media import pages_of, print_page, blank_page
from browser_sections import CATCH, landed, load, number

MAIN = ("winding_fraction", "index_margin_relative", "index_radius", "jensen_defect", "smallest_zero", "sigma_max", "log10_sigma_min",
        "effective_index_float32", "stable_rank", "effective_rank", "avram_parter_distance")
WRITE = "const f = document.getElementById('filter'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))"
HOSTILE = "</script><img src=x onerror=document.title='taken'>"
LINES = "return [...document.querySelectorAll('#measures tr[data-row]')].map((r) => Number(r.dataset.row))"
COUNT = "return Number(document.getElementById('measures').getAttribute('aria-rowcount')) - 1"


def write_checkpoint(file, blocks, heads, n):
    """A third invertible; one with a zero on the circle, one of nothing but zeros, one at 1e-30."""
    import h5py
    import numpy as np
    random, n = np.random.default_rng(1), int(n)
    with h5py.File(file, "w") as f:
        for block in range(int(blocks)):
            for head in range(int(heads)):
                taps = random.standard_normal(n) * 0.2
                taps = {0: taps + 8 * (np.arange(n) == 0), 1: taps * np.exp(-np.arange(n) * (0.02 + 0.5 * random.random()))}.get(head % 3, taps)
                if (block, head) == (1, 2):
                    taps = (np.arange(n) < 2).astype(float)
                if (block, head) == (1, 3):
                    taps = np.zeros(n)
                if (block, head) == (2, 1):
                    taps = taps * 1e-30
                name = f"mixer_blocks.{block}.token_mixing_layer.mixer_heads.{head}."
                f[name + "weight"], f[name + "bias"] = np.float32([taps]), np.zeros(n, np.float32)


def edit(file):
    """Statuses that no small operator has by itself."""
    report = json.load(open(file))
    operators = report["models"][0]["operators"]
    for i in (40, 41, 300):
        operators[i]["measures"]["smallest_zero"] = {"value": None, "status": "undecided", "error": None, "method": "made by hand"}
    for i, side in ((50, "upper_bound"), (51, "lower_bound")):
        operators[i]["measures"]["stable_rank"] = {"value": None, side: 1.23456, "status": "below precision", "error": None, "method": "made by hand"}
    operators[60]["name"] = HOSTILE
    json.dump(report, open(file, "w"))


def value(op, id):
    """A finite number, or nothing."""
    measure = op["measures"].get(id, {})
    return measure.get("value") if measure.get("status") in ("certified", "numerical") else None


def sort_key(op, id):
    measure = op["measures"][id]
    found = next((measure[k] for k in ("value", "upper_bound", "lower_bound") if measure.get(k) is not None), None)
    return found if found is not None else {"inf": math.inf, "-inf": -math.inf}.get(measure.get("value_text"))


def look_at_table(browser, operators):
    browser.run("document.getElementById('table').scrollIntoView({behavior: 'instant'})")
    check(browser.run(COUNT) == len(operators), "the table has not all lines")
    check(0 < len(browser.run(LINES)) < 60, f"{len(browser.run(LINES))} lines are in the document")
    for id in ("jensen_defect", "sigma_max", "stable_rank"):
        for falling in (False, True):
            browser.run("document.querySelector(`[data-column=${arguments[0]}] button`).click()", id)
            keys = [sort_key(op, id) for op in operators]
            known = sorted((i for i in range(len(operators)) if keys[i] is not None), key=lambda i: (-keys[i] if falling else keys[i], i))
            order = known + [i for i in range(len(operators)) if keys[i] is None]
            top = browser.run(LINES)
            check(len(top) > 10 and top == order[:len(top)], f"sorted by {id}: {top[:8]}, not {order[:8]}")
            browser.run("document.querySelector('.virtual').scrollTop = 1e9")
            check(browser.wait("document.querySelector('#measures tr[data-row=\"' + arguments[0] + '\"]') !== null".replace("arguments[0]", str(order[-1]))), f"the last line by {id} is not {order[-1]}")
    browser.run("document.querySelector('[data-column=layer] button').click()")
    browser.run(WRITE, "heads.7. blocks.3.")
    check(browser.run(LINES) == [i for i, op in enumerate(operators) if "heads.7." in op["name"] and "blocks.3." in op["name"]], "the filter by words")
    for words, right in (("sigma_max>2", lambda op: (value(op, "sigma_max") or 0) > 2), ("winding_number=3", lambda op: value(op, "winding_number") == 3),
                         ("stable_rank<1.3", lambda op: (value(op, "stable_rank") or 9) < 1.3 or op["measures"]["stable_rank"].get("upper_bound", 9) < 1.3),
                         ("sigma_max> n>=16 sigma_max<=-", lambda op: True), ("stable_rank>15.5", lambda op: (value(op, "stable_rank") or 0) > 15.5), ("heads.1. jensen_defect>=1", lambda op: "heads.1." in op["name"] and (value(op, "jensen_defect") or 0) >= 1)):
        browser.run(WRITE, words)
        wanted = [i for i, op in enumerate(operators) if right(op)]
        found = browser.run(LINES)
        check(browser.run(COUNT) == len(wanted) and found == wanted[:len(found)], f"{words}: {browser.run(COUNT)} lines, not {len(wanted)}")
    browser.run(WRITE, "")
    browser.run("const k = document.getElementById('kind'); k.value = 'circle'; k.dispatchEvent(new Event('change'))")
    check(browser.run(LINES) == [i for i, op in enumerate(operators) if op["winding"]["status"] == "not Fredholm"], "the choice of a verdict")
    browser.run("const k = document.getElementById('kind'); k.value = ''; k.dispatchEvent(new Event('change'))")
    # Keys alone: the focus goes on from line to line, and the lines come with it.
    browser.run("document.querySelector('#measures tr[data-row] td :is(a, button)').focus()")
    for _ in range(60):
        browser.driver.switch_to.active_element.send_keys("\ue004")
    at = browser.run("return Number(document.activeElement.closest('tr')?.dataset.row ?? -1)")
    check(at == 60, f"after 60 steps of the tabulator the focus is on line {at}")


def look_at_cells(browser, operators):
    """What stands in a line, whose cells come when they are in sight, and in the CSV of all."""
    browser.run("document.getElementById('all-measures').click()")
    check(browser.run("return document.querySelectorAll('#measures [data-measure]').length") < 700, "cells that are out of sight are filled")
    for i in (0, 40, 50, 51, 102, 103, 151):
        browser.run(WRITE, operators[i]["name"])
        browser.driver.execute_async_script("""const frame = document.querySelector('.virtual'), done = arguments[0];
            const step = (x) => { frame.scrollLeft = x; requestAnimationFrame(() => requestAnimationFrame(() => x > frame.scrollWidth ? done() : step(x + 500))); };
            step(0);""")
        cells = browser.run("return Object.fromEntries([...document.querySelectorAll('#measures tr[data-row=\"' + arguments[0] + '\"] [data-measure]')].map((s) => [s.dataset.measure, [s.title, s.innerText]]))", i)
        check(set(cells) == set(operators[i]["measures"]), f"cells of operator {i}: {set(cells) ^ set(operators[i]['measures'])}")
        for id, (title, text) in cells.items():
            measure = operators[i]["measures"][id]
            full = next((measure[k] for k in ("value", "upper_bound", "lower_bound") if measure.get(k) is not None), None)
            check(measure["status"] in title and measure["status"] in text, f"{id} of {i}: status in {title!r}, {text!r}")
            if full is not None:
                check(float(title.split(" · ")[0]) == full, f"{id} of {i}: {title}, not {full}")
            if measure["status"] in ("undecided", "not defined"):
                check(not any(c.isdigit() for c in text), f"{id} of {i}: a number without status: {text}")
            shown = text.split("\n")[-1].replace("below precision: a bound", "").strip()
            if "upper_bound" in measure:
                check("≤" in shown and number(shown[shown.index("≤"):]) >= full, f"{id} of {i}: {shown} is no upper bound of {full}")
            if "lower_bound" in measure:
                check("≥" in shown and number(shown[shown.index("≥"):]) <= full, f"{id} of {i}: {shown} is no lower bound of {full}")
    browser.run(WRITE, "")
    browser.run(CATCH)
    browser.run("[...document.querySelectorAll('#table button')].find((b) => b.textContent === 'CSV').click()")
    check(browser.wait("texts.length === 1"), "no CSV came")
    lines = list(csv.DictReader(io.StringIO(browser.run("return texts[0]"))))
    check(len(lines) == len(operators), f"the CSV has {len(lines)} lines")
    for line, op in zip(lines, operators):
        check(line["name"] == op["name"], f"CSV: {line['name']} in place of {op['name']}")
        for id, measure in op["measures"].items():
            check(line[id + "_status"] == measure["status"] and (line[id] == "" or float(line[id]) == sort_key(op, id)) and (line[id] != "") == ("value_text" in measure or value(op, id) is not None), f"CSV: {id} of {op['name']} is {line[id]}")
            check(measure.get("error") is None or float(line[id + "_error"] or 0) >= measure["error"], f"CSV: the error of {id} of {op['name']} is too small")
    browser.run("document.getElementById('all-measures').click()")


def drawn(browser, section, k):
    here = f"document.querySelectorAll('#{section} .plot')[{k}]"
    browser.run(here + ".scrollIntoView({block: 'center', behavior: 'instant'})")
    check(browser.wait(here + ".hasAttribute('data-drawn')"), f"chart {k} of {section} is not drawn")
    return here


def look_at_charts(browser, operators):
    titles = browser.run("return [...document.querySelectorAll('#heat-maps figure b')].map((b) => b.textContent)")
    check(titles == browser.run("return [...document.querySelectorAll('#distributions figure b')].map((b) => b.textContent)") and len(titles) == len(MAIN), f"charts of {titles}")
    heads = max(op["head"] for op in operators) + 1
    for k, id in enumerate(MAIN):
        values = [value(op, id) for op in operators]
        count = sum(v is not None for v in values)
        here = drawn(browser, "distributions", k)
        bars, about = browser.run(f"return [{here}.data.reduce((sum, t) => sum + Array.from(t.y).reduce((a, b) => a + b), 0), {here}.closest('figure').querySelector('.about').textContent]")
        check(bars == count and about.startswith(f"{count} numbers"), f"{id}: {bars} operators in the bars, {count} numbers: {about}")
        for status, words in (("undecided", "undecided"), ("not defined", "not defined"), ("below precision", "a bound only")):
            of_kind = sum(op["measures"][id]["status"] == status for op in operators)
            check((f"{of_kind} {words}" in about) if of_kind else (words not in about), f"{id}: {of_kind} are {status}: {about}")
        here = drawn(browser, "heat-maps", k)
        traces = browser.run(f"return {here}.data.filter((t) => t.type === 'heatmap').map((t) => ({{z: t.z, says: t.customdata}}))")
        ranked = sorted(v for v in values if v is not None)
        for i, op in enumerate(operators):
            z = traces[0]["z"][i // heads][i % heads]
            if values[i] is None:
                check(z is None and traces[1]["z"][i // heads][i % heads] == 0, f"heat map of {id}: {op['name']} has no number and the colour of {z}")
                check(op["measures"][id]["method"].split("&")[0].split("<")[0] in traces[1]["says"][i // heads][i % heads], f"heat map of {id}: no reason for {op['name']}")
            elif id == "winding_fraction":
                check(z == values[i], f"heat map: the colour of {z} for {values[i]}")
            elif i % 37 == 0:
                rank = (ranked.index(values[i]) + len(ranked) - 1 - ranked[::-1].index(values[i])) / 2 / (len(ranked) - 1)
                check(abs(z - rank) < 1e-12, f"heat map of {id}: the rank of {op['name']} is {z}, not {rank}")
    x, y = browser.run(f"const r = {drawn(browser, 'heat-maps', 5)}.querySelector('.nsewdrag').getBoundingClientRect(); return [r.left + r.width * 7.5 / {heads}, r.top + r.height * 4.5 / {len(operators) // heads}]")
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left" if kind != "mouseMoved" else "none", "clickCount": 1})
    check(browser.wait(f"document.querySelector('.pressed')?.dataset.row === '{4 * heads + 7}'"), "a cell of the heat map leads nowhere")


def look_at_cards(browser, operators, chosen):
    names = browser.run("return [...document.querySelectorAll('.card a.name')].map((a) => a.textContent)")
    whys = browser.run("return [...document.querySelectorAll('.card .why')].map((p) => p.textContent)")
    check(len(names) == len(whys) < 100, f"{len(names)} cards, {len(whys)} reasons")
    for id in MAIN:
        known = [(value(op, id), op["name"]) for op in operators if value(op, id) is not None]
        for side, name in (("smallest", min(known)[1]), ("largest", min((-v, n) for v, n in known)[1])):
            check(name in names and side in whys[names.index(name)], f"the {side} {id} of {name} has no card")
    for i in (40, 41, 300):
        check(operators[i]["name"] in names and "undecided" in whys[names.index(operators[i]["name"])], f"operator {i}, undecided, has no card")
    check(chosen in names and "chosen" in whys[names.index(chosen)], f"{chosen} was chosen and has no card")
    intro = browser.run("return document.getElementById('cards').innerText")
    check("3 with something undecided" in intro and "nobody.*" in intro, "cards: " + intro[:500])
    methods = browser.run("return document.getElementById('methods').textContent")
    proven = sum(op["winding"]["status"] == "certified" for op in operators)
    check(f"proven for {proven} of {len(operators)} operators" in methods, methods)
    summary = browser.run("return Object.fromEntries([...document.querySelectorAll('[data-verdict]')].map((t) => [t.dataset.verdict, Number(t.querySelector('b').textContent)]))")
    check(summary["invertible"] == sum(value(op, "winding_number") == 0 for op in operators) and sum(summary.values()) == len(operators), f"overview: {summary}")


def look_at_page(page, source, chosen, screenshots):
    operators = [op for model in json.load(open(source))["models"] for op in model["operators"]]
    browser = Browser()
    browser.look(1600)
    browser.open(page)
    look_at_cards(browser, operators, chosen)
    look_at_table(browser, operators)
    look_at_cells(browser, operators)
    look_at_charts(browser, operators)
    plain = next(i for i, op in enumerate(operators) if op["name"] not in browser.run("return [...document.querySelectorAll('.card a.name')].map((a) => a.textContent)") and i > 200)
    load(browser, page, "#" + operators[plain]["name"])
    check(browser.wait(f"document.querySelector('.pressed')?.dataset.row === '{plain}'"), "an address with a name leads to no line")
    load(browser, page, "#" + chosen)
    landed(browser, browser.run("return [...document.querySelectorAll('.card')].find((c) => c.querySelector('a.name').textContent === arguments[0]).id", chosen), "an address with the name of a card")
    browser.run("const i = document.getElementById('jump'); i.value = 'blocks.4. heads.9.'; i.dispatchEvent(new InputEvent('input')); i.form.requestSubmit()")
    wanted = next(i for i, op in enumerate(operators) if "blocks.4." in op["name"] and "heads.9." in op["name"])
    check(browser.wait(f"document.querySelector('.pressed')?.dataset.row === '{wanted}'"), "the box of names leads nowhere")
    check(browser.run("return document.querySelectorAll('#names option').length") in range(1, 13), "the box offers too many names")
    browser.run(WRITE, "onerror=document.title")
    browser.run("document.querySelector('#measures tr[data-row=\"60\"] :is(a, button)').click()")
    check(browser.run("return document.querySelectorAll('img').length") == 0 and browser.run("return document.title") != "taken", "a name became markup")
    check(HOSTILE in browser.run("return document.querySelector('#measures tr[data-row=\"60\"] :is(a, button)').title"), "the hostile name is not shown")
    browser.run(WRITE, "")
    os.makedirs(screenshots, exist_ok=True)
    for width in (360, 800, 1600):
        for dark in (False, True):
            for section in ("heat-maps", "table"):
                browser.shoot(f"{screenshots}/volume-{section}-{width}-{'dark' if dark else 'light'}.png", width, dark, at=section)
    browser.complaints()
    browser.driver.quit()


def run_command(page, folder, tmm):
    """The command on the page for some operator, in a shell: a page with that one card."""
    browser = Browser()
    browser.look(1600)
    browser.open(page)
    row, name = browser.run("return [...document.querySelectorAll('#measures tr[data-row]')].filter((r) => r.querySelector('button.name')).map((r) => [r.dataset.row, r.querySelector('button').title]).at(-1)")
    browser.run("document.querySelector('#measures tr[data-row=\"' + arguments[0] + '\"] button').click()", row)
    command = browser.run("return document.querySelector('.told code').textContent")
    check(shlex.split(command)[-1] == "card.html", command)
    done = subprocess.run(command + " --force", shell=True, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": os.path.dirname(tmm) + ":" + os.environ["PATH"]})
    check(done.returncode == 0, f"{command}: {done.stderr}")
    if done.returncode == 0:
        browser.open(os.path.join(folder, "card.html"))
        check(browser.run("return [...document.querySelectorAll('.card a.name')].map((a) => a.textContent)") == [name], f"{command} makes no card of {name}")
    browser.complaints()
    browser.driver.quit()


def look_at_paper(page, pdf):
    browser = Browser()
    browser.look(1280)
    browser.open(page)
    print_page(browser, pdf)
    words = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    ink = pages_of(pdf)
    check(min(ink) > blank_page, f"blank pages {[i + 1 for i, share in enumerate(ink) if share < blank_page]} of {len(ink)}")
    check("A name leads to the card" not in words and "0.h5 " not in words, "the table of the screen is printed")
    check("lines is not printed" in words and "Stands out" in words and "Distributions" in words, "the paper does not say what it leaves out")
    check(browser.run("return document.querySelectorAll('.still, .printed').length") == 0, "what was made for paper stays on the page")
    browser.run(WRITE, "heads.5.")
    print_page(browser, pdf)
    words = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    check("11.h5" in words and "is not printed" not in words, "a short table is not printed")
    print(f"{len(ink)} pages", file=sys.stderr)
    browser.complaints()
    browser.driver.quit()


def look_how_fast(page):
    """The time from an event to the frame after it."""
    browser, paint, ready = opened_in_time(page)
    browser.run("document.getElementById('table').scrollIntoView({behavior: 'instant'})")
    time.sleep(1)
    timed = """const done = arguments[1], act = new Function(arguments[0]), begin = performance.now(); act(); requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin), 0))"""
    acts = [f"document.querySelector('[data-column={id}] button').click()" for id in ("sigma_max", "jensen_defect", "verdict", "layer", "winding_fraction")]
    acts += [WRITE.replace("arguments[0]", f"'{words}'") for words in ("heads.1", "sigma_max>2 heads.12", "sigma_max>2", "")]
    acts += ["document.getElementById('all-measures').click()", "document.querySelector('[data-column=effective_rank] button').click()"]
    times = [min(browser.driver.execute_async_script(timed, act) for _ in range(3)) if "all-measures" not in act else browser.driver.execute_async_script(timed, act) for act in acts]
    check(max(times) < 100, f"filter and sort take {[round(t) for t in times]} ms")
    elements = browser.run("return document.querySelectorAll('#measures tr').length")
    check(elements < 60, f"{elements} lines are in the document")
    print(f"{os.path.getsize(page) / 1e6:.2f} MB, first paint {paint:.0f} ms, ready {ready:.0f} ms, sort and filter at most {max(times):.0f} ms", file=sys.stderr)
    browser.complaints()
    browser.driver.quit()


def look(command, *arguments):
    {"checkpoint": write_checkpoint, "edit": edit, "page": look_at_page, "command": run_command, "paper": look_at_paper, "fast": look_how_fast}[command](*arguments)


if __name__ == "__main__":
    attempt(look, *sys.argv[1:])
