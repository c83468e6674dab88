"""All that is measured of a tuned network and its frozen twin: plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import TRANSFERS
from dlviz.ui.labs.transfer.what_changed.state import BELOW, SHIFTS

if TYPE_CHECKING:
    from torch import Tensor, nn

TESTED, ALIKE, SAMPLED = 1_000, 200, 500  # test pictures: for accuracies, for CKA, for the curve
POINTS = 8  # of the curve
OLD_TASKS = {each.start: (each.old_task, each.old_classes) for each in TRANSFERS.values()}


@dataclass(frozen=True, eq=False)
class TunedNetwork:
    """A network as its run has trained it.

    Args:
        config: of the run.
        fresh: before the first step: the start's layers under a new head.
        model: after the last step.
    """

    config: TrainingConfig
    fresh: nn.Module = field(repr=False)
    model: nn.Module = field(repr=False)


@dataclass(frozen=True, eq=False)
class Tasks:
    """Test pictures (n, 28, 28) uint8 of two tasks, and their labels (n,)."""

    old_images: Tensor
    old_labels: Tensor
    new_images: Tensor
    new_labels: Tensor


@dataclass(frozen=True, eq=False)
class Change:
    """Change that training has made to one network.

    Args:
        weights: layer below the head -> ‖ΔW‖ / ‖W‖.
        similar: layer below the head -> linear CKA of its values before and after, for test pictures.
        equal: layers below the head whose weights are the same, bit for bit.
        forgotten, won: pictures of the old task that were right before and are wrong after, and the reverse.
        old_before, old_after, new_before, new_after: accuracies on the test pictures of both tasks.
    """

    weights: Mapping[str, float]
    similar: Mapping[str, float]
    equal: tuple[str, ...]
    forgotten: int
    won: int
    old_before: float
    old_after: float
    new_before: float
    new_after: float


@dataclass(frozen=True)
class Shifted:
    """Two networks on the same shifted test pictures.

    Args:
        plain: accuracy of each on the pictures as they are, the tuned one first.
        shifted: on the shifted ones.
        only_tuned, only_frozen: shifted pictures that one names right and the other does not.
        tested: number of pictures.
    """

    plain: tuple[float, float]
    shifted: tuple[float, float]
    only_tuned: int
    only_frozen: int
    tested: int


def read_tasks(config: TrainingConfig) -> Tasks:
    """Read the test pictures of what a run has learned, and of what its start had learned before.

    Raises: MissingData.
    """
    return Tasks(*_test_pictures(*OLD_TASKS[config.start]), *_test_pictures(config.task, config.classes))


@lru_cache(maxsize=8)
def _test_pictures(task: str, classes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    from dlviz.data import fashion, mnist
    from dlviz.training.tasks.few_examples import keep_classes

    images, labels = mnist.digits("test") if task == "digits" else fashion.clothes("test")
    if classes:
        images, labels = keep_classes(images, labels, classes)
    return images[:TESTED], labels[:TESTED]


def measure_change(network: TunedNetwork, tasks: Tasks) -> Change:
    """Measure how far weights and values have moved, and what the network knows of both tasks."""
    from dlviz import weights
    from dlviz.data.digits import normalise
    from dlviz.training.transfer import is_right
    from dlviz.transfer.changes import compare_layers, have_equal_weights, measure_weight_changes

    start = weights.load(network.config.start)
    before, after = start.state_dict(), network.model.state_dict()
    new = normalise(tasks.new_images)
    changes = measure_weight_changes(before, after)
    similar = compare_layers(start, network.model, new[:ALIKE], BELOW)
    right = _old_task_right(network, tasks)
    return Change(
        {layer: changes[layer] for layer in BELOW},
        {layer: similar[layer] for layer in BELOW},
        tuple(layer for layer in BELOW if have_equal_weights(before, after, layer)),
        int((right[0] & ~right[1]).sum()),
        int((right[1] & ~right[0]).sum()),
        *(float(each.double().mean()) for each in right),
        *(
            float(is_right(model, new, tasks.new_labels).double().mean())
            for model in (network.fresh, network.model)
        ),
    )


def _old_task_right(network: TunedNetwork, tasks: Tasks) -> list[Tensor]:
    """Pictures of the old task that are named right, before and after: each (n,) bool."""
    from dlviz import weights
    from dlviz.data.digits import normalise
    from dlviz.training.transfer import is_right, put_old_head_back

    with_old_head = put_old_head_back(network.model, network.config.start)
    models = weights.load(network.config.start), with_old_head
    return [is_right(model, normalise(tasks.old_images), tasks.old_labels) for model in models]


def measure_loss(network: TunedNetwork, tasks: Tasks) -> int:
    """Count the old task’s pictures that turned from right to wrong, less those that turned the other way."""
    before, after = _old_task_right(network, tasks)
    return int(before.sum() - after.sum())


def measure_shift(tuned: nn.Module, frozen: nn.Module, tasks: Tasks, shift: str) -> Shifted:
    """Measure two networks on the new task's test pictures, as they are and shifted: both see the same."""
    from dlviz.data.digits import normalise
    from dlviz.training.transfer import is_right

    labels, count = tasks.new_labels, len(tasks.new_labels)
    plain, shifted = (
        [is_right(model, normalise(pictures), labels) for model in (tuned, frozen)]
        for pictures in (tasks.new_images, shift_pictures(tasks.new_images, shift))
    )
    return Shifted(
        (float(plain[0].double().mean()), float(plain[1].double().mean())),
        (float(shifted[0].double().mean()), float(shifted[1].double().mean())),
        int((shifted[0] & ~shifted[1]).sum()),
        int((shifted[1] & ~shifted[0]).sum()),
        count,
    )


def shift_pictures(images: Tensor, shift: str) -> Tensor:
    """Shift pictures (n, 28, 28) uint8, always in the same way: (n, 1, 28, 28) float in [0, 1]."""
    from dlviz.training.augmentation import preview

    return preview(images[:, None].float() / 255, SHIFTS[shift][1])


def measure_forgetting(
    models: Sequence[nn.Module], config: TrainingConfig, tasks: Tasks
) -> tuple[list[float], list[float]]:
    """Measure accuracies on the old task, by the old head, and on the new one, model by model."""
    from dlviz.data.digits import normalise
    from dlviz.training.transfer import is_right, put_old_head_back

    old, new = normalise(tasks.old_images[:SAMPLED]), normalise(tasks.new_images[:SAMPLED])
    old_labels, new_labels = tasks.old_labels[:SAMPLED], tasks.new_labels[:SAMPLED]
    on_old = [is_right(put_old_head_back(model, config.start), old, old_labels) for model in models]
    on_new = [is_right(model, new, new_labels) for model in models]
    return [float(each.double().mean()) for each in on_old], [float(each.double().mean()) for each in on_new]


def choose_steps(steps: Sequence[int], most: int = POINTS) -> list[int]:
    """Choose checkpoints at about even distances, the first and the last among them."""
    if len(steps) <= most:
        return list(steps)
    wanted = np.linspace(steps[0], steps[-1], most)
    return sorted({min(steps, key=lambda step, to=to: abs(step - to)) for to in wanted})


def read_maps(model: nn.Module, pixels: np.ndarray, layer: str) -> np.ndarray:
    """Maps (channels, height, width) of a layer for a picture (28, 28) in [0, 1]."""
    import torch

    from dlviz.data.digits import normalise
    from dlviz.trace import trace

    _, kept = trace(model, normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None]))
    return kept[layer][0]
