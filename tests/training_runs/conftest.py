"""A service whose workers are idle."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dlviz.training.runs import scheduler
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from tests.training_runs.idle import Launcher


@pytest.fixture
def launcher() -> Launcher:
    return Launcher()


@pytest.fixture
def runs(tmp_path: Path, launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    made = Service(Store(tmp_path), launcher, at_a_time=2)
    yield made
    made.close()
