"""Duration of a run, tried out beside the page: asked for once, known a few seconds later."""

from __future__ import annotations

import hashlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dlviz.paths import ROOT
from dlviz.training.analysis.timing import Timing, request, usual
from dlviz.training.config import TrainingConfig

if TYPE_CHECKING:
    from dlviz.training.tasks import Own

COMMAND = (sys.executable, "-m", "dlviz.training.analysis.timing")
KEPT, IDLE = 200, 90.0  # answers, and seconds after which the process ends that gives them


class Trial:
    """Tries configs out one after the other, in a process that is started when it is needed."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.command = command
        self._asked: queue.LifoQueue[str] = queue.LifoQueue()
        self._known: OrderedDict[str, Timing | str | None] = (
            OrderedDict()
        )  # by the digest of the line that asks
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, config: TrainingConfig, own: Own | None = None) -> Timing | str | None:
        """The timing of a config; a sentence if it cannot be trained; None while that is being tried out.

        Args:
            own: the learner's data, for tasks that need them.
        """
        line = request(usual(config), own)
        with self._lock:
            if _digest(line) in self._known:
                return self._known[_digest(line)]
            self._known[_digest(line)] = None
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            self._asked.put(line)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="timing", daemon=True)
                self._thread.start()
        return None

    def _work(self) -> None:
        process = None
        while (line := self._next()) is not None:
            process = process if process and process.poll() is None else self._start_process()
            self._known[_digest(line)] = _answer(process, line)
        if process:
            process.communicate()  # its input ends, and so does it

    def _next(self) -> str | None:
        try:
            return self._asked.get(timeout=IDLE)
        except queue.Empty:
            with self._lock:
                if self._asked.empty():
                    self._thread = None
                    return None
            return self._asked.get()

    def _start_process(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _answer(process: subprocess.Popen[str], line: str) -> Timing | str:
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(line + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
    except (OSError, ValueError):
        return "How long it takes could not be tried out."
    return str(answer["refused"]) if "refused" in answer else Timing(**answer)


trial = Trial()
