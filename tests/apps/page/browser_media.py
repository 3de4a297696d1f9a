# SPDX-License-Identifier: MIT
"""Looks at what leaves a report page, on paper and as files, and at the page under fingers. Prints one line for everything that
is wrong, nothing when all is well. browser.py has the browser.

browser_media.py print PAGE PDF OPERATORS [TEXT...] | large PAGE PDF |
exports PAGE FOLDER SHA256 VERSION | citation PAGE SHA256 VERSION | touch PAGE | axe SCRIPT PAGE... |
pictures FOLDER PAGE... | checkpoint FILE BLOCKS HEADS N
"""
import base64
import glob
import json
import os
import re
import struct
import subprocess
import sys
import time
import zlib

import browser
from browser import Browser, check

blank_page = 0.0003  # ink of less than half a line of text
papers = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}


def print_page(window, file, paper="A4"):
    width, height = papers[paper]
    window.driver.set_script_timeout(120)
    data = window.driver.execute_cdp_cmd("Page.printToPDF", {"paperWidth": width, "paperHeight": height})["data"]
    with open(file, "wb") as out:
        out.write(base64.b64decode(data))


def pages_of(pdf):
    """Ink of every page: the share of its pixels that are not white."""
    import numpy as np
    for old in glob.glob(pdf + "-*.pgm"):
        os.remove(old)
    subprocess.run(["pdftoppm", "-r", "36", "-gray", pdf, pdf], check=True)
    shares = []
    for file in sorted(glob.glob(pdf + "-*.pgm")):
        pixels = open(file, "rb").read().split(b"\n", 3)[3]
        shares.append(float((np.frombuffer(pixels, np.uint8) < 235).mean()))
        os.remove(file)
    return shares


# A chart has ink if a line, a point, a bar, a box or a cell of its data is in it, at a size that can be seen.
watch_paper = """addEventListener('beforeprint', () => { window.onPaper = [...document.querySelectorAll('figure')].map((figure) => {
    const still = figure.querySelector('.still svg');
    return [figure.querySelector('figcaption b').textContent, still ? still.querySelectorAll('.js-line[d], .point path, .points path, .heatmaplayer image, .cells path, path.box').length : 0,
      still ? still.querySelector('.bg, rect').style.fill : '']; }); });"""


def look_at_print(page, pdf, operators, *texts):
    """Printed from a dark page 360 pixels wide: neither may be seen on paper."""
    window = Browser()
    for paper in papers:
        window.look(360, dark=True)
        window.open(page)
        window.run(watch_paper)
        print_page(window, pdf, paper)
        charts = window.run("return window.onPaper")
        check(len(charts) > 0, "no chart on the page")
        for name, marks, ground in charts:
            check(marks > 0, f"{paper}: {name} is empty on paper")
        check(window.run("return document.querySelectorAll('.still, .printed').length") == 0, "what was made for paper stays on the page")
        ink = pages_of(pdf)
        blank = [i + 1 for i, share in enumerate(ink) if share < blank_page]
        check(not blank, f"{paper}: blank pages {blank} of {len(ink)}")
        check(max(ink) < 0.5, f"{paper}: a page is dark: {max(ink):.2f} of it")
        words = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
        sheets = words.split("\f")
        symbols = [sheet.count("Weights by lag") for sheet in sheets]
        check(sum(symbols) == int(operators), f"{paper}: {sum(symbols)} cards of {operators}")
        for sheet in sheets:  # a card begins with its facts and ends with its measures
            check(sheet.count("Weights by lag") == sheet.count("Near the origin"), f"{paper}: a card is cut by the end of a page")
        for text in texts:
            check(text in words, f"{paper}: {text} is not whole on paper")
        print(f"{paper}: {len(ink)} pages, {len(charts)} charts, least ink {min(ink):.4f}", file=sys.stderr)
    window.complaints()
    window.driver.quit()


def look_at_large(page, pdf):
    """More operators than anyone prints: their charts are left out, and the paper says so."""
    window = Browser()
    window.look(1280)
    window.open(page)
    begin = time.time()
    print_page(window, pdf)
    seconds, ink = time.time() - begin, pages_of(pdf)
    words = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
    check("Printed without the" in words, "the paper does not say what it leaves out")
    blank = [i + 1 for i, share in enumerate(ink) if share < blank_page]
    check(not blank, f"blank pages {blank} of {len(ink)}")
    check(len(ink) < 80, f"{len(ink)} pages")
    heads = [sheet for sheet in words.split("\f") if "Jensen defect" in sheet and "stable rank" in sheet]
    check(len(heads) >= 3, f"the table's heads stand on {len(heads)} pages")
    print(f"{len(ink)} pages in {seconds:.1f} s", file=sys.stderr)
    window.complaints()
    window.driver.quit()


