"""A run that is read on from where the last look ended, and the sentences on it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dlviz.training.analysis.history import history
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store, Tail
from dlviz.ui.labs.training.train import questions
from dlviz.ui.runs import live_run, sentences
from dlviz.ui.runs.live_run import LiveRun
from tests.pages.training_lab import SMALL, batch, epoch, start, tell
from tests.training_runs.idle import MINE, Launcher


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    made = Service(Store(tmp_path), Launcher(), at_a_time=1)
    monkeypatch.setattr(service, "_shared", made)
    yield made
    made.close()


@pytest.fixture
def run(runs: Service) -> str:
    return runs.submit(SMALL, MINE)


CHECKPOINT = {"kind": "checkpoint", "step": 2, "epoch": 1}


def test_what_is_read_in_pieces_is_what_is_read_at_once(runs: Service, run: str) -> None:
    told_so_far = [start(), batch(1), batch(2), epoch(1, 0.5), CHECKPOINT, batch(3), batch(4), epoch(2, 0.4)]
    again = {"kind": "continued", "step": 2}
    pieces = LiveRun(run)
    for event in [*told_so_far, again, batch(3, 1.0)]:
        tell(runs, run, event)
        pieces.history()
    whole = LiveRun(run).history()
    for name, column in whole.batches.items():
        np.testing.assert_array_equal(pieces.history().batches[name], column)
    assert whole.batches["loss"].tolist() == [2.0, 2.0, 1.0]
    assert whole.epochs["epoch"].tolist() == [1.0]
    expected = history([*told_so_far[:5], batch(3, 1.0)])
    np.testing.assert_array_equal(whole.batches["step"], expected.batches["step"])
    assert pieces.newest_epoch == {}  # the one that was measured last is superseded


def test_a_run_that_begins_anew_has_forgotten_everything(runs: Service, run: str) -> None:
    tell(runs, run, start(), batch(1), {"kind": "continued", "step": None})
    assert LiveRun(run).history().step == 0


def test_a_look_reads_only_what_is_new(runs: Service, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(runs, run, start(), batch(1))
    pieces, read, counts = LiveRun(run), runs.store.read, []

    def counted(run: str, offset: int = 0) -> Tail:
        tail = read(run, offset)
        counts.append(len(tail.events))
        return tail

    monkeypatch.setattr(runs.store, "read", counted)
    pieces.history()
    pieces.history()
    tell(runs, run, batch(2))
    pieces.history()
    assert counts == [2, 0, 1]


def test_all_who_watch_share_what_was_read(run: str) -> None:
    assert live_run.watch(run) is live_run.watch(run)


def test_a_long_run_takes_little_memory(runs: Service, run: str) -> None:
    import tracemalloc

    for first in range(1, 20_001, 1000):
        tell(runs, run, *(batch(step) for step in range(first, first + 1000)))
    tell(runs, run, *(epoch(number, 0.5) for number in range(1, 21)))
    tracemalloc.start()
    pieces = LiveRun(run)
    pieces.history()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 5_000_000


def run_of(*losses: float, reason: str = "done"):
    events = [start(), *(batch(step) for step in range(1, 2 * len(losses) + 1))]
    events += [epoch(number, loss) for number, loss in enumerate(losses, 1)]
    return history([*events, {"kind": "end", "reason": reason, "step": 2 * len(losses)}])


def test_the_steps_of_an_epoch_are_asked_of_the_examples_that_there_were(runs: Service) -> None:
    config = replace(SMALL, task="drawings", model="MLP", samples=100, batch_size=2)
    run = runs.submit(config, MINE)
    tell(runs, run, start(samples=3, steps_per_epoch=2), batch(1))
    (asked,) = [question for question in questions.questions(LiveRun(run)) if question.name == "steps"]
    assert asked.text.startswith("3 examples in batches of 2:")
    # The answer, the examples, and the steps of three epochs.
    assert (asked.options, asked.answer) == (["2", "3", "6"], "2")


def test_a_later_epoch_may_have_more_answers_right_though_its_loss_is_higher(runs: Service) -> None:
    run = runs.submit(SMALL, MINE)
    best, later = epoch(1, 0.3), {**epoch(2, 0.4), "accuracy": 0.951, "best": False}
    tell(runs, run, start(), batch(1), batch(2), best, later, {"kind": "end", "reason": "done", "step": 4})
    said = sentences.outcome(LiveRun(run).history(), SMALL)
    assert said.endswith("brought no lower loss, though more answers were right (95.1 % after epoch 2).")


def test_a_training_loss_above_validation_is_explained_by_what_was_measured(runs: Service) -> None:
    run = runs.submit(SMALL, MINE)
    ended = {**epoch(1, 0.047), "train_loss": 0.0591, "known_loss": 0.0226}
    tell(runs, run, start(), batch(1), batch(2), ended)
    (gap,) = [question for question in questions.questions(LiveRun(run)) if question.name == "gap"]
    assert gap.answer == "the validation loss"
    assert gap.because.startswith("Training 0.0226, validation 0.047.")
    assert "the mean over this epoch was 0.0591" in gap.because
    assert "dropout" in gap.because


@pytest.mark.parametrize(
    ("losses", "reason", "patience", "said"),
    [
        ((0.5, 0.4), "done", None, "Best: epoch 2, with a validation loss of 0.4 and 90.0 % right."),
        ((0.3, 0.4, 0.5), "done", None, "The 2 epochs after it brought neither a lower loss nor more right"),
        (
            (0.3, 0.4, 0.5),
            "early",
            2,
            "Early stopping ended the run after epoch 3, 2 epochs without a better one",
        ),
        ((0.3, 0.4, 0.5), "early", 2, "it saved 7 epochs and brought the weights of epoch 1 back."),
        ((0.5, 0.4), "done", 5, "Early stopping never had to act"),
        ((), "stopped", None, "No epoch was finished, so nothing was measured."),
    ],
)
def test_what_a_run_came_to_in_words(
    losses: tuple[float, ...], reason: str, patience: int | None, said: str
) -> None:
    config = replace(
        TrainingConfig(), epochs=10 if reason == "early" else max(len(losses), 1), patience=patience
    )
    assert said in sentences.outcome(run_of(*losses, reason=reason), config)


def test_an_epoch_that_the_time_cut_short_is_named_by_its_step() -> None:
    whole, cut = epoch(1, 0.5), {**epoch(2, 0.4), "step": 3, "partial": True}
    told = [start(), batch(1), batch(2), whole, batch(3), cut, {"kind": "end", "reason": "time"}]
    config = replace(SMALL, seconds=5)
    assert sentences.outcome(history(told), config) == (
        "Best: step 3, in the middle of epoch 2, with a validation loss of 0.4 and 90.0 % right."
    )
    worse = [*told[:5], {**cut, "loss": 0.6}, told[-1]]
    assert sentences.outcome(history(worse), config).endswith(
        "The part of an epoch after it brought neither a lower loss nor more right answers."
    )
    tested = {**cut, "loss": None, "accuracy": None, "test_loss": 0.4, "test_accuracy": 0.875}
    assert sentences.outcome(history([start(), batch(3), tested]), config) == (
        "After step 3, in the middle of epoch 2, it has 87.5 % of the test data right. Nothing was chosen by "
        "them."
    )


def test_time_left_is_what_the_rest_takes_at_this_pace() -> None:
    half = history([start(), batch(1), batch(2), batch(3)])
    # Three of six steps took 1.5 seconds.
    assert sentences.seconds_left(half, SMALL) == pytest.approx(1.5)
    assert sentences.seconds_left(half, replace(SMALL, seconds=2.0)) == pytest.approx(0.5)
    assert sentences.examples_per_second(half, 64) == pytest.approx(128)
    done, line = sentences.progress(half, SMALL)
    assert done == 0.5
    assert line == (
        "Epoch 2 of 3 · step 3 of 6 · 128 examples a second while it learns · about 1.5 s left, "
        "measuring included"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0 s"),
        (0.0314, "0.031 s"),
        (0.503, "0.5 s"),
        (0.97, "1.0 s"),
        (9.99, "10 s"),
        (59.4, "59 s"),
        (61, "1 min 1 s"),
        (3661, "1 h 1 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert sentences.duration(seconds) == said
