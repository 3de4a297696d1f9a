# SPDX-License-Identifier: MIT
"""Sections of report pages in headless Chromium: where links lead, colours of the heat map, axes, bounds, words, what the address keeps.

browser_sections.py links PAGE... | heat PAGE JSON | many PAGE | bounds PAGE JSON | comparison PAGE | words PAGE... | layers PAGE |
depth PAGE JSON | pairs PAGE JSON
"""
import json
import random
import re
import sys
from fractions import Fraction
from urllib.parse import unquote

from browser import Browser, attempt, check


def load(browser, page, fragment=""):
    browser.driver.get("about:blank")
    browser.open(page + fragment)


LANDED = """const e = document.getElementById(arguments[0]), top = e.getBoundingClientRect().top;
const place = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
const end = document.documentElement.scrollHeight - innerHeight - scrollY < 3;
return document.activeElement === e && (Math.abs(top - place) < 4 || (end && top >= 0 && top < innerHeight)) ? '' : `${document.activeElement.id || 'nothing'} is in focus, the target is at ${top}`"""


def landed(browser, target, words):
    browser.wait(f"document.activeElement.id === '{target}'", 6)
    wrong = browser.run(LANDED, target)
    check(not wrong, f"{words}: {wrong}")


def look_at_links(*pages):
    browser = Browser()
    for page in pages:
        for width in (360, 800, 1600):
            browser.look(width)
            load(browser, page)
            count = browser.run("return document.querySelectorAll('#contents a').length")
            check(count >= 3, "no contents")
            for k in list(range(count)) + [0, count - 2]:  # down, back up, and down again
                target = browser.run("document.activeElement.blur(); const a = document.querySelectorAll('#contents a')[arguments[0]]; a.click(); return a.hash.slice(1)", k)
                landed(browser, target, f"{page} at {width}: link to {target}")
                check(browser.run("return location.hash") == "#" + target, f"the address is not that of {target}")
            cards = browser.run("return document.querySelectorAll('.card').length")
            for target in ["glossary"] + [f"operator-{i}" for i in sorted({0, min(5, cards - 1), cards - 1}) if i >= 0]:
                load(browser, page, "#" + target)
                landed(browser, target, f"{page}#{target} at {width}")
    browser.complaints()
    browser.driver.quit()


def alpha(color):
    return int(color[7:9], 16) / 255 if len(color) == 9 else 1


def look_at_heat_map(page, source):
    operators = [op for model in json.load(open(source))["models"] for op in model["operators"]]
    browser = Browser()
    for dark in (False, True):
        browser.look(1600, dark)
        load(browser, page)
        plot = "document.querySelector('#heat-map .plot')"
        browser.run(plot + ".scrollIntoView({block: 'center', behavior: 'instant'})")
        check(browser.wait(plot + ".hasAttribute('data-drawn')"), "the heat map is not drawn")
        traces = browser.run(f"return {plot}.data.filter((t) => t.type === 'heatmap').map((t) => ({{z: t.z, scale: t.colorscale, zmin: t.zmin, zmax: t.zmax, bar: t.colorbar?.ticktext}}))")
        value, rank = traces[0], traces[1]
        check((value["zmin"], value["zmax"], value["bar"]) == (0, 1, ["0", "½", "1"]), "the colours of N/(n−1) are not those of 0 … 1")
        check([at for at, _ in value["scale"]] == [0, 0.5, 1], "the middle of the colours is not ½")
        check(rank["bar"][0] == "least" and rank["bar"][-1] == "most", "the bar of ranks does not say so")
        for trace in (value, rank):
            check(all(alpha(color) >= 0.14 for _, color in trace["scale"]), f"a number without colour: {trace['scale']}")
        for i, op in enumerate(operators):
            number = op["measures"]["winding_fraction"].get("value")
            check(value["z"][i][0] == number, f"operator {i}: colour of {value['z'][i][0]}, N/(n−1) = {number}")
            for k in range(1, len(rank["z"][i])):
                check(rank["z"][i][k] is not None, f"operator {i}: column {k} has no colour")
        for column in range(1, len(rank["z"][0])):
            check(min(row[column] for row in rank["z"]) < max(row[column] for row in rank["z"]) or len({row[column] for row in rank["z"]}) == 1, "ranks")
    x, y = browser.run(f"const r = {plot}.querySelector('.nsewdrag').getBoundingClientRect(); return [r.left + r.width * 0.3, r.top + r.height * 1.5 / {len(operators)}]")
    for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
        browser.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left" if kind != "mouseMoved" else "none", "clickCount": 1})
    landed(browser, "operator-1", "a cell of the heat map")
    browser.complaints()
    browser.driver.quit()


