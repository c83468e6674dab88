"""A worker and a server that are killed in the middle of a run, as a learner meets it in the browser."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from dlviz.training.analysis.history import history, lines
from dlviz.training.runs.store import Store
from tests.browser.conftest import DESKTOP, ROOT, Server
from tests.browser.test_training import PATIENCE, begin, button, drawn, stop, wait_for_step
from tests.training_runs.processes import until, workers

LONG = "/training?model=MLP&samples=640&epochs=2000&batch_size=32"


@pytest.fixture
def server(browser: Browser, tmp_path: Path) -> Iterator[Server]:
    made = Server(ROOT / "app.py", str(tmp_path))
    yield made
    made.end()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Watched for no errors: a page that loses its server may log some."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto(server.address + LONG)
        yield page


def go_on(page: Page, sentence: str | re.Pattern[str]) -> None:
    """The page says what has happened, and the run goes on from there."""
    expect(page.get_by_text(sentence)).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Stop")).to_have_count(0)
    before = drawn(page)
    button(page, "Go on from the last checkpoint").click()
    wait_for_step(page, before + 1)
    expect(page.get_by_text(sentence)).to_have_count(0)


def test_a_killed_worker_and_a_killed_server_cost_a_run_nothing(page: Page, server: Server) -> None:
    begin(page, 25)
    (worker,) = workers(server.process.pid)
    os.kill(worker, signal.SIGKILL)
    go_on(page, "killed (signal 9)")
    server.kill()
    server.start()
    # The page finds its run by itself, though it was opened without one.
    # Told by the worker, or by the next server if the worker had not begun.
    go_on(page, re.compile(r"The server (has ended|ended while).* can go on from its last checkpoint\."))
    stop(page)
    run = re.findall("run=([0-9a-f]+)", page.url)[0]
    told = Store(Path(server.runs)).events(run)
    # On the curve, and among what counts, each step once: two crashes have left no trace.
    steps = [event["step"] for event in told if event["kind"] == "batch"]
    assert steps == list(range(1, len(steps) + 1))
    wait_for_step(page, len(steps))
    assert drawn(page) == len(steps)
    for line in lines(history(told)):
        assert (np.diff(line.x) > 0).all()
    until(lambda: not workers(server.process.pid))
