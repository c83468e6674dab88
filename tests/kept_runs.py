"""Runs as they lie in a store, with a checkpoint of random weights: nothing was trained."""

from dataclasses import replace

import torch
from torch import nn

from dlviz import weights
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.owner import hashed, new_token
from dlviz.training.runs.store import Store
from dlviz.training.state import Progress, State

STEP = 7
DIGITS = list("0123456789")
COLOURS = TrainingConfig(task="cifar10", model="ColourCNN")


def network(name: str, classes: int, seed: int = 0, **sizes: int) -> nn.Module:
    """A network whose norms, if it has any, are not the identity."""
    model = weights.build(name, {"num_classes": classes, **sizes}, seed)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
                for part in (layer.running_mean, layer.running_var, layer.weight, layer.bias):
                    assert part is not None
                    part.copy_(torch.rand(part.shape, generator=generator) + 0.1)
    return model


def kept(
    store: Store,
    name: str = "SimpleCNN",
    classes: list[str] = DIGITS,
    task: str = "digits",
    shuffle: int | None = None,
    **sizes: int,
) -> str:
    """A run of that network, which has seen STEP batches."""
    config = COLOURS if task == "cifar10" else replace(TrainingConfig(), task=task, shuffle=shuffle)
    run = store.create(config.to_json(), hashed(new_token()), "")
    facts: dict[str, object] = {"classes": classes}
    if shuffle is not None:
        facts["shuffle"] = shuffle
    arguments: dict[str, object] = {"num_classes": len(classes), **sizes}
    model = network(name, len(classes), **sizes)
    state = State(config, name, arguments, facts, Progress(step=STEP), model.state_dict(), {}, {}, {})
    file = checkpoints.path(store.folder(run), STEP)
    file.parent.mkdir()
    state.save(file)
    with Journal(store.folder(run)) as journal:
        journal.write({"kind": "start", "network": name, **facts})
        journal.write({"kind": "checkpoint", "step": STEP, "epoch": 0})
    return run