def rows(browser):
    return browser.run("return [...document.querySelectorAll('#measures tbody tr')].map((r) => Number(r.dataset.operator))")


def look_at_many(page):
    browser = Browser()
    browser.look(1600)
    load(browser, page)
    count = len(rows(browser))
    check(browser.run("return document.querySelectorAll('.card .plot').length") == 0, "closed cards have charts")
    sort = "document.querySelector(`[data-column=${arguments[0]}] button`).click()"
    for name, key in (("n", 2), ("verdict", 1)):
        browser.run(sort, name)
        shown = browser.run("return [...document.querySelectorAll('#measures tbody tr')].map((r) => r.cells[arguments[0]].innerText)", key)
        order = [int(t) for t in shown] if name == "n" else [["invertible", "nearly invertible", "not invertible"].index(t) for t in shown]
        check(order == sorted(order) and len(set(order)) > 1, f"not sorted by {name}: {order}")
    browser.run(sort, "verdict")
    browser.run("const f = document.getElementById('filter'); f.value = 'heads.1'; f.dispatchEvent(new Event('input'))")
    check(browser.wait("location.hash.includes('filter=')", 3), "the filter is not in the address")
    wanted = rows(browser)
    check(0 < len(wanted) < count, "the filter does nothing")
    address = browser.run("return location.href")
    browser.driver.get("about:blank")
    browser.driver.get(address)
    check(rows(browser) == wanted, "a link does not keep filter and order")
    browser.driver.refresh()
    check(rows(browser) == wanted, "a reload does not keep filter and order")
    check(browser.run("return document.querySelector('[data-column=verdict]').getAttribute('aria-sort')") == "descending", "a reload does not say the order")
    browser.run("const i = document.getElementById('jump'); i.value = 'blocks.7 heads.2'; i.form.requestSubmit()")
    jumped = browser.run("return operator = [...document.querySelectorAll('.card')].findIndex((c) => c.innerText.includes('blocks.7.token_mixing_layer.mixer_heads.2.'))".replace("operator = ", ""))
    landed(browser, f"operator-{jumped}", "the box of names")
    check(browser.wait(f"document.querySelector('#operator-{jumped} .plot')?.hasAttribute('data-drawn')"), "a card that a link leads to is not opened")
    browser.run(f"document.querySelector('#operator-{jumped} a[rel=next]').click()")
    landed(browser, f"operator-{jumped + 1}", "next")
    browser.run(f"document.querySelector('#operator-{jumped + 1} a[rel=prev]').click()")
    landed(browser, f"operator-{jumped}", "previous")
    browser.run(f"document.querySelector('#operator-{jumped} a.name').click()")
    check(browser.wait("location.hash.includes('mixer_heads.2.weight')"), "the name of a card is no link")
    load(browser, page, unquote(browser.run("return location.hash")))
    landed(browser, f"operator-{jumped}", "an address with a tensor's name")
    check(browser.run("return document.querySelector('.stay').getBoundingClientRect().top") == 0, "the contents do not stay in sight")
    browser.complaints()
    browser.driver.quit()


def number(text):
    """The printed number, exactly."""
    text = text.replace("−", "-").lstrip("≤≥ ")
    mantissa, _, power = text.partition("·10")
    power = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return Fraction(mantissa) * Fraction(10) ** int(power or 0)


