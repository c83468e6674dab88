"""CIFAR-10: 60,000 colour pictures of 32×32 in ten classes, downloaded when asked for.

Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
"""

import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dlviz.data import downloads
from dlviz.data.mnist import MissingData, Split

CLASSES = ("aeroplane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "lorry")
# The version for C programs: plain bytes, where the one for Python is a pickle.
URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
PART = "cifar-10-binary.part"  # the archive while it is coming
ARCHIVE, MD5, BYTES = "cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", 170_052_171
PARTS = {"train": [f"data_batch_{part}" for part in range(1, 6)], "test": ["test_batch"]}
RECORD = 1 + 3 * 32 * 32  # bytes: the class, then red, green and blue


@cache
def pictures(split: Split, folder: Path = downloads.FOLDER) -> tuple[Tensor, Tensor]:
    """Pictures (n, 3, 32, 32) uint8 and labels (n,) int64 of a split, if they have been fetched.

    Raises: MissingData if they have not, or the archive is damaged.
    """
    try:
        with tarfile.open(folder / "cifar10" / ARCHIVE) as archive:
            parts = [_member(archive, part) for part in PARTS[split]]
        records = np.frombuffer(bytearray(b"".join(parts)), np.uint8).reshape(-1, RECORD)
    except (OSError, tarfile.TarError, EOFError, KeyError, ValueError) as error:
        raise MissingData("CIFAR-10 is not here, or its archive is damaged.") from error
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).copy())
    return images, torch.from_numpy(records[:, 0].astype(np.int64))


def _member(archive: tarfile.TarFile, part: str) -> bytes:
    """Read a file of the archive in memory, so that no path of the archive is ever used."""
    file = archive.extractfile(f"cifar-10-batches-bin/{part}.bin")
    return file.read() if file else b""


def is_here(folder: Path = downloads.FOLDER) -> bool:
    """True if the archive has been fetched."""
    return (folder / "cifar10" / ARCHIVE).exists()


def fetch(folder: Path = downloads.FOLDER) -> Iterator[tuple[int, int]]:
    """Download the archive unless it is there, and yield the bytes so far and in all.

    Raises: MissingData if there is no network, or no room on the disk.
    """
    own = folder / "cifar10"
    try:
        yield from downloads.watch(lambda: _download(own), own, BYTES)
    except (OSError, RuntimeError, ValueError) as error:
        no_network = "CIFAR-10 is not here and could not be downloaded: this task needs the internet once."
        raise MissingData(downloads.explain(error, "CIFAR-10", BYTES, no_network)) from error


def _download(folder: Path) -> None:
    import dlviz.vision_operators  # noqa: F401

    from torchvision.datasets.utils import check_integrity, download_url

    if check_integrity(folder / ARCHIVE, MD5):
        return
    try:
        download_url(URL, str(folder), PART, MD5)
        (folder / PART).replace(folder / ARCHIVE)
    finally:
        (folder / PART).unlink(missing_ok=True)
