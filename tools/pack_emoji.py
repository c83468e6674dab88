"""Pack pictures of emoji by two artists into the two sheets that the project ships.

    npm pack emoji-datasource-google@16.0.0 emoji-datasource-twitter@16.0.0
    python -m tools.pack_emoji emoji-datasource-google-16.0.0.tgz emoji-datasource-twitter-16.0.0.tgz

Of each class some that both artists have drawn, spread evenly over Unicode's order, as single pictures of 64
pixels: the packages' sheets hold another artist's picture where their own is missing, and are not used.
"""

import argparse
import json
import re
import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from dlviz.data.emoji import ARTISTS, EACH, FOLDER, SIDE

# Class -> subcategories of Unicode's list.
CLASSES = {
    "Mammals": ("animal-mammal",),
    "Dishes": ("food-prepared",),
    "Fruit and vegetables": ("food-fruit", "food-vegetable"),
    "Vehicles": ("transport-ground",),
    "Clothes": ("clothing",),
    "Buildings": ("place-building",),
    "Sports": ("sport",),
    "Tools": ("tool",),
}
# Weapons, what is no thing of its class, and what a classroom need not see.
LEFT_OUT = {"BOMB", "DAGGER", "CROSSED SWORDS", "BRICK", "ROCK", "WOOD", "STATION", "BUILDING CONSTRUCTION"}
LEFT_OUT |= {"LOVE HOTEL", "BRIEFS", "BIKINI", "FUEL PUMP", "BUS STOP", "CONSTRUCTION SIGN", "MOTORWAY"}
LEFT_OUT |= {"OIL DRUM", "HORIZONTAL TRAFFIC LIGHT", "VERTICAL TRAFFIC LIGHT", "OCTAGONAL SIGN", "LIPSTICK"}
LEFT_OUT |= {"GEM STONE", "PIG NOSE", "PAW PRINTS", "WEDDING", "BOW AND ARROW", "RAILWAY TRACK", "WHEEL"}
LEFT_OUT |= {"POLICE CARS REVOLVING LIGHT", "RING", "CROWN"}
PACKAGES = ("google", "twitter")  # as the packages name the artists, in the order of ARTISTS


def pack(archives: tuple[Path, Path], folder: Path) -> None:
    """Write a sheet for each artist, a row a class, and the emoji's names.

    Args:
        archives: the packages of both artists, as npm packs them.
        folder: that the files are written into.
    """
    with tarfile.open(archives[0]) as first, tarfile.open(archives[1]) as second:
        listed = json.loads(_read(first, "emoji.json"))
        chosen = {name: _choose(listed, subcategories) for name, subcategories in CLASSES.items()}
        for artist, package, archive in zip(ARTISTS, PACKAGES, (first, second), strict=True):
            rows = [
                np.hstack([_open(_read(archive, f"img/{package}/64/{each['image']}")) for each in emoji])
                for emoji in chosen.values()
            ]
            Image.fromarray(np.vstack(rows)).save(folder / f"{artist}.png", optimize=True)
    names = {name: [_name(each) for each in emoji] for name, emoji in chosen.items()}
    (folder / "names.json").write_text(json.dumps(names, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _choose(listed: list[dict], subcategories: tuple[str, ...]) -> list[dict]:
    drawn = [
        each
        for each in listed
        if each["subcategory"] in subcategories
        and each["name"] not in LEFT_OUT
        and all(each[f"has_img_{package}"] for package in PACKAGES)
    ]
    drawn.sort(key=lambda each: each["sort_order"])
    return [drawn[at] for at in np.linspace(0, len(drawn) - 1, EACH).round().astype(int)]


def _name(listed: dict) -> str:
    # Unicode's capitals have no apostrophe.
    return re.sub(r"\b(m[ae]n|wom[ae]n)s\b", r"\1’s", listed["name"].lower()).capitalize()


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    assert file is not None
    return file.read()


def _open(content: bytes) -> np.ndarray:
    """A picture on white paper: (SIDE, SIDE, 3) uint8."""
    image = Image.open(BytesIO(content)).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(paper, image).convert("RGB").resize((SIDE, SIDE)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("google", type=Path)
    parser.add_argument("twitter", type=Path)
    given = parser.parse_args()
    pack((given.google, given.twitter), FOLDER)
