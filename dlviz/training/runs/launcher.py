"""Launcher of runs: in processes of this machine. A cluster's scheduler can stand in for it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from dlviz.paths import ROOT
from dlviz.training.commands import Command

WORKER = (sys.executable, "-m", "dlviz.training.runs.worker")


class Job(Protocol):
    """A run that is being trained somewhere."""

    def send(self, command: Command) -> None:
        """Hand a command to its worker; nothing happens if that has ended."""
        ...

    def ended(self) -> int | None:
        """Exit code of the worker, negative if a signal has killed it; None while it works."""
        ...

    def hang_up(self) -> None:
        """Tell the worker that nobody steers it any more: it writes a checkpoint and ends."""
        ...

    def kill(self) -> None:
        """End the worker now."""
        ...

    def lost(self) -> str | None:
        """Sentence on how the worker was lost, if the run is to go on with another; else None.

        Empty if there is nothing to tell a learner.
        """
        ...


class Launcher(Protocol):
    """Launcher of workers."""

    def prepare(self) -> None:
        """Have a worker ready before it is needed. Raises: OSError if there can be none."""
        ...

    def launch(self, folder: Path, note: str = "") -> Job:
        """Begin to train the run in this folder.

        Args:
            note: a sentence that the run tells as it begins or goes on; empty if there is nothing to say.
        Raises: OSError if there can be no worker.
        """
        ...

    def close(self) -> None:
        """Give up the worker that was kept ready."""
        ...


@dataclass(frozen=True)
class Machine:
    """Another machine that trains runs.

    Attributes:
        places: runs that it trains at a time; `free` are those without one now, `gpus` those with a GPU.
        problem: a sentence on why it trains none; empty if it does.
    """

    name: str
    places: int
    free: int
    gpus: int
    problem: str


class NotAsked(Exception):
    """It is not known yet whether a machine trains the run."""


@runtime_checkable
class Cluster(Launcher, Protocol):
    """Launcher on other machines, which come and go."""

    def has_place(self, folder: Path) -> bool:
        """True if a machine can begin with the run in this folder now."""
        ...

    def adopt(self, folder: Path) -> Job | None:
        """Take on a run that a server has left to a machine; None if none trains it. Raises: NotAsked."""
        ...

    def must_stay(self, folder: Path) -> bool:
        """True if no machine of the cluster can train the run in this folder, only the server's own."""
        ...

    def machine(self, job: Job) -> str:
        """Name of the machine that trains a run; empty for this one."""
        ...

    def machines(self) -> list[Machine]:
        """Machines that there are now, by name."""
        ...

    def problem(self, folder: Path) -> str:
        """Sentence on why the run in this folder cannot begin; empty if it could, were a place free."""
        ...


class LocalJob:
    """A process of this machine, steered by JSON lines on its standard input."""

    def __init__(self, command: Sequence[str]) -> None:
        # A group of its own: Ctrl-C in the server's terminal is for the server, which ends its workers. Not a
        # session of its own: Linux may schedule each session as one, and then niceness counts only inside it.
        self.process = subprocess.Popen(
            command,
            bufsize=0,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            process_group=0,
        )

    def send(self, command: Command) -> None:
        """Hand a command to the worker."""
        assert self.process.stdin
        if not self.process.stdin.closed:
            with suppress(BrokenPipeError):
                self.process.stdin.write(json.dumps(command).encode() + b"\n")

    def ended(self) -> int | None:
        """Exit code of the process; None while it lives."""
        code = self.process.poll()
        if code is not None:
            self.hang_up()
        return code

    def hang_up(self) -> None:
        """Close the worker's standard input."""
        assert self.process.stdin
        self.process.stdin.close()

    def kill(self) -> None:
        """End the process, and wait for that."""
        self.process.kill()
        self.process.wait()
        self.hang_up()

    def lost(self) -> None:
        """Nothing: a run whose process was killed here may have been its cause, so its owner decides."""
        return None


class LocalLauncher:
    """Worker processes, one of them always kept warm: a cold one needs seconds to its first step."""

    def __init__(self, command: Sequence[str] = WORKER) -> None:
        self.command = command
        self._spare: LocalJob | None = None

    def prepare(self) -> None:
        """Start the worker that is kept warm, if there is none."""
        if self._spare is None or self._spare.ended() is not None:
            self._spare = LocalJob(self.command)

    def launch(self, folder: Path, note: str = "") -> LocalJob:
        """Hand the run to the warm worker, and warm the next."""
        self.prepare()
        job, self._spare = self._spare, None
        assert job
        job.send({"run": str(folder.resolve()), "note": note})
        with suppress(OSError):  # the next run will need one, this one does not
            self.prepare()
        return job

    def close(self) -> None:
        """End the worker that is kept warm."""
        if self._spare:
            self._spare.kill()
            self._spare = None
