"""The app in a process of its own, on a free port."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from dlviz.paths import ROOT
from dlviz.ui.server.model_cache import HEAD_START

PATIENCE = 60  # seconds for the first answer


@dataclass(frozen=True)
class Server:
    """A running app: its port, its process, and when its command was given (`time.perf_counter`)."""

    port: int
    process: subprocess.Popen
    started: float

    @property
    def address(self) -> str:
        """Where its pages begin."""
        return f"http://127.0.0.1:{self.port}"

    def memory(self) -> float:
        """Its resident memory in MB (10⁶ bytes)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024 / 1e6

    def work(self) -> float:
        """Seconds that it has kept a processor busy so far, its workers not counted."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_until_warm(self) -> None:
        """Until nothing is loaded in the background any more: for two seconds it has had next to no work.

        Not before the warm-up has begun, which gives the first page some seconds.
        """
        time.sleep(max(0.0, self.started + HEAD_START + 1 - time.perf_counter()))
        before = -1.0
        while self.work() - before > 0.05:
            before = self.work()
            time.sleep(2)


@contextmanager
def running(**environment: str) -> Iterator[Server]:
    """The app as `streamlit run app.py` starts it, as soon as it answers; ended when the block is left.

    Args:
        environment: beside that of this process.
    Raises: RuntimeError with the end of its log if it does not answer.
    """
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = [f"--server.port={port}", "--server.address=127.0.0.1"]
    with tempfile.TemporaryFile("w+") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command + options,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Server(port, process, started)
        try:
            if not _answers(server):
                log.seek(0)
                raise RuntimeError(f"the app did not start:\n{log.read()[-3000:]}")
            yield server
        finally:
            _end(process)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(server: Server) -> bool:
    """Whether it has come to answer, asked every hundredth of a second."""
    while server.process.poll() is None and time.perf_counter() - server.started < PATIENCE:
        with suppress(OSError), urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=5):
            return True
        time.sleep(0.01)
    return False


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
