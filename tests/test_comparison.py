"""What runs have reached, what the difference is worth, and what differs between their settings."""

import itertools
from collections.abc import Sequence
from fractions import Fraction

import pytest

from dlviz.training.analysis.comparison import MIXED, Group, alike, compare, differences, leaders, result
from dlviz.training.analysis.history import History, history
from dlviz.training.analysis.significance import chance_of_separation
from dlviz.training.runs.events import FINISHED

RISEN_AND_FALLEN = {"risen": [0.1, 0.2, 0.4], "fallen": [0.5, 0.4, 0.3]}


def epochs(losses: Sequence[float | None], accuracy: float = 0.5, test: bool = False) -> list[dict]:
    """Events of a run that has come so far."""
    told: list[dict] = [{"kind": "start", "steps_per_epoch": 10, "epochs": len(losses)}]
    before = "test_" if test else ""
    for number, loss in enumerate(losses, 1):
        values = {f"{before}loss": loss, f"{before}accuracy": accuracy}
        told.append({"kind": "epoch", "epoch": number, "step": 10 * number, "seconds": number, **values})
    return told


def run(
    losses: Sequence[float | None], reason: str = "done", accuracy: float = 0.5, test: bool = False
) -> History:
    told = epochs(losses, accuracy, test)
    return history([*told, {"kind": "end", "reason": reason, "step": 10 * len(losses)}] if reason else told)


def test_a_single_runs_best_epoch_is_told() -> None:
    said = compare([Group("run B", [run([0.5, 0.0412, 0.06])])])
    assert said == "Lowest validation loss: run B, 0.0412 at epoch 2."


def test_two_runs_of_one_seed_each_may_differ_by_luck() -> None:
    said = compare([Group("run A", [run([0.044])]), Group("run B", [run([0.5, 0.041])])])
    assert said == (
        "Lowest validation loss: run B, 0.0410 at epoch 2; then run A, 0.0440 at epoch 1. "
        "One seed each: only more seeds would show whether the difference is luck."
    )


def test_seeds_that_overlap_are_within_luck() -> None:
    three = Group("run B", [run([loss]) for loss in (0.039, 0.04, 0.047)])
    said = compare([Group("run A", [run([0.044])]), three])
    assert said == (
        "Lowest validation loss: run B, 0.0420 (mean of 3 seeds, 0.0390 to 0.0470); "
        "then run A, 0.0440 at epoch 1. "
        "The seeds of “run B” and “run A” overlap, so the difference between them is within luck."
    )


def test_seeds_that_are_apart_are_told_with_how_often_luck_does_as_much() -> None:
    good = Group("good", [run([loss], accuracy=1 - loss) for loss in (0.1, 0.2)])
    bad = Group("bad", [run([loss], accuracy=1 - loss) for loss in (0.3, 0.4)])
    # Of four values the two best are good's in one of the 6 choices of two, and bad's in another.
    verdict = (
        "Every seed of “good” did better than every one of “bad”. "
        "Two equally good ones would differ this clearly by luck 1 time in 3."
    )
    assert compare([bad, good]).endswith(verdict)
    by_accuracy = compare([bad, good], "accuracy")
    assert by_accuracy.startswith("Highest validation accuracy: good, 85.00 % (mean of 2 seeds, 80.00 % to")
    assert by_accuracy.endswith(verdict)


def seeded(label: str, measure: str, values: dict[int, float]) -> Group:
    """A group of one run a seed, each of which reached its value."""
    runs = [run([value], accuracy=value if measure == "accuracy" else 0.5) for value in values.values()]
    return Group(label, runs, tuple(values))


def judged(first: dict[int, float], second: dict[int, float], measure: str = "accuracy") -> str:
    """What is said of a and b after the ranking."""
    said = compare([seeded("a", measure, first), seeded("b", measure, second)], measure)
    return said.partition("; then ")[2].partition("). ")[2]


