"""Things that fine-tuning may lose: how alike texts are that have nothing to do with what was learned."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from dlviz.encoders.geometry import cosine
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import inputs, tokens
from dlviz.finetuning.changes import read_layers

# Ten pairs of which the two have nothing to do with each other, and with no opinion on anything.
UNRELATED = (
    ("The train to Lyon leaves at noon.", "Water boils at a hundred degrees."),
    ("She planted tulips in the garden.", "The committee meets on Tuesdays."),
    ("The recipe needs two eggs.", "Mount Everest is in Nepal."),
    ("He tuned his guitar.", "The stock market closed early."),
    ("Bees live in hives.", "The printer is on the second floor."),
    ("The ship crossed the Atlantic.", "A triangle has three sides."),
    ("They painted the door green.", "Photosynthesis needs light."),
    ("The cat sleeps on the sofa.", "The treaty was signed in 1648."),
    ("My bicycle has seven gears.", "Beethoven wrote nine symphonies."),
    ("The library opens at nine.", "Penguins cannot fly."),
)
WORD = "bank"
RIVER = ("We sat on the bank of the river.", "Trees grow along the bank of the stream.")
MONEY = ("The bank raised its interest rates.", "She paid the money into her bank.")


@dataclass(frozen=True, eq=False)
class Likenesses:
    """Cosines by one encoder.

    Args:
        unrelated: (pair,) of the two texts of each pair.
        same_sense: of “bank” in two texts with the same sense, on average over the two senses.
        other_sense: of “bank” in two texts with different senses, on average over the four pairs.
    """

    unrelated: np.ndarray
    same_sense: float
    other_sense: float


def measure_likenesses(encoder: Encoder) -> Likenesses:
    """Measure how alike the vectors of unrelated texts are, and those of one word in two senses."""
    firsts, seconds = (read_layers(encoder, [pair[at] for pair in UNRELATED])[-1] for at in (0, 1))
    river, money = (find_word_vectors(encoder, texts, WORD) for texts in (RIVER, MONEY))
    same = np.concatenate([cosine(each[:1], each[1:]) for each in (river, money)])
    other = np.concatenate([cosine(river, money), cosine(river, money[::-1])])
    return Likenesses(cosine(firsts, seconds), float(same.mean()), float(other.mean()))


@torch.inference_mode()
def find_word_vectors(encoder: Encoder, texts: Sequence[str], word: str) -> np.ndarray:
    """Last vectors of a word that is one token, where it first stands in each text: (text, hidden).

    Raises: ValueError if a text does not have it.
    """
    found = []
    for text in texts:
        read = tokens(encoder, text)
        place = [each.strip("▁").lower() for each in read.words].index(word)
        found.append(encoder.model(**inputs(encoder, read)).last_hidden_state[0, place].numpy())
    return np.stack(found)
