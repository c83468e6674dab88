"""The time machine's question to a run's network, as a plain PyTorch script for downloaded weights."""

from collections.abc import Mapping, Sequence

import numpy as np

from dlviz.networks import NETWORKS
from dlviz.scripts.templates import fill, pack

PICTURE = """\
PIXELS = {packed!r}  # bytes, packed
x = torch.tensor(list(zlib.decompress(base64.b64decode(PIXELS)))).reshape({shape}) / 255
x = (x - 0.5) / 0.5"""
SYMBOLS = "x = F.one_hot(torch.tensor([{indices}]), 8).float()[:, None]  # one symbol a step"
INDICES = "x = torch.tensor([{indices}])  # of the words or characters among those it knows"


def picture(pixels: np.ndarray) -> str:
    """Write lines for a picture (height, width) or (colours, height, width) in [0, 1], kept at eight bits."""
    shape = (1, *pixels.shape) if pixels.ndim == 3 else (1, 1, *pixels.shape)
    return PICTURE.format(packed=pack((pixels * 255).round(), "u1"), shape=shape)


def indices(read: Sequence[int]) -> str:
    """Write a line for words or characters by their numbers."""
    return INDICES.format(indices=list(map(int, read)))


def symbols(read: Sequence[int]) -> str:
    """Write a line for a sequence of the memory task's symbols by their numbers."""
    return SYMBOLS.format(indices=list(map(int, read)))


def checkpoint_script(
    class_name: str, arguments: Mapping[str, object], classes: Sequence[str], asked: str
) -> str:
    """Write a script that prints a network's answer at each checkpoint, and the way of its weights.

    Args:
        class_name, arguments: of the network, as `weights.build` takes them.
        classes: the names of its answers.
        asked: lines that make the input `x`, by `picture`, `symbols` or `indices`.
    """
    heads = int(str(arguments.get("heads", 4)))  # no shape tells them
    network = fill(f"networks/{NETWORKS[class_name].checkpoint_script}", heads=heads)
    code = {"title": class_name, "input": asked, "network": network}
    return fill("checkpoints", code, classes=list(map(str, classes)))
