"""Text, one character at a time, each with the distribution that it was drawn from; by a character LSTM."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.data import novels
from dlviz.models.unrolled import over_time
from dlviz.recurrence.reading import names
from dlviz.trace import trace

HOTTEST = 2.0
LONGEST_PROMPT = 500


@dataclass(frozen=True, eq=False)
class Generated:
    """A prompt and what the network wrote after it.

    Args:
        prompt, text: what it read, and what it wrote.
        raw: (characters, alphabet) what the network says of each written character, before it is drawn.
        drawn: (characters, alphabet) what it was drawn from: after temperature, top-k and top-p.
        cell: (prompt + characters, hidden), the last layer's cell state after each character.
        bits: (prompt + characters,) the surprise of each character by `raw`; the very first has none (NaN).
    """

    prompt: str
    text: str
    raw: np.ndarray
    drawn: np.ndarray
    cell: np.ndarray
    bits: np.ndarray


def prepared(prompt: str, longest: int = LONGEST_PROMPT) -> tuple[str, str]:
    """The prompt as the network can read it, and one sentence on what was changed; "" where nothing was.

    Args:
        longest: how many characters are read, at most: the last ones.
    """
    plain = novels.transliterate(prompt.replace("\r\n", "\n"))
    readable = {*novels.ALPHABET, *novels.PLAIN, "\r"}
    lost = dict.fromkeys(character for character in prompt if character not in readable)
    if not plain:
        why = "None of these characters is in its alphabet" if prompt else "Without a prompt"
        return "\n", f"{why}: the network begins a new line."
    if len(plain) > longest:
        return plain[-longest:], f"Of {len(plain):,} characters the last {longest} are read."
    if lost:
        return plain, f"Left out, since the novels have no such characters: {' '.join(list(lost)[:8])}"
    return plain, ""


def distribution(
    logits: Tensor, temperature: float, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """The probabilities (alphabet,) that a character is drawn from.

    Args:
        logits: (alphabet,).
        temperature: divides the logits: below 1 the probable becomes more so. At 0 the most probable is
            certain.
        top_k: all but the k most probable become impossible; None keeps all.
        top_p: after that, the fewest most probable that together have at least this probability are kept.
    Raises: ValueError for a temperature outside 0 … 2, a k below 1, or a p that is not above 0 and at most 1.
    Source of top-p: Holtzman et al. 2019, “The Curious Case of Neural Text Degeneration”.
    """
    if not 0 <= temperature <= HOTTEST:
        raise ValueError(f"a temperature is 0 to {HOTTEST:g}, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"at least one character must stay possible, not {top_k}")
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(f"what is kept must have a probability above 0 and at most 1, not {top_p}")
    if temperature == 0:
        return torch.zeros_like(logits).index_fill_(0, logits.argmax(), 1.0)
    if top_k is not None and top_k < len(logits):
        last = logits.topk(top_k).values[-1]
        logits = logits.masked_fill(logits < last, -torch.inf)
    probabilities = (logits / temperature).softmax(0)
    return probabilities if top_p is None else _nucleus(probabilities, top_p)


def _nucleus(probabilities: Tensor, top_p: float) -> Tensor:
    """The fewest most probable that together have at least `top_p`, scaled to sum to 1."""
    ordered, order = probabilities.sort(descending=True)
    before = ordered.cumsum(0) - ordered  # what the more probable ones have together
    kept = torch.zeros_like(probabilities).index_copy_(0, order, ordered * (before < top_p))
    return kept / kept.sum()


@torch.inference_mode()
def write(
    read_on: Callable[[Tensor], Tensor], prompt: str, count: int, draw: Callable[[Tensor], Tensor], seed: int
) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """`count` characters after a prompt; the same seed gives the same text.

    Args:
        read_on: takes the characters that follow those it has read, and gives the logits (alphabet,) of the
            next; first it gets the prompt.
        draw: the distribution (alphabet,) that a character is drawn from, of these logits.
    Returns: the indices of prompt and text, and `raw` and `drawn` as in Generated.
    Raises: ValueError for an empty prompt, or one with characters that are not in the alphabet.
    """
    if not prompt:
        raise ValueError("the network needs a character to begin with")
    random = torch.Generator().manual_seed(seed)
    every = [novels.encode(prompt)]
    raw, drawn = [], []
    for _ in range(count):
        following = read_on(every[-1])
        probabilities = draw(following)
        raw.append(following.softmax(0))
        drawn.append(probabilities)
        every.append(torch.multinomial(probabilities, 1, generator=random))
    return torch.cat(every), _stacked(raw), _stacked(drawn)


@torch.inference_mode()
def generate(
    model: nn.Module,
    prompt: str,
    count: int,
    temperature: float,
    top_k: int | None,
    seed: int,
    top_p: float | None = None,
) -> Generated:
    """`count` characters after a prompt, by a CharacterLSTM.

    Raises: ValueError as `distribution` and `write`.
    """
    state = None

    def read_on(indices: Tensor) -> Tensor:
        nonlocal state
        logits, state = model.read_on(indices[None], state)  # pyright: ignore[reportCallIssue]
        return logits[0, -1]

    def draw(logits: Tensor) -> Tensor:
        return distribution(logits, temperature, top_k, top_p)

    every, raw, drawn = write(read_on, prompt, count, draw, seed)
    _, record = trace(model, every[None])
    cell = over_time(record, f"{names(model)[-1]}.cell")[0]
    text = novels.decode(every[len(prompt) :])
    return Generated(prompt, text, raw, drawn, cell, surprise(model, every))


def _stacked(rows: list[Tensor]) -> np.ndarray:
    return torch.stack(rows).numpy() if rows else np.zeros((0, len(novels.ALPHABET)), np.float32)


@torch.inference_mode()
def surprise(model: nn.Module, indices: Tensor) -> np.ndarray:
    """(characters,) bits: −log₂ of the probability that each character was given; NaN for the first."""
    said = model(indices[None, :-1])[0].log_softmax(1).gather(1, indices[1:, None])[:, 0]
    return np.concatenate([[np.nan], (-said / np.log(2)).numpy()]).astype(np.float32)
