"""From the command `streamlit run app.py` to a usable start page, and to the CNN lab's first answer.

python -m benchmarks.startup
"""

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from dlviz.data import mnist
from dlviz.ui.lesson_map.stops import STOPS

RUNS = 5
SAMPLE = 0
# Asked at every frame: all stops are there, stand where they stood in the frame before, and what lies at the
# middle of each, once it is scrolled to, is the stop itself. One click after the other would wait for two
# frames each, and that time is the tool's own.
CLICKABLE = """(count) => {
  const root = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
    .map(({ shadowRoot }) => shadowRoot).find((each) => each?.querySelector(".network a"));
  const links = [...(root?.querySelectorAll(".network a") ?? [])];
  const top = document.querySelector("[data-testid=stMain]")?.scrollTop ?? 0;
  const places = links.map((link) => link.getBoundingClientRect())
    .map(({ x, y, width, height }) => [x, y + top, width, height].join(" ")).join();
  const calm = places === window.placesBefore;
  window.placesBefore = places;
  return calm && links.length === count && links.every((link) => {
    link.scrollIntoView({ block: "nearest", behavior: "instant" });
    const { x, y, width, height } = link.getBoundingClientRect();
    return link.contains(root.elementFromPoint(x + width / 2, y + height / 2));
  });
}"""
ANSWERED = """(digit) =>
  performance.getEntriesByName("dlviz:painted").length
  && document.querySelector("[data-testid=stMetricValue]")?.textContent.trim() === digit"""


def start_page(page: Page, address: str) -> None:
    """Open the start page and wait until every stop of its map can be clicked."""
    page.goto(address)
    page.wait_for_function(CLICKABLE, arg=len(STOPS))


def first_answer(page: Page, address: str) -> None:
    """Open the CNN lab on a test digit, a 7, and wait until the maps and the answer are painted."""
    page.goto(f"{address}/cnn?sample={SAMPLE}")
    label = int(mnist.digits("test")[1][SAMPLE])
    page.wait_for_function(ANSWERED, arg=str(label))


def seconds(browser: Browser, wait: Callable[[Page, str], None]) -> float:
    """From the command to the end of the wait, for a new server and somebody who has never been here."""
    with new_page(browser) as page, running() as server:
        wait(page, server.address)
        return time.perf_counter() - server.started


def main() -> None:
    """Measure and print."""
    runs = 1 if report.quick(__doc__) else RUNS
    targets = [("start page usable", start_page, 2.5), ("CNN lab's first answer", first_answer, 6)]
    with chromium() as browser:
        for what, wait, target in targets:
            seconds(browser, wait)  # warms the disk
            times = [seconds(browser, wait) for _ in range(runs)]
            report.figure(f"{what}, median of {runs}", report.percentile(times, 50), "s", at_most=target)
            report.figure(f"{what}, longest", max(times), "s", at_most=target)


if __name__ == "__main__":
    main()
