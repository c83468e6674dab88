"""Servers that share a folder of runs: who of them is alive, and who is in charge of a run.

A server is alive as long as it holds the lock of its file: the file system frees that of a process that has
died, of whatever, and of a machine that has gone. So no clock counts, and runs need no database. A run that
waits or is trained has a claim in its folder, which names the server in charge; nobody else begins it.
Servers of one cluster also tell each other who waits, so that learners of all of them take turns.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
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


@dataclass(frozen=True, order=True)
class Waiting:
    """An owner who waits at a server for a place of the cluster; the least of all is next.

    Attributes:
        turn: number of the last turn that was theirs, 0 before the first.
        number: of their run that is next.
        runs: number of their runs that wait.
    """

    turn: int
    number: int
    owner: str = field(compare=False)
    runs: int = field(compare=False)


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
        self._posted = ""

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
            self._post_file(self.id).unlink(missing_ok=True)
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
            for file in (self._file(dead), self._post_file(dead)):
                file.unlink(missing_ok=True)
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

    def post(self, turn: int, waiting: Sequence[Waiting]) -> None:
        """Tell the other servers who waits here.

        Args:
            turn: number of the last turn that was taken.
        """
        text = json.dumps({"turn": turn, "waiting": [asdict(each) for each in waiting]})
        if text != self._posted:
            with suppress(OSError):  # a full disk: the others believe what they have read
                _replace(self._post_file(self.id), text)
                self._posted = text

    def read_posts(self) -> tuple[int, list[Waiting]]:
        """Read the number of the last turn at the other living servers, and who waits there."""
        last, waiting = 0, list[Waiting]()
        for server in self._living:
            with suppress(OSError, ValueError, TypeError, KeyError):  # it has told nothing yet
                told = json.loads(self._post_file(server).read_text(encoding="utf-8"))
                waiting += [Waiting(**each) for each in told["waiting"]]
                last = max(last, told["turn"])
        return last, waiting

    def _post_file(self, server: str) -> Path:
        return self.root / FOLDER / f"{server}.queue"

    def _file(self, server: str) -> Path:
        return self.root / FOLDER / f"{server}.server"

    def _write(self, folder: Path, claim: Claim) -> None:
        _replace(folder / CLAIM, json.dumps(asdict(claim)))


def _replace(file: Path, text: str) -> None:
    """Replace a file whole. Raises: DiskFull."""
    made = file.with_name(f".{file.name}.new")
    with room():
        made.write_text(text, encoding="utf-8")
        made.replace(file)


def _is_locked(file: Path) -> bool:
    """True if a process holds the lock of this file."""
    try:
        with file.open("rb+") as content:
            return not lock_descriptor(content.fileno(), blocking=False)
    except FileNotFoundError:
        return False
