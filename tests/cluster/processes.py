"""A scheduler and workers of a cluster, as real processes of this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from dlviz.paths import ROOT

REAL, TINY = ("dlviz", "worker"), ("tests.cluster.tiny_worker",)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Cluster:
    """Processes of the commands `dlviz scheduler` and `dlviz worker`."""

    def __init__(self, protocol: str = "tcp") -> None:
        self.port = free_port()
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def start_scheduler(self) -> None:
        self.scheduler = start("dlviz", "scheduler", "--port", str(self.port))

    def start_worker(
        self, name: str, runs: Path, *options: str, kind: tuple[str, ...] = TINY, **environment: str
    ) -> None:
        self.workers[name] = start(
            *kind, self.address, "--name", name, *options, DLVIZ_RUNS=str(runs), **environment
        )

    def kill_scheduler(self) -> None:
        assert self.scheduler
        self.scheduler.kill()
        self.scheduler.wait()

    def kill_worker(self, name: str) -> None:
        process = self.workers.pop(name)
        process.kill()
        process.wait()

    def close(self) -> None:
        for name in list(self.workers):
            self.kill_worker(name)
        self.kill_scheduler()


def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """A module of this project, as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
