"""Runs that keep the cores busy while something else is measured."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlviz.training.config import TrainingConfig
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import Config, Service
from dlviz.training.runs.store import Store

PATIENCE = 120  # seconds for a worker to its first step
OWNER = new_token()


@contextmanager
def served(at_a_time: int) -> Iterator[Service]:
    """Runs in a folder that is removed at the end, and workers as the app has them."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Service(Store(Path(folder)), at_a_time=at_a_time)
        try:
            yield runs
        finally:
            runs.close()


def learning(runs: Service, config: Config) -> str:
    """A new run of this config that has learned from its first batches."""
    run = runs.submit(config, OWNER)
    start = time.monotonic()
    while not any(event["kind"] == "batch" for event in runs.store.read(run).events):
        if time.monotonic() > start + PATIENCE or runs.status(run).state == "ended":
            raise RuntimeError(f"the run does not learn: {runs.status(run)}")
        time.sleep(0.1)
    return run


@contextmanager
def going_on(count: int) -> Iterator[None]:
    """So many runs of the usual network are trained meanwhile, and one more worker is kept warm."""
    with served(count) as runs:
        for seed in range(count):
            learning(runs, TrainingConfig(epochs=10_000, seed=seed))
        time.sleep(10)  # until that worker is warm
        yield
