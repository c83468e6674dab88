import gzip
import shutil
from pathlib import Path

import pytest
import torch

from dlviz.data import mnist
from dlviz.data.mnist import EMBEDDED, MissingData, digits

IMAGES, LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"


@pytest.fixture
def embedded(tmp_path: Path) -> Path:
    """A copy of the test split that may be damaged."""
    folder = tmp_path / "embedded"
    folder.mkdir()
    for name in (IMAGES, LABELS):
        shutil.copyfile(EMBEDDED / f"{name}.gz", folder / f"{name}.gz")
    return folder


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Where torchvision keeps MNIST unpacked; empty files of the split that is not asked for."""
    folder = tmp_path / "downloads" / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for name in (IMAGES, LABELS):
        (folder / name).write_bytes(gzip.decompress((EMBEDDED / f"{name}.gz").read_bytes()))
    for name in mnist.MD5["train"]:
        (folder / name).touch()
    return folder


@pytest.mark.parametrize(
    ("split", "count", "first"),
    [("train", 60_000, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]), ("test", 10_000, [7, 2, 1, 0, 4, 1, 4, 9, 5, 9])],
)
def test_digits_come_in_mnists_own_order(split: mnist.Split, count: int, first: list[int]) -> None:
    images, labels = digits(split)
    assert images.shape == (count, 28, 28)
    assert images.dtype == torch.uint8
    assert labels.dtype == torch.int64
    assert labels[:10].tolist() == first


def test_the_training_split_has_mnists_mean_and_counts() -> None:
    images, labels = digits("train")
    assert (images.double().mean() / 255).item() == pytest.approx(0.1307, abs=5e-5)
    assert labels.bincount().tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def test_a_split_is_unpacked_once() -> None:
    assert digits("test")[0] is digits("test")[0]


@pytest.mark.parametrize("name", [IMAGES, LABELS])
@pytest.mark.parametrize(
    "damage", ["truncated", "a flipped byte", "a broken block", "no gzip", "other content"]
)
def test_a_damaged_file_is_named(embedded: Path, name: str, damage: str) -> None:
    file = embedded / f"{name}.gz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged = {
        "truncated": file.read_bytes()[:-100],
        "a flipped byte": content,
        "a broken block": gzip.compress(b"")[:10] + b"\xff" * 20,
        "no gzip": b"<html>",
        "other content": gzip.compress(bytes(7_840_016)),
    }
    file.write_bytes(damaged[damage])
    with pytest.raises(MissingData, match=rf"{name}\.gz .*restore it from the project's repository\.$"):
        digits("test", embedded)


def test_missing_files_are_read_through_torchvision(raw: Path, tmp_path: Path) -> None:
    images, labels = digits("test", tmp_path / "nothing here", raw.parents[1])
    assert torch.equal(images, digits("test")[0])
    assert torch.equal(labels, digits("test")[1])
    assert labels.dtype == torch.int64


def test_missing_files_that_cannot_be_downloaded_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dlviz.vision_operators  # noqa: F401

    from torchvision.datasets import MNIST

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(MissingData, match=r"^MNIST is not here .*: put its four \.gz files into [a-z/]+\.$"):
        digits("test", tmp_path / "nothing here", tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>", bytes(7_840_016), b"\0\0\x08\x03\0\0\x27\x10"])
def test_a_broken_download_is_one_sentence(raw: Path, tmp_path: Path, content: bytes) -> None:
    (raw / IMAGES).write_bytes(content)
    with pytest.raises(MissingData, match=r"could not be downloaded"):
        digits("test", tmp_path / "nothing here", raw.parents[1])
