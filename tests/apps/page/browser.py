# SPDX-License-Identifier: MIT
"""Looks at report pages in headless Chromium. Prints one line for everything that is wrong, nothing when all is well.

browser.py report PAGE JSON SCREENSHOTS | hostile TMM FOLDER | charts SCREENSHOTS PAGE... | large TMM FOLDER

Chromium itself may stop to draw (seen once in 40 runs, whatever page it shows): its scripts run, but no frame comes.
Then everything is looked at once more in a new browser, at most twice, and standard error says so.
"""
import base64
import json
import os
import subprocess
import sys
import time

import urllib3
from selenium import webdriver
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.remote_connection import RemoteConnection


complaints = []


def check(right, message):
    if not right:
        complaints.append(message)


class Stalled(Exception):
    pass


class Browser:
    def __init__(self):
        options = Options()
        for flag in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "hide-scrollbars"):
            options.add_argument("--" + flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        Browser.last = self
        self.driver.set_page_load_timeout(60)
        self.driver.set_script_timeout(20)

    def require_frames(self):
        try:
            self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        except TimeoutException:
            raise Stalled from None

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def look(self, width, dark=False, height=900):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})

    def open(self, page):
        self.driver.get("file://" + page)
        check(self.run("return document.documentElement.dataset.ready") is not None, "the page's script did not end")

    def wait(self, condition, seconds=8):
        end = time.time() + seconds
        while not self.run("return " + condition):
            if time.time() > end:
                self.require_frames()
                return False
            time.sleep(0.03)
        return True

    def draw_all(self):
        """Scrolls to every chart and small picture; each must be drawn, with something in it."""
        count = self.run("return document.querySelectorAll('.plot, .cell').length")
        for i in range(count):
            self.run("document.querySelectorAll('.plot, .cell')[arguments[0]].scrollIntoView({block: 'center', behavior: 'instant'})", i)
            here = f"document.querySelectorAll('.plot, .cell')[{i}]"
            drawn = self.wait(f"{here}.hasAttribute('data-drawn') && {here}.querySelector('path, image, rect.point') !== null")
            check(drawn, f"chart {i} is not drawn: " + str(self.run(f"return {here}.getAttribute('aria-label')")))
        return count

    def complaints(self):
        for entry in self.driver.get_log("browser"):
            check(entry["level"] not in ("SEVERE", "WARNING"), "console: " + entry["message"][:300])
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                check(url.startswith(("file:", "data:", "blob:")), "network request: " + url[:200])

    def shoot(self, file, width, dark=False, height=2400, at=None):
        self.look(width, dark, height)
        self.run("(arguments[0] ? document.getElementById(arguments[0]) : document.body).scrollIntoView({behavior: 'instant'})", at)
        self.wait("[...document.querySelectorAll('.plot')].filter((p) => { const r = p.getBoundingClientRect(); return r.top < innerHeight && r.bottom > 0; }).every((p) => p.hasAttribute('data-drawn'))")
        self.require_frames()
        check(self.wait(f"document.documentElement.scrollWidth <= {width}"), f"wider than {width} pixels: {file}")
        time.sleep(0.15)  # charts follow the new width
        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
        with open(file, "wb") as out:
            out.write(base64.b64decode(picture))


def column(browser, name):
    return browser.run("const k = [...document.querySelectorAll('#measures th')].findIndex((h) => h.dataset.column === arguments[0]);"
                       "return [...document.querySelectorAll('#measures tbody tr')].map((r) => [Number(r.dataset.operator), r.cells[k].innerText])", name)


