"""Pages as Streamlit runs them, without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.analysis.timing import Timing
from dlviz.training.runs import scheduler, service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.labs.training.train import duration
from dlviz.ui.runs import live_run
from dlviz.ui.server import owner_cookie
from tests.pages.training_lab import SMALL
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until

NAVIGATION = Path(__file__).parents[2] / "pages" / "navigation.py"

Open = Callable[..., AppTest]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens a page as a link does: `opened("cnn", sample="0")`, `opened()` for the start page.

    No page may have failed by the test's end.
    """
    apps = []

    def opened(lab: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(NAVIGATION)
        apps.append(app)
        if lab:
            app.switch_page(f"{lab}.py")
        app.query_params.update(query)
        return app.run()

    yield opened
    assert [app.exception for app in apps if app.exception] == []


@pytest.fixture
def launcher() -> Launcher:
    return Launcher()


@pytest.fixture
def runs(tmp_path: Path, launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The server's runs, whose workers do nothing. Every page is opened by the owner of MINE."""
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    made = Service(Store(tmp_path), launcher, at_a_time=2)
    monkeypatch.setattr(service, "_shared", made)
    monkeypatch.setattr(owner_cookie, "token", lambda: MINE)
    monkeypatch.setattr(duration.trial, "ask", lambda config, own=None: Timing(390_410, 2, 1.2))
    live_run.forget_runs()
    yield made
    made.close()


@pytest.fixture
def run(runs: Service, launcher: Launcher) -> str:
    """A run of mine, which a worker has begun."""
    name = runs.submit(SMALL, MINE)
    until(lambda: name in launcher.jobs)
    return name
