#!/usr/bin/env python3
"""Opens the pages that the tool writes in Chromium, light, dark and narrow, and holds them to what docs/pictures.md says.

    check_pages.py WRIT OUTPUT

Each page must be found without fault by axe-core, ask for nothing beside itself, log nothing, fit its window and work by
keyboard. Leaves pages and screenshots in OUTPUT. Exit codes: 0 all held, 1 some did not, 77 skipped: no Chromium, or no
axe-core (`WRIT_AXE` names an axe.min.js; `tests/html/install_axe.sh` installs one).
"""

import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

from browser import Browser, find_chromium
from pages import write_pages, write_report

HERE = pathlib.Path(__file__).resolve().parent
VIEWS = {"light": (1280, "light"), "dark": (1280, "dark"), "narrow": (400, "light")}
AXE = """axe.run().then(found => found.violations.map(rule =>
    rule.impact + ' ' + rule.id + ' at ' + rule.nodes.map(node => node.html.slice(0, 120)).join(' and ')))"""


def find_axe():
    places = [os.environ.get("WRIT_AXE", ""), HERE.parents[1] / "build/axe/node_modules/axe-core/axe.min.js"]
    return next((pathlib.Path(place) for place in places if place and pathlib.Path(place).is_file()), None)


def check_search(browser, page):
    """The report's search hides rows that lack a word, and says how many are left."""
    browser.open(page)
    browser.evaluate("document.getElementById('search').value = 'BOB  sns:publish'; "
                     "document.getElementById('search').dispatchEvent(new Event('input'))")
    texts = browser.evaluate("[...document.querySelectorAll('tr.row')].filter(row => row.offsetHeight > 0)"
                             ".map(row => row.textContent.toLowerCase())")
    told = browser.evaluate("document.getElementById('told').textContent")
    problems = [f"shows {text}" for text in texts if "bob" not in text or "sns:publish" not in text]
    if not texts or not told.startswith(f"{len(texts)} of "):
        problems.append(f"search: {len(texts)} rows, says {told}")
    return problems + browser.complaints()


def check_script(page):
    """The report's content security policy names its own script by its hash. Needs no browser."""
    text = page.read_text(encoding="utf-8")
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL).group(1)
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return [] if f"'sha256-{hashed}'" in text else [f"the policy of the page does not name its script: sha256-{hashed}"]


def check_view(browser, page, view, axe, screenshot):
    width, scheme = VIEWS[view]
    browser.open(page, width=width, scheme=scheme)
    browser.screenshot(screenshot)
    problems = [f"asks for {url}" for url in browser.requests()]
    # Before axe-core is put in: what the page itself did.
    if browser.evaluate("'hostile' in window"):
        problems.append("a text of the request or the policies was run")
    if browser.evaluate("document.documentElement.scrollWidth") > width:
        problems.append(f"is wider than {width} pixels")
    browser.press("Tab", 9)
    if browser.evaluate("document.activeElement.className") != "skip":
        problems.append("the first Tab does not reach the link to the content")
    problems += browser.complaints()
    browser.evaluate(axe)
    problems += browser.evaluate(AXE)
    return problems


def main():
    tool, output = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    chromium, axe_file = find_chromium(), find_axe()
    output.mkdir(parents=True, exist_ok=True)
    try:
        write_report(tool, output)
    except subprocess.CalledProcessError as error:
        print(error, error.stderr)
        return 1
    problems = check_script(output / "report.html")
    if problems:
        print(*problems)
        return 1
    if not chromium or not axe_file:
        print("skipped:", "no Chromium (package chromium)" if not chromium else "no axe-core (tests/html/install_axe.sh)")
        return 77
    axe = axe_file.read_text(encoding="utf-8")
    try:
        pages = write_pages(tool, output)
    except subprocess.CalledProcessError as error:
        print(error, error.stderr)
        return 1
    failed = looked_at = 0
    begin = time.monotonic()
    with Browser(chromium) as browser:
        for page, views in pages.items():
            for view in views:
                problems = check_view(browser, output / f"{page}.html", view, axe, output / f"{page}-{view}.png")
                looked_at += 1
                failed += bool(problems)
                print(f"{page}, {view}: {'ok' if not problems else ''}", *problems, sep="\n    " if problems else "")
        problems = check_search(browser, output / "report.html")
        failed += bool(problems)
        print("report, search:", *(problems or ["ok"]))
        for page in pages:
            browser.open(output / f"{page}.html")
            browser.call("Page.printToPDF", printBackground=False)
    print(f"{looked_at} views of {len(pages)} pages in {time.monotonic() - begin:.0f} s, {failed} with faults; "
          f"screenshots in {output}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
