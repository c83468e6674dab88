"""A fair queue: owners take turns, however many runs each of them has handed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain


@dataclass
class FairQueue:
    """Queue of runs that wait, owner by owner.

    The owner who was served longest ago is next; among those never served, who came first. Each owner's runs
    keep their order.

    Attributes:
        turn: number of the last turn that was taken, here or at another server whose queue has been seen.
    """

    turn: int = 0
    _waiting: dict[str, list[str]] = field(default_factory=dict)  # owner -> runs, owners as they came
    _served: dict[str, int] = field(default_factory=dict)  # owner -> the last turn that was theirs
    _before: dict[str, int] = field(default_factory=dict)  # owner -> the one before it

    def add(self, owner: str, run: str, first: bool = False) -> None:
        """Let a run wait, `first` or last of its owner's. A run that waits already keeps its place."""
        if run not in self:
            runs = self._waiting.setdefault(owner, [])
            runs.insert(0 if first else len(runs), run)

    def remove(self, run: str) -> bool:
        """Take a run out; true if it was waiting."""
        for owner, runs in self._waiting.items():
            if run in runs:
                runs.remove(run)
                if not runs:
                    del self._waiting[owner]
                return True
        return False

    def next(self, fits: Callable[[str], bool] = lambda run: True) -> str | None:
        """Take out the run whose turn it is; None if none waits.

        Args:
            fits: false for a run that there is no place for now: the next one's turn comes before its own.
        """
        for owner in self._order():
            for run in self._waiting[owner]:
                if fits(run):
                    self.remove(run)
                    self.turn += 1
                    self._before[owner], self._served[owner] = self.last_turn(owner), self.turn
                    return run
        return None

    def place(self, run: str) -> int | None:
        """Place of a run: 1 if it is next, 2 for the one after it, ...; None if it does not wait."""
        if run not in self:
            return None
        rounds = [self._waiting[owner] for owner in self._order()]
        mine = next(runs for runs in rounds if run in runs)
        turn, before = mine.index(run), rounds.index(mine)
        return 1 + sum(min(len(runs), turn + (at < before)) for at, runs in enumerate(rounds))

    def take_back(self, owner: str) -> None:
        """Forget an owner's last turn, which came to nothing."""
        self._served[owner] = self._before.get(owner, 0)

    def last_turn(self, owner: str) -> int:
        """Number of the last turn that was this owner's; 0 before their first."""
        return self._served.get(owner, 0)

    def waiting(self) -> dict[str, list[str]]:
        """Runs that wait, by their owners."""
        return {owner: list(runs) for owner, runs in self._waiting.items()}

    def count_waiting(self, owner: str) -> int:
        """Count the waiting runs of this owner."""
        return len(self._waiting.get(owner, ()))

    def count_others(self, owner: str) -> int:
        """Count the waiting runs of all other owners."""
        return len(self) - self.count_waiting(owner)

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[str]:
        """All runs that wait, owner by owner."""
        return chain.from_iterable(self._waiting.values())

    def __contains__(self, run: str) -> bool:
        return any(run in runs for runs in self._waiting.values())

    def _order(self) -> list[str]:
        return sorted(self._waiting, key=self.last_turn)