def test_the_same_seeds_are_compared_one_by_one() -> None:
    # Ranges overlap, but seed by seed a is ahead by 1.1, 0.4 and 0.7 points; three coins agree 1 time in 4.
    a, b = {0: 0.811, 1: 0.824, 2: 0.837}, {2: 0.83, 0: 0.8, 1: 0.82}
    assert judged(a, b) == (
        "“a” did better than “b” with all 3 seeds, by 0.40 to 1.10 points. "
        "Two equally good ones would differ this clearly by luck 1 time in 4."
    )
    losses = judged({0: 0.2, 1: 0.31}, {0: 0.3, 1: 0.35}, "loss")
    assert losses == (
        "“a” did better than “b” with both seeds, by 0.0400 to 0.100. "
        "Two equally good ones would differ this clearly by luck 1 time in 2."
    )


def test_the_same_seeds_that_do_not_even_overlap_say_more() -> None:
    # Three of six values are the three best in one of 20 choices, for either of the two.
    assert judged({0: 0.9, 1: 0.91, 2: 0.92}, {0: 0.8, 1: 0.82, 2: 0.81}) == (
        "“a” did better than “b” with all 3 seeds, by 9.00 to 11.00 points, and its worst is better than the "
        "other’s best. Two equally good ones would differ this clearly by luck 1 time in 10."
    )


def test_a_seed_with_the_other_sign_leaves_it_to_luck() -> None:
    assert judged({0: 0.84, 1: 0.83, 2: 0.80}, {0: 0.80, 1: 0.82, 2: 0.81}) == (
        "“a” did better than “b” with 2 of 3 seeds, on average by 1.33 points (−1.00 to 4.00): within luck."
    )


@pytest.mark.parametrize("other", [{0: 0.8, 1: 0.82, 3: 0.83}, {0: 0.8, 1: 0.82}])
def test_other_seeds_are_not_paired(other: dict[int, float]) -> None:
    said = judged({0: 0.811, 1: 0.824, 2: 0.837}, other)
    assert said == "The seeds of “a” and “b” overlap, so the difference between them is within luck."


def test_the_same_result_is_called_the_same() -> None:
    assert compare([Group("a", [run([0.1])]), Group("b", [run([0.1])])]).endswith("reached the very same.")


def test_early_stopping_is_judged_on_data_that_chose_nothing() -> None:
    def tested(reason: str, loss: float) -> History:
        ended = {"kind": "end", "reason": reason, "step": 30, "test_loss": loss, "test_accuracy": 0.9}
        return history([*epochs([0.5, 0.2, 0.4]), ended])

    whole, stopped = tested("done", 0.31), tested("early", 0.29)
    values = [result(Group("", [each]), "tested") for each in (whole, stopped)]
    assert [each and (each.mean, each.epoch, each.held) for each in values] == [
        (0.31, 3, "test"),
        (0.29, 2, "test"),
    ]
    said = compare([Group("to the end", [whole]), Group("stopped", [stopped])], "tested")
    assert said.startswith(
        "Lowest test loss at the end: stopped, 0.290 at epoch 2; then to the end, 0.310 at epoch 3."
    )
    assert result(Group("", [run([0.5])]), "tested") is None


def test_chance_of_two_that_do_not_overlap() -> None:
    for first, second in ((1, 2), (1, 3), (2, 2), (2, 4), (3, 3)):
        orders = list(itertools.permutations(range(first + second)))
        apart = [
            one
            for one in orders
            if max(one[:first]) < min(one[first:]) or min(one[:first]) > max(one[first:])
        ]
        assert chance_of_separation(first, second) == Fraction(len(apart), len(orders))
    single = Group("single", [run([0.1])])
    twins = Group("twins", [run([0.3]), run([0.2])])
    assert compare([single, twins]).endswith(
        "Two equally good ones would differ this clearly by luck 2 times in 3."
    )


