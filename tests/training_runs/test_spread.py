"""Which checkpoints of a long run stay, simulated on their steps alone."""

import random
from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest

from dlviz.training.loop import EARLY
from dlviz.training.runs.checkpoints import FIRST, MOST, WHOLE, spread

EPOCHS = 3_000


def arrivals(per_epoch: int, stops: random.Random | None = None) -> Iterator[int]:
    """The steps of a run's checkpoints: some in the first epoch, one an epoch, and where it was stopped."""
    yield from (step for step in EARLY if step < per_epoch)
    for epoch in range(EPOCHS):
        if stops and per_epoch > 1 and stops.random() < 0.1:
            yield epoch * per_epoch + stops.randrange(1, per_epoch)
        yield (epoch + 1) * per_epoch


def kept(steps: Iterable[int], best: int = 0) -> Iterator[list[int]]:
    """What is there after each checkpoint, of which the one of that step is the best."""
    there: list[int] = []
    for step in steps:
        there = spread([*there, step], MOST, best if step >= best else 0)
        yield there


@pytest.mark.parametrize("per_epoch", [1, 3, 50, 100, 938])
def test_the_first_the_best_and_the_newest_stay(per_epoch: int) -> None:
    wrote = sorted({*arrivals(per_epoch, random.Random(per_epoch))})
    best = 150 * per_epoch
    there: list[int] = []
    for count, there in enumerate(kept(wrote, best), 1):
        assert len(there) == min(count, MOST)
        assert there[:FIRST] == wrote[: min(count, FIRST)]
        assert there[-WHOLE:] == wrote[max(count - WHOLE, 0) : count]
        assert best in there or wrote[count - 1] < best
    assert {*there} <= {*wrote}


@pytest.mark.parametrize("per_epoch", [1, 50, 100, 938])
def test_the_others_lie_evenly_at_every_moment(per_epoch: int) -> None:
    for there in list(kept(arrivals(per_epoch)))[MOST:]:
        gaps = [after - before for before, after in pairwise(there[FIRST:-WHOLE])]
        # The last is still growing: until it is as wide as the others, what comes next replaces its end.
        assert max(gaps) <= min(sum(both) for both in pairwise(gaps[:-1]))
        assert max(gaps) < 3 * min(gaps[:-1])


def test_a_film_of_those_that_stayed_is_even_too() -> None:
    *_, there = kept(arrivals(100))
    film = spread(there, 32, 0)
    gaps = [after - before for before, after in pairwise(film[FIRST:-WHOLE])]
    assert (len(film), film[:FIRST]) == (32, there[:FIRST])
    assert max(gaps) < 3 * min(gaps)


def test_of_few_all_stay_and_the_closest_goes_first() -> None:
    few = list(range(0, 10 * FIRST, 10))
    later = [200, 300, 310, 400, 500, 600]
    assert spread([*later, *few], FIRST + 6, 0) == [*few, *later]
    assert spread([*few, *later], FIRST + 5, 0) == [*few, 200, 300, 400, 500, 600]  # 100 about 310
    assert spread([*few, *later], FIRST + 5, 310) == [*few, 200, 310, 400, 500, 600]  # 110 about 300
