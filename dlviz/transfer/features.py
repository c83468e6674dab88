"""Pictures through a frozen backbone: their features, and the maps whose means these are."""

import copy
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from dlviz.data.pictures import crop_square
from dlviz.transfer.backbones import Backbone, freeze, imagenet_classes
from dlviz.transfer.picture_sets import Picture

SIDE = 160  # pixels, read in half the time of the 224 that the backbones were trained on


def normalise(backbone: Backbone, picture: np.ndarray, side: int = SIDE) -> Tensor:
    """Make a picture (height, width, 3) uint8 a backbone's input: (1, 3, side, side) float32."""
    values = torch.from_numpy(crop_square(picture, side)).float() / 255
    mean, deviation = torch.tensor(backbone.mean), torch.tensor(backbone.deviation)
    return ((values - mean) / deviation).permute(2, 0, 1)[None].contiguous()


@torch.inference_mode()
def compute_maps(backbone: Backbone, picture: np.ndarray, side: int = SIDE) -> np.ndarray:
    """Last maps (channels, rows, columns) float32 of a picture (height, width, 3) uint8.

    Args:
        side: that the picture is resized to, a multiple of 32; a map has 32 times fewer rows.
    """
    return backbone.maps(normalise(backbone, picture, side))[0].numpy()


def compute_features(backbone: Backbone, pictures: Sequence[np.ndarray], side: int = SIDE) -> np.ndarray:
    """Features (count, channels) float32 of pictures (height, width, 3) uint8: the mean of each last map.

    Args:
        side: as of `compute_maps`.
    """
    features = np.empty((len(pictures), backbone.channels), np.float32)
    # One by one: on a processor a batch's maps outgrow its caches, and take longer.
    for row, picture in enumerate(pictures):
        features[row] = pool(compute_maps(backbone, picture, side))
    return features


def remember_features(
    backbone: Backbone, pictures: Sequence[Picture], known: Mapping[bytes, np.ndarray], side: int = SIDE
) -> dict[bytes, np.ndarray]:
    """Features (channels,) of each picture of a set, by its JPEG: known already, or computed now.

    Args:
        known: features (channels,) of this backbone and side, as this function returned them before.
    """
    unknown = {picture.jpeg: picture for picture in pictures if picture.jpeg not in known}
    computed = compute_features(backbone, [picture.pixels() for picture in unknown.values()], side)
    all_known = {**known, **dict(zip(unknown, computed, strict=True))}
    return {picture.jpeg: all_known[picture.jpeg] for picture in pictures}


def measure_drift(backbone: Backbone, pictures: Sequence[np.ndarray], side: int = SIDE) -> float:
    """Measure how far a frozen network's features of the first picture move once it was in training mode.

    No weight changes, but batch norm takes the pictures, read as one batch, into its running statistics.

    Args:
        pictures: (height, width, 3) uint8, at least two.
    Returns: the length of the change, as a share of the features' length.
    """
    copied = freeze(copy.deepcopy(backbone.model), backbone.name)
    before = compute_features(backbone, pictures[:1], side)[0]
    copied.model.train()
    with torch.inference_mode():
        copied.maps(torch.cat([normalise(copied, picture, side) for picture in pictures]))
    copied.model.eval()
    after = compute_features(copied, pictures[:1], side)[0]
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


def pool(maps: np.ndarray) -> np.ndarray:
    """Features (channels,) of a picture's last maps (channels, rows, columns)."""
    return maps.mean(axis=(1, 2), dtype=np.float64)


@torch.inference_mode()
def compute_probabilities(backbone: Backbone, features: np.ndarray) -> np.ndarray:
    """Probabilities (1000,) of ImageNet's classes, for a picture's features (channels,)."""
    logits = backbone.classify(torch.from_numpy(features).float()[None])[0]
    return logits.double().softmax(0).numpy()


def name_picture(backbone: Backbone, features: np.ndarray, count: int = 5) -> list[tuple[str, float]]:
    """Most probable classes of ImageNet, with their probabilities, for a picture's features (channels,)."""
    shares = compute_probabilities(backbone, features)
    names = imagenet_classes()
    return [(names[at], float(shares[at])) for at in np.argsort(-shares, kind="stable")[:count]]
