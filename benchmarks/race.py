"""From “Start” in the Race lab to the first curve on screen, and to the end of 2 networks × 3 seeds.

python -m benchmarks.race
"""

import os
import tempfile
import time

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from benchmarks.watching import WARM
from tests.browser.conftest import settled

LONGEST = 1_800_000  # milliseconds that a race may take on a busy machine


def race(address: str) -> tuple[float, float]:
    """Seconds from the click to the first curve on screen, and to the end of all runs."""
    with chromium() as browser, new_page(browser) as page:
        page.goto(address)
        main = page.get_by_test_id("stMainBlockContainer")
        button = main.get_by_role("button", name="Start: train")
        button.wait_for()
        settled(page)
        time.sleep(WARM)  # a worker gets ready while a learner predicts
        start = time.perf_counter()
        button.click()
        page.wait_for_function(
            "() => performance.getEntriesByName('dlviz:curves').some((mark) => mark.detail > 0)"
        )
        first = time.perf_counter() - start
        main.get_by_role("button", name="Run it again").wait_for(timeout=LONGEST)
        return first, time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    quick = report.quick(__doc__)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory() as runs:
        os.environ["DLVIZ_RUNS"] = runs
        with running() as server:
            time.sleep(WARM)
            query = "?seeds=1&examples=100" if quick else ""
            first, done = race(f"{server.address}/race{query}")
    report.figure("click to the first curve", first, "s", at_most=3)
    report.figure("click to the end of the race", done, "s", at_most=180)


if __name__ == "__main__":
    main()
