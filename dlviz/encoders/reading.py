"""A text through an encoder: its tokens, every layer's vectors, and every head's attention."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers.decoders import ByteLevel
from transformers import PreTrainedTokenizerBase

from dlviz.data.typography import make_plain
from dlviz.encoders.eager_attention import layer, number_layers
from dlviz.encoders.loading import Encoder
from dlviz.trace import Edit, recording

CHARACTERS = 100_000  # of a pasted text, the most that is read

one_at_a_time = threading.Lock()  # how much a tokenizer cuts off is a setting of it, not of the call


@dataclass(frozen=True)
class Tokens:
    """A text, or a pair of texts, as an encoder reads it.

    Args:
        words: the tokens as they are written; ids: their numbers in the encoder's vocabulary.
        segments: 0 for what belongs to the first text, 1 for the second.
        special: the places of tokens that are no text, such as [CLS] and [SEP].
        separators: those of them that end a text.
        left_out: number of tokens that did not fit.
    """

    words: tuple[str, ...]
    ids: tuple[int, ...]
    segments: tuple[int, ...]
    special: tuple[int, ...]
    separators: tuple[int, ...]
    left_out: int = 0

    @property
    def starts(self) -> tuple[int, ...]:
        """The places of tokens that are no text and end none, such as [CLS]."""
        return tuple(at for at in self.special if at not in self.separators)

    @property
    def start_name(self) -> str:
        """Name of the token that opens the text, such as [CLS]."""
        return self.words[self.starts[0]] if self.starts else "the first token"

    @property
    def end_name(self) -> str:
        """Name of the token that ends a text, such as [SEP]."""
        return self.words[self.separators[0]] if self.separators else "the last token"

    @property
    def text(self) -> tuple[int, ...]:
        """The places of the tokens that are text."""
        return tuple(at for at in range(len(self)) if at not in self.special)

    def __len__(self) -> int:
        """Number of tokens that are read."""
        return len(self.ids)


@dataclass(frozen=True, eq=False)
class Reading:
    """One forward pass of tokens through an encoder.

    Args:
        attention: (layer, head, query, key); each row sums to 1.
        hidden: (layer + 1, token, hidden): the embeddings, then each layer's output.
        values: (layer, head, token), the length of each token's value vector, which attention weighs; None
            where the encoder is not editable.
    """

    tokens: Tokens
    attention: np.ndarray
    hidden: np.ndarray
    values: np.ndarray | None


def tokens(encoder: Encoder, text: str, other: str = "") -> Tokens:
    """Split a text, or a pair, into tokens, cut at the encoder's limit (the longer text first)."""
    text, other = (make_plain(each[:CHARACTERS]) for each in (text, other))
    read = encoder.tokenizer
    second = other if other.strip() else None
    with one_at_a_time:
        every = read(text, second, verbose=False)["input_ids"]
        cut = read(text, second, truncation=True, max_length=encoder.limit, return_special_tokens_mask=True)
    ids = cut["input_ids"]
    special = [at for at, is_one in enumerate(cut["special_tokens_mask"]) if is_one]
    end = read.sep_token_id if read.sep_token_id is not None else read.eos_token_id
    ends = [at for at in special if ids[at] == end]
    first = ends[0] if ends else len(ids)
    return Tokens(
        words=tuple(_written(read, word) for word in read.convert_ids_to_tokens(ids)),
        ids=tuple(ids),
        segments=tuple(int(second is not None and at > first) for at in range(len(ids))),
        special=tuple(special),
        separators=tuple(ends),
        left_out=len(every) - len(ids),
    )


def _written(tokenizer: PreTrainedTokenizerBase, token: str) -> str:
    """A token as people write it; where one begins with a space, ▁ stands for that."""
    decoder = getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None)
    if isinstance(decoder, ByteLevel) and token not in tokenizer.all_special_tokens:
        token = decoder.decode([token]).replace(" ", "▁")  # written in one sign a byte, RoBERTa's way
    return token


def inputs(encoder: Encoder, read: Tokens) -> dict[str, torch.Tensor]:
    """Arguments of the encoder's forward, a batch of one: name -> (1, token) int64."""
    given = {
        "input_ids": torch.tensor([read.ids]),
        "attention_mask": torch.ones(1, len(read), dtype=torch.int64),
    }
    if getattr(encoder.model.config, "type_vocab_size", 0) > 1:
        given["token_type_ids"] = torch.tensor([read.segments])
    return given


def read(encoder: Encoder, given: Tokens, edits: Mapping[str, Edit] | None = None) -> Reading:
    """Run tokens through an encoder.

    Args:
        edits: of `layers.<n>.attention.scores`, `.pattern` or `.heads`, where the encoder is editable.
    Raises: ValueError for an edit of what the encoder does not record.
    """
    with torch.inference_mode(), number_layers(), recording(edits) as kept:
        output = encoder.model(**inputs(encoder, given), output_attentions=True, output_hidden_states=True)
    values = None
    if encoder.editable:
        lengths = [kept[f"{layer(index)}.values"][0].norm(dim=-1) for index in range(encoder.layers)]
        values = np.stack([each.numpy() for each in lengths])
    return Reading(
        given,
        np.stack([pattern[0].numpy() for pattern in output.attentions]),
        np.stack([vectors[0].numpy() for vectors in output.hidden_states]),
        values,
    )
