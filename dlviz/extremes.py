"""Extremes: of many pictures, those that excite each channel of a convolutional network most and least."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.data.digits import normalise
from dlviz.data.downloads import FOLDER as DOWNLOADS
from dlviz.receptive_field import Box
from dlviz.trace import recording
from dlviz.weights import BadWeights

FOLDER = DOWNLOADS / "extremes"
KEPT = 9  # pictures of each kind
MOST_FILES = 50  # of networks, of about 120 kB each: the oldest give way
BATCH = 100
PASSED_ON = (nn.ReLU, nn.MaxPool2d, nn.Dropout, nn.Flatten)  # these leave the order of excitement as it is


@dataclass(frozen=True, eq=False)
class Extremes:
    """Pictures that excite each channel of a stage most, or least, the most extreme first.

    Of equal pictures the first comes first.

    Args:
        pictures: (kept, channel) int64, their numbers.
        values: (kept, channel) float32 of the channel there.
        places: (kept, channel) int64, places on the flattened map, or 0.
    """

    pictures: np.ndarray
    values: np.ndarray
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class Found:
    """Extremes of all stages of a network that have weights.

    A picture counts by the most extreme place of a map (`place`), or by the mean of the whole map (`mean`);
    a channel without a map has its value either way.

    Args:
        most, least: (stage, `place` or `mean`) -> extremes.
        seen, count: pictures that were looked at, of how many.
    """

    most: Mapping[tuple[str, str], Extremes]
    least: Mapping[tuple[str, str], Extremes]
    seen: int
    count: int


def search(model: nn.Module, pictures: np.ndarray) -> Iterator[Found]:
    """Look for the extremes of every channel in one pass over the pictures, and give those found so far.

    Args:
        model: a convolutional network, in evaluation mode.
        pictures: (n, height, width) or (n, colours, height, width) uint8.
    Raises: BadWeights if a channel is no number.
    """
    most: dict[tuple[str, str], Extremes] = {}
    least: dict[tuple[str, str], Extremes] = {}
    for start in range(0, len(pictures), BATCH):
        x = normalise(torch.from_numpy(pictures[start : start + BATCH]))
        with torch.inference_mode(), recording() as kept:
            model(x)
        numbers = np.arange(start, start + len(x))
        for stage in looked_at(model, kept):
            maps = kept[stage].flatten(2) if kept[stage].ndim > 2 else kept[stage][..., None]
            if not maps.isfinite().all():
                raise BadWeights("Inside this network are numbers that mean nothing: nothing excites it.")
            for found, sign in ((most, 1), (least, -1)):
                values, places = (sign * maps).max(2)
                key = stage, "place"
                found[key] = _merge(found.get(key), numbers, sign * values, places, sign)
                key = stage, "mean"
                found[key] = _merge(found.get(key), numbers, maps.mean(2), torch.zeros_like(places), sign)
        yield Found(dict(most), dict(least), start + len(x), len(pictures))


def search_and_save(model: nn.Module, pictures: np.ndarray, file: Path) -> Iterator[Found]:
    """Look for extremes as `search` does, and keep them in a file at the end.

    Args:
        pictures: (n, height, width) or (n, colours, height, width) uint8.
    """
    for found in search(model, pictures):
        if found.seen == found.count:
            save(found, file)
        yield found


def looked_at(model: nn.Module, record: Mapping[str, object]) -> list[str]:
    """Stages of a record whose channels mean something of their own: not a ReLU, nor what follows it."""
    return [
        name for name in record if name != "input" and not isinstance(model.get_submodule(name), PASSED_ON)
    ]


def _merge(
    before: Extremes | None, numbers: np.ndarray, values: Tensor, places: Tensor, sign: int
) -> Extremes:
    """Extremes among those before and a batch: values and places (batch, channel)."""
    every = np.broadcast_to(numbers[:, None], values.shape)
    candidates = [(every, values.numpy(), places.numpy())]
    if before:
        candidates.insert(0, (before.pictures, before.values, before.places))
    joined = [np.concatenate(arrays) for arrays in zip(*candidates, strict=True)]
    # Stable: of equal ones the first stays ahead.
    order = np.argsort(-sign * joined[1], axis=0, kind="stable")[:KEPT]
    return Extremes(*(np.take_along_axis(array, order, 0) for array in joined))


def file_of(model: nn.Module, pictures: np.ndarray, folder: Path | None = None) -> Path:
    """Path of the file that keeps the extremes of these very weights on these very pictures.

    Args:
        pictures: (n, height, width) or (n, colours, height, width) uint8.
        folder: FOLDER by default.
    """
    digest = hashlib.blake2b(type(model).__name__.encode(), digest_size=16)
    for name, values in model.state_dict().items():
        digest.update(name.encode())
        digest.update(values.numpy().tobytes())
    digest.update(pictures.tobytes())
    return (folder or FOLDER) / f"{digest.hexdigest()}.npz"


def save(found: Found, file: Path) -> None:
    """Write extremes to a file, whole or not at all; no file where the disk has no room or lets no one in."""
    arrays = {"seen": np.array([found.seen, found.count])}
    for kind, extremes in (("most", found.most), ("least", found.least)):
        for (stage, way), each in extremes.items():
            arrays |= {f"{kind}/{stage}/{way}/{name}": array for name, array in vars(each).items()}
    rest = file.with_name(f".{file.stem}.{os.getpid()}.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(rest, **arrays)  # pyright: ignore[reportArgumentType]
        rest.replace(file)
        kept = sorted(file.parent.glob("[!.]*.npz"), key=lambda each: each.stat().st_mtime)
        for old in kept[:-MOST_FILES]:
            old.unlink(missing_ok=True)
    except OSError:
        with suppress(OSError):
            rest.unlink()


def load(file: Path) -> Found | None:
    """Read the extremes that `save` wrote; None where there is no such file, or it is damaged."""
    kept: dict[str, dict[tuple[str, str], dict[str, np.ndarray]]] = {"most": {}, "least": {}}
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as content:
            seen, count = map(int, content["seen"])
            for path in content.files:
                if path != "seen":
                    kind, stage, way, name = path.split("/")
                    kept[kind].setdefault((stage, way), {})[name] = content[path]
        most, least = ({key: Extremes(**arrays) for key, arrays in of.items()} for of in kept.values())
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    return Found(most, least, seen, count)


def cut_patch(picture: np.ndarray, box: Box, outside: int) -> np.ndarray:
    """Cut the part of a picture (…, height, width) that a unit sees, with the padding round it.

    Args:
        outside: the value of what lies beyond the picture.
    """
    (top, bottom), (left, right) = box.all_rows, box.all_cols
    height, width = picture.shape[-2:]
    patch = np.full((*picture.shape[:-2], bottom - top, right - left), outside, picture.dtype)
    rows, cols = slice(max(top, 0), min(bottom, height)), slice(max(left, 0), min(right, width))
    inside = picture[..., rows, cols]
    first, second = rows.start - top, cols.start - left
    patch[..., first : first + inside.shape[-2], second : second + inside.shape[-1]] = inside
    return patch