def look_at_report(page, source, screenshots):
    report = json.load(open(source))
    operators = [op for model in report["models"] for op in model["operators"]]
    browser = Browser()
    browser.look(1600)
    browser.open(page)
    tile = "return Object.fromEntries([...document.querySelectorAll('[data-verdict]')].map((t) => [t.dataset.verdict, t.querySelector('b').textContent]))"
    summary, tiles = report["models"][0]["summary"], browser.run(tile)
    check(tiles == {"invertible": str(summary["invertible"]), "nearly": str(summary["nearly_invertible"]),
                    "not": str(summary["not_invertible"])}, f"headline {tiles} but summary {summary}")
    set_threshold = "const i = document.getElementById('threshold'); i.value = arguments[0]; i.dispatchEvent(new Event('input'))"
    browser.run(set_threshold, 0.3)
    nearly = sum(0 < op["winding"]["number"] < 0.3 * (op["n"] - 1) for op in operators)
    check(browser.run(tile)["nearly"] == str(nearly), "the threshold does not recount")
    browser.run(set_threshold, 0.1)
    browser.run("document.getElementById('all-measures').click()")
    for i, op in enumerate(operators):
        shown = browser.run("return Object.fromEntries([...document.querySelectorAll('#measures tr[data-operator=\"' + arguments[0] + '\"] [data-measure]')].map((s) => [s.dataset.measure, [s.title, s.innerText]]))", i)
        check(set(shown) == set(op["measures"]), f"measures of operator {i}: {set(op['measures']) ^ set(shown)}")
        for name, measure in op["measures"].items():
            title, text = shown.get(name, ["", ""])
            number = next((measure[k] for k in ("value", "value_text", "upper_bound", "lower_bound") if measure.get(k) is not None), None)
            if isinstance(number, (int, float)):
                check(float(title.split(" · ")[0]) == number, f"{name}: page {title}, JSON {number}")
            check(measure["status"] in title and measure["status"] in text, f"{name}: status on the page: {title!r} {text!r}")
            if measure["status"] in ("undecided", "not defined"):
                check(not any(c.isdigit() for c in text), f"{name}: a number without status: {text}")
    browser.run("document.getElementById('all-measures').click()")
    for descending in (False, True):
        browser.run("document.querySelector('[data-column=jensen_defect] button').click()")
        order = [i for i, _ in column(browser, "jensen_defect")]
        wanted = sorted(range(len(operators)), key=lambda i: operators[i]["measures"]["jensen_defect"]["value"], reverse=descending)
        check(order == wanted, f"sorted {order}, not {wanted}")
    write = "const i = document.getElementById('filter'); i.value = arguments[0]; i.dispatchEvent(new Event('input'))"
    browser.run(write, "blocks.6")
    check([i for i, _ in column(browser, "layer")] == [i for i, op in enumerate(operators) if op["block"] == 6], "the filter does not work")
    browser.run(write, "")
    check(browser.draw_all() > 6 * len(operators), "charts are missing")
    os.makedirs(screenshots, exist_ok=True)
    for width in (360, 800, 1600):
        for dark in (False, True):
            name = f"{screenshots}/report-{width}-{'dark' if dark else 'light'}"
            browser.shoot(name + ".png", width, dark)
            browser.shoot(name + "-card.png", width, dark, at="operator-1")
    browser.complaints()
    browser.driver.quit()


def hostile(tmm, folder):
    import h5py
    import numpy as np
    file, page = folder + "/<img src=x onerror=alert(1)>.h5", folder + "/hostile.html"
    part = "</script><img src=x onerror=document.title='taken'>"
    with h5py.File(file, "w") as f:
        f[part + ".mixer_blocks.0.token_mixing_layer.weight"] = np.float32([[1, 0.5, 0.25]])
        f["mixer_blocks.0.token_mixing_layer.weight"] = np.float32([[1, 0.5, 0.25]])
        f["mixer_blocks.0.token_mixing_layer.bias"] = np.float32([0, 0, 0])
    made = subprocess.run([tmm, "analyze", "-q", "--force", file, "-o", folder + "/plain.json"], capture_output=True, text=True)
    check(made.returncode == 0, "analyze: " + made.stderr)
    # The same name as tensor, block list and warning, wherever a report may have one.
    report = json.load(open(folder + "/plain.json"))
    op = report["models"][0]["operators"][0]
    op["name"] = op["part"] = part
    op["warnings"] = report["models"][0]["warnings"] = [part]
    report["models"][0]["architecture"] = part
    report["program"]["libraries"][part] = part
    json.dump(report, open(folder + "/hostile.json", "w"))
    made = subprocess.run([tmm, "report", folder + "/hostile.json", "--force", "-o", page], capture_output=True, text=True)
    if made.returncode:
        sys.exit(made.stderr)
    browser = Browser()
    browser.look(1200)
    browser.open(page)
    browser.draw_all()
    check(browser.run("return document.querySelectorAll('img').length") == 0, "an image came from a name")
    check("taken" != browser.run("return document.title"), "a script came from a name")
    check(part in browser.run("return document.body.innerText"), "the name is not shown as text")
    check("<img src=x" in browser.run("return document.getElementById('title').innerText"), "the file's name is not shown as text")
    browser.complaints()
    browser.driver.quit()


