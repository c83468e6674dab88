"""One step of training, taken apart: the batch, the gradients, the weights, the optimizer's arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dlviz.training.config import TrainingConfig
from dlviz.training.measuring import flat
from dlviz.training.trainer_state import Learner
from dlviz.ui.text_format.numbers import number

BETA1, BETA2, ALPHA, EPSILON = 0.9, 0.999, 0.99, 1e-8  # PyTorch's own, which the project's optimizers keep

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class OneStep:
    """A step that a learner has taken.

    Args:
        number: of the step, from 1.
        rows: (batch,) of the training examples.
        truth, said: (answers,) classes before the step; of a text every character is an answer.
        loss, loss_after: of this batch before and after the step, measured without dropout or augmentation.
        rate, norm: learning rate, and length of the gradient before clipping.
        before, gradients, after: parameter's name -> its values, of the parameter's shape; gradients clipped.
        memory: parameter's name -> what the optimizer remembered of it before the step.
    """

    number: int
    rows: np.ndarray
    truth: np.ndarray
    said: np.ndarray
    loss: float
    loss_after: float
    rate: float
    norm: float | None
    before: Arrays
    gradients: Arrays
    after: Arrays
    memory: Mapping[str, Arrays]


@dataclass(frozen=True)
class Arithmetic:
    """Way to one weight's new value: lines to read, and the value."""

    lines: tuple[str, ...]
    value: float


class Steps:
    """The batches of a learner's epochs, one after the other, from where it stands."""

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self._rows = learner.order()

    def take(self) -> OneStep:
        """Take the next step; after an epoch's last batch the next epoch begins."""
        learner = self.learner
        rows = self._rows[learner.progress.place]
        before, memory = _values(learner), _memory(learner)
        loss, truth, said = _answer(learner, rows)
        learned = learner.learn(rows)
        gradients = {
            name: parameter.grad.cpu().numpy().copy()
            for name, parameter in learner.model.named_parameters()
            if parameter.grad is not None
        }
        after, (loss_after, _, _) = _values(learner), _answer(learner, rows)
        number = learner.progress.step
        if learner.progress.place == learner.steps:
            learner.end_epoch(math.inf)
            self._rows = learner.order()
        return OneStep(
            number,
            rows.numpy(),
            truth,
            said,
            loss,
            loss_after,
            learned.rate,
            learned.norm,
            before,
            gradients,
            after,
            memory,
        )


@torch.inference_mode()
def _answer(learner: Learner, rows: Tensor) -> tuple[float, np.ndarray, np.ndarray]:
    """Loss of a batch as it is measured, its true classes (answers,) and what the network says (answers,)."""
    from dlviz.training.tasks.examples import unchanged

    x, targets = unchanged(learner.task.training).batch(rows)
    logits, targets = flat(learner.model.eval()(x.to(learner.config.device)).cpu(), targets)
    loss = torch.nn.functional.cross_entropy(logits, targets).item()
    return loss, targets.numpy(), logits.argmax(1).numpy()


def _values(learner: Learner) -> dict[str, np.ndarray]:
    return {name: each.detach().cpu().numpy().copy() for name, each in learner.model.named_parameters()}


def _memory(learner: Learner) -> dict[str, dict[str, np.ndarray]]:
    return {
        name: {
            what: value.detach().cpu().numpy().copy()
            for what, value in learner.optimizer.state.get(parameter, {}).items()
            if isinstance(value, Tensor)
        }
        for name, parameter in learner.model.named_parameters()
    }


def arithmetic(config: TrainingConfig, step: OneStep, name: str, place: int) -> Arithmetic:
    """Work out the new value of one weight as the optimizer does.

    Args:
        name: of the parameter.
        place: of the weight among the parameter's values, counted through (row by row).
    """
    weight, gradient = (float(values[name].reshape(-1)[place]) for values in (step.before, step.gradients))
    memory = step.memory[name]

    def remembered(what: str) -> float:
        return float(memory[what].reshape(-1)[place]) if what in memory else 0.0

    lines = [f"w = {_n(weight)}, gradient g = {_n(gradient)}, learning rate {_n(step.rate)}"]
    decay, rate = config.weight_decay, step.rate
    if decay and config.optimizer == "AdamW":
        shrunk = weight - rate * decay * weight
        lines.append(f"weight decay: w ← w − {_n(rate)} · {_n(decay)} · w = {_n(shrunk)}")
        weight = shrunk
    elif decay:
        pulled = gradient + decay * weight
        lines.append(f"weight decay: g ← {_n(gradient)} + {_n(decay)} · {_n(weight)} = {_n(pulled)}")
        gradient = pulled
    match config.optimizer:
        case "SGD":
            move = gradient
        case "momentum" | "Nesterov":
            move = _roll(config, gradient, memory, remembered("momentum_buffer"), lines)
        case "RMSprop":
            before = remembered("square_avg")
            square = ALPHA * before + (1 - ALPHA) * gradient**2
            lines.append(f"v = {ALPHA} · {_n(before)} + {_n(1 - ALPHA)} · g² = {_n(square)}")
            move = gradient / (math.sqrt(square) + EPSILON)
            lines.append(f"step = g / (√v + 10⁻⁸) = {_n(move)}")
        case _:
            count = remembered_count(memory) + 1
            move = _adapt(gradient, remembered("exp_avg"), remembered("exp_avg_sq"), count, lines)
    value = weight - rate * move
    lines.append(f"new w = {_n(weight)} − {_n(rate)} · {_n(move)} = {_n(value)}")
    return Arithmetic(tuple(lines), value)


def remembered_count(memory: Arrays) -> int:
    """Steps that the optimizer has counted for a parameter so far."""
    return int(memory["step"]) if "step" in memory else 0


def _roll(config: TrainingConfig, gradient: float, memory: Arrays, before: float, lines: list[str]) -> float:
    """Momentum's step; the first is the gradient itself."""
    if "momentum_buffer" not in memory:
        velocity = gradient
        lines.append(f"first step: b = g = {_n(velocity)}")
    else:
        velocity = config.momentum * before + gradient
        lines.append(f"b = {_n(config.momentum)} · {_n(before)} + g = {_n(velocity)}")
    if config.optimizer == "momentum":
        return velocity
    ahead = gradient + config.momentum * velocity
    lines.append(f"Nesterov looks ahead: g + {_n(config.momentum)} · b = {_n(ahead)}")
    return ahead


def _adapt(gradient: float, mean: float, square: float, count: int, lines: list[str]) -> float:
    """Adam's step: the mean of the gradients over the root of the mean of their squares, both corrected."""
    m = BETA1 * mean + (1 - BETA1) * gradient
    v = BETA2 * square + (1 - BETA2) * gradient**2
    corrected, spread = m / (1 - BETA1**count), v / (1 - BETA2**count)
    move = corrected / (math.sqrt(spread) + EPSILON)
    lines += [
        f"m = {BETA1} · {_n(mean)} + {_n(1 - BETA1)} · g = {_n(m)}",
        f"v = {BETA2} · {_n(square)} + {_n(1 - BETA2)} · g² = {_n(v)}",
        f"step {count:,}: m / (1 − {BETA1}^{count}) = {_n(corrected)}",
        f"step {count:,}: v / (1 − {BETA2}^{count}) = {_n(spread)}",
        f"step = {_n(corrected)} / (√{_n(spread)} + 10⁻⁸) = {_n(move)}",
    ]
    return move


def _n(value: float) -> str:
    return number(value, ".5g")
