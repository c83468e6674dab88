"""Commands to a run from outside while it learns."""

from typing import Protocol

Command = dict[str, object]


class Steering(Protocol):
    """Source of a run's commands.

    A command is `{"do": "pause"}`, `{"do": "resume"}`, `{"do": "stop"}`, `{"do": "rate", "value": 0.01}` or
    `{"do": "scale", "factor": 10}`, which multiplies the rate that those before it have made.
    """

    def commands(self) -> list[Command]:
        """Commands that have come in since the last call, in order; at once, without waiting."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so many seconds, or as soon as a command has come in."""
        ...


class Unsteered:
    """No commands at all."""

    def commands(self) -> list[Command]:
        return []

    def wait(self, seconds: float) -> None:
        return None


def asked_rate(command: Command, now: float) -> float | None:
    """Learning rate that a command asks for, if it is one above 0 that a number can hold.

    Args:
        now: the learning rate that a factor multiplies.
    """
    name = {"rate": "value", "scale": "factor"}.get(str(command.get("do")), "")
    value = command.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    # Twelve digits, for 0.003 times 0.1 is not quite 0.0003.
    rate = float(f"{now * value:.12g}") if name == "factor" else float(value)
    return rate if 0 < rate < 1e300 else None
