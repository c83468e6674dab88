"""Text from a character LSTM, one character at a time, each with the distribution that it was drawn from."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.data import novels
from dlviz.models.unrolled import over_time
from dlviz.trace import trace

HOTTEST = 2.0
LONGEST_PROMPT = 500


@dataclass(frozen=True, eq=False)
class Generated:
    """A prompt and what the network wrote after it.

    Args:
        prompt, text: what it read, and what it wrote.
        raw: (characters, alphabet) what the network says of each written character, before it is drawn.
        drawn: (characters, alphabet) what it was drawn from: after temperature and top-k.
        cell: (prompt + characters, hidden), the cell state after each character.
        bits: (prompt + characters,) the surprise of each character by `raw`; the very first has none (NaN).
    """

    prompt: str
    text: str
    raw: np.ndarray
    drawn: np.ndarray
    cell: np.ndarray
    bits: np.ndarray


def prepared(prompt: str) -> tuple[str, str]:
    """The prompt as the network can read it, and one sentence on what was changed; "" where nothing was."""
    plain = novels.written(prompt.replace("\r\n", "\n"))
    readable = {*novels.ALPHABET, *novels.PLAIN, "\r"}
    lost = dict.fromkeys(character for character in prompt if character not in readable)
    if not plain:
        why = "None of these characters is in its alphabet" if prompt else "Without a prompt"
        return "\n", f"{why}: the network begins a new line."
    if len(plain) > LONGEST_PROMPT:
        return plain[-LONGEST_PROMPT:], f"Of {len(plain):,} characters the last {LONGEST_PROMPT} are read."
    if lost:
        return plain, f"Left out, since the novels have no such characters: {' '.join(list(lost)[:8])}"
    return plain, ""


def distribution(logits: Tensor, temperature: float, top_k: int | None = None) -> Tensor:
    """The probabilities (alphabet,) that a character is drawn from.

    Args:
        logits: (alphabet,).
        temperature: divides the logits: below 1 the probable becomes more so. At 0 the most probable is
            certain.
        top_k: all but the k most probable become impossible; None keeps all.
    Raises: ValueError for a temperature outside 0 … 2, or a k below 1.
    """
    if not 0 <= temperature <= HOTTEST:
        raise ValueError(f"a temperature is 0 to {HOTTEST:g}, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"at least one character must stay possible, not {top_k}")
    if temperature == 0:
        return torch.zeros_like(logits).index_fill_(0, logits.argmax(), 1.0)
    if top_k is not None and top_k < len(logits):
        last = logits.topk(top_k).values[-1]
        logits = logits.masked_fill(logits < last, -torch.inf)
    return (logits / temperature).softmax(0)


@torch.inference_mode()
def generate(
    model: nn.Module, prompt: str, count: int, temperature: float, top_k: int | None, seed: int
) -> Generated:
    """`count` characters after a prompt, by a CharacterLSTM; the same seed gives the same text.

    Raises: ValueError as `distribution`, and for an empty prompt or one with characters not in the alphabet.
    """
    if not prompt:
        raise ValueError("the network needs a character to begin with")
    random = torch.Generator().manual_seed(seed)
    read = novels.encode(prompt)
    logits, state = model.read_on(read[None])  # pyright: ignore[reportCallIssue]
    raw, drawn, chosen = [], [], []
    following = logits[0, -1]
    for _ in range(count):
        probabilities = distribution(following, temperature, top_k)
        index = torch.multinomial(probabilities, 1, generator=random)
        raw.append(following.softmax(0))
        drawn.append(probabilities)
        chosen.append(index)
        logits, state = model.read_on(index[None], state)  # pyright: ignore[reportCallIssue]
        following = logits[0, -1]
    every = torch.cat([read, *chosen])
    written = novels.decode(every[len(read) :])
    _, record = trace(model, every[None])
    cell = over_time(record, "lstm.0.cell")[0]
    return Generated(prompt, written, _stacked(raw), _stacked(drawn), cell, surprise(model, every))


def _stacked(rows: list[Tensor]) -> np.ndarray:
    return torch.stack(rows).numpy() if rows else np.zeros((0, len(novels.ALPHABET)), np.float32)


@torch.inference_mode()
def surprise(model: nn.Module, indices: Tensor) -> np.ndarray:
    """(characters,) bits: −log₂ of the probability that each character was given; NaN for the first."""
    said = model(indices[None, :-1])[0].log_softmax(1).gather(1, indices[1:, None])[:, 0]
    return np.concatenate([[np.nan], (-said / np.log(2)).numpy()]).astype(np.float32)
