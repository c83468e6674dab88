"""From a set of pictures to features, a head, and its answers; never reads the session."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.transfer.backbones import Backbone
from dlviz.transfer.features import compute_features, compute_maps, pool
from dlviz.transfer.heads import Head, activation_maps, solve_head
from dlviz.transfer.neighbours import compute_pixels, find_all_nearest, project_on_plane
from dlviz.transfer.picture_sets import Examples, Picture, PictureSet, choose_examples
from dlviz.transfer.splits import (
    DRAWS,
    Accuracy,
    Split,
    hold_out_at_random,
    hold_out_bursts,
    measure_accuracy,
)

NEAREST = 5


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture as a vector, in two ways.

    Args:
        features: (channels,) float32.
        pixels: (values,) uint8, the raw colours of the picture made small.
    """

    features: np.ndarray
    pixels: np.ndarray


AllSeen = Mapping[bytes, Seen]  # by a picture's JPEG


@dataclass(frozen=True, eq=False)
class Learned:
    """A head, and all that it has learned from.

    Args:
        features: (count, channels) float32, of the examples' pictures.
        pixels: (count, values) uint8, theirs too.
    """

    examples: Examples
    features: np.ndarray
    pixels: np.ndarray
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


@dataclass(frozen=True, eq=False)
class Measured:
    """A test of the head.

    Args:
        copies: how many of the tested pictures had one of their own burst among those learned from.
        different: how many different pictures were tested: each draw takes some of them again.
    """

    accuracy: Accuracy
    copies: int
    different: int


@dataclass(frozen=True, eq=False)
class Likeness:
    """Pictures beside each other, by one kind of vector.

    Args:
        points: (count, 2) in the plane in which they differ most.
        shown: share of the variance that the plane shows.
        nearest: (count, k) places of each picture's nearest of other bursts; −1 where there are fewer.
        same: share of a picture's neighbours that are of its own class, as a mean over the pictures that
            have any; not a number without any.
    """

    points: np.ndarray
    shown: float
    nearest: np.ndarray
    same: float


def see(backbone: Backbone, pictures: Sequence[Picture]) -> dict[bytes, Seen]:
    """Compute the vectors of pictures, by their JPEGs."""
    pixels = [picture.pixels() for picture in pictures]
    features = compute_features(backbone, pixels)
    colours = np.rint(255 * compute_pixels(pixels)).astype(np.uint8)  # a quarter of the memory
    return {
        picture.jpeg: Seen(features[row].copy(), colours[row].copy()) for row, picture in enumerate(pictures)
    }


def learn(own: PictureSet, seen: AllSeen) -> Learned | None:
    """Solve the head for a set; None while there are fewer than two classes to tell apart.

    Args:
        seen: every picture of the set.
    """
    examples = choose_examples(own)
    if len(examples.classes) < 2:
        return None
    features = np.array([seen[picture.jpeg].features for picture in examples.pictures])
    pixels = np.array([seen[picture.jpeg].pixels for picture in examples.pictures])
    return Learned(examples, features, pixels, solve_head(features, examples.labels, len(examples.classes)))


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


def measure_on_bursts(learned: Learned) -> Measured:
    """Test the head on bursts that it has not learned from."""
    examples = learned.examples
    return _measure(learned, lambda seed: hold_out_bursts(examples.labels, examples.bursts, seed))


def measure_at_random(learned: Learned) -> Measured:
    """Test the head on pictures drawn at random, as others do."""
    return _measure(learned, lambda seed: hold_out_at_random(learned.examples.labels, seed))


def _measure(learned: Learned, hold_out: Callable[[int], Split]) -> Measured:
    examples = learned.examples
    splits = [hold_out(seed) for seed in range(DRAWS)]
    accuracy = measure_accuracy(learned.features, examples.labels, splits.__getitem__)
    bursts = examples.bursts
    copies = sum(int(np.isin(bursts[each.tested], bursts[each.learned]).sum()) for each in splits)
    different = np.unique(np.concatenate([each.tested for each in splits]))
    return Measured(accuracy, copies, len(different))


def compare(learned: Learned, vectors: np.ndarray) -> Likeness:
    """Find out which pictures are like which.

    Args:
        vectors: (count, size), the examples' features or pixels.
    """
    labels, bursts = learned.examples.labels, learned.examples.bursts
    values = vectors.astype(np.float32)
    points, shown = project_on_plane(values)
    nearest = find_all_nearest(values, bursts, NEAREST)
    found = nearest >= 0
    same = ((labels[nearest] == labels[:, None]) & found).sum(axis=1)
    counted = found.any(axis=1)
    share = float((same[counted] / found.sum(axis=1)[counted]).mean()) if counted.any() else float("nan")
    return Likeness(points, shown, nearest, share)


def chance_of_same(learned: Learned) -> float:
    """Share of neighbours of a picture's own class, were they drawn at random; not a number without any."""
    labels, bursts = learned.examples.labels, learned.examples.bursts
    other = bursts[:, None] != bursts
    counted = other.any(axis=1)
    same = ((labels[:, None] == labels) & other).sum(axis=1)
    return float((same[counted] / other.sum(axis=1)[counted]).mean()) if counted.any() else float("nan")
