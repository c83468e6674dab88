"""MNIST: 60,000 training and 10,000 test digits, 28×28 grey (LeCun, Cortes, Burges)."""

import gzip
import hashlib
import zlib
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from dlviz.paths import ASSETS

Split = Literal["train", "test"]

EMBEDDED = ASSETS / "data" / "mnist"
DOWNLOADS = Path.home() / ".cache" / "dlviz"
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


class MissingData(RuntimeError):
    """A data set is neither embedded nor to be downloaded; the message says what to do."""


@cache
def digits(split: Split, embedded: Path = EMBEDDED, downloads: Path = DOWNLOADS) -> tuple[Tensor, Tensor]:
    """The images (n, 28, 28) uint8 and labels (n,) int64 of a split, in MNIST's own order.

    Unpacked once, in memory. The tensors are shared: do not write into them.

    Raises: MissingData if the embedded files are damaged, or absent and not to be downloaded.
    """
    names = list(MD5[split])
    if not all((embedded / f"{name}.gz").exists() for name in names):
        return _download(split, downloads)
    images, labels = (_unpack(embedded / f"{name}.gz", MD5[split][name]) for name in names)
    # IDX: a header of four bytes and four more a dimension, then the values.
    return (
        torch.from_numpy(images[16:].reshape(-1, 28, 28)),
        torch.from_numpy(labels[8:].astype(np.int64)),
    )


def _unpack(file: Path, md5: str) -> np.ndarray:
    try:
        content = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise MissingData(f"{file} cannot be unpacked: restore it from the project's repository.") from error
    if hashlib.md5(content).hexdigest() != md5:
        raise MissingData(f"{file} is not MNIST's own: restore it from the project's repository.")
    return np.frombuffer(bytearray(content), np.uint8)


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
