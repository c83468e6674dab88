"""From the end of a stroke on the start page to the paint of four networks' answers, in Chromium.

python -m benchmarks.one_digit
"""

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from benchmarks.stroke import STROKES, WARM_UP, measure
from tests.browser.conftest import settled


def main() -> None:
    """Measure and print."""
    count = STROKES // 10 if report.quick(__doc__) else STROKES
    with running() as server, chromium() as browser, new_page(browser) as page:
        page.goto(server.address)
        settled(page)
        server.wait_until_warm()
        times = measure(page, WARM_UP + count)[WARM_UP:]
    report.figure(f"median of {len(times)} strokes", report.percentile(times, 50), "ms", at_most=150)
    report.figure("95th percentile", report.percentile(times, 95), "ms")
    report.figure("longest", max(times), "ms")


if __name__ == "__main__":
    main()
