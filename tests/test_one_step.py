"""One step of training taken apart: the arithmetic of each optimizer is PyTorch's own."""

import itertools

import numpy as np
import pytest

from dlviz.training.analysis.one_step import Steps, arithmetic
from dlviz.training.options import OPTIMIZERS
from dlviz.training.tasks import prepare
from dlviz.training.trainer_state import Learner
from tests.runs import events, losses, small

pytestmark = pytest.mark.usefixtures("few_held_out")


@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_weights_new_value_is_the_optimizers(optimizer: str, decay: float) -> None:
    config = small(optimizer=optimizer, weight_decay=decay, learning_rate=0.01, clip=1.0)
    steps = Steps(Learner(config, prepare(config)))
    for step in [steps.take() for _ in range(5)]:  # into the second epoch
        for name in ("layers.1.weight", "layers.1.bias"):
            after = step.after[name].reshape(-1)
            largest = int(np.abs(step.gradients[name]).argmax())
            for place in (0, largest, after.size - 1):
                worked_out = arithmetic(config, step, name, place)
                assert worked_out.value == pytest.approx(after[place], rel=2e-4, abs=2e-7)
                assert worked_out.lines[-1].startswith("new w = ")
        assert not np.array_equal(step.before["layers.1.weight"], step.after["layers.1.weight"])


def test_the_steps_are_those_of_the_run_itself() -> None:
    config = small(dropout=0.0, epochs=2)
    steps = Steps(Learner(config, prepare(config)))
    taken = [steps.take() for _ in range(6)]
    assert [step.loss for step in taken] == pytest.approx(losses(events(config)), rel=1e-5)
    assert [step.number for step in taken] == [1, 2, 3, 4, 5, 6]
    for before, after in itertools.pairwise(taken):
        assert all(np.array_equal(before.after[name], after.before[name]) for name in after.before)
    first = taken[0]
    assert len(first.rows) == len(first.truth) == len(first.said) == 32
    assert first.norm == pytest.approx(
        np.sqrt(sum((gradient**2).sum() for gradient in first.gradients.values())), rel=1e-5
    )


def test_a_step_by_hand() -> None:
    config = small(optimizer="SGD", learning_rate=0.5)
    step = Steps(Learner(config, prepare(config))).take()
    weight, gradient = (float(values["layers.1.weight"][3, 400]) for values in (step.before, step.gradients))
    worked_out = arithmetic(config, step, "layers.1.weight", 3 * 784 + 400)
    assert worked_out.value == weight - 0.5 * gradient