def look_at_bounds(page, source):
    browser = Browser()
    browser.look(1600)
    load(browser, page)
    draw = random.Random(5)
    values = [draw.choice((-1, 1)) * 10 ** draw.uniform(-300, 300) for _ in range(300)] + [draw.uniform(-2e5, 2e5) for _ in range(200)] + [0.1, 9.99999, 99999.5, 1e-3, 0.0694791]
    for side in ("lower", "upper"):
        for digits in (2, 4):
            for value, text in zip(values, browser.run("return arguments[0].map((v) => tmm.bound(v, arguments[1], arguments[2]))", values, side, digits)):
                error = Fraction(text) - Fraction(value)
                check(error <= 0 if side == "lower" else error >= 0, f"{side} bound {value!r} is shown as {text}")
                check(abs(error) <= abs(Fraction(value)) * Fraction(10) ** (1 - digits), f"{side} bound {value!r} is shown as {text}")
    bounds = 0
    for i, op in enumerate(op for model in json.load(open(source))["models"] for op in model["operators"]):
        table = browser.run("return [...document.querySelectorAll(`#operator-${arguments[0]} .sections tbody tr`)].map((r) => [...r.cells].map((c) => [c.textContent, c.querySelector('.mark')?.nextSibling.nextSibling.textContent]))", i)
        check(len(table) == len(op["sections"]), f"operator {i}: {len(table)} leading sections")
        for row, section in zip(table, op["sections"]):
            ids = [id for id in ("winding_number", "index_margin", "sigma_max", "log10_sigma_min", "effective_index_float32") if id in section["measures"]]
            for id, (_, text) in zip(ids, row[1:]):
                measure = section["measures"][id]
                low = measure.get("value") if id == "index_margin" else measure.get("lower_bound")
                if low is not None and measure["status"] in ("certified", "below precision"):
                    bounds += 1
                    check(number(text) <= Fraction(low), f"operator {i}, m = {section['n']}: {id} ≥ {low} is shown as {text}")
                if measure.get("upper_bound") is not None and id != "index_margin":
                    check(number(text) >= Fraction(measure["upper_bound"]), f"{id} ≤ {measure['upper_bound']} is shown as {text}")
    check(bounds >= 8, f"only {bounds} bounds")
    browser.complaints()
    browser.driver.quit()


CATCH = """window.names = []; window.texts = [];
URL.createObjectURL = (blob) => { blob.text().then((t) => texts.push(t)); return 'data:,'; };
HTMLAnchorElement.prototype.click = function () { names.push(this.download); };"""


def look_at_comparison(page):
    browser = Browser()
    browser.look(1600)
    load(browser, page)
    words = browser.run("return document.getElementById('comparison').innerText")
    check("adjusted for the 8 measures" in words, "the page does not say what p is adjusted for")
    check("σₘᵢₙ is beyond the range of double" in words, "what is not compared is not said")
    logarithmic = 0
    for i in range(browser.run("return document.querySelectorAll('#comparison .plot').length")):
        here = f"document.querySelectorAll('#comparison .plot')[{i}]"
        browser.run(here + ".scrollIntoView({block: 'center', behavior: 'instant'})")
        check(browser.wait(here + ".hasAttribute('data-drawn')"), f"chart {i} is not drawn")
        kind, values, span = browser.run(f"return [{here}._fullLayout.yaxis.type, {here}.data.filter((t) => t.type !== 'box').flatMap((t) => Array.from(t.y)), {here}._fullLayout.yaxis.range]")
        name = browser.run(f"return {here}.getAttribute('aria-label')")
        numbers = [v for v in values if isinstance(v, (int, float))]
        if name.startswith("N/(n−1) by training step"):
            check(span == [-0.02, 1.02], f"{name}: axis {span}")
            check(browser.run(f"return {here}.layout.shapes.some((s) => s.y0 === 0.5 && s.y1 === 0.5)"), "no line at ½")
        elif numbers and min(numbers) > 0 and max(numbers) >= 1000 * min(numbers) and "training step" not in name:
            logarithmic += 1
            check(kind == "log", f"{name}: from {min(numbers)} to {max(numbers)} on a linear axis")
    browser.run(CATCH)
    browser.run("for (const f of document.querySelectorAll('#comparison figure')) if (f.querySelector('.plot').getAttribute('aria-label').startsWith('N/(n−1) by')) [...f.querySelectorAll('.take button')].find((b) => b.textContent === 'CSV').click()")
    count = browser.run("return names.length")
    check(browser.wait(f"texts.length === {count}"), "no CSV came")
    names, texts = browser.run("return [names, texts]")
    if "--trajectories" in sys.argv:
        check(count == 2, f"{count} trajectories")
    check(len(set(names)) == count, f"two files of one name: {names}")
    for text in texts:
        head, *lines = [line.split(",") for line in text.strip().split("\n")]
        check(head[:4] == ["step", "layer", "winding_number", "winding_fraction"], f"columns {head}")
        chart = browser.run("return [...document.querySelectorAll('#comparison .plot')].filter((p) => p.getAttribute('aria-label').startsWith('N/(n−1) by')).map((p) => p.data.flatMap((t) => Array.from(t.y)))")
        check(any(sorted(float(line[3]) for line in lines if line[3]) == sorted(v for v in ys if v is not None) for ys in chart), "the CSV has other values than the chart")
    browser.complaints()
    browser.driver.quit()


