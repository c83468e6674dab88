"""Seconds of training, pauses not counted."""

import time


class Clock:
    """Clock that runs from the beginning.

    Args:
        before: seconds that have passed already.
    """

    def __init__(self, before: float = 0.0) -> None:
        self._gone, self._since = before, time.perf_counter()
        self._stands = False

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return self._gone if self._stands else self._gone + time.perf_counter() - self._since

    def stop(self) -> None:
        """Stand still."""
        self._gone, self._stands = self.seconds, True

    def go_on(self) -> None:
        """Run again."""
        self._since, self._stands = time.perf_counter(), False
