"""Commands to a worker: JSON lines on its standard input, read by a thread of its own.

The first names the run, and a sentence that it has to tell: `{"run": "/folder", "note": ""}`. Then come the
loop's commands, handed on, and `{"do": "aside"}`: end after a checkpoint, for others need the place. When the
input ends, so has the server.
"""

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from dlviz.training.commands import Command

PATIENCE = 2.0  # seconds to write a last checkpoint in when the server has ended


class CommandReader:
    """Reader of commands from lines, for `dlviz.training.loop.train`.

    `aside` is the reason why the run must end, though its owner has not said so: the `server` has ended, or
    its `place` is needed. `note` is a sentence that the run is to tell first; empty if there is none.

    Args:
        give_up: ends the process; called when the loop has not listened for a while after the input's end.
    """

    def __init__(self, lines: Iterable[bytes], give_up: Callable[[], None]) -> None:
        self.aside: str | None = None
        self.note = ""
        self._run: str | None = None
        self._commands: list[Command] = []
        self._news = threading.Condition()
        self._give_up = give_up
        threading.Thread(target=self._listen, args=(lines,), name="steering", daemon=True).start()

    def wait_for_run(self) -> str | None:
        """Wait for the folder of the run to train; None if the server has ended before it is named."""
        with self._news:
            self._news.wait_for(lambda: self._run is not None or self.aside is not None)
            return self._run

    def commands(self) -> list[Command]:
        """Commands since the last call."""
        with self._news:
            new, self._commands = self._commands, []
            return new

    def wait(self, seconds: float) -> None:
        """Sleep, until there is a command."""
        with self._news:
            self._news.wait_for(lambda: self._commands, seconds)

    def _listen(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            with suppress(ValueError):  # the last, if the server was killed while it wrote
                self._take(json.loads(line))
        self._set_aside("server")
        # A loop that does not listen must not outlive the server either.
        threading.Event().wait(PATIENCE)
        self._give_up()

    def _take(self, line: Command) -> None:
        if line.get("do") == "aside":
            return self._set_aside("place")
        with self._news:
            if "run" in line:
                self._run, self.note = str(line["run"]), str(line.get("note", ""))
            else:
                self._commands.append(line)
            self._news.notify_all()

    def _set_aside(self, reason: str) -> None:
        with self._news:
            self.aside = self.aside or reason
            self._commands.append({"do": "stop"})
            self._news.notify_all()