def look_at_words(*pages):
    browser = Browser()
    for page in pages:
        browser.look(1600)
        load(browser, page)
        text = browser.run("for (const d of document.querySelectorAll('details')) d.open = true; return [...document.querySelectorAll('section:not(#provenance)')].map((s) => s.innerText).join('\\n')")
        for pattern, words in ((r"(?:^|[\s(\[≤≥])-\d\S*", "a hyphen for a minus sign"), (r"\d[eE][-+−]?\d+\b", "computer notation"), (r"log10\s", "log10"), (r"[−-]0(?:\.0*)?(?![\d.·])", "a negative zero")):
            found = [m for m in re.findall(pattern, text)]
            check(not found, f"{page}: {words}: {found[:5]}")
        for k in range(browser.run("return document.querySelectorAll('#measures .what').length")):
            browser.run("document.querySelectorAll('#measures .what')[arguments[0]].click()", k)
            check(len(browser.run("return document.querySelector('.definition').innerText")) > 15, f"column {k} is not explained")
        terms = browser.run("return [...document.querySelectorAll('#glossary dt')].map((d) => d.textContent)")
        check(len(terms) == len(set(terms)), "a term stands twice in the glossary")
        heads = browser.run("return [...document.querySelectorAll('#measures th[data-column]')].map((h) => h.querySelector('button').textContent)")
        known = " ".join(terms).lower()
        for head in heads:
            if head not in ("layer", "verdict", "n"):
                check(head.lower() in known, f"{page}: the glossary has no {head}")
        has = lambda selector: browser.run("return document.querySelector(arguments[0]) !== null", selector)
        for term, selector in (("Null model", "#against-untrained-layers"), ("Leading sections", ".sections"), ("Cliff's δ and its interval", "#comparison"), ("Whole layers", "#whole-layers"), ("Precision floors", ".card")):
            check((term in terms) == has(selector), f"{page}: glossary and page differ about {term}")
        provenance = browser.run("return document.getElementById('provenance').innerText")
        check("tmm " in provenance and "sha256" in provenance, f"{page}: no provenance")
        if "training.html" in page:
            check("model.width" in provenance or "configuration: " in provenance, f"{page}: no configuration")
        for selector in (".headline",) if has("#overview") else ():
            check(" proven winding number" in browser.run("return document.querySelector(arguments[0]).innerText", selector), "no headline")
    browser.complaints()
    browser.driver.quit()


def look_at_layers(page):
    browser = Browser()
    browser.look(390)
    load(browser, page)
    cells = browser.run("return [...document.querySelectorAll('#whole-layers tbody tr')].map((r) => r.cells[4].innerText)")
    check(cells and all(re.search(r"−\d+ = \d+ channels × \(−\d+\)", cell) for cell in cells), f"whole layers: {cells}")
    for cell in cells:
        total, times, index = (int(n) for n in re.findall(r"\d+", cell)[:3])
        check(total == times * index, cell)
    covered = browser.run("""return [...document.querySelectorAll('.scroll')].filter((s) => s.querySelector('table')).flatMap((s) => {
        s.scrollIntoView({block: 'center', behavior: 'instant'});
        const wrong = [];
        for (const x of [20, 40, 60, 80, 100, 130]) {
          s.scrollLeft = x;
          for (const cell of s.querySelectorAll('tbody td:first-child')) {
            const r = cell.getBoundingClientRect(), y = r.top + r.height / 2;
            if (y < 60 || y > innerHeight - 5 || r.width === 0) continue;
            for (let at = r.left + 4; at < r.right - 2; at += 6) {
              const top = document.elementFromPoint(at, y);
              if (top && s.contains(top) && !cell.contains(top)) { wrong.push(cell.innerText + ': ' + top.className); break; }
            }
          }
        }
        return wrong;
      })""")
    check(not covered, f"over the fixed column: {covered[:4]}")
    browser.complaints()
    browser.driver.quit()


