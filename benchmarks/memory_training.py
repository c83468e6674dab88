"""From “Train it now” in the Gradients lab to the first accuracy on screen, and to the end of all three runs.

python -m benchmarks.memory_training
"""

import os
import re
import tempfile
import time

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import running
from benchmarks.watching import WARM
from tests.browser.conftest import settled

RUNS = 3


def train(address: str) -> tuple[float, float]:
    """Seconds from the click to the first accuracy on screen, and to the end of all runs."""
    with chromium() as browser, new_page(browser) as page:
        page.goto(address)
        button = page.get_by_role("button", name="Train it now", exact=True)
        button.wait_for()
        settled(page)
        start = time.perf_counter()
        button.click()
        page.get_by_text(re.compile(r"%, epoch \d+ of 20")).first.wait_for()
        first = time.perf_counter() - start
        page.get_by_role("button", name="Stop training").wait_for(state="detached")
        return first, time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    count = 1 if report.quick(__doc__) else RUNS
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory() as runs:
        os.environ["DLVIZ_RUNS"] = runs
        with running() as server:
            time.sleep(WARM)
            times = [train(f"{server.address}/gradients?seed={seed}") for seed in range(count)]
    first, done = zip(*times, strict=True)
    report.figure(
        f"click to the first accuracy, median of {count}", report.percentile(first, 50), "s", at_most=5
    )
    report.figure("longest", max(first), "s", at_most=5)
    report.figure("click to the end of three runs, median", report.percentile(done, 50), "s", at_most=90)


if __name__ == "__main__":
    main()
