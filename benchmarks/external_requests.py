"""Requests to other hosts while every page is opened, drawn on, and everything on it is clicked.

python -m benchmarks.external_requests
"""

from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as NotClickable

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from tests.browser.conftest import settled
from tests.browser.strokes import DIGITS, draw, paper_of

LINKS = "[data-testid=stSidebarNavLink]"
CONTROLS = "[data-testid=stMain] :is(button, summary, canvas, label:has(input)):visible"
MOST_CONTROLS = 200  # of a page


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


def use(page: Page) -> int:
    """Draw on the page's paper, if it has one, then click all there is; returns how many clicks that was."""
    if paper_of(page).count():
        draw(page, DIGITS[3])
        settled(page)
    clicks = 0
    for index in range(MOST_CONTROLS):
        controls = page.locator(CONTROLS)
        # What a click unfolds is clicked in its turn.
        if index >= controls.count():
            break
        with suppress(NotClickable):
            controls.nth(index).click(timeout=1000)
            clicks += 1
        settled(page)
        page.keyboard.press("Escape")
    return clicks


def main() -> None:
    """Use all pages and print."""
    quick = report.quick(__doc__)
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
    own = hosts.pop(urlsplit(server.address).netloc)
    report.figure(f"requests to the app itself, {len(pages)} pages, {clicks} clicks", own)
    report.figure("requests to other hosts", hosts.total(), at_most=0)
    for host, count in hosts.items():
        report.figure(f"of these, to {host}", count)


if __name__ == "__main__":
    main()