def test_whoever_is_left_behind_is_named_though_the_first_two_are_within_luck() -> None:
    first = seeded("first", "loss", {0: 0.1, 1: 0.2, 2: 0.15})
    second = seeded("second", "loss", {0: 0.11, 1: 0.19, 2: 0.17})
    last = seeded("last", "loss", {0: 0.5, 1: 0.6, 2: 0.7})
    said = compare([last, second, first])
    assert "within luck" in said
    assert said.endswith(
        "But with every seed, “first” did better than “last”. Two equally good ones would differ this "
        "clearly by luck 1 time in 10. That is for two chosen beforehand: among several, luck finds such a "
        "pair sooner."
    )
    assert leaders([last, second, first], "loss") == ["first", "second"]
    assert leaders([last, first], "loss") == ["first"]
    assert leaders([Group("none", [run([], reason="")])], "loss") == []


def test_a_run_that_broke_or_has_no_epoch_yet_is_told() -> None:
    assert compare([Group("a", [run([], reason="")])]) == "No epoch has ended yet."
    said = compare([Group("a", [run([0.1, 0.2])]), Group("b", [run([None], reason="diverged")])])
    assert said == (
        "Lowest validation loss: a, 0.100 at epoch 1. b: the loss was no longer a number after step 10."
    )
    said = compare([Group("c", [run([None], reason="diverged"), run([0.1])])])
    assert said.endswith("c: the loss of 1 of its 2 seeds was no longer a number after step 10.")


@pytest.mark.parametrize("reason", ["", "stopped", "interrupted", "failed", "full"])
def test_runs_that_have_not_come_to_their_end_are_compared_so_far(reason: str) -> None:
    assert compare([Group("a", [run([0.25], reason=reason)])]) == (
        "So far the lowest validation loss: a, 0.250 at epoch 1."
    )


@pytest.mark.parametrize("reason", FINISHED)
def test_runs_that_came_to_their_end_are_compared_for_good(reason: str) -> None:
    assert compare([Group("a", [run([0.25], reason=reason)])]).startswith("Lowest validation loss: a, 0.250")


def test_test_data_are_called_so_and_do_not_compare_with_validation() -> None:
    lesson = Group("lesson", [run([0.03], test=True)])
    assert compare([lesson]) == "Lowest test loss at the end: lesson, 0.0300 at epoch 1."
    assert compare([lesson, Group("b", [run([0.1])])]) == (
        "Lowest validation loss: b, 0.100 at epoch 1. "
        f"Lowest test loss at the end: lesson, 0.0300 at epoch 1. {MIXED}"
    )


def test_test_data_choose_no_epoch() -> None:
    # The third epoch is the last: neither the better second nor the other run's better first counts.
    risen, fallen = (Group(name, [run(losses, test=True)]) for name, losses in RISEN_AND_FALLEN.items())
    said = compare([risen, fallen])
    assert said.startswith(
        "Lowest test loss at the end: fallen, 0.300 at epoch 3; then risen, 0.400 at epoch 3"
    )


def test_only_what_differs_is_listed_and_what_is_inside_by_its_full_name() -> None:
    first = {"seed": 0, "rate": 0.1, "clip": None, "augmentation": {"flip": 0.0, "noise": 0.0}}
    second = {"seed": 0, "rate": 0.01, "clip": 1.0, "augmentation": {"flip": 0.5, "noise": 0.0}, "more": True}
    assert differences({"a": first, "b": second}) == {
        "rate": [0.1, 0.01],
        "clip": [None, 1.0],
        "augmentation.flip": [0.0, 0.5],
        "more": [None, True],
    }
    assert differences({"a": first, "b": dict(first)}) == {}


def test_settings_that_differ_in_their_seed_alone_belong_together() -> None:
    settings = [{"rate": 0.1, "seed": 0}, {"rate": 0.2, "seed": 0}, {"seed": 1, "rate": 0.1}]
    assert alike(settings) == [[0, 2], [1]]


def test_a_run_repeated_with_its_own_seed_is_no_further_seed() -> None:
    settings = [{"rate": 0.1, "seed": 0}, {"rate": 0.1, "seed": 1}, {"rate": 0.1, "seed": 0}]
    assert alike(settings) == [[0, 1], [2]]
