"""What the runs follow without disk or process: turns, places, superseded events, room, tokens."""

import random
from collections import Counter

import pytest

from dlviz.training.runs import events, owner
from dlviz.training.runs.queue import FairQueue
from dlviz.training.runs.space import SETTING, Room, excess, read_total


def emptied(queue: FairQueue) -> list[str]:
    order = []
    while run := queue.next():
        order.append(run)
    return order


def test_thirty_submitters_take_turns() -> None:
    queue = FairQueue()
    owners = [f"learner {number}" for number in range(30)]
    # The first hands in ten runs before anybody else comes; the others three each.
    for each, count in zip(owners, [10] + [3] * 29, strict=True):
        for turn in range(count):
            queue.add(each, f"{each}, run {turn}")
    assert len(queue) == 97
    order = emptied(queue)
    for turn in range(3):
        served = [run.split(",")[0] for run in order[30 * turn : 30 * turn + 30]]
        assert Counter(served) == Counter(owners)
    assert order[90:] == [f"learner 0, run {turn}" for turn in range(3, 10)]


def test_a_turn_that_came_to_nothing_does_not_count() -> None:
    queue = FairQueue()
    for run in ("a1", "b1", "a2", "b2"):
        queue.add(run[0], run)
    assert [queue.next(), queue.next(), queue.next()] == ["a1", "b1", "a2"]
    queue.take_back("a")
    queue.add("a", "a2", first=True)
    assert emptied(queue) == ["a2", "b2"]


def test_who_was_served_longest_ago_is_next_even_if_another_handed_in_before() -> None:
    queue = FairQueue()
    queue.add("ann", "a1")
    assert queue.next() == "a1"
    queue.add("ann", "a2")
    queue.add("bob", "b1")
    assert emptied(queue) == ["b1", "a2"]


@pytest.mark.parametrize("seed", range(20))
def test_a_place_says_when_a_turn_comes(seed: int) -> None:
    draw, queue = random.Random(seed), FairQueue()
    runs = [f"run {number}" for number in range(25)]
    for number, run in enumerate(runs):
        queue.add(draw.choice("abcdef"), run)
        if number % 6 == 5:
            queue.next()
    places = {run: queue.place(run) for run in runs}
    assert {run: at for run, at in places.items() if at} == {
        run: at for at, run in enumerate(emptied(queue), 1)
    }


def test_a_run_waits_once_and_can_leave() -> None:
    queue = FairQueue()
    queue.add("ann", "a1")
    queue.add("ann", "a1")
    queue.add("bob", "b1")
    assert (len(queue), queue.count_waiting("ann"), queue.place("b1")) == (2, 1, 2)
    assert queue.remove("a1")
    assert not queue.remove("a1")
    assert (queue.place("a1"), queue.place("b1"), "a1" in queue) == (None, 1, False)


def batch(step: int) -> events.Event:
    return {"kind": "batch", "step": step}


def kept(step: int) -> events.Event:
    return {"kind": "checkpoint", "step": step}


def continued(step: int | None) -> events.Event:
    return {"kind": "continued", "step": step}


START, END = {"kind": "start"}, {"kind": "end", "reason": "stopped"}


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ([START, batch(1), kept(1), batch(2)], [START, batch(1), kept(1), batch(2)]),
        (
            [START, batch(1), kept(1), batch(2), END, continued(1), batch(2)],
            [START, batch(1), kept(1), continued(1), batch(2)],
        ),
        ([START, batch(1), END, continued(None), START, batch(1)], [continued(None), START, batch(1)]),
        # Twice from one checkpoint, then from the one before it.
        (
            [START, kept(1), kept(2), batch(3), continued(2), batch(3), continued(2), continued(1), batch(2)],
            [START, kept(1), continued(1), batch(2)],
        ),
        # A run that stops just after a checkpoint writes another after the same step: the later one counts.
        ([kept(2), batch(2), kept(2), END, continued(2)], [kept(2), batch(2), kept(2), continued(2)]),
    ],
)
def test_what_comes_after_the_checkpoint_is_superseded(
    told: list[events.Event], counts: list[events.Event]
) -> None:
    assert events.current(told) == counts
    for cut in range(len(told)):  # read in two pieces, as a page does
        shown = events.current(told[:cut])
        events.extend(shown, told[cut:])
        assert shown == counts


def test_old_runs_go_first_and_never_one_that_must_stay() -> None:
    rooms = [
        Room("pinned", (1, 0.0), 40, True),
        Room("newer", (5, 0.0), 30, False),
        Room("oldest", (2, 0.0), 30, False),
        Room("older", (3, 0.0), 30, False),
        Room("running", (4, 0.0), 40, True),
    ]
    assert excess(rooms, 170) == []
    assert excess(rooms, 169) == ["oldest"]
    assert excess(rooms, 140) == ["oldest"]
    assert excess(rooms, 139) == ["oldest", "older"]
    assert excess(rooms, 0) == ["oldest", "older", "newer"]


def test_the_room_for_runs_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for named, total in (("", 4e9), ("40", 4e10), ("0.5", 5e8)):
        monkeypatch.setenv(SETTING, named)
        assert read_total() == total
    for wrong in ("much", "-1", "0", "nan", "inf"):
        monkeypatch.setenv(SETTING, wrong)
        with pytest.raises(ValueError, match=f"number of gigabytes, such as 40, and not {wrong}"):
            read_total()


def test_a_token_owns_what_its_hash_is_written_on() -> None:
    token, other = owner.new_token(), owner.new_token()
    assert owner.is_token(token)
    assert owner.owns(token, owner.hashed(token))
    assert token not in owner.hashed(token)
    assert not owner.owns(other, owner.hashed(token))
    assert not owner.owns(None, owner.hashed(token))


@pytest.mark.parametrize("text", [None, "", "a" * 42, "a" * 44, "../" * 14 + "a", "a" * 42 + "\n", "é" * 43])
def test_what_has_not_a_tokens_form_is_none(text: str | None) -> None:
    assert not owner.is_token(text)
