"""How long a run will take."""

import json
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from dlviz.data.labelled import Labelled
from dlviz.paths import ROOT
from dlviz.training.analysis.timing import Timing, answer, request, try_out, usual
from dlviz.training.config import TrainingConfig
from dlviz.training.tasks import BadTask, Drawings
from dlviz.ui.labs.training.train.duration import Trial

TINY = TrainingConfig(model="MLP", sizes={"hidden_size": 4}, samples=100, batch_size=10, epochs=3)
# 784 × 4 + 4, and 4 × 10 + 10.
PARAMETERS = 3190


def known(trial: Trial, config: TrainingConfig) -> Timing | str:
    deadline = time.monotonic() + 60
    while (answer := trial.ask(config)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


def test_a_config_is_tried_out() -> None:
    timing = try_out(TINY)
    assert (timing.parameters, timing.steps) == (PARAMETERS, 10)
    assert 0 < timing.seconds < 60


def test_own_data_are_tried_out_as_they_are() -> None:
    drawings = Drawings(np.arange(8 * 784, dtype=np.uint8).reshape(8, 28, 28), ("A", "B") * 4)
    config = replace(TINY, task="drawings", batch_size=2)
    # Of each kind one of four is held out; six are left, and two classes.
    timing = answer(request(config, drawings))
    assert (timing.steps, timing.parameters) == (3, 784 * 4 + 4 + 4 * 2 + 2)
    texts = tuple(f"{word} film number {number}" for number in range(4) for word in ("good", "bad"))
    table = Labelled(texts, (1, 0) * 4, ("blame", "praise"))
    words = TrainingConfig(task="table", model="TextClassifier", batch_size=2)
    assert answer(request(words, table)).steps == 3
    with pytest.raises(BadTask, match="There are no drawings yet"):
        answer(request(config))


def test_a_run_takes_its_epochs_and_no_more_than_its_budget() -> None:
    assert Timing(1, steps=10, seconds=3.0).of(TINY) == pytest.approx(9.0)
    assert Timing(1, steps=10, seconds=3.0).of(replace(TINY, seconds=5.0)) == pytest.approx(5.0)


def test_a_time_budget_is_told_in_steps_too() -> None:
    timing = Timing(1, steps=188, seconds=4.0)
    assert timing.steps_of(replace(TINY, epochs=5)) == 940
    assert timing.steps_of(replace(TINY, epochs=5, seconds=1.0)) == 47
    assert timing.steps_of(replace(TINY, epochs=5, seconds=100.0)) == 940


def test_what_changes_nothing_in_the_time_is_tried_once() -> None:
    assert usual(replace(TINY, epochs=9, seed=4, learning_rate=0.5)) == usual(TINY)
    assert usual(replace(TINY, batch_size=20)) != usual(TINY)


def test_the_process_answers_each_line_and_ends_with_its_input() -> None:
    too_many = replace(TINY, samples=60_000, batch_size=64)
    lines = [request(TINY), request(TINY).replace("MLP", "LLM"), request(too_many)]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "dlviz.training.analysis.timing"],
        input="\n".join(lines),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["parameters"] == PARAMETERS
    assert second["refused"].startswith("LLM does not fit this task")
    assert third["refused"].startswith("There are 55,000 pictures to learn from")


def test_asking_does_not_wait_and_the_answer_comes_later() -> None:
    trial = Trial()
    assert trial.ask(TINY) is None  # whoever waits is given an answer
    answer = known(trial, TINY)
    assert isinstance(answer, Timing)
    assert answer.parameters == PARAMETERS
    assert trial.ask(replace(TINY, epochs=7)) == answer


def test_a_process_that_dies_is_a_sentence() -> None:
    answer = known(Trial([sys.executable, "-c", "raise SystemExit"]), TINY)
    assert answer == "How long it takes could not be tried out."