def look_at_citation(page, sha256, version):
    window = Browser()
    window.look(1280)
    window.open(page)
    methods, bibtex = (window.run(f"return document.getElementById('{name}').innerText") for name in ("methods", "bibtex"))
    check(sha256 in methods and f"tmm {version}" in methods, "methods: " + methods)
    check(re.search(r"N was proven for 8 of 8 operators", methods) is not None, "methods: " + methods)
    check("eprint        = {2605.06683}" in bibtex and f"version = {{{version}}}" in bibtex, bibtex)
    check(bibtex.count("{") == bibtex.count("}"), "BibTeX: braces")
    window.complaints()
    window.driver.quit()


def downloads(window, folder):
    kept = os.path.join(folder, "kept")
    os.makedirs(kept, exist_ok=True)
    window.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})

    def take(button, chart, seconds=15):
        before = set(os.listdir(folder))
        window.run("const f = [...document.querySelectorAll('.card figure, figure')].find((f) => f.querySelector('figcaption b').textContent === arguments[1]);"
                   "[...f.querySelectorAll('button')].find((b) => b.textContent === arguments[0]).click()", button, chart)
        end = time.time() + seconds
        while time.time() < end:
            new = [f for f in os.listdir(folder) if f not in before and not f.startswith(".") and not f.endswith(".crdownload")]
            if new and os.path.getsize(os.path.join(folder, new[0])):
                time.sleep(0.1)
                os.replace(os.path.join(folder, new[0]), os.path.join(kept, new[0]))  # one of the same name would be written over it
                return new[0], open(os.path.join(kept, new[0]), "rb").read()
            time.sleep(0.05)
        check(False, f"no download: {button} of {chart}")
        return "", b""
    return take


def png_chunks(data):
    at, chunks = 8, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        check(zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0], f"PNG: wrong sum of {kind}")
        chunks.append((kind.decode(), body))
        at += 12 + length
    return chunks


def choose(window, name, value):
    window.run("const s = document.getElementById('figure-' + arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change'))", name, value)


