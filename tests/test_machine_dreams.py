"""Dreams at the checkpoints of a run, in the time machine."""

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.training.runs.store import UnknownRun
from dlviz.training.state import BadState
from dlviz.ui.labs.training.time_machine import captions, dreams
from dlviz.ui.labs.training.time_machine.dreams import dream_at
from dlviz.ui.labs.training.time_machine.film import NetworkInput
from dlviz.ui.runs.checkpoints import Checkpoint

DRAWING = NetworkInput.from_picture(np.zeros((28, 28), np.float32))


def checkpoint(model: nn.Module) -> Checkpoint:
    return Checkpoint(model, type(model).__name__, {}, 3)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [("MLP", {"hidden_size": 8}), ("DigitTransformer", {"embed_size": 8, "heads": 2, "depth": 1})],
)
def test_every_network_that_reads_whole_pictures_dreams_of_a_class(
    name: str, sizes: dict[str, object]
) -> None:
    model = weights.build(name, sizes, 0)
    dreamed = dream_at(checkpoint(model), DRAWING, 4)
    assert dreamed is not None
    with torch.no_grad():
        blank, logits = model(-torch.ones(1, 1, 28, 28))[0, 4], model(2 * dreamed.pictures - 1)[:, 4]
    torch.testing.assert_close(logits, dreamed.values)
    assert float(logits[0]) > float(blank)


def test_a_checkpoint_dreams_the_same_each_time() -> None:
    model = weights.build("MLP", {"hidden_size": 8}, 0)
    first, again = (dream_at(checkpoint(model), DRAWING, 4) for _ in range(2))
    assert first is not None
    assert again is not None
    assert torch.equal(first.pictures, again.pictures)


@pytest.mark.parametrize("problem", [BadState("It is damaged."), UnknownRun("It is gone.")])
def test_a_checkpoint_that_has_gone_dreams_of_nothing(
    problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(run: str, step: int) -> Checkpoint:
        raise problem

    monkeypatch.setattr(dreams, "load_checkpoint", load)
    assert dreams.dream_after("0" * 20, 3, DRAWING, 4) is None


def test_a_checkpoint_whose_numbers_mean_nothing_dreams_of_nothing() -> None:
    model = weights.build("MLP", {"hidden_size": 8}, 0)
    next(model.parameters()).data[:] = float("nan")
    assert dream_at(checkpoint(model), DRAWING, 4) is None


def test_what_is_said_names_the_first_dream_and_the_last() -> None:
    assert captions.dreams("7", {0: 0.5, 1000: 12.25, 2000: 30.0}) == (
        "Under each dream: the logit of 7. After step 0 it reaches 0.5; after step 2,000, 30."
    )
    assert (
        captions.dreams("7", {0: -0.5}) == "Under each dream: the logit of 7. After step 0 it reaches −0.5."
    )
