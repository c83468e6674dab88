"""Forward passes of the Transformer block lab: through the blocks, of two word orders, and of a text."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from dlviz import generation
from dlviz.attention import order, stream
from dlviz.attention.order import Compared
from dlviz.attention.stream import Normed
from dlviz.attention.writing import Attended, attend
from dlviz.data import novels
from dlviz.data.digits import normalise
from dlviz.data.typography import make_plain
from dlviz.trace import trace
from dlviz.ui.inputs.sampling import read_sampling
from dlviz.ui.labs.block.networks import make_blocks, position_table
from dlviz.ui.labs.block.state import CONTEXT, WORDS, State
from dlviz.ui.runs import digit_transformer
from dlviz.ui.runs.loaded_network import LoadedNetwork

PASTED = 100_000  # characters of what is pasted, the most that is looked at
LETTERS = 60  # of a word that are kept
SHOWN = {" ": "␣", "\n": "↵"}

Words = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class BlockInput:
    """A sequence of tokens, as a network reads it.

    Args:
        kind: words, digit or text.
        tokens: the name of each row of the stream.
        x: a batch of one: vectors (1, word, embed), a digit (1, 1, 28, 28), or characters (1, seq) int64.
        pixels: (28, 28) in [0, 1], of a digit.
    """

    kind: str
    tokens: Words
    x: Tensor
    pixels: np.ndarray | None = None


def split_words(text: str) -> tuple[Words, str]:
    """The words of a text, and a note to the learner on what was left out, or ""."""
    every = make_plain(text[:PASTED]).split()
    words = tuple(word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…" for word in every[:WORDS])
    if not words:
        return (), "There is no word: write a few. What was read last stays."
    if len(every) > WORDS:
        more = "more than " if len(text) > PASTED else ""
        return words, f"Of your {more}{len(every):,} words the first {WORDS} are read."
    return words, ""


def read_words(words: Words, state: State) -> BlockInput:
    """Words as random vectors, with their positions added.

    Raises: BadWeights if the weights of a learned table of positions are missing or damaged.
    """
    vectors = order.word_vectors(words, state.embed_size, state.seed)  # (word, embed)
    return BlockInput("words", words, (vectors + position_table(state)[: len(words)])[None])


def read_digit(pixels: np.ndarray) -> BlockInput:
    """A digit (28, 28) in [0, 1], as DigitTransformer reads it."""
    x = normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None])
    return BlockInput("digit", digit_transformer.TOKENS, x, pixels)


def read_text(text: str) -> BlockInput:
    """Characters of the novels' alphabet, as CharTransformer reads them."""
    tokens = tuple(SHOWN.get(character, character) for character in text)
    return BlockInput("text", tokens, novels.encode(text)[None])


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """Tokens through all blocks, and what of it is looked at.

    Args:
        stations: of the block that is looked at, station -> (token, width).
        norms: what its norm1 and norm2 do.
        patterns: (block, head, query, key); each row sums to 1.
        sizes: (block, station, token), the norm of each vector.
        probabilities: (classes,) of the answer or of the next character; None for blocks without a head.
        block, head, token, unit: looked at.
        pinned: the token whose row of a pattern is looked at, or −1.
        silenced: the share of values that dropout silences.
    """

    network: LoadedNetwork
    given: BlockInput
    stations: dict[str, np.ndarray]
    norms: tuple[Normed, Normed]
    patterns: np.ndarray
    sizes: np.ndarray
    probabilities: np.ndarray | None
    block: int
    head: int
    token: int
    unit: int
    pinned: int
    silenced: float

    @property
    def token_name(self) -> str:
        """The name of the token that is looked at."""
        return self.given.tokens[self.token]


def forward(network: LoadedNetwork, given: BlockInput, state: State) -> ForwardPass:
    """A pass through all blocks, with dropout at work if the learner wants it."""
    depth = digit_transformer.count_blocks(network.model)
    edits = stream.dropped(depth, state.silenced, state.dropout_seed) if state.silenced else {}
    output, record = trace(network.model, given.x, edits)
    logits = {"words": None, "digit": output[0], "text": output[0, -1]}[given.kind]
    block, count = min(state.block, depth - 1), len(given.tokens)
    stations, patterns = stream.stations(record, block), stream.patterns(record, depth)
    usual = count - 1 if given.kind == "text" else 0  # the token that the answer is read from
    return ForwardPass(
        network,
        given,
        stations,
        (
            _normed(network.model, block, 1, stations["mid"]),
            _normed(network.model, block, 2, stations["post"]),
        ),
        patterns,
        stream.sizes(record, depth),
        None if logits is None else logits.softmax(0).numpy(),
        block,
        min(state.head, patterns.shape[1] - 1),
        state.token if 0 <= state.token < count else usual,
        min(state.unit, stations["in"].shape[1] - 1),
        state.pin if state.pin < count else -1,
        state.silenced,
    )


def _normed(model: nn.Module, block: int, number: int, values: np.ndarray) -> Normed:
    layer = model.get_submodule(f"blocks.{block}.norm{number}")
    assert isinstance(layer, nn.LayerNorm)
    return stream.normed(layer, values)


@dataclass(frozen=True)
class WordOrders:
    """Two orders of the same words.

    Args:
        places: for each word of the first order, its place in the other.
    """

    words: Words
    other: Words
    places: tuple[int, ...]

    @property
    def differ(self) -> bool:
        """True if any word stands elsewhere."""
        return self.places != tuple(range(len(self.words)))


def match_orders(words: Words, other: Words) -> WordOrders:
    """Two orders of the same words.

    Raises: ValueError if they are not of the same words.
    """
    return WordOrders(words, other, tuple(order.places(words, other)))


@dataclass(frozen=True, eq=False)
class OrderPass:
    """Two orders of the same words through the same random blocks.

    Args:
        table: (places, embed), of which the first are added to whatever stands there.
    """

    orders: WordOrders
    compared: Compared
    table: np.ndarray


def compare_orders(orders: WordOrders, state: State) -> OrderPass:
    """Both orders through the learner's random blocks.

    Raises: BadWeights if the weights of a learned table of positions are missing or damaged.
    """
    vectors = order.word_vectors(orders.words, state.embed_size, state.seed)
    table = position_table(state)
    return OrderPass(orders, order.compare(make_blocks(state), vectors, orders.places, table), table.numpy())


def compare_with_table(orders: WordOrders, table: str, state: State) -> np.ndarray:
    """(words,): the largest difference of each word's values, with other positions in the same blocks."""
    passed = compare_orders(orders, replace(state, table=table, width=state.embed_size))
    return np.abs(passed.compared.difference).max(axis=1)


@dataclass(frozen=True, eq=False)
class WritingPass:
    """A text that a network has written, and where it looked.

    Args:
        remark: a note to the learner on what was changed in the prompt, or "".
    """

    network: LoadedNetwork
    written: Attended
    remark: str


def write_text(network: LoadedNetwork, state: State, write: Callable[..., Attended] = attend) -> WritingPass:
    """Let the network write after the learner's prompt.

    Args:
        write: takes the place of `dlviz.attention.writing.attend`, to give a text that is there already.
    """
    prompt, remark = generation.prepared(state.prompt, CONTEXT)
    sampling = read_sampling(state, state.draw_seed)
    return WritingPass(network, write(network.model, prompt, state.length, *sampling), remark)