def look_at_depth(page, source):
    operators = [op for model in json.load(open(source))["models"] for op in model["operators"]]
    browser = Browser()
    browser.look(800)
    load(browser, page)
    plot = "document.querySelector('#by-depth .plot')"
    for id in ("winding_fraction", "index_margin"):
        browser.run("const l = document.getElementById('depth-measure'); l.value = arguments[0]; l.dispatchEvent(new Event('change'))", id)
        browser.run(plot + ".scrollIntoView({block: 'center', behavior: 'instant'})")
        check(browser.wait(plot + "?.hasAttribute('data-drawn')"), f"{id} by depth is not drawn")
        null, own = browser.run(f"return {plot}.data.map((t) => ({{x: Array.from(t.x), y: Array.from(t.y), e: t.error_y?.array}}))")
        check(own["x"] == [op["block"] for op in operators], f"{id}: blocks {own['x']}")
        check(own["y"] == [op["measures"][id]["value"] for op in operators], f"{id}: values {own['y']}")
        check(null["y"] == [op["null_model"][id]["mean"] for op in operators], f"{id}: means of the null model")
        check(null["e"] == [2 * op["null_model"][id]["deviation"] for op in operators], f"{id}: bars of the null model")
    check(browser.run("return document.querySelectorAll('#by-depth .plot').length") == 1, "a chart stays behind")
    browser.complaints()
    browser.driver.quit()


def look_at_pairs(page, source):
    operators = [op for model in json.load(open(source))["models"] for op in model["operators"]]
    browser = Browser()
    browser.look(1280)
    load(browser, page)
    rows = browser.run("return [...document.querySelectorAll('.heads tbody tr')].map((r) => [r.cells[0].textContent, ...[...r.querySelectorAll('a.cell')].map((a) => a.hash)])")
    heads = browser.run("return [...document.querySelectorAll('.heads thead th')].slice(1).map((h) => h.textContent)")
    blocks = sorted({op["block"] for op in operators})
    check([row[0] for row in rows] == [str(b) for b in blocks], f"rows of the grid are {[row[0] for row in rows]}")
    check(heads == [f"h{h}" for h in sorted({op["head"] for op in operators})], f"columns of the grid are {heads}")
    for row, block in zip(rows, blocks):
        of_row = [operators[int(link.rsplit("-", 1)[1])] for link in row[1:]]
        check([(op["block"], op["head"]) for op in of_row] == [(block, h) for h in range(len(heads))], f"block {block} holds {row[1:]}")
    browser.run("document.querySelector('#side-by-side details').open = true")
    browser.wait("document.querySelectorAll('#side-by-side .plot').length === 5")
    for left, right in ((0, 1), (5, 2)):
        browser.run("for (const [id, value] of [['left', arguments[0]], ['right', arguments[1]]]) { const l = document.getElementById(id); l.value = String(value); l.dispatchEvent(new Event('change', {bubbles: true})); }", left, right)
        plots = browser.run("return document.querySelectorAll('#side-by-side .plot').length")
        check(plots == 5, f"side by side has {plots} charts")
        found = []
        for k in range(plots):
            here = f"document.querySelectorAll('#side-by-side .plot')[{k}]"
            browser.run(here + ".scrollIntoView({block: 'center', behavior: 'instant'})")
            check(browser.wait(here + ".hasAttribute('data-drawn')"), f"chart {k} side by side is not drawn")
            found.append(browser.run(f"const p = {here}, l = p._fullLayout; return {{x: l.xaxis.range, y: l.yaxis.range, words: p.closest('figure').querySelector('b').textContent, points: p.data.map((t) => t.x.length), title: l.xaxis.title.text}}"))
        for a, b in ((0, 1), (2, 3)):
            check(found[a]["x"] == found[b]["x"] and found[a]["y"] == found[b]["y"], f"axes side by side: {found[a]} and {found[b]}")
            check(found[a]["title"] == found[b]["title"], f"{found[a]['title']} stands beside {found[b]['title']}")
        values = [sum(1 for s in operators[i]["spectrum"]["singular_values"] if s["mantissa"] != 0) for i in (left, right)]
        check(found[4]["points"] == values, f"{found[4]['points']} singular values, not {values}")
        table = browser.run("return [...document.querySelectorAll('#side-by-side tbody tr')][0].innerText.match(/\\d+/g).map(Number)")
        check(table == [operators[i]["winding"]["number"] for i in (left, right)], f"N side by side are {table}")
    browser.complaints()
    browser.driver.quit()


def look(command, *arguments):
    {"links": look_at_links, "heat": look_at_heat_map, "many": look_at_many, "bounds": look_at_bounds, "comparison": look_at_comparison,
     "words": look_at_words, "layers": look_at_layers, "depth": look_at_depth, "pairs": look_at_pairs}[command](*(a for a in arguments if not a.startswith("--")))


if __name__ == "__main__":
    attempt(look, *sys.argv[1:])
