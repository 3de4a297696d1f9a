# SPDX-License-Identifier: MIT
"""Pages about whole networks in headless Chromium: their numbers are those of the JSON, they are clean, in both modes and on paper.

browser_network.py jacobian WHOLE ENDS SCREENSHOTS AXE | repair NAME SCREENSHOTS AXE: NAME.html is the page of NAME.json.
"""
import json
import os
import sys

from browser import Browser, attempt, check
from browser_sections import CATCH

MEASURES = """return Object.fromEntries([...document.querySelectorAll('[data-measure]')].map((s) => [s.dataset.measure, [s.title, s.querySelector('.hidden').textContent]]))"""
TRACES = """const p = [...document.querySelectorAll('.plot')].find((p) => p.getAttribute('aria-label').startsWith(arguments[0]));
return [p._fullLayout.yaxis.type, p.data.map((t) => ({name: t.name, x: Array.from(t.x), y: Array.from(t.y), symbol: String([].concat(t.marker?.symbol)[0]), mode: t.mode}))]"""


def close(a, b):
    return len(a) == len(b) and all((x is None) == (y is None) and (x is None or abs(x - y) <= 1e-12 * abs(y)) for x, y in zip(a, b))


def check_measure(name, shown, summary):
    title, status = shown
    check(status.startswith(summary["status"]), f"{name}: {status!r} on the page, {summary['status']!r} in the JSON")
    number = summary.get("mean", summary.get("value"))
    if number is not None:
        check(float(title.split(" · ")[0]) == number, f"{name}: {title!r} on the page, {number} in the JSON")


def look_at_clean(browser, name, page, screenshots, axe):
    """Charts drawn, data behind CSV buttons and tables, no scrolling sideways, nothing serious for axe-core, ink on paper."""
    charts = browser.draw_all()
    os.makedirs(screenshots, exist_ok=True)
    for dark in (False, True):
        browser.shoot(f"{screenshots}/{name}-{360 if dark else 1280}.png", 360 if dark else 1280, dark)
        if os.path.exists(axe):
            look_with_axe(browser, f"{name}, {'dark' if dark else 'light'}", open(axe).read(), ["color-contrast"] if dark else None)
    browser.run(CATCH)
    browser.run("for (const b of document.querySelectorAll('.take button')) if (b.textContent === 'CSV') b.click()")
    check(browser.wait(f"texts.length === {charts}"), f"{name}: not every chart has a CSV")
    for text in browser.run("return texts"):
        head, *rows = text.strip().split("\n")
        check(head.endswith("source_file,source_sha256,program") and rows and page["sha256"] in rows[0], f"{name}: CSV {head}")
    browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
    check(browser.wait("[...document.querySelectorAll('details.figures')].every((d) => d.querySelector('table, .controls'))"), f"{name}: a chart without a table")
    check(browser.run("return [...document.querySelectorAll('section td')].every((c) => !/undefined|NaN|null|\\[object/.test(c.textContent))"), f"{name}: a cell without a number")
    still = browser.run("dispatchEvent(new Event('beforeprint')); const n = document.querySelectorAll('.still svg').length; dispatchEvent(new Event('afterprint')); return n")
    check(still == charts, f"{name}: {still} of {charts} charts on paper")


def look_with_axe(browser, name, script, rules):
    """Nothing serious or critical, before the long tables are there; charts are pictures with a label."""
    browser.run("(0, eval)(arguments[0])", script)
    found = browser.driver.execute_async_script(
        "const [rules, done] = arguments; axe.run({exclude: ['.plot > *']}, {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})}).then((r) => done(r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => [v.id, v.help, v.nodes.slice(0, 2).map((n) => n.target.join(' '))])))", rules)
    for violation in found:
        check(False, f"{name}: {violation}")


def profile(browser, name, title, profiles):
    kind, traces = browser.run(TRACES, title)
    check(kind == "log", f"{name}: {title} has a linear axis")
    lines = {t["name"]: t["y"] for t in traces if t["name"]}
    for series, p in profiles.items():
        check(close(lines[series], p["mean"]), f"{name}: {title}, {series}: {lines[series][:4]}, not {p['mean'][:4]}")


def look_at_spectrum(browser, name, found, key, title):
    kind, traces = browser.run(TRACES, title)
    check(kind == "log", f"{name}: {title} has a linear axis")
    for sample, measures in zip(found["tokens"]["samples"], found[key]["by_sample"]):
        values = next(t["y"] for t in traces if t["name"] == f"sequence {sample}")
        check(values[0] == measures["sigma_max"]["value"], f"{name}: {title}: {values[0]}, not {measures['sigma_max']}")
        check(values == sorted(values, reverse=True), f"{name}: {title}: not descending")
        full = measures["log10_sigma_min"]["status"] == "numerical"
        check((len(values) == min(found[key]["rows"], found[key]["columns"])) == full, f"{name}: {title}: {len(values)} values, {measures['log10_sigma_min']}")
    for t in traces:
        check((t["name"] == "upper bounds") == ("triangle" in t["symbol"]), f"{name}: {title}: {t['name']} is drawn as {t['symbol']}")


