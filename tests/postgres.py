"""A PostgreSQL of the tests' own, from the programs of Debian's package, on a free port."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.training_runs.processes import children

DEBIAN = Path("/usr/lib/postgresql")
USER = "dlviz"
# What is lost with the machine is no test's concern.
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


def _find_programs() -> Path:
    """The folder of `initdb` and `postgres`; the test is skipped where there is none, and fails in CI."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    folders = [folder for folder in DEBIAN.glob("*/bin") if (folder / "initdb").exists()]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    reason = "no PostgreSQL on this machine: tests of shared classes need Debian's package postgresql"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Postgres:
    """A server that can be stopped and started again with the same data.

    It refuses to run as root: there it runs as the user that Debian's package has made for it.
    """

    def __init__(self, folder: Path) -> None:
        self._programs = _find_programs()
        self._data = folder / "data"
        self._owner: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            self._owner = {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": folder}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = ["--no-sync", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C"]
        subprocess.run(
            [self._programs / "initdb", f"--pgdata={self._data}", *options],
            check=True,
            capture_output=True,
            **self._owner,
        )
        self._numbers = count(1)
        self.start()

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{database}"

    def create_database(self) -> str:
        """Create an empty database; its address."""
        name = f"test{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=", *FAST]
        self._process = subprocess.Popen(
            [
                self._programs / "postgres",
                "-D",
                self._data,
                *(part for each in settings for part in ("-c", each)),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._owner,
        )
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("PostgreSQL did not start")
            time.sleep(0.05)

    def stop(self) -> None:
        """End all connections and the server."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)

    def freeze(self) -> None:
        """Let it say nothing more, though the system still answers for it, as for a paused container."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send(signal.SIGCONT)

    def _send(self, sent: int) -> None:
        # Itself first: it then starts no further process for those who connect.
        for process in (self._process.pid, *children(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, sent)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(f"postgresql://{USER}@127.0.0.1:{self.port}/postgres", autocommit=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for all tests, each of which has a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()
