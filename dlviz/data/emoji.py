"""Emoji of eight classes, each drawn by two artists: Google's Noto and Twitter's Twemoji."""

import json
from functools import cache

import numpy as np
from PIL import Image

from dlviz.paths import ASSETS

FOLDER = ASSETS / "data" / "emoji"
ARTISTS = {"noto": "Google (Noto)", "twemoji": "Twitter (Twemoji)"}
SIDE = 64  # pixels
EACH = 20  # emoji of a class


@cache
def names() -> dict[str, list[str]]:
    """Names of the classes, and of the emoji of each, in the order of the pictures."""
    return json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))


@cache
def emoji(artist: str) -> np.ndarray:
    """Pictures (classes, EACH, SIDE, SIDE, 3) uint8 by one artist, on white; not to be written to.

    The other artist has drawn the same emoji in the same places.

    Args:
        artist: a key of `ARTISTS`.
    """
    with Image.open(FOLDER / f"{artist}.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    pictures = pixels.reshape(len(names()), SIDE, EACH, SIDE, 3).swapaxes(1, 2)
    pictures.flags.writeable = False
    return pictures