def look_at_blocks(browser, name, found):
    names = {"token_branch": "T alone", "token": "x + T", "channel_branch": "C alone", "channel": "x + C", "block": "both"}
    for id, title in (("sigma_max", "Largest singular values"), ("log10_sigma_min", "Smallest singular values")):
        kind, traces = browser.run(TRACES, title)
        check(kind == ("log" if id == "sigma_max" else "linear"), f"{name}: {title}: axis {kind}")
        drawn = {t["name"]: t for t in traces}
        for part, words in names.items():
            all_ = [block["parts"][part][id] for block in found["blocks"]]
            values = [s.get("mean") for s in all_]
            values = [] if values == [None] * len(values) else values
            check(drawn.get(words, {"y": []})["y"] == values, f"{name}: {title}, {words}: {drawn.get(words)}, not {values}")
            bounds = [s["value"] for s in all_ if s.get("bound") == "upper"]
            at_most = drawn.get(words + ", at most", {"y": [], "symbol": "triangle"})
            check(at_most["y"] == bounds and "triangle" in at_most["symbol"], f"{name}: {title}, {words}: bounds {at_most}")
            zeros = [s for s in all_ if s.get("value_text") == "-inf"]
            at_zero = drawn.get(words + ": σ = 0, proven", {"y": []})["y"]
            check(len(at_zero) == len(zeros), f"{name}: {title}, {words}: {len(at_zero)} zeros of {len(zeros)}")
            numbers = [v for t in traces if "proven" not in t["name"] for v in t["y"] if v is not None]
            check(not at_zero or max(at_zero) < min(numbers), f"{name}: {title}: a zero among the numbers")


def look_at_jacobian(whole, ends, screenshots, axe):
    browser = Browser()
    for page in (whole, ends):
        name, found = os.path.basename(page), json.load(open(page + ".json"))
        browser.look(1280)
        browser.open(page + ".html")
        check(browser.run("return document.title").startswith("tmm: derivative of m.h5"), f"{name}: title")
        browser.draw_all()
        shown = browser.run(MEASURES)
        for key in ("stream", "vector"):
            for id, summary in found[key]["measures"].items():
                check_measure(f"{name}: {key}.{id}", shown[f"{key}.{id}"], summary)
        check_measure(f"{name}: positions", shown["retention.effective_positions"], found["retention"]["effective_positions"])
        for i, block in enumerate(found["blocks"]):
            for part in block["parts"]:
                check_measure(f"{name}: {i}.{part}", shown[f"blocks.{i}.{part}.sigma_max"], block["parts"][part]["sigma_max"])
        look_at_spectrum(browser, name, found, "vector", "Singular values of z")
        charts = browser.run("return document.querySelectorAll('#singular-values .plot').length")
        check(charts == (2 if found["stream"]["all_singular_values"] else 1), f"{name}: {charts} spectra")
        if charts == 2:
            look_at_spectrum(browser, name, found, "stream", "Singular values of the stream")
        profile(browser, name, "Retention by position", {"Frobenius norm": found["retention"]["frobenius"], "2-norm": found["retention"]["norm_2"]})
        profile(browser, name, "Retention of mixing", {f"block {i}": b["retention"]["token_branch"] for i, b in enumerate(found["blocks"])})
        look_at_blocks(browser, name, found)
        if page == whole:
            look_at_clean(browser, "derivative", found, screenshots, axe)
    browser.complaints()
    browser.driver.quit()


def look_at_repair(page, screenshots, axe):
    browser, found = Browser(), json.load(open(page + ".json"))
    browser.look(1280)
    browser.open(page + ".html")
    browser.draw_all()
    layers, effects = found["layers"], found["effects"]
    rows = browser.run("return [...document.querySelectorAll('#layers .scroll')][0].querySelectorAll('tbody tr').length")
    check(rows == len(layers), f"{rows} rows of {len(layers)} layers")
    traces = {t["name"]: t for t in browser.run(TRACES, "Zeros inside the circle")[1]}
    for when in ("before", "after"):
        values = [layer["winding_number_" + when]["value"] for layer in layers]
        check(traces[when]["y"] == values, f"N {when}: {traces[when]}, not {values}")
        cells = browser.run("return [...document.querySelectorAll('#layers tbody tr')].slice(0, arguments[1]).map((r) => r.cells[arguments[0]].querySelector('.mark').nextSibling.nextSibling.textContent)", 1 if when == "before" else 2, len(layers))
        check(cells == [str(v) for v in values], f"N {when} in the table: {cells}, not {values}")
    check(browser.run(TRACES, "Change of the taps")[1][0]["y"] == [layer["relative_change"] for layer in layers], "change of the taps")
    kind, errors = browser.run(TRACES, "How exactly")
    check(kind == "log", "errors of |a| on a linear axis")
    check(errors[0]["y"] == [layer["modulus_error"] for layer in layers if layer["modulus_error"] > 0], f"errors of |a|: {errors[0]}")
    check("triangle" in errors[3]["symbol"] and errors[3]["y"] == [layer["rounding"] for layer in layers if layer["rounding"] > 0], f"bounds of rounding: {errors[3]}")
    stored, after, *_ = browser.run(TRACES, "Loss with layers repaired")[1]
    check(set(stored["y"]) == {effects["loss_before"]}, f"loss as stored: {stored}")
    check(after["y"] == [e["loss"] for e in effects["loss_after"]] and after["x"][-1] == "all", f"losses: {after}")
    alone = browser.run(TRACES, "Change of the loss")[1][0]
    check(alone["y"] == [e["difference"] for e in effects["loss_after"][:-1]], f"changes of the loss: {alone}")
    look_at_clean(browser, "repair", found, screenshots, axe)
    browser.complaints()
    browser.driver.quit()


def look(command, *arguments):
    {"jacobian": look_at_jacobian, "repair": look_at_repair}[command](*arguments)


if __name__ == "__main__":
    attempt(look, *sys.argv[1:])
