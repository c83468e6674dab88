"""Fields of the Transfer learning lab's state for the view My own classes."""

from dataclasses import dataclass

from dlviz.data.emoji import ARTISTS
from dlviz.transfer.embedded_sets import SETS
from dlviz.transfer.picture_sets import PICTURES
from dlviz.transfer.published import PUBLISHED
from dlviz.ui import fields

# Name in a link -> title. The first needs no network.
BACKBONES = {
    "efficientnet_lite0": "EfficientNet-Lite0",
    **{name: published.title for name, published in PUBLISHED.items()},
}
# A piece of the cup: by features, and not by raw pixels, its neighbours are pieces of the cup too.
FIRST_SHOWN = 60
EMPTY = "none"  # the start with no pictures at all
# Of the test on another artist's emoji.
OUTCOMES = {
    "same": "About as well",
    "worse": "Worse, but better than by chance",
    "chance": "No better than by chance",
}


def _check_guess(text: str) -> None:
    if text not in OUTCOMES:
        raise ValueError(text)


@dataclass(frozen=True)
class OwnClassesFields:
    """Choices around a set of pictures; pictures of a learner's own cannot travel in a link.

    Args:
        own_start: the embedded set that the learner begins with, or EMPTY.
        own_backbone: the frozen network, a key of BACKBONES.
        own_shown: number of the picture whose answer is shown, among all of the set.
        own_flattering: test as others do too, on pictures drawn at random.
        own_artist: whose emoji are tested on, learned from the same artist and from the other.
        own_guess: a key of OUTCOMES, which was expected; in older links alone.
    """

    own_start: str = fields.choice((EMPTY, *SETS), next(iter(SETS)))
    own_backbone: str = fields.choice(BACKBONES, "efficientnet_lite0")
    own_shown: int = fields.integer(0, PICTURES - 1, FIRST_SHOWN)
    own_flattering: bool = fields.flag()
    own_artist: str = fields.choice(ARTISTS, "noto")
    own_guess: str | None = fields.text(None, _check_guess)
