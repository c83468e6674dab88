"""A page that watches runs of this process, and the learner who has it open: two processes beside it."""

import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.client import visiting
from benchmarks.server import running
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.store import Store

WARM = 40  # seconds until the server is warm, and has kept a worker warm


@dataclass(frozen=True)
class Watcher:
    """Runs that a page can watch, and the line to the learner in front of it."""

    store: Store
    line: Connection

    def new(self, config: TrainingConfig) -> tuple[str, Path]:
        """A run that this process will train: its id and folder."""
        run = self.store.create(config.to_json(), owner="", name="")
        return run, self.store.folder(run)

    def watch(self, run: str) -> None:
        """The learner opens the page of a run that has begun, and stays there."""
        self.line.send(run)

    def leave(self) -> int:
        """The learner leaves; how many answers of the page there have been."""
        self.line.send("")
        return self.line.recv()


@contextmanager
def page() -> Iterator[Watcher]:
    """The app, and a learner in a process of its own who has nothing to watch yet."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DLVIZ_RUNS"] = folder
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        with running() as server:
            learner = context.Process(target=_learn, args=(server.port, there))
            learner.start()
            try:
                time.sleep(WARM)
                yield Watcher(Store(Path(folder)), here)  # pyright: ignore[reportArgumentType]
            finally:
                learner.terminate()
                learner.join()


def _learn(port: int, line: Connection) -> None:
    while True:
        line.send(asyncio.run(_watch(port, line.recv(), line)))


async def _watch(port: int, run: str, line: Connection) -> int:
    """Run the page again as often as it asks for, until the line says to leave."""
    async with visiting(port, "training", f"run={run}") as client:
        answers = 1
        while not line.poll(client.every):
            await client.rerun()
            answers += 1
        line.recv()
        return answers
