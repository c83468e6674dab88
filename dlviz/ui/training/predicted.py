"""How long a run will take, tried out beside the page: asked for once, known a few seconds later."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence

from dlviz.paths import ROOT
from dlviz.training.config import TrainingConfig
from dlviz.training.timing import Timing, usual

COMMAND = (sys.executable, "-m", "dlviz.training.timing")
KEPT, IDLE = 200, 90.0  # answers, and seconds after which the process ends that gives them


class Trial:
    """Tries configs out one after the other, in a process that is started when it is needed."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.command = command
        self._asked: queue.LifoQueue[TrainingConfig] = queue.LifoQueue()
        self._known: OrderedDict[TrainingConfig, Timing | str | None] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self, config: TrainingConfig) -> Timing | str | None:
        """What has been tried; a sentence if it cannot be learned; None while that is being found out."""
        wanted = usual(config)
        with self._lock:
            if wanted in self._known:
                return self._known[wanted]
            self._known[wanted] = None
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
            self._asked.put(wanted)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="timing", daemon=True)
                self._thread.start()
        return None

    def _work(self) -> None:
        process = None
        while (wanted := self._next()) is not None:
            process = process if process and process.poll() is None else self._started()
            self._known[wanted] = _answer(process, wanted)
        if process:
            process.communicate()  # its input ends, and so does it

    def _next(self) -> TrainingConfig | None:
        try:
            return self._asked.get(timeout=IDLE)
        except queue.Empty:
            with self._lock:
                if self._asked.empty():
                    self._thread = None
                    return None
            return self._asked.get()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def _answer(process: subprocess.Popen[str], wanted: TrainingConfig) -> Timing | str:
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(wanted.to_json() + "\n")
        process.stdin.flush()
        answer = json.loads(process.stdout.readline())
    except (OSError, ValueError):
        return "How long it takes could not be tried out."
    return str(answer["refused"]) if "refused" in answer else Timing(**answer)


trial = Trial()
