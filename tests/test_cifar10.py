"""CIFAR-10's archive, in small: made here as the original is."""

import errno
import io
import os
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz.data import cifar10
from dlviz.data.mnist import MissingData

RANDOM = np.random.default_rng(0)


def archive(folder: Path, count: int = 4, cut: int = 0) -> np.ndarray:
    """Write an archive of `count` pictures a part; the records of all training parts (n, 3073) uint8."""
    (folder / "cifar10").mkdir()
    names = [*cifar10.PARTS["train"], *cifar10.PARTS["test"]]
    parts = {name: RANDOM.integers(0, 10, (count, 3073), np.uint8) for name in names}
    with tarfile.open(folder / "cifar10" / cifar10.ARCHIVE, "w:gz") as file:
        for part, records in parts.items():
            content = records.tobytes()[: count * 3073 - cut]
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{part}.bin")
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return np.concatenate([parts[part] for part in cifar10.PARTS["train"]])


def test_pictures_are_the_archives_bytes_red_green_blue(tmp_path: Path) -> None:
    records = archive(tmp_path)
    images, labels = cifar10.pictures("train", tmp_path)
    assert images.shape == (20, 3, 32, 32)
    assert images.dtype == torch.uint8
    assert labels.tolist() == records[:, 0].tolist()
    assert images[3, 2, 5, 7] == records[3, 1 + 2 * 1024 + 5 * 32 + 7]
    assert cifar10.pictures("test", tmp_path)[0].shape == (4, 3, 32, 32)


def test_an_archive_that_is_missing_or_damaged_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="CIFAR-10 is not here"):
        cifar10.pictures("train", tmp_path)
    archive(tmp_path, cut=5)
    with pytest.raises(MissingData, match="archive is damaged"):
        cifar10.pictures("train", tmp_path)
    (tmp_path / "cifar10" / cifar10.ARCHIVE).write_bytes(b"no archive")
    with pytest.raises(MissingData, match="archive is damaged"):
        cifar10.pictures("train", tmp_path)


def test_a_download_that_breaks_off_leaves_no_half_of_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dlviz.vision_operators  # noqa: F401

    from torchvision.datasets import utils

    def half(url: str, root: str, filename: str, md5: str) -> None:
        (Path(root) / filename).write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "cifar10").mkdir()
    monkeypatch.setattr(utils, "download_url", half)
    with pytest.raises(MissingData, match=r"^CIFAR-10 needs 170 MB, and the disk is full\. Make room on it"):
        list(cifar10.fetch(tmp_path))
    assert list((tmp_path / "cifar10").iterdir()) == []
    assert not cifar10.is_here(tmp_path)
    archive_folder = tmp_path / "whole"
    archive_folder.mkdir()
    archive(archive_folder)
    assert cifar10.is_here(archive_folder)


def test_without_a_network_it_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(_: Path) -> None:
        raise OSError("no network")

    monkeypatch.setattr(cifar10, "_download", no_network)
    with pytest.raises(MissingData, match="this task needs the internet once"):
        list(cifar10.fetch(tmp_path))
