"""From a key to the picture of the next step of a sequence, in Chromium.

python -m benchmarks.step
"""

from playwright.sync_api import Page

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from tests.browser.conftest import settled

STEPS, WARM_UP = 120, 6
PAUSE = 60  # milliseconds between two keys: a learner who scrubs
# From the key to the second frame after it: by then what the first has drawn is on screen.
WATCH = """() => {
  window.steps = [];
  const timeline = document.querySelector("[data-testid=stMain]");
  timeline.addEventListener("keydown", (event) => {
    const start = event.timeStamp;
    requestAnimationFrame(() => requestAnimationFrame((now) => window.steps.push(now - start)));
  }, { capture: true });
}"""


def measure(page: Page, count: int) -> list[float]:
    """Milliseconds of each step, forth and back over the digit's rows."""
    page.evaluate(WATCH)
    page.locator(".timeline").focus()
    for step in range(count):
        page.keyboard.press("ArrowLeft" if step // 20 % 2 == 0 else "ArrowRight")
        page.wait_for_timeout(PAUSE)
    return page.evaluate("() => window.steps")


def main() -> None:
    """Measure and print."""
    count = STEPS // 10 if report.quick(__doc__) else STEPS
    with running() as server, chromium() as browser, new_page(browser) as page:
        page.goto(f"{server.address}/rnn")
        settled(page)
        times = measure(page, WARM_UP + count)[WARM_UP:]
    report.figure(f"median of {len(times)} steps", report.percentile(times, 50), "ms", at_most=100)
    report.figure("95th percentile", report.percentile(times, 95), "ms")
    report.figure("longest", max(times), "ms")


if __name__ == "__main__":
    main()
