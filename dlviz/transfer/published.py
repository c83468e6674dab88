"""Downloads of the weights that torchvision publishes: only after a learner's click, checked, and kept.

They lie where torchvision itself looks for them, so that neither has to load them again.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.request import urlopen

import torch

from dlviz.transfer import NoBackbone

Progress = Callable[[float], object]

CHUNK = 1 << 16  # bytes
PATIENCE = 15  # seconds without a byte


@dataclass(frozen=True)
class Published:
    """A file of weights that PyTorch publishes.

    Args:
        title: for learners.
        url: of the file; its name ends in the beginning of its SHA-256.
        megabytes: of the file, to say before it is downloaded.
    """

    title: str
    url: str
    megabytes: int

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.url.rpartition("/")[2]

    @property
    def sha256(self) -> str:
        """Beginning of the file's SHA-256."""
        return self.file.removesuffix(".pth").rpartition("-")[2]


_SERVER = "https://download.pytorch.org/models"
# The weights that torchvision calls DEFAULT.
PUBLISHED: Mapping[str, Published] = {
    "resnet50": Published("ResNet-50", f"{_SERVER}/resnet50-11ad3fa6.pth", 103),
    "resnet18": Published("ResNet-18", f"{_SERVER}/resnet18-f37072fd.pth", 47),
    "mobilenet_v3_small": Published("MobileNetV3-Small", f"{_SERVER}/mobilenet_v3_small-047dcff4.pth", 10),
}


def is_here(name: str, folder: Path | None = None) -> bool:
    """True if a network's file was downloaded before, by this project or by torchvision itself."""
    return ((folder or _usual_folder()) / PUBLISHED[name].file).is_file()


def download(name: str, progress: Progress = lambda share: None, folder: Path | None = None) -> Path:
    """Download a network's weights unless they are here, unchanged, and return their file.

    Args:
        progress: called with the share of the file that has come.
        folder: of downloads; usually that of torchvision itself.
    Raises: NoBackbone if there is no network, the download breaks off, it is another file, or cannot be kept.
    """
    wanted = PUBLISHED[name]
    file = (folder or _usual_folder()) / wanted.file
    if _is_published(file, wanted):
        progress(1.0)
        return file
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # In a file of its own: two learners may ask at once, and what breaks off must not be taken for whole.
        handle, coming = tempfile.mkstemp(dir=file.parent, suffix=".partial")
    except OSError as error:
        raise NoBackbone(f"{wanted.title} cannot be kept: {file.parent} cannot be written.") from error
    try:
        with os.fdopen(handle, "wb") as into:
            _fetch(wanted, into, progress)
        if not _is_published(Path(coming), wanted):
            raise NoBackbone(
                f"The file that came is not the {wanted.title} that PyTorch published: it was thrown away."
            )
        os.replace(coming, file)
    finally:
        Path(coming).unlink(missing_ok=True)
    return file


def _usual_folder() -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints"


def _is_published(file: Path, wanted: Published) -> bool:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest().startswith(wanted.sha256)
    except OSError:
        return False


def _fetch(wanted: Published, into: BinaryIO, progress: Progress) -> None:
    come = total = 0
    try:
        with urlopen(wanted.url, timeout=PATIENCE) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            while chunk := answer.read(CHUNK):
                into.write(chunk)
                come += len(chunk)
                progress(min(1.0, come / total) if total else 0.0)
    except (OSError, HTTPException) as error:
        if not come:
            raise NoBackbone(
                f"{wanted.title} was not loaded before, and its server cannot be reached."
            ) from error
        raise _broken_off(wanted, come, total) from error
    if come < total:
        raise _broken_off(wanted, come, total)


def _broken_off(wanted: Published, come: int, total: int) -> NoBackbone:
    return NoBackbone(
        f"The download of {wanted.title} broke off after {come / 1e6:.1f} of {total / 1e6:.1f} MB: try again."
    )