def look_at_exports(page, folder, sha256, version):
    window, light = Browser(), {}
    take = downloads(window, folder)
    stem = os.path.basename(page).split(".")[0]
    kinds = {"Symbol curve": "symbol", "Near the origin": "near-origin", "Zeros of the symbol": "zeros", "Singular values": "singular-values",
             "Weights by lag": "taps", "The matrix": "matrix", "Layers × measures": "heat-map"}
    for dark, width in ((False, 1600), (True, 400)):
        window.look(width, dark)
        window.open(page)
        for chart, kind in kinds.items():
            name, svg = take("SVG", chart)
            text = svg.decode()
            check(name.startswith(stem + "-") and f"-{kind}" in name, f"{chart}: is named {name}")
            check("<image" not in text, f"{chart}: a picture inside the SVG")
            head = re.match(r"<svg[^>]*>", text)[0]
            check('width="84mm"' in head, f"{chart}: {head}")
            check(sha256 in text and f"tmm {version}" in text and "<metadata>" in text, f"{chart}: the SVG does not say where it comes from")
            tones = sorted(set(re.findall(r"(?:fill|stroke)(?:: |=\")(rgb\([^)]*\)|#[0-9a-f]{6})", text)))
            if dark:
                check(tones == light[chart], f"{chart}: dark colours in the SVG: {set(tones) ^ set(light[chart])}")
            light[chart] = tones
            check("rgb(255, 255, 255)" in tones, f"{chart}: the SVG is not on white: {tones}")
    cells = take("SVG", "The matrix")[1].decode()
    check(cells.count("z") > 1000 and 'shape-rendering="crispEdges"' in cells, "the matrix has no cells")
    check(len(cells) < 1.5e6, f"the matrix has {len(cells)} bytes")
    window.run("""const plot = [...document.querySelectorAll('figure')].find((f) => f.querySelector('figcaption b').textContent === 'Symbol curve').querySelector('.plot');
        plot.scrollIntoView({behavior: 'instant'}); window.zoomed = plot""")
    check(window.wait("window.zoomed.hasAttribute('data-drawn')"), "the curve is not drawn")
    window.driver.execute_async_script("Plotly.relayout(window.zoomed, {'xaxis.range': [0.101, 0.102], 'yaxis.range': [-0.0005, 0.0005]}).then(() => setTimeout(arguments[0], 300))")
    check("0.101" in take("SVG", "Symbol curve")[1].decode(), "a zoomed chart is saved whole")
    choose(window, "width", "174")
    choose(window, "size", "10")
    window.run("document.getElementById('figure-title').click()")
    window.driver.refresh()
    name, svg = take("SVG", "Weights by lag")
    text = svg.decode()
    check('width="174mm"' in text and 'viewBox="0 0 592 ' in text, "174 mm at 10 points are 592 pixels of text 12: " + text[:300])
    check(re.search(r'class="gtitle"[^>]*>Weights by lag', text) is not None, "no title")
    name, png = take("PNG", "The matrix")
    chunks = png_chunks(png)
    kinds_of = dict(chunks)
    size = struct.unpack(">II", kinds_of["IHDR"][:8])
    check(size[0] == round(174 / 25.4 * 600), f"PNG: {size}")
    check(struct.unpack(">IIB", kinds_of["pHYs"]) == (23622, 23622, 1), "PNG: the resolution")
    texts = dict(body.split(b"\0\0\0\0\0") for kind, body in chunks if kind == "iTXt")
    check(texts[b"Source SHA-256"].decode() == sha256 and texts[b"Software"].decode() == f"tmm {version}", f"PNG: {texts}")
    name, data = take("CSV", "Weights by lag")
    rows = data.decode().splitlines()
    check(rows[0].split(",")[-3:] == ["source_file", "source_sha256", "program"], "CSV: " + rows[0])
    check(all(row.endswith(f",{sha256},tmm {version}") for row in rows[1:]), "CSV: " + rows[1])
    window.complaints()
    window.driver.quit()


def touches(window, kind, points):
    window.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]})


def look_at_touch(page):
    window = Browser()
    for width in (360, 390):
        window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": width, "height": 740, "deviceScaleFactor": 2, "mobile": True})
        window.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
        window.open(page)
        window.run("document.querySelector('.card .plot').scrollIntoView({block: 'center', behavior: 'instant'})")
        check(window.wait("document.querySelector('.card .plot').hasAttribute('data-drawn')"), "the chart is not drawn")
        time.sleep(0.3)
        box = "const r = document.querySelector('.card .plot .nsewdrag').getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]"
        view = "const l = document.querySelector('.card .plot')._fullLayout; return [...l.xaxis.range, ...l.yaxis.range]"
        shown = "return getComputedStyle(document.querySelector('.card .reset')).display !== 'none'"
        start, (x, y), top = window.run(view), window.run(box), window.run("return scrollY")
        check(not window.run(shown), "a reset without a zoom")
        touches(window, "touchStart", [(x, y)])
        for d in range(15, 166, 15):
            touches(window, "touchMove", [(x, y - d)])
            time.sleep(0.03)
        touches(window, "touchEnd", [])
        time.sleep(1)
        moved = window.run("return scrollY") - top
        check(moved > 80, f"a swipe over a chart scrolls by {moved}")
        check(window.run(view) == start, "a swipe moves the chart")
        x, y = window.run(box)
        top = window.run("return scrollY")
        touches(window, "touchStart", [(x - 30, y), (x + 30, y)])
        for d in (35, 45, 60):
            touches(window, "touchMove", [(x - d, y), (x + d, y)])
            time.sleep(0.1)
        touches(window, "touchEnd", [])
        time.sleep(0.4)
        now = window.run(view)
        ratio = (start[1] - start[0]) / (now[1] - now[0])
        check(1.7 < ratio < 2.3, f"two fingers twice as far apart zoom by {ratio:.2f}")
        check(abs(window.run("return scrollY") - top) < 2 and window.run("return visualViewport.scale") == 1, f"two fingers move the page from {top} to {window.run('return scrollY')}, scale {window.run('return visualViewport.scale')}")
        check(window.run(shown), "no reset after a zoom")
        window.run("document.querySelector('.card .reset').click()")
        time.sleep(0.4)
        back = window.run(view)
        check(max(abs(a - b) for a, b in zip(back, start)) < 0.03 * abs(start[1] - start[0])  # axes of one scale: other labels, other margins
              , f"the reset leads to {back}, not {start}")
        check(not window.run(shown), "the reset stays")
        clipped = window.run("""return [...document.querySelectorAll('figcaption b, .take button, .about, .figures, h3, .card .facts div')].filter((e) => {
            const r = e.getBoundingClientRect(), f = (e.closest('figure') ?? document.body).getBoundingClientRect();
            return r.width && (r.left < f.left - 0.5 || r.right > f.right + 0.5 || (!e.closest('.scroll') && r.right > innerWidth + 0.5) || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible');
          }).map((e) => e.textContent)""")
        check(not clipped, f"clipped at {width}: {clipped}")
        low = window.run("return Math.min(...[...document.querySelectorAll('.take button:not([hidden])')].map((b) => b.getBoundingClientRect().height).filter((h) => h))")
        check(low >= 24, f"buttons {low} pixels high")
    window.complaints()
    window.driver.quit()


