"""From the end of a stroke to the paint of all feature maps and the prediction, in Chromium.

python -m benchmarks.stroke
"""

from itertools import cycle

from playwright.sync_api import Page

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from tests.browser.conftest import settled
from tests.browser.strokes import DIGITS, Stroke, along, on_screen

STROKES, WARM_UP = 60, 6
PAUSE = 500  # milliseconds after a stroke
STEP, PACE = 0.02, 8  # of the paper's side, and milliseconds, from one point of a stroke to the next
# The wall's mark names the finished drawing that it shows, and no number while a stroke is in progress.
PAINTED = """(before) => {
  const mark = performance.getEntriesByName("dlviz:painted").find((mark) => mark.detail > before);
  return mark && [mark.detail, mark.startTime];
}"""
ENDED = """() => performance.getEntriesByName("dlviz:stroke-end").at(-1).startTime"""


def draw(page: Page, stroke: Stroke) -> None:
    """Draw at a hand's pace: reports of the unfinished stroke are still on their way when it ends."""
    place = on_screen(page)
    start, *others = (place(point) for point in along(stroke, STEP))
    page.mouse.move(*start)
    page.mouse.down()
    for point in others:
        page.wait_for_timeout(PACE)
        page.mouse.move(*point)
    page.mouse.up()


def painted(page: Page, before: int) -> tuple[int, float]:
    """The first finished drawing shown after the one of that number: its number, and when it was painted."""
    page.wait_for_timeout(PAUSE)
    # Asked seldom: each question takes the page's time.
    return page.wait_for_function(PAINTED, arg=before, polling=PAUSE).json_value()


def measure(page: Page, count: int) -> list[float]:
    """Milliseconds from the end of each stroke to the frame that shows what the network makes of it."""
    times: list[float] = []
    number = 0
    for digit in cycle(DIGITS.values()):
        for stroke in digit:
            draw(page, stroke)
            number, shown = painted(page, number)
            times.append(shown - page.evaluate(ENDED))
        if len(times) >= count:
            break
        page.get_by_role("button", name="Clear").click()
        number, _ = painted(page, number)
    return times


def main() -> None:
    """Measure and print."""
    count = STROKES // 10 if report.quick(__doc__) else STROKES
    with running() as server, chromium() as browser, new_page(browser) as page:
        page.goto(f"{server.address}/cnn")
        settled(page)
        server.wait_until_warm()
        times = measure(page, WARM_UP + count)[WARM_UP:]
    report.figure(f"median of {len(times)} strokes", report.percentile(times, 50), "ms", at_most=80)
    report.figure("95th percentile", report.percentile(times, 95), "ms", at_most=130)
    report.figure("longest", max(times), "ms")


if __name__ == "__main__":
    main()