def look_at_charts(screenshots, pages):
    os.makedirs(screenshots, exist_ok=True)
    browser = Browser()
    for page in pages:
        browser.look(1600)
        browser.open(page)
        check(browser.draw_all() > 0, "no chart on " + page)
        browser.shoot(f"{screenshots}/{os.path.basename(page)[0]}-1600-light.png", 1600)
        browser.shoot(f"{screenshots}/{os.path.basename(page)[0]}-360-dark.png", 360, True)
    browser.complaints()
    browser.driver.quit()


def opened_in_time(page):
    """A browser that shows it, and after how many milliseconds it did first and was ready."""
    size = os.path.getsize(page)
    check(size < 15e6, f"the page has {size} bytes")
    browser = Browser()
    browser.look(1600)
    browser.open(page)
    paint = browser.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
    ready = float(browser.run("return document.documentElement.dataset.ready"))
    check(paint < 3000, f"first paint after {paint} ms")
    return browser, paint, ready


def large(tmm, folder):
    import h5py
    import numpy as np
    random = np.random.default_rng(1)
    with h5py.File(folder + "/large.h5", "w") as f:
        for block in range(16):
            for head in range(16):
                taps = random.standard_normal(1024) * 0.044 / np.sqrt(1 + np.arange(1024))
                f[f"mixer_blocks.{block}.token_mixing_layer.mixer_heads.{head}.weight"] = np.float32([taps])
                f[f"mixer_blocks.{block}.token_mixing_layer.mixer_heads.{head}.bias"] = np.zeros(1024, np.float32)
    page = folder + "/large.html"
    made = subprocess.run([tmm, "analyze", "-q", folder + "/large.h5", "-o", page], capture_output=True, text=True)
    if made.returncode:
        sys.exit(made.stderr)
    browser, paint, ready = opened_in_time(page)
    slowest = 0
    for i in range(0, 256, 16):
        begin = time.time()
        browser.run("tmm.go('operator-' + arguments[0])", i)
        check(browser.wait(f"document.querySelector('#operator-{i} .plot')?.hasAttribute('data-drawn')"), f"operator {i} is not drawn")
        slowest = max(slowest, time.time() - begin)
    drawn = browser.run("return document.querySelectorAll('.plot[data-drawn]').length")
    check(drawn <= 90, f"{drawn} charts are kept")
    print(f"{os.path.getsize(page) / 1e6:.1f} MB, first paint {paint:.0f} ms, ready {ready:.0f} ms, slowest card {1e3 * slowest:.0f} ms", file=sys.stderr)
    browser.complaints()
    browser.driver.quit()


def look(command, *arguments):
    if command == "report":
        look_at_report(*arguments)
    elif command == "hostile":
        hostile(*arguments)
    elif command == "charts":
        look_at_charts(arguments[0], arguments[1:])
    else:
        large(*arguments)


def attempt(look_at, *arguments):
    """Calls look_at, anew where Chromium has stopped to draw, and prints what is wrong."""
    RemoteConnection.set_timeout(180)
    for _ in range(3):
        complaints.clear()
        try:
            look_at(*arguments)
            break
        except (Stalled, urllib3.exceptions.ReadTimeoutError):
            print("Chromium has stopped to draw", file=sys.stderr)
            Browser.last.driver.service.stop()
    else:
        check(False, "Chromium stopped to draw three times")
    for complaint in complaints:
        print(complaint)


if __name__ == "__main__":
    attempt(look, *sys.argv[1:])
