"""A learner's own classes and their pictures: kept small, and never changed but by making a new set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from PIL import Image

from dlviz.data.pictures import crop_square, read_picture

SIDE = 224  # pixels of a kept picture: what the backbones were trained to read
CLASSES, PICTURES = 10, 1000  # the most in a set
NAME = 40  # letters of a class's name
QUALITY = 90
LARGEST = 150_000  # bytes of a kept picture, more than any JPEG of this size and quality has
PLAIN = {
    "jfif",
    "jfif_version",
    "jfif_unit",
    "jfif_density",
}  # said in a file that tells no more than its picture


class BadName(ValueError):
    """A class cannot be named so; the message says why, in a sentence for the learner."""


class FullSet(ValueError):
    """A set has no room; the message says so, in a sentence for the learner."""


@dataclass(frozen=True)
class Picture:
    """A square picture.

    Args:
        jpeg: the file, SIDE × SIDE pixels.
        burst: number of the burst it was taken in; pictures of a burst are near copies.
    """

    jpeg: bytes
    burst: int

    def pixels(self) -> np.ndarray:
        """Pixels (SIDE, SIDE, 3) uint8."""
        return read_picture(self.jpeg)


@dataclass(frozen=True)
class PictureClass:
    """A class: its name, its pictures, and true unless the learner has switched it off."""

    name: str
    pictures: tuple[Picture, ...] = ()
    enabled: bool = True


@dataclass(frozen=True)
class PictureSet:
    """Classes in the learner's order."""

    classes: tuple[PictureClass, ...] = ()

    def pictures(self) -> list[Picture]:
        """All pictures, class by class."""
        return [picture for each in self.classes for picture in each.pictures]


@dataclass(frozen=True, eq=False)
class Examples:
    """Pictures to learn from: those of the classes that are switched on and have any.

    Args:
        classes: their names.
        pictures: class by class.
        labels, bursts: (count,) int64, the number of each picture's class among these, and its burst.
    """

    classes: tuple[str, ...]
    pictures: tuple[Picture, ...]
    labels: np.ndarray
    bursts: np.ndarray


def choose_examples(own: PictureSet) -> Examples:
    """Choose the pictures to learn from."""
    used = [each for each in own.classes if each.enabled and each.pictures]
    pictures = tuple(picture for each in used for picture in each.pictures)
    return Examples(
        tuple(each.name for each in used),
        pictures,
        np.repeat(np.arange(len(used)), [len(each.pictures) for each in used]),
        np.array([picture.burst for picture in pictures], np.int64),
    )


def encode_picture(content: bytes) -> bytes:
    """Make a picture's file the JPEG that is kept: its middle square, and nothing else that the file tells.

    A file that is such a JPEG already stays as it is, so that a set comes back unchanged.

    Raises: BadPicture, as `read_picture`.
    """
    picture = read_picture(content)
    if picture.shape == (SIDE, SIDE, 3) and len(content) <= LARGEST and _is_plain_jpeg(content):
        return content
    file = BytesIO()
    Image.fromarray(crop_square(picture, SIDE)).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _is_plain_jpeg(content: bytes) -> bool:
    with Image.open(BytesIO(content)) as image:
        return image.format == "JPEG" and image.mode == "RGB" and image.info.keys() <= PLAIN


def check_name(name: str, others: Iterable[str]) -> str:
    """Check the name of a class beside those of the others, and return it with single blanks.

    Markup is a name like any other: whoever shows it escapes it.

    Raises: BadName if it is empty, too long, or given already (large and small letters aside).
    """
    shown = "".join(sign if sign.isprintable() or sign == "\N{ZERO WIDTH JOINER}" else " " for sign in name)
    shown = " ".join(shown.split())
    if not any(sign.isprintable() for sign in shown):
        raise BadName("The class has no name: write one.")
    if len(shown) > NAME:
        raise BadName(f"A name has at most {NAME} letters: choose a shorter one.")
    if shown.casefold() in {other.casefold() for other in others}:
        raise BadName(f"There is a class named “{shown}” already: choose another name.")
    return shown


def add_class(own: PictureSet, name: str) -> PictureSet:
    """Add an empty class at the end.

    Raises: BadName; FullSet if there are ten.
    """
    if len(own.classes) == CLASSES:
        raise FullSet(f"A set has at most {CLASSES} classes: remove one first.")
    checked = check_name(name, [each.name for each in own.classes])
    return PictureSet((*own.classes, PictureClass(checked)))


def rename_class(own: PictureSet, place: int, name: str) -> PictureSet:
    """Give the class of that place another name.

    Raises: BadName.
    """
    others = [each.name for at, each in enumerate(own.classes) if at != place]
    return _replace(own, place, replace(own.classes[place], name=check_name(name, others)))


def remove_class(own: PictureSet, place: int) -> PictureSet:
    """Remove the class of that place, and its pictures."""
    return _replace(own, place)


def enable_class(own: PictureSet, place: int, enabled: bool) -> PictureSet:
    """Switch the class of that place on or off; it keeps its pictures."""
    return _replace(own, place, replace(own.classes[place], enabled=enabled))


def add_burst(own: PictureSet, place: int, jpegs: Sequence[bytes]) -> PictureSet:
    """Add pictures that were taken within seconds to the class of that place, as one burst.

    Args:
        jpegs: of `encode_picture`.
    Raises: FullSet if there is no room for all of them.
    """
    burst = _next_burst(own)
    return _add(own, place, [Picture(jpeg, burst) for jpeg in jpegs])


def add_single_pictures(own: PictureSet, place: int, jpegs: Sequence[bytes]) -> PictureSet:
    """Add pictures that have nothing to do with each other to the class of that place, each its own burst.

    A picture that is there already, or comes twice, is of its copy's burst.

    Args:
        jpegs: of `encode_picture`.
    Raises: FullSet if there is no room for all of them.
    """
    bursts = {picture.jpeg: picture.burst for picture in own.pictures()}
    free = _next_burst(own)
    added = []
    for jpeg in jpegs:
        burst = bursts.setdefault(jpeg, free)
        free += burst == free
        added.append(Picture(jpeg, burst))
    return _add(own, place, added)


def remove_picture(own: PictureSet, place: int, number: int) -> PictureSet:
    """Remove a picture, by its number from 0 on, of the class of that place."""
    pictures = own.classes[place].pictures
    left = (*pictures[:number], *pictures[number + 1 :])
    return _replace(own, place, replace(own.classes[place], pictures=left))


def count_room(own: PictureSet) -> int:
    """Count the pictures that still fit into a set."""
    return PICTURES - len(own.pictures())


def _next_burst(own: PictureSet) -> int:
    return max((picture.burst for picture in own.pictures()), default=-1) + 1


def _add(own: PictureSet, place: int, pictures: Sequence[Picture]) -> PictureSet:
    if len(pictures) > count_room(own):
        raise FullSet(f"A set has at most {PICTURES:,} pictures: there is room for {count_room(own):,} more.")
    old = own.classes[place]
    return _replace(own, place, replace(old, pictures=(*old.pictures, *pictures)))


def _replace(own: PictureSet, place: int, *new: PictureClass) -> PictureSet:
    return PictureSet((*own.classes[:place], *new, *own.classes[place + 1 :]))
