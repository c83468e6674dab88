"""A scheduler and workers of a cluster, as real processes of this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from dlviz.paths import ROOT

REAL, TINY = ("dlviz", "worker"), ("tests.cluster.tiny_worker",)
NO_TORCH = """
import sys
from importlib import metadata

find = metadata.distribution


def distribution(name):
    if name == "torch":
        raise metadata.PackageNotFoundError(name)
    return find(name)


metadata.distribution = distribution
sys.modules["torch"] = None  # an import of it fails
"""


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

    def start_scheduler(self, **environment: str) -> None:
        self.scheduler = start("dlviz", "scheduler", "--port", str(self.port), **environment)

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


def other_dask(folder: Path, version: str) -> str:
    """A folder for a process's PYTHONPATH, by which another version of Dask seems to be installed there."""
    info = folder / f"distributed-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: distributed\nVersion: {version}\n")
    return str(folder)


def no_torch(folder: Path) -> str:
    """A folder for a process's PYTHONPATH, by which PyTorch seems not to be installed there."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_TORCH)
    return str(folder)


def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    """A module of this project, as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.DEVNULL,
    )
