"""Codes of rooms: short, and without characters that are taken for one another."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

ALPHABET = "ABCDEFGHJKMNPQRTUVWXYZ2346789"  # without I, L and 1, O and 0, S and 5
LENGTH = 5  # 20 million codes

WINDOW = 60.0  # seconds
MOST_WRONG = 8  # wrong codes of one browser in that time
MOST_WRONG_HERE = 60  # and of one address, behind which a whole school may stand


def draw_code() -> str:
    """Draw a code at random."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(typed: str) -> str:
    """The code that was meant: in capitals, without what people put between; empty if it can be none."""
    code = "".join(character for character in typed[:40].upper() if character.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


class Guesses:
    """Wrong codes of the last minute, by browser and by address, so that nobody tries them all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def wait(self, browser: str, address: str) -> float:
        """Seconds until the next code is looked at; 0 if at once."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            waits = [
                times[-most] + WINDOW - now
                for name, most in ((f"b{browser}", MOST_WRONG), (f"a{address}", MOST_WRONG_HERE))
                if len(times := self._wrong.get(name, ())) >= most
            ]
            return max([0.0, *waits])

    def note_wrong(self, browser: str, address: str) -> None:
        """Remember that a code was wrong."""
        with self._lock:
            for name in (f"b{browser}", f"a{address}"):
                self._wrong.setdefault(name, deque(maxlen=MOST_WRONG_HERE)).append(self._clock())

    def _forget(self, now: float) -> None:
        for name in [name for name, times in self._wrong.items() if now - times[-1] > WINDOW]:
            del self._wrong[name]
