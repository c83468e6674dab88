"""From a set of pictures to features, a head, and its answers; never reads the session."""

from dataclasses import dataclass

import numpy as np

from dlviz.transfer.backbones import Backbone
from dlviz.transfer.features import compute_maps, pool
from dlviz.transfer.heads import Head, activation_maps, solve_head
from dlviz.transfer.picture_sets import Examples, Picture, PictureSet, choose_examples

Features = dict[bytes, np.ndarray]  # a picture's JPEG -> (channels,) float32


@dataclass(frozen=True, eq=False)
class Learned:
    """A head, and all that it has learned from.

    Args:
        features: (count, channels) float32, of the examples' pictures.
    """

    examples: Examples
    features: np.ndarray
    head: Head


@dataclass(frozen=True, eq=False)
class Answer:
    """A head's answer for a picture, and the maps that lead to it.

    Args:
        logits, probabilities: (classes,) float64.
        maps: (classes, rows, columns) float64, each with the sum logit − bias.
        learned_from: true if the picture is among the examples.
    """

    picture: Picture
    classes: tuple[str, ...]
    logits: np.ndarray
    probabilities: np.ndarray
    bias: np.ndarray
    maps: np.ndarray
    learned_from: bool


def learn(own: PictureSet, features: Features) -> Learned | None:
    """Solve the head for a set; None while there are fewer than two classes to tell apart.

    Args:
        features: of every picture of the set.
    """
    examples = choose_examples(own)
    if len(examples.classes) < 2:
        return None
    known = np.array([features[picture.jpeg] for picture in examples.pictures])
    return Learned(examples, known, solve_head(known, examples.labels, len(examples.classes)))


def answer(backbone: Backbone, learned: Learned, picture: Picture) -> Answer:
    """Name a picture, and find out where in it the answer comes from."""
    maps = compute_maps(backbone, picture.pixels())  # (channels, 5, 5)
    pooled = pool(maps)[None]  # (1, channels)
    return Answer(
        picture,
        learned.examples.classes,
        learned.head.logits(pooled)[0],
        learned.head.probabilities(pooled)[0],
        learned.head.bias,
        activation_maps(maps, learned.head),
        any(each.jpeg == picture.jpeg for each in learned.examples.pictures),
    )
