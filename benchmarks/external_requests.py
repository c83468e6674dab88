"""Requests to other hosts while every page is opened, drawn on, and everything on it is clicked.

python -m benchmarks.external_requests
"""

import os
import re
import tempfile
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotClickable

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from tests.browser.conftest import settled
from tests.browser.strokes import DIGITS, draw, paper_of

MOMENT = 1000  # milliseconds
LINKS = "[data-testid=stSidebarNavLink]"
CONTROLS = "[data-testid=stMain] :is(button, summary, canvas, label:has(input)):visible"


def asked(page: Page) -> Counter[str]:
    """Host -> requests and sockets that the page has asked it for; fills while the page is used."""
    hosts: Counter[str] = Counter()

    def count(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"}:
            hosts[parts.netloc] += 1

    page.on("request", lambda request: count(request.url))
    page.on("websocket", lambda socket: count(socket.url))
    return hosts


def name(control: Locator) -> str:
    """What a control is to a learner: one of many alike is clicked once."""
    label = control.get_attribute("aria-label", timeout=MOMENT) or control.inner_text(timeout=MOMENT)
    kind = control.evaluate("element => element.tagName", timeout=MOMENT)
    return f"{kind} {re.sub(r'[0-9]+', '0', label)[:60]}"


def fresh(page: Page, known: set[str]) -> Locator | None:
    """The next control that has not been clicked yet; what a click unfolds comes in its turn."""
    for control in page.locator(CONTROLS).all():
        with suppress(NotClickable):
            if (called := name(control)) not in known:
                known.add(called)
                return control
    return None


def use(page: Page) -> int:
    """Draw on the page's paper, if it has one, then click all there is; returns how many clicks that was."""
    if paper_of(page).count() == 1 and paper_of(page).is_visible():
        draw(page, DIGITS[3])
    clicks, known, address = 0, set[str](), page.url
    while (control := fresh(page, known)) is not None:
        with suppress(NotClickable):
            control.click(timeout=MOMENT)
            clicks += 1
        page.keyboard.press("Escape")
        # While a run trains, the page never comes to rest for long.
        with suppress(NotClickable):
            page.locator("[data-test-script-state=notRunning]").wait_for(timeout=MOMENT)
        if urlsplit(page.url).path != urlsplit(address).path:
            page.goto(address)
            settled(page)
    return clicks


def _use_all(quick: bool) -> tuple[Counter[str], int, int]:
    """Requests by host ("" is the app itself), pages and clicks."""
    # Without the security policy, so that a request is counted and not merely prevented.
    with running() as server, chromium() as browser, new_page(browser, bypass_csp=True) as page:
        hosts = asked(page)
        page.goto(server.address)
        links = settled(page).locator(LINKS).all()
        pages = [link.get_attribute("href") or "" for link in links][: 1 if quick else None]
        clicks = 0
        for place in pages:
            page.goto(place)
            clicks += use(settled(page))
        hosts[""] = hosts.pop(urlsplit(server.address).netloc)
        return hosts, len(pages), clicks


def main() -> None:
    """Use all pages and print."""
    quick = report.quick(__doc__)
    with tempfile.TemporaryDirectory() as runs:
        os.environ["DLVIZ_RUNS"] = runs
        hosts, pages, clicks = _use_all(quick)
    own = hosts.pop("")
    report.figure(f"requests to the app itself, {pages} pages, {clicks} clicks", own)
    report.figure("requests to other hosts", hosts.total(), at_most=0)
    for host, count in hosts.items():
        report.figure(f"of these, to {host}", count)


if __name__ == "__main__":
    main()
