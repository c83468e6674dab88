"""MNIST: 60,000 training and 10,000 test digits, 28×28 grey (LeCun, Cortes and Burges)."""

from functools import cache
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from dlviz.data import idx
from dlviz.data.downloads import FOLDER as DOWNLOADS
from dlviz.data.idx import MissingData
from dlviz.paths import ASSETS

__all__ = ["DOWNLOADS", "EMBEDDED", "MD5", "MissingData", "Split", "digits"]

Split = Literal["train", "test"]

EMBEDDED = ASSETS / "data" / "mnist"
# Of the unpacked files, images then labels.
MD5 = {
    "train": {
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    },
    "test": {
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
}


@cache
def digits(split: Split, embedded: Path = EMBEDDED, downloads: Path = DOWNLOADS) -> tuple[Tensor, Tensor]:
    """Images (n, 28, 28) uint8 and labels (n,) int64 of a split, in MNIST's own order.

    Unpacked once, in memory. The tensors are shared: do not write into them.

    Raises: MissingData if the embedded files are damaged, or absent and not to be downloaded.
    """
    if not all((embedded / f"{name}.gz").exists() for name in MD5[split]):
        return _download(split, downloads)
    (images, images_md5), (labels, labels_md5) = MD5[split].items()
    return (
        idx.images(embedded / f"{images}.gz", images_md5, "MNIST"),
        idx.labels(embedded / f"{labels}.gz", labels_md5, "MNIST"),
    )


def _download(split: Split, folder: Path) -> tuple[Tensor, Tensor]:
    import dlviz.vision_operators  # noqa: F401

    from torchvision.datasets import MNIST

    try:
        data = MNIST(folder, train=split == "train", download=True)
    except (OSError, RuntimeError, ValueError, AssertionError) as error:
        raise MissingData(
            "MNIST is not here and could not be downloaded: put its four .gz files into assets/data/mnist."
        ) from error
    return data.data, data.targets.to(torch.int64)
