# SPDX-License-Identifier: MIT
"""Curves as the report page draws them: winding number, clearance of the proven disc, distance from the true curve.

browser_curves.py PAGE REPORT.json: complaints on stdout, figures on stderr.
"""
import json
import re
import sys

import numpy as np

from browser import Browser, attempt, check

PIXELS = 1000  # a side of the picture for which half a pixel is the promised distance


def winding(points):
    steps = np.angle(points[1:] / points[:-1])
    return np.sum(steps) / (2 * np.pi)


def clearance(points):
    """Least distance of 0 from the edges."""
    a, along = points[:-1], np.diff(points)
    length = np.abs(along) ** 2
    t = np.clip(-(np.conj(along) * a).real / np.where(length > 0, length, 1), 0, 1)
    return np.min(np.abs(a + t * along))


def distance(points, angles, taps):
    """Largest distance of the true curve from the edge that stands for it, at 6 angles an edge."""
    worst = 0
    for s in np.arange(1, 7) / 7:
        theta = angles[:-1] + s * np.diff(angles)
        true = np.zeros(len(theta), complex)
        z = np.exp(1j * theta)
        for w in taps[::-1]:
            true = true * z + w
        a, along = points[:-1], np.diff(points)
        t = np.clip((np.conj(along) * (true - a)).real / np.maximum(np.abs(along) ** 2, 1e-300), 0, 1)
        worst = max(worst, np.max(np.abs(true - a - t * along)))
    return worst


def polygon(path):
    """Points of an SVG path of the small pictures, closed by its mirror image."""
    upper = np.array([complex(float(x), float(y)) for x, y in re.findall(r"[ML](\S+?) ([^ML]+)", path)])
    return np.concatenate([upper, np.conj(upper[-2::-1])])


def drawn(browser, i, k):
    """First trace of chart k of operator i, once it is drawn."""
    here = f"document.querySelectorAll('#operator-{i} .plot')[{k}]"
    browser.run(f"{here}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
    check(browser.wait(f"{here}.hasAttribute('data-drawn')"), f"operator {i}: chart {k} is not drawn")
    trace = browser.run(f"const t = {here}.data[0]; return {{x: Array.from(t.x), y: Array.from(t.y), a: Array.from(t.customdata ?? [])}}")
    return (np.array([complex(x if x is not None else np.nan, y if y is not None else np.nan) for x, y in zip(trace["x"], trace["y"])]),
            np.pi * np.array(trace["a"]))


def look_at_curves(page, source):
    report = json.load(open(source))
    operators = [op for model in report["models"] for op in model["operators"]]
    browser = Browser()
    browser.look(1400)
    browser.open(page)
    largest, most = 0, 0
    for i, op in enumerate(operators):
        taps, w, name = np.array(op["taps"]), op["winding"], op["name"]
        if w["status"] != "certified":
            continue
        number, margin = w["number"], w["margin"]
        points, angles = drawn(browser, i, 0)
        far = np.max(np.abs(points))
        most = max(most, len(points))
        check(abs(winding(points) - number) < 1e-6, f"{name}: the curve turns {winding(points):.3f} times, N = {number}")
        check(clearance(points) >= margin * (1 - 1e-12), f"{name}: the curve enters the disc: {clearance(points)} < {margin}")
        off = distance(points, angles, taps) / (2 * far / PIXELS / 2)
        largest = max(largest, off)
        check(off <= 1.001, f"{name}: the curve is {off / 2:.3f} pixels from the true one")
        near, _ = drawn(browser, i, 1)
        check(len(near) > 1, f"{name}: nothing near the origin")
        ends = np.isnan(near.real[:-1]) | np.isnan(near.real[1:])
        edges = np.flatnonzero(~ends)
        check(min(clearance(near[k:k + 2]) for k in edges) >= margin * (1 - 1e-12), f"{name}: the curve near 0 enters the disc")
        cell = f"document.querySelector('.cell[data-operator=\"{i}\"]')"
        browser.run(f"{cell}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        check(browser.wait(f"{cell}.hasAttribute('data-drawn')"), f"{name}: the small picture is not drawn")
        small = polygon(browser.run(f"return {cell}.querySelector('path').getAttribute('d')"))
        check(abs(winding(small) - number) < 1e-6, f"{name}: the small picture turns {winding(small):.3f} times, N = {number}")
    # A closer look is sampled anew: the window about the closest approach of the first operator.
    op = operators[0]
    margin = op["winding"]["margin"]
    here = "document.querySelectorAll('#operator-0 .plot')[0]"
    drawn(browser, 0, 0)
    browser.run(f"window.before = {here}.data[0].x")
    side = 20 * margin
    browser.run(f"return Plotly.relayout({here}, {{'xaxis.range': [{-side}, {side}], 'yaxis.range': [{-side}, {side}]}}).then(() => true)")
    check(browser.wait(f"{here}.data[0].x !== window.before"), "a zoom samples nothing anew")
    points, angles = drawn(browser, 0, 0)
    inside = (np.abs(points.real) < side) & (np.abs(points.imag) < side)
    edges = np.flatnonzero(inside[:-1] & inside[1:])
    off = max(distance(points[k:k + 2], angles[k:k + 2], np.array(op["taps"])) for k in edges)
    check(off <= 2 * 2 * side / PIXELS, f"zoomed: {off / (2 * side / PIXELS):.2f} pixels from the true curve")
    check(abs(winding(points) - op["winding"]["number"]) < 1e-6, "zoomed: another winding number")
    browser.complaints()
    browser.driver.quit()
    print(f"{len(operators)} operators, at most {most} points, at most {largest / 2:.3f} pixels off", file=sys.stderr)


if __name__ == "__main__":
    attempt(look_at_curves, *sys.argv[1:])
