# SPDX-License-Identifier: MIT
"""The charts of one operator on the report page: angle, zeros, singular values, matrix, and the CSV of the zeros.

browser_operator.py PAGE REPORT.json SCREENSHOTS: complaints on stdout, figures on stderr.
"""
import csv
import json
import sys

import numpy as np

from browser import Browser, attempt, check


def symbol(taps, theta):
    value = np.zeros(len(theta), complex)
    for w in taps[::-1]:
        value = value * np.exp(1j * theta) + w
    return value


def chart(browser, i, title):
    """JavaScript for the drawn chart of this title of operator i."""
    here = f"[...document.querySelectorAll('#operator-{i} figure')].find((f) => f.querySelector('b').textContent === '{title}').querySelector('.plot')"
    browser.run(f"{here}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
    check(browser.wait(f"{here}.hasAttribute('data-drawn')"), f"operator {i}: {title} is not drawn")
    return here


def traces(browser, here):
    return browser.run(f"return {here}.data.map((t) => ({{x: Array.from(t.x ?? []), y: Array.from(t.y ?? []), name: t.name ?? '', axis: t.yaxis ?? 'y', mode: t.mode}}))")


def saved_rows(browser, i, title):
    """The CSV that the chart's button saves."""
    text = browser.run(
        "const [i, title] = arguments, {save, csv} = tmm; let text = '';"
        "tmm.save = () => {}; tmm.csv = (rows) => text = csv(rows);"
        "const figure = [...document.querySelectorAll(`#operator-${i} figure`)].find((f) => f.querySelector('b').textContent === title);"
        "[...figure.querySelectorAll('button')].find((b) => b.textContent === 'CSV').click();"
        "Object.assign(tmm, {save, csv}); return text;", i, title)
    return list(csv.DictReader(text.splitlines()))


def look_at_angle(browser, i, op, taps):
    number = op["winding"]["number"]
    line = traces(browser, chart(browser, i, "Angle of the symbol"))[0]
    theta, turns = np.pi * np.array(line["x"]), np.array(line["y"])
    check(abs(turns[-1] - turns[0] - number) < 1e-9, f"{op['name']}: the angle rises by {turns[-1] - turns[0]} turns, N = {number}")
    check(np.all(np.diff(theta) > 0) and theta[0] == 0 and abs(theta[-1] - 2 * np.pi) < 1e-14, f"{op['name']}: angles do not go from 0 to 2π")
    # The most between points that the steps promise: 3/2 of a step, a step being N/1000 turns between 0.04 and 0.3.
    step = min(0.3, max(0.04, 2 * np.pi * number / 1000))
    worst = 0
    for s in (0.25, 0.5, 0.75):
        true = np.angle(symbol(taps, theta[:-1] + s * np.diff(theta))) / (2 * np.pi)
        off = turns[:-1] + s * np.diff(turns) - true
        worst = max(worst, np.max(np.abs(off - np.round(off))))
    check(worst <= 1.5 * step / (2 * np.pi), f"{op['name']}: the angle is {worst} turns off")
    return len(theta), worst


def look_at_zeros(browser, i, op):
    known, name = op["zeros"], op["name"]
    zeros = np.array([complex(z["re"], z["im"]) for z in known["list"]] + [0] * known["at_origin"], complex)
    rows = saved_rows(browser, i, "Zeros of the symbol")
    listed = np.array([complex(float(r["re"]), float(r["im"])) for r in rows])
    order = lambda z: z[np.lexsort((z.imag, z.real))]
    check(len(listed) == len(zeros) and np.array_equal(order(listed), order(zeros)), f"{name}: the CSV has {len(listed)} zeros of {len(zeros)}")
    check(set(rows[0]) >= {"re", "im", "radius", "zeros_in_disc", "where"}, f"{name}: the CSV of the zeros has {list(rows[0])}")
    radius = {complex(z["re"], z["im"]): z["radius"] for z in known["list"]}
    check(all(float(r["radius"]) >= radius.get(z, 0) for r, z in zip(rows, listed)), f"{name}: a radius was rounded down")
    check(sum(r["where"] == "inside" for r in rows) == known["inside"] or known["unclear"] > 0, f"{name}: inside are not {known['inside']}")
    origin = [r for r, z in zip(rows, listed) if z == 0]
    check(all(int(r["zeros_in_disc"]) == known["at_origin"] for r in origin), f"{name}: zeros at 0 without their number")
    for title in ("Zeros of the symbol", "Zeros by angle"):
        drawn = traces(browser, chart(browser, i, title))
        check(sum(len(t["x"]) for t in drawn) == len(zeros), f"{name}: {title} has {sum(len(t['x']) for t in drawn)} points of {len(zeros)}")
    points = [(np.pi * x, y, t["name"]) for t in drawn for x, y in zip(t["x"], t["y"])]
    for x, y, side in points:  # n ln|z| = sinh(y ln 10); those at 0 stand below
        modulus = np.exp(np.sinh(y * np.log(10)) / op["n"])
        nearest = zeros[np.argmin(np.abs(zeros - modulus * np.exp(1j * x)))]
        check(abs(nearest) == 0 or abs(modulus / abs(nearest) - 1) < 1e-9, f"{name}: no zero of modulus {modulus}")
        check(side == "unclear" or (y < 0) == (side == "inside"), f"{name}: a zero {side} at height {y}")


def look_at_sigma(browser, i, op):
    here = chart(browser, i, "Singular values")
    drawn, name = [t for t in traces(browser, here) if t["mode"] == "markers"], op["name"]
    axes = browser.run(f"const l = {here}._fullLayout; return Object.fromEntries([['y', l.yaxis], ['y2', l.yaxis2]].filter(([, a]) => a).map(([n, a]) => [n, {{range: a.range, height: a._length}}]))")
    zero = sum(s["mantissa"] == 0 for s in op["spectrum"]["singular_values"])  # no logarithm: said in words
    words = browser.run(f"return {here}._fullLayout.annotations.map((a) => a.text).join(' ')")
    check((f"{zero} exactly 0" in words) == (zero > 0), f"{name}: {zero} singular values are 0, the chart says {words}")
    check(sum(len(t["x"]) for t in drawn) + zero == op["n"], f"{name}: {sum(len(t['x']) for t in drawn)} singular values of {op['n']}")
    for t in drawn:
        low, high = axes[t["axis"]]["range"]
        check(all(low < y < high for y in t["y"]), f"{name}: a singular value outside its axis")
    bulk = [y for t in drawn if t["axis"] == "y" for y in t["y"]]
    low, high = axes["y"]["range"]
    height = (max(bulk) - min(bulk)) / (high - low)
    check(len(bulk) >= op["n"] / 3 and height > 0.5, f"{name}: {len(bulk)} values of the bulk on {height:.2f} of their axis")
    return "y2" in axes


def look_at_matrix(browser, i, op, taps):
    here = chart(browser, i, "The matrix")
    text = browser.run(f"return Array.from({here}.data[0].colorbar.ticktext)")
    check(len(text) == 5 and text[2] == "0", f"{op['name']}: the bar of the weights says {text}")
    most = float(text[4].replace("−", "-"))
    check(abs(most / np.max(np.abs(taps)) - 1) < 0.06, f"{op['name']}: the bar ends at {most}")
    check(browser.wait(f"{here}.querySelector('.colorbar') !== null"), f"{op['name']}: no bar beside the matrix")


def look_at_operators(page, source, screenshots):
    operators = [op for model in json.load(open(source))["models"] for op in model["operators"]]
    browser = Browser()
    browser.look(1400)
    browser.open(page)
    broken, most, worst = 0, 0, 0
    for i, op in enumerate(operators):
        taps = np.array(op["taps"])
        count, off = look_at_angle(browser, i, op, taps)
        most, worst = max(most, count), max(worst, off)
        look_at_zeros(browser, i, op)
        broken += look_at_sigma(browser, i, op)
        look_at_matrix(browser, i, op, taps)
    for dark in (False, True):
        browser.shoot(f"{screenshots}/operator-{'dark' if dark else 'light'}.png", 1400, dark, 1500, at="operator-0")
    browser.complaints()
    browser.driver.quit()
    print(f"{len(operators)} operators, {broken} broken axes, angle: at most {most} points, {worst:.4f} turns off", file=sys.stderr)


if __name__ == "__main__":
    attempt(look_at_operators, *sys.argv[1:])
