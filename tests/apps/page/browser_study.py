# SPDX-License-Identifier: MIT
"""The page of a study in headless Chromium. browser_study.py PAGE TABLES: the page's numbers are those of study.txt."""
import re
import sys

from browser import Browser, attempt, check

TABLES = """return [...document.querySelectorAll('section')].map((s) => [s.querySelector('h2').innerText,
  [...s.querySelectorAll('table')].map((t) => [...t.rows].map((r) => [...r.cells].map((c) => c.innerText)))])"""


def numbers(text):
    return [float(word) for word in re.findall(r"\d+(?:\.\d+)?", text.replace("−", "-"))]


def rows_below(text, heading):
    """First words and numbers of the rows of a table of study.txt, up to an empty line."""
    block = text.split(heading, 1)[1].split("\n\n")[0].split("\n")
    return {line.split()[0]: numbers(line.split(None, 1)[1]) for line in block if re.search(r"\d\.\d{3}", line)}


def same(page, table, words):
    check(len(page) == len(table) and all(abs(a - b) < 6e-4 for a, b in zip(page, table)), f"{words}: {page} on the page, {table} in the tables")


def look(page, tables):
    browser = Browser()
    browser.look(1400)
    browser.open(page)
    text = open(tables).read()
    sections = dict(browser.run(TABLES))
    check(list(sections)[:4] == ["By kind", "By toeplitz", "By kind × toeplitz", "Runs"], f"sections: {list(sections)}")
    for axis in ("kind", "toeplitz"):
        part = text.split(f"== {axis} ==", 1)[1].split("\n== ")[0]
        summary, layers, pairs = sections["By " + axis][:3]
        for name, *cells in summary[1:]:
            same(numbers(cells[2]), rows_below(part, "\n")[name][-3:], f"{axis}, {name}, at the end")
        expected = rows_below(part, "N/(n-1) by layer")
        for label, *cells in layers[1:]:
            same(sum(map(numbers, cells), []), expected[label], f"{axis}, layer {label}")
        rows = {row[0]: row for row in pairs[1:]}
        check("N/(n−1)" in rows and "Jensen defect" in rows, f"measures of a pair: {list(rows)}")
    check(len(sections["Runs"][0]) == 9, f"runs: {len(sections['Runs'][0]) - 1}")
    charts = browser.draw_all()
    check(charts == 12, f"{charts} charts")  # 6 of groups, 3 of costs for each of two objectives
    costs = sections["Loss against cost"]
    check([len(table) for table in costs] == [3, 3], f"tables of costs: {costs}")
    for table in costs:
        for name, runs, parameters, *_ in table[1:]:
            check(re.search(rf"\n{name} +{runs} +{parameters} ", text), f"costs of {name}: {runs}, {parameters}")
    before = browser.run("return document.querySelector('#by-kind .plot').getAttribute('aria-label')")
    browser.run("const s = document.getElementById('layer-0'); s.value = '0'; s.dispatchEvent(new Event('change'))")
    after = browser.run("return document.querySelector('#by-kind .plot').getAttribute('aria-label')")
    check("all layers" in before and "layer 0" in after, f"chosen layer: {before}, then {after}")
    browser.draw_all()
    saved = browser.run("""const texts = [], keep = tmm.save, csv = tmm.csv; tmm.save = () => {}; tmm.csv = (rows) => { texts.push(rows); return csv(rows); };
      for (const b of document.querySelectorAll('.take button')) if (b.textContent === 'CSV') b.click();
      tmm.save = keep; tmm.csv = csv; return texts.map((rows) => rows[1].slice(-3))""")
    check(len(saved) == 12 and all(file and len(sha256) == 8 * 64 + 7 * 2 and program.startswith("tmm ") for file, sha256, program in saved), f"origin of figures: {saved[:1]}")
    for width in (360, 1400):
        browser.look(width)
        check(browser.wait(f"document.documentElement.scrollWidth <= {width}"), f"wider than {width} pixels")
    browser.complaints()


if __name__ == "__main__":
    attempt(look, *sys.argv[1:])
