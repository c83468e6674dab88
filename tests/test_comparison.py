"""What runs have reached, what the difference is worth, and what differs between their settings."""

from collections.abc import Sequence

from dlviz.training.comparison import Group, alike, compare, differences, result
from dlviz.training.curves import History, history


def run(
    losses: Sequence[float | None], reason: str = "done", accuracy: float = 0.5, test: bool = False
) -> History:
    told: list[dict] = [{"kind": "start", "steps_per_epoch": 10, "epochs": len(losses)}]
    before = "test_" if test else ""
    for number, loss in enumerate(losses, 1):
        values = {f"{before}loss": loss, f"{before}accuracy": accuracy}
        told.append({"kind": "epoch", "epoch": number, "step": 10 * number, "seconds": number, **values})
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
        "The seeds of run B and run A overlap, so the difference between them is within luck."
    )


def test_seeds_that_are_apart_are_hardly_luck_for_losses_and_accuracies() -> None:
    good = Group("good", [run([loss], accuracy=1 - loss) for loss in (0.1, 0.2)])
    bad = Group("bad", [run([loss], accuracy=1 - loss) for loss in (0.3, 0.4)])
    verdict = "Every seed of good did better than every one of bad: hardly luck."
    assert compare([bad, good]).endswith(verdict)
    by_accuracy = compare([bad, good], "accuracy")
    assert by_accuracy.startswith("Highest validation accuracy: good, 85.00 % (mean of 2 seeds, 80.00 % to")
    assert by_accuracy.endswith(verdict)


def test_the_same_result_is_called_the_same() -> None:
    assert compare([Group("a", [run([0.1])]), Group("b", [run([0.1])])]).endswith("reached the very same.")


def test_at_the_end_counts_what_is_kept() -> None:
    risen, stopped = run([0.5, 0.2, 0.4]), run([0.5, 0.2, 0.4], reason="early")
    values = [result(Group("", [each]), "last") for each in (risen, stopped)]
    assert [each and (each.mean, each.epoch) for each in values] == [(0.4, 3), (0.2, 2)]


def test_a_run_that_broke_or_has_no_epoch_yet_is_told() -> None:
    assert compare([Group("a", [run([], reason="")])]) == "No epoch has ended yet."
    said = compare([Group("a", [run([0.1, 0.2])]), Group("b", [run([None], reason="diverged")])])
    assert said == (
        "Lowest validation loss: a, 0.100 at epoch 1. b: the loss was no longer a number after step 10."
    )
    said = compare([Group("c", [run([None], reason="diverged"), run([0.1])])])
    assert said.endswith("c: the loss of 1 of its 2 seeds was no longer a number after step 10.")


def test_runs_under_way_are_compared_so_far() -> None:
    assert compare([Group("a", [run([0.25], reason="")])]) == (
        "So far the lowest validation loss: a, 0.250 at epoch 1."
    )


def test_test_data_are_called_so_and_do_not_compare_with_validation() -> None:
    lesson = Group("lesson", [run([0.03], test=True)])
    assert compare([lesson]) == "Lowest test loss: lesson, 0.0300 at epoch 1."
    assert compare([lesson, Group("b", [run([0.1])])]).endswith("these do not compare.")


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
