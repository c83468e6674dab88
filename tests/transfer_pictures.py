"""Pictures for tests of transfer learning: pieces of the embedded photographs, and sets of plain colours."""

from io import BytesIO

import numpy as np
from PIL import Image

from dlviz.transfer.picture_sets import SIDE, PictureSet, add_burst, add_class, encode_picture


def jpeg(colour: tuple[int, int, int], seed: int = 0) -> bytes:
    """A kept picture of one colour with a little noise, another for each seed."""
    noise = np.random.default_rng(seed).integers(-20, 21, (SIDE, SIDE, 3))
    file = BytesIO()
    Image.fromarray((np.array(colour) + noise).clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return encode_picture(file.getvalue())


COLOURS = {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (40, 60, 200)}


def coloured_set(bursts: int = 2, each: int = 2) -> PictureSet:
    """Three classes, each of some bursts of pictures of its colour."""
    own = PictureSet()
    for place, (name, colour) in enumerate(COLOURS.items()):
        own = add_class(own, name)
        for burst in range(bursts):
            seeds = range(each * burst, each * burst + each)
            own = add_burst(own, place, [jpeg(colour, seed) for seed in seeds])
    return own
