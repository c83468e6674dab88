"""From an event that a worker writes to the curve on screen that shows it; and a watcher's memory.

python -m benchmarks.live_curve
"""

import json
import os
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.server import Server, running
from dlviz.training.runs.journal import EVENTS
from tests.browser.conftest import settled

SECONDS, WATCHERS = 60, 6
LEARNED = "/training?samples=12000&epochs=50"
# When each mark of the curves was set, in milliseconds since 1970, and the newest step that it shows.
SHOWN = """() => performance.getEntriesByName("dlviz:curves").map(
  (mark) => [performance.timeOrigin + mark.startTime, mark.detail])"""
# Whether a curve has shown this step.
DRAWN = "(step) => performance.getEntriesByName('dlviz:curves').some((mark) => mark.detail >= step)"
FIRST = 3  # step from which on a curve is one


class Follower:
    """Notes when each step of a run appears in its file."""

    def __init__(self, file: Path) -> None:
        self.written: dict[int, float] = {}
        self._file, self._over = file, threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        rest = b""  # a line that is still being written
        with self._file.open("rb") as file:
            while not self._over.wait(0.005):
                now = 1000 * time.time()
                *lines, rest = (rest + file.read()).split(b"\n")
                for line in lines:
                    event = json.loads(line)
                    if event["kind"] == "batch":
                        self.written[event["step"]] = now

    def end(self) -> None:
        """Stop noting."""
        self._over.set()
        self._thread.join()


def latencies(page: Page, written: Path, seconds: float) -> list[float]:
    """Milliseconds from the writing of each batch's event to the first curve that shows it.

    Args:
        page: of the Training lab, where a run can be started.
        written: folder in which, at whatever depth, the run's worker keeps the folder of the run.
    """
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url("**run=*")
    page.evaluate("performance.clearMarks()")  # of the schedule's curve, before the run
    page.wait_for_function(DRAWN, arg=FIRST)
    (run,) = parse_qs(urlsplit(page.url).query)["run"]
    (file,) = written.rglob(f"{run}/{EVENTS}")
    follower = Follower(file)
    time.sleep(1)
    since = max(follower.written)  # what was there before was not seen to be written
    time.sleep(seconds)
    follower.end()
    page.wait_for_function(DRAWN, arg=max(follower.written))
    shown = page.evaluate(SHOWN)
    return [
        min(when for when, newest in shown if newest >= step) - at
        for step, at in follower.written.items()
        if step > since
    ]


def memory_of_watchers(server: Server, browser: Browser, address: str, count: int) -> float:
    """MB that the server takes for each of so many more sessions that look at a run."""
    with ExitStack() as pages:
        before = 0.0
        for number in range(count + 2):
            page = pages.enter_context(new_page(browser))
            page.goto(address)
            page.wait_for_function(DRAWN, arg=FIRST)
            if number == 1:  # the first ones load what all share
                before = server.memory()
        return (server.memory() - before) / count


def main() -> None:
    """Measure and print."""
    tenth = 10 if report.quick(__doc__) else 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with (
        tempfile.TemporaryDirectory() as runs,
        running(DLVIZ_RUNS=runs) as server,
        chromium() as browser,
        new_page(browser) as page,
    ):
        page.goto(server.address + LEARNED)
        settled(page)
        times = latencies(page, Path(runs), SECONDS / tenth)
        megabytes = memory_of_watchers(server, browser, page.url, WATCHERS)
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_text("The run was stopped.").wait_for()
    report.figure(f"event to curve, median of {len(times)}", report.percentile(times, 50), "ms", at_most=800)
    report.figure("95th percentile", report.percentile(times, 95), "ms", at_most=1500)
    report.figure("a session that only watches", megabytes, "MB", at_most=10)


if __name__ == "__main__":
    main()
