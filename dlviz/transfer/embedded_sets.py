"""Sets of pictures that come with the project, for learners without a camera."""

from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from dlviz.data.emoji import ARTISTS, emoji, names
from dlviz.data.pictures import photograph, photographs
from dlviz.transfer.picture_sets import QUALITY, SIDE, Picture, PictureClass, PictureSet

# Title by the name in a link.
SETS = {
    "patches": "Pieces of six photographs",
    "noto": f"Emoji by {ARTISTS['noto']}",
    "twemoji": f"Emoji by {ARTISTS['twemoji']}",
}
PIECE = 0.25  # of a photograph's shorter side
EACH = 8  # pieces of each half
EMOJI = 10  # of each class: the first opening of a set must not take long


@cache
def load_set(name: str) -> PictureSet:
    """Load a set by its name, a key of SETS; the same one for all sessions."""
    return _cut_patches() if name == "patches" else _choose_emoji(name)


def _choose_emoji(artist: str) -> PictureSet:
    """Every second emoji of each class; each is a burst of its own."""
    classes, burst = [], 0
    for name, pictures in zip(names(), emoji(artist)[:, ::2], strict=True):
        chosen = pictures[:EMOJI]
        classes.append(
            PictureClass(name, tuple(Picture(_encode(each), burst + at) for at, each in enumerate(chosen)))
        )
        burst += len(chosen)
    return PictureSet(tuple(classes))


def _cut_patches() -> PictureSet:
    """Cut pieces out of the embedded photographs; those of one half of a photograph are a burst."""
    generator = np.random.default_rng(0)
    classes, burst = [], 0
    for name in photographs():
        picture = photograph(name)
        height, width = picture.shape[:2]
        side = int(PIECE * min(height, width))
        pieces = []
        for left, right in ((0, width // 2), (width - width // 2, width)):
            for _ in range(EACH):
                x, y = generator.integers(left, right - side + 1), generator.integers(0, height - side + 1)
                pieces.append(Picture(_encode(picture[y : y + side, x : x + side]), burst))
            burst += 1
        classes.append(PictureClass(name.capitalize(), tuple(pieces)))
    return PictureSet(tuple(classes))


def _encode(piece: np.ndarray) -> bytes:
    file = BytesIO()
    square = Image.fromarray(piece).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    square.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
