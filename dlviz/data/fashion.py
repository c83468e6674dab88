"""Fashion-MNIST: pieces of clothing, 28×28 grey, in ten classes.

Source: Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
Algorithms".
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from dlviz.data import downloads, idx
from dlviz.data.mnist import MissingData, Split
from dlviz.paths import ASSETS

EMBEDDED = ASSETS / "data" / "fashion-mnist"
CLASSES = (
    "T-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
BYTES = 30_878_645  # of the whole, packed
# Of the unpacked files of the part that is embedded, images then labels.
MD5 = {
    "train": {
        "train-images-idx3-ubyte": "80ef74b7ca327788fd36ec8bbfb44dec",
        "train-labels-idx1-ubyte": "8adce41b490730713ebaa376570227e8",
    },
    "test": {
        "t10k-images-idx3-ubyte": "9eeacc531ecee945af3c46a585c38eaf",
        "t10k-labels-idx1-ubyte": "fe6d966ef5e3e8fe5a90d32fbd30b094",
    },
}


@cache
def clothes(split: Split, embedded: Path = EMBEDDED) -> tuple[Tensor, Tensor]:
    """Embedded pictures (n, 28, 28) uint8 and labels (n,) int64: 12,000 to train on, 2,000 to test on.

    Each run of ten pictures has one of each class. The tensors are shared: do not write into them.

    Raises: MissingData if the embedded files are damaged or absent.
    """
    (images, images_md5), (labels, labels_md5) = MD5[split].items()
    return (
        idx.images(embedded / f"{images}.gz", images_md5, "Fashion-MNIST"),
        idx.labels(embedded / f"{labels}.gz", labels_md5, "Fashion-MNIST"),
    )


@cache
def whole(split: Split, folder: Path = downloads.FOLDER) -> tuple[Tensor, Tensor]:
    """Pictures (n, 28, 28) uint8 and labels (n,) int64 of the whole set, 60,000 or 10,000, if fetched.

    Raises: MissingData if they have not.
    """
    try:
        data = _dataset(split, folder, download=False)
    except RuntimeError as error:
        raise MissingData("The whole of Fashion-MNIST is not here.") from error
    return data.data, data.targets.to(torch.int64)


def is_here(folder: Path = downloads.FOLDER) -> bool:
    """True if the whole set has been fetched."""
    raw = folder / "FashionMNIST" / "raw"
    return all((raw / name).exists() for files in MD5.values() for name in files)


def fetch(folder: Path = downloads.FOLDER) -> Iterator[tuple[int, int]]:
    """Download the whole set unless it is there, and yield the bytes so far and in all.

    Raises: MissingData if there is no network, or no room on the disk.
    """
    try:
        whole("train", folder)
    except MissingData:
        fetching = downloads.watch(
            lambda: _dataset("train", folder, download=True), folder / "FashionMNIST", BYTES
        )
        try:
            yield from fetching
        except (OSError, RuntimeError, ValueError) as error:
            no_network = (
                "The whole of Fashion-MNIST is not here and could not be downloaded: "
                "learn from at most 10,000 pictures, which are here."
            )
            reason = downloads.explain(error, "The whole of Fashion-MNIST", BYTES, no_network)
            raise MissingData(reason) from error


def _dataset(split: Split, folder: Path, download: bool):
    import dlviz.vision_operators  # noqa: F401

    from torchvision.datasets import FashionMNIST

    return FashionMNIST(folder, train=split == "train", download=download)
