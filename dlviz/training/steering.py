"""How a run is steered from outside while it learns."""

from typing import Protocol

Command = dict[str, object]


class Steering(Protocol):
    """Where a run hears what its learner wants of it.

    A command is `{"do": "pause"}`, `{"do": "resume"}`, `{"do": "stop"}` or `{"do": "rate", "value": 0.01}`.
    """

    def commands(self) -> list[Command]:
        """What has come in since the last call, in order; at once, without waiting."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so many seconds, or as soon as a command has come in."""
        ...


class Unsteered:
    """Nobody steers."""

    def commands(self) -> list[Command]:
        return []

    def wait(self, seconds: float) -> None:
        return None


def asked_rate(command: Command) -> float | None:
    """The learning rate that a command asks for, if it is one above 0 that a number can hold."""
    value = command.get("value")
    if command.get("do") != "rate" or not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 < value < 1e300 else None
