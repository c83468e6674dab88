"""Transfer learning: start from trained layers, freeze some of them, and put a new head on top."""

import torch
from torch import Tensor, nn

from dlviz import weights
from dlviz.networks import NETWORKS
from dlviz.training.config import TrainingConfig
from dlviz.training.tasks import BadTask


def start_from(model: nn.Module, name: str) -> None:
    """Copy a weights file of the project into all layers but the last, which stays as it is: a new head.

    Raises: BadTask if the file is missing, damaged, or of another network.
    """
    try:
        trained = weights.load(name)
    except weights.BadWeights as error:
        raise BadTask(str(error)) from error
    own = model.state_dict()
    head = len(list(last_layer(model).parameters()))
    kept = dict(list(trained.state_dict().items())[:-head])
    if any(name not in own or own[name].shape != values.shape for name, values in kept.items()):
        raise BadTask(f"The weights {name} belong to another network.")
    model.load_state_dict(own | kept)


def put_old_head_back(tuned: nn.Module, name: str) -> nn.Module:
    """Put the last layer of the start, a weights file of the project, on the layers that learned since.

    Without its head a network has no answer to its old task; this asks what the layers below still know.
    """
    old = weights.load(name)
    below = len(old.state_dict()) - len(list(last_layer(old).parameters()))
    old.load_state_dict(old.state_dict() | dict(list(tuned.state_dict().items())[:below]))
    return old


@torch.inference_mode()
def is_right(model: nn.Module, images: Tensor, labels: Tensor, batch: int = 100) -> Tensor:
    """Find which pictures (n, 1, 28, 28), normalised, are named right: (n,) bool."""
    answers = [model.eval()(some).argmax(1) for some in images.split(batch)]
    return torch.cat(answers) == labels


def last_layer(model: nn.Module) -> nn.Module:
    """Find the last layer with weights: the head."""
    return [module for module in model.modules() if list(module.parameters(recurse=False))][-1]


def freeze(model: nn.Module, config: TrainingConfig, epoch: int) -> None:
    """Let only those layers learn that the config unfreezes in this epoch, counted from 1."""
    layers = NETWORKS[config.model].layers
    if not layers:
        return
    first = layers[-1] if epoch <= config.head_epochs else config.unfreeze_from or layers[0]
    for place, layer in enumerate(layers):
        model.get_submodule(layer).requires_grad_(place >= layers.index(first))


def count_parameters(model: nn.Module) -> tuple[int, int]:
    """Count the parameters that learn, and those that are frozen."""
    counts = [(parameter.numel(), parameter.requires_grad) for parameter in model.parameters()]
    return sum(n for n, learns in counts if learns), sum(n for n, learns in counts if not learns)
