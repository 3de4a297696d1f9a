# SPDX-License-Identifier: MIT
"""The plane of lambda on the cards of a report page: what is coloured, labelled and drawn against the JSON of the same analysis.

browser_plane.py PAGE JSON SCREENSHOTS: complaints on stdout.
"""
import json
import math
import os
import sys

from browser import Browser, attempt, check

PLOT = "[...document.querySelectorAll('#operator-{} figure')].find((f) => f.querySelector('figcaption b').textContent.startsWith('Plane')).querySelector('.plot')"


def mirrored(rows):
    return rows[:0:-1] + rows


def look_at_card(browser, i, op):
    plot, name = PLOT.format(i), f"operator {i}"
    browser.run(plot + ".scrollIntoView({block: 'center', behavior: 'instant'})")
    check(browser.wait(plot + ".hasAttribute('data-drawn')"), f"{name}: the plane is not drawn")
    found = browser.run(f"""const p = {plot}, of = (type) => p.data.find((t) => t.type === type);
        return {{x: [...of('heatmap').x], y: [...of('heatmap').y], number: of('heatmap').z, text: of('heatmap').text, scale: of('heatmap').colorscale,
          zmax: of('heatmap').zmax, log10: of('contour').z, labels: p.layout.annotations.map((a) => [a.text, a.x, a.y]),
          w0: p.data.find((t) => t.marker && t.marker.symbol === 'diamond').x[0], curve: p.data[0].x.length,
          lines: p.querySelectorAll('.contourlevel path').length, range: [p._fullLayout.xaxis.range, p._fullLayout.yaxis.range]}}""")
    plane = op["pseudospectra"]
    columns = len(plane["re"])

    def rows(values):
        return [values[k : k + columns] for k in range(0, len(values), columns)]

    check(found["x"] == plane["re"] and found["y"] == [-v for v in plane["im"][:0:-1]] + plane["im"], f"{name}: another grid")
    check(found["number"] == mirrored(rows(plane["winding_number"])), f"{name}: colours are not the certified numbers")
    check(found["scale"][0][1].endswith("00") and found["zmax"] == max(1, *(n or 0 for n in plane["winding_number"])), f"{name}: {found['scale']}")
    for shown, number, text, norm in zip(*(sum(r, []) for r in (found["log10"], found["number"], found["text"], mirrored(rows(plane["log10_resolvent"]))))):
        check(norm is None if shown is None else math.isclose(shown, norm, rel_tol=1e-6, abs_tol=1e-6), f"{name}: {shown} is drawn, log10 is {norm}")
        check(("certified" in text) == (number is not None) and ("undecided" in text) == (number is None), f"{name}: {number} is called {text}")
        check(number is None or ("index −%d," % number if number else "index 0,") in text, f"{name}: {number} is called {text}")
    numbers = {(x, y): n for r, y in zip(rows(plane["winding_number"]), plane["im"]) for n, x in zip(r, plane["re"])}
    check(len(found["labels"]) >= 2, f"{name}: no labels")
    for text, x, y in found["labels"]:
        check(text == (f"−{numbers[x, y]}" if numbers[x, y] else "0"), f"{name}: {text} is written at {x} + {y} i, which has N = {numbers[x, y]}")
    check(found["w0"] == op["taps"][0], f"{name}: w_0 is drawn at {found['w0']}")
    check(found["curve"] > 100 and found["lines"] >= 3, f"{name}: {found['curve']} points of the curve, {found['lines']} contours")
    check(found["range"][0][0] <= plane["re"][0] * 0.999, f"{name}: the view is {found['range']}")


def look(page, source, screenshots):
    operators = [op for model in json.load(open(source))["models"] for op in model["operators"]]
    os.makedirs(screenshots, exist_ok=True)
    browser = Browser()
    for dark in (False, True):
        browser.look(1600, dark)
        browser.open(page)
        for i, op in enumerate(operators):
            look_at_card(browser, i, op)
        browser.shoot(f"{screenshots}/plane-{'dark' if dark else 'light'}.png", 1400, dark, 2400, at="operator-0")
    facts = browser.run("return [...document.querySelectorAll('#operator-0 .facts [data-measure]')].map((s) => s.dataset.measure)")
    check("distance_to_index_zero" in facts and "log10_kreiss_powers" in facts, f"facts: {facts}")
    glossary = browser.run("return [...document.querySelectorAll('dt[data-term]')].map((t) => t.dataset.term)")
    check("log10_kreiss_residual_powers" in glossary, "the glossary has no Kreiss constant")
    browser.complaints()
    browser.driver.quit()


if __name__ == "__main__":
    attempt(look, *sys.argv[1:])
