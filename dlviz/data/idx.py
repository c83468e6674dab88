"""IDX, the format of MNIST and Fashion-MNIST: a header, four bytes and four more a dimension, then bytes."""

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


class MissingData(RuntimeError):
    """A data set is neither embedded nor to be downloaded; the message says what to do."""


def images(file: Path, md5: str, whose: str) -> Tensor:
    """Read the pictures of a gzipped file: (n, 28, 28) uint8.

    Args:
        md5: of the unpacked content.
        whose: the data set's name.
    Raises: MissingData if the file is damaged or another one.
    """
    return torch.from_numpy(_unpack(file, md5, whose)[16:].reshape(-1, 28, 28))


def labels(file: Path, md5: str, whose: str) -> Tensor:
    """Read the labels of a gzipped file: (n,) int64; arguments and errors as of `images`."""
    return torch.from_numpy(_unpack(file, md5, whose)[8:].astype(np.int64))


def _unpack(file: Path, md5: str, whose: str) -> np.ndarray:
    try:
        content = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise MissingData(f"{file} cannot be unpacked: restore it from the project's repository.") from error
    if hashlib.md5(content).hexdigest() != md5:
        raise MissingData(f"{file} is not {whose}'s own: restore it from the project's repository.")
    return np.frombuffer(bytearray(content), np.uint8)
