"""Servers that share a folder of runs: who of them is alive, and who is in charge of a run.

A server is alive as long as it holds the lock of its file: the file system frees that of a process that has
died, of whatever, and of a machine that has gone. So no clock counts, and runs need no database. A run that
waits or is trained has a claim in its folder, which names the server in charge; nobody else begins it.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from filelock import lock_descriptor

from dlviz.training.commands import Command
from dlviz.training.runs.journal import room

FOLDER, ALONE = ".servers", "alone"
POLL = 0.002  # seconds between two tries of a lock
CLAIM, COMMANDS = "claim.json", "commands.jsonl"  # in a run's folder

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """Who is in charge of a run, and what becomes of it there: `waiting`, `running` or `paused`."""

    server: str
    state: str = "waiting"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One process at a time is in this block, of all that share the folder, and one thread of it.

    Not to be entered twice. Raises: DiskFull.
    """
    with room():
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        lock = (root / FOLDER / ALONE).open("ab")
    with lock:
        lock_descriptor(lock.fileno(), poll_interval=POLL)
        yield


class Servers:
    """This server among those that share the folder of all runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.id = secrets.token_hex(4)
        self._life: IO[bytes] | None = None
        self._living: frozenset[str] = frozenset()  # others, at the last look

    def enter(self) -> None:
        """Be alive for the others. Raises: DiskFull."""
        if self._life is None:
            with alone(self.root), room():
                self._life = self._file(self.id).open("ab")
                # Somebody may just be looking whether it is held.
                lock_descriptor(self._life.fileno(), poll_interval=POLL)
            self.look()

    def leave(self) -> None:
        """Be gone for the others; what is claimed still they take up."""
        if self._life:
            self._life.close()
            self._life = None

    def look(self) -> list[str]:
        """Look who is alive, and return those who have died since."""
        files = [file for file in (self.root / FOLDER).glob("*.server") if file.stem != self.id]
        living = {file.stem for file in files if _is_locked(file)}
        self._living = frozenset(living)
        return [file.stem for file in files if file.stem not in living]

    def has_others(self) -> bool:
        """True if another server was alive at the last look."""
        return bool(self._living)

    def take_up(self, dead: str, runs: list[str]) -> dict[str, Claim]:
        """Take a dead server's runs over, and forget it; what it had claimed. Raises: DiskFull.

        Args:
            runs: all that there are.
        """
        taken = {}
        with alone(self.root):
            if _is_locked(self._file(dead)):
                return {}
            for run in runs:
                claim = self.read(run)
                if claim and claim.server == dead:
                    taken[run] = claim
                    self._write(self.root / run, replace(claim, server=self.id))
            self._file(dead).unlink(missing_ok=True)
        return taken

    def claim(self, run: str) -> bool:
        """Be in charge of a run, which waits now; False if another server is. Raises: DiskFull."""
        self.enter()
        with alone(self.root):
            claim = self.read(run)
            if claim is None or claim.server != self.id:
                if claim and _is_locked(self._file(claim.server)):
                    return False
                (self.root / run / COMMANDS).unlink(missing_ok=True)  # of its last time
            self._write(self.root / run, Claim(self.id))
            return True

    def claim_new(self, folder: Path) -> None:
        """Be in charge of a run that nobody sees yet. Raises: DiskFull."""
        self._write(folder, Claim(self.id))

    def note(self, run: str, state: str) -> None:
        """Say what becomes of a run that this server is in charge of."""
        with suppress(OSError):  # a deleted run, or a full disk: whoever takes it up looks at its events
            if (self.read(run) or Claim("")).server == self.id:
                self._write(self.root / run, Claim(self.id, state))

    def release(self, run: str) -> None:
        """Be in charge of a run no longer: it has ended."""
        if (self.read(run) or Claim("")).server == self.id:
            (self.root / run / CLAIM).unlink(missing_ok=True)

    def read(self, run: str) -> Claim | None:
        """The claim on a run, also that of a server that has died; None where nothing is to be done."""
        try:
            return Claim(**json.loads((self.root / run / CLAIM).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def elsewhere(self, run: str) -> str | None:
        """State of a run at the other living server that is in charge of it; None if there is none."""
        claim = self.read(run)
        if claim is None or claim.server == self.id:
            return None
        is_living = claim.server in self._living or _is_locked(self._file(claim.server))
        return claim.state if is_living else None

    def tell(self, run: str, command: Command) -> None:
        """Leave a command for the server in charge. Raises: DiskFull."""
        with alone(self.root), room(), (self.root / run / COMMANDS).open("ab") as file:
            file.write(json.dumps(command).encode() + b"\n")

    def hear(self, run: str) -> list[Command]:
        """Commands that other servers have left for a run, each once."""
        file = self.root / run / COMMANDS
        if not file.exists():
            return []
        with alone(self.root):
            try:
                lines = file.read_bytes().splitlines()
                file.unlink()
            except FileNotFoundError:
                return []
        commands = []
        for line in lines:
            with suppress(ValueError):  # what a full disk has cut off
                commands.append(json.loads(line))
        return commands

    def _file(self, server: str) -> Path:
        return self.root / FOLDER / f"{server}.server"

    def _write(self, folder: Path, claim: Claim) -> None:
        made, file = folder / f".{CLAIM}.new", folder / CLAIM
        with room():
            made.write_text(json.dumps(asdict(claim)), encoding="utf-8")
            made.replace(file)


def _is_locked(file: Path) -> bool:
    """True if a process holds the lock of this file."""
    try:
        with file.open("rb+") as content:
            return not lock_descriptor(content.fileno(), blocking=False)
    except FileNotFoundError:
        return False