def look_with_axe(script, *pages):
    """Rules of the W3C's guidelines, as axe-core knows them: nothing serious or critical."""
    axe = open(script).read()
    window = Browser()
    window.driver.set_script_timeout(120)
    for page in pages:
        for dark in (False, True):
            window.look(1280, dark)
            window.open(page)
            window.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            window.run("for (const c of document.querySelectorAll('.card, .cell')) c.style.contentVisibility = 'visible'")
            time.sleep(0.5)
            window.run("(0, eval)(arguments[0])", axe)
            found = window.driver.execute_async_script(
                "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map((v) => [v.impact, v.id, v.help, v.nodes.length, v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0] ?? n.all[0] ?? {}).message)])))")
            for impact, rule, words, count, where in found:
                line = f"{os.path.basename(page)}, {'dark' if dark else 'light'}: {impact}: {rule}: {words} ({count}): {where}"
                if impact in ("serious", "critical"):
                    check(False, line)
                else:
                    print(line, file=sys.stderr)
    window.driver.quit()


def take_pictures(folder, *pages):
    """What a person looks at: every page at every width, in both modes, and on paper."""
    os.makedirs(folder, exist_ok=True)
    window = Browser()
    for page in pages:
        name = os.path.join(folder, os.path.basename(page).rsplit(".", 1)[0])
        window.look(1600)
        window.open(page)
        for width in (360, 390, 800, 1600):
            for dark in (False, True):
                mode = "dark" if dark else "light"
                window.shoot(f"{name}-{width}-{mode}.png", width, dark)
                if width in (390, 1600) and window.run("return document.querySelector('.card') !== null"):
                    window.shoot(f"{name}-{width}-{mode}-card.png", width, dark, at="operator-0")
        window.look(1280)
        print_page(window, name + ".pdf")
        ink = pages_of(name + ".pdf")
        check(min(ink) > blank_page, f"{name}.pdf: blank pages {[i + 1 for i, share in enumerate(ink) if share < blank_page]}")
        print(f"{name}.pdf: {len(ink)} pages", file=sys.stderr)
    window.complaints()
    window.driver.quit()


def write_checkpoint(file, blocks, heads, n):
    """Untrained layers: `blocks` blocks of `heads` heads of `n` weights."""
    import h5py
    import numpy as np
    random = np.random.default_rng(15)
    with h5py.File(file, "w") as f:
        for block in range(int(blocks)):
            for head in range(int(heads)):
                taps = random.standard_normal(int(n)) * 0.2 / np.sqrt(1 + np.arange(int(n)))
                f[f"mixer_blocks.{block}.token_mixing_layer.mixer_heads.{head}.weight"] = np.float32([taps])
                f[f"mixer_blocks.{block}.token_mixing_layer.mixer_heads.{head}.bias"] = np.zeros(int(n), np.float32)


def look(command, *arguments):
    {"print": look_at_print, "exports": look_at_exports, "touch": look_at_touch, "citation": look_at_citation, "large": look_at_large, "axe": look_with_axe, "pictures": take_pictures,
     "checkpoint": write_checkpoint}[command](*arguments)


if __name__ == "__main__":
    browser.attempt(look, *sys.argv[1:])
