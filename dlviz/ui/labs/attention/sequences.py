"""Token sequences of the Self-attention lab: the words of a text, or the patches of a digit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dlviz.data.typography import make_plain
from dlviz.encoders import NoEncoder
from dlviz.ui.labs.attention.state import WORDS, State
from dlviz.ui.runs import digit_transformer
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.quotes import quoted
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    import numpy as np

    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens

LETTERS = 60  # of a word that are kept
START, END = SPECIAL = ("[CLS]", "[SEP]")  # BERT puts them round a text


@dataclass(frozen=True, eq=False)
class TokenSequence:
    """Tokens that attend to each other.

    Args:
        tokens: the name of each.
        digit: (28, 28) in [0, 1], whose patches they are; None for words.
        encoded: the tokens as BERT reads them, where it does.
        remark: a note to the learner on what was left out or is unknown, or "".
    """

    tokens: tuple[str, ...]
    digit: np.ndarray | None = None
    encoded: Tokens | None = None
    remark: str = ""

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.tokens)

    def name(self, token: int) -> str:
        """A token's name as it stands in a sentence."""
        if self.digit is None:
            return quoted(self.tokens[token])
        return f"patch {self.tokens[token]}" if token else "the class token"


def split_digit(pixels: np.ndarray) -> TokenSequence:
    """The class token and the 49 patches of a digit (28, 28) in [0, 1]."""
    return TokenSequence(digit_transformer.TOKENS, digit=pixels)


def split_text(text: str, state: State) -> TokenSequence:
    """The tokens of a text: word pieces where BERT or its table reads them, else words as they stand.

    Raises: BadWeights if BERT is needed and is not there.
    """
    if state.weights != "bert" and not state.reads_table:
        words = make_plain(text).split()
        read = [word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…" for word in words[:WORDS]]
        return TokenSequence(tuple(read), remark=_remark(len(words), len(read), unknown=0))
    encoder = load_bert()
    from dlviz.encoders.reading import tokens  # after BERT, which one thread alone may begin to import

    encoded = tokens(replace(encoder, limit=WORDS + len(SPECIAL)), text)
    names = (
        encoded.words if state.weights == "bert" else encoded.words[1:-1]
    )  # a table knows no [CLS] and [SEP]
    unknown = sum(number == encoder.tokenizer.unk_token_id for number in encoded.ids)
    count = len(encoded) - len(SPECIAL)
    return TokenSequence(names, encoded=encoded, remark=_remark(count + encoded.left_out, count, unknown))


def _remark(count: int, read: int, unknown: int) -> str:
    parts = []
    if count > read:
        parts.append(f"Of your {count:,} words and word pieces the first {read} are read.")
    if unknown:
        how_many = "one is" if unknown == 1 else f"{unknown} are"
        parts.append(f"BERT does not know every word: {how_many} read as [UNK].")
    if read == 1:
        parts.append("A word alone has little to look at: write a second.")
    return " ".join(parts)


def load_bert() -> Encoder:
    """The packaged BERT.

    Raises: BadWeights if it is not there.
    """
    try:
        return model_cache.bert()
    except NoEncoder as problem:
        raise BadWeights(str(problem)) from problem
