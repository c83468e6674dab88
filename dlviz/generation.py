"""Text generation by a character LSTM: each character with the distribution that it was drawn from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.data import novels
from dlviz.models.unrolled import over_time
from dlviz.recurrence.reading import names
from dlviz.trace import trace

HOTTEST = 2.0
LONGEST_PROMPT = 500
REACH = 200  # characters back that a gradient is followed
LISTED = 8  # characters that were left out


@dataclass(frozen=True, eq=False)
class Generated:
    """A prompt and what the network wrote after it.

    Args:
        prompt, text: the characters that it read, and those that it wrote.
        raw: (characters, alphabet) float32, the network's softmax for each written character.
        drawn: (characters, alphabet) float32, the distribution that it was drawn from: after temperature,
            top-k and top-p.
        cell: (prompt + characters, hidden) float32, the last layer's cell state after each character.
        bits: (prompt + characters,) float32, the surprise of each character by `raw`; NaN for the very first.
    """

    prompt: str
    text: str
    raw: np.ndarray
    drawn: np.ndarray
    cell: np.ndarray
    bits: np.ndarray


def prepared(prompt: str, longest: int = LONGEST_PROMPT) -> tuple[str, str]:
    """Prepare a prompt: as the network can read it, and a sentence on what was changed; "" if nothing was.

    Args:
        longest: number of characters that are read, at most: the last ones.
    """
    plain, lost = novels.transliterate(prompt), novels.left_out(prompt)
    if not plain:
        why = "None of these characters is in its alphabet" if prompt else "Without a prompt"
        return "\n", f"{why}: the network begins a new line."
    remarks = []
    if len(plain) > longest:
        remarks.append(f"Of {len(plain):,} characters the last {longest} are read.")
    if lost:
        more = " …" if len(lost) > LISTED else ""
        listed = " ".join(lost[:LISTED])
        remarks.append(f"Left out, since the novels have no such characters: {listed}{more}")
    return plain[-longest:], " ".join(remarks)


def distribution(
    logits: Tensor, temperature: float, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """Distribution (alphabet,) float32 that a character is drawn from, summing to 1.

    Args:
        logits: (alphabet,).
        temperature: divides the logits: below 1 the probable becomes more so. At 0 the most probable is
            certain.
        top_k: all but the k most probable become impossible; None keeps all.
        top_p: after that, the fewest most probable that together have at least this probability (the nucleus)
            are kept.
    Raises: ValueError for a temperature outside 0 … 2, a k below 1, or a p that is not above 0 and at most 1.
    Source: Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1, of top-p.
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
    """Keep the fewest most probable that together have at least `top_p`, scaled to sum to 1."""
    ordered, order = probabilities.sort(descending=True)
    before = ordered.cumsum(0) - ordered  # what the more probable ones have together
    kept = torch.zeros_like(probabilities).index_copy_(0, order, ordered * (before < top_p))
    return kept / kept.sum()


@torch.inference_mode()
def write(
    read_on: Callable[[Tensor], Tensor],
    prompt: str,
    count: int,
    draw: Callable[[Tensor], Tensor],
    seed: int,
    put: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """Write `count` characters after a prompt; the same seed gives the same text.

    Args:
        read_on: from indices (seq,) that follow those it has read to the logits (alphabet,) of the next
            character; first it gets the prompt.
        draw: from these logits to the distribution (alphabet,) that a character is drawn from.
        put: place after the prompt -> the character that stands there, whatever is drawn.
    Returns: indices (prompt + characters,) int64, and `raw` and `drawn` as in Generated.
    Raises: ValueError for an empty prompt, or one with characters that are not in the alphabet.
    """
    if not prompt:
        raise ValueError("the network needs a character to begin with")
    random = torch.Generator().manual_seed(seed)
    nothing = torch.zeros(0, len(novels.ALPHABET))
    every, raw, drawn = [novels.encode(prompt)], [nothing], [nothing]
    for at in range(count):
        following = read_on(every[-1])
        probabilities = draw(following)
        raw.append(following.softmax(0)[None])
        drawn.append(probabilities[None])
        # Drawn even where it is not taken: what follows is drawn with the same random numbers.
        own = torch.multinomial(probabilities, 1, generator=random)
        every.append(novels.encode(put[at]) if at in put else own)
    return torch.cat(every), torch.cat(raw).numpy(), torch.cat(drawn).numpy()


@torch.inference_mode()
def generate(
    model: nn.Module,
    prompt: str,
    count: int,
    temperature: float,
    top_k: int | None,
    seed: int,
    top_p: float | None = None,
    put: Mapping[int, str] = MappingProxyType({}),
) -> Generated:
    """Write `count` characters after a prompt, by a CharacterLSTM.

    Args:
        temperature, top_k, top_p: as of `distribution`.
        put: as of `write`.
    Raises: ValueError as `distribution` and `write`.
    """
    state = None

    def read_on(indices: Tensor) -> Tensor:
        nonlocal state
        logits, state = model.read_on(indices[None], state)  # pyright: ignore[reportCallIssue]
        return logits[0, -1]

    draw = partial(distribution, temperature=temperature, top_k=top_k, top_p=top_p)
    every, raw, drawn = write(read_on, prompt, count, draw, seed, put)
    _, record = trace(model, every[None])
    cell = over_time(record, f"{names(model)[-1]}.cell")[0]
    text = novels.decode(every[len(prompt) :])
    return Generated(prompt, text, raw, drawn, cell, surprise(model, every))


@torch.inference_mode()
def surprise(model: nn.Module, indices: Tensor) -> np.ndarray:
    """Surprise of each character of indices (characters,): (characters,) float32 bits; NaN for the first.

    It is −log₂ of the probability that the network gave to the character.
    """
    logs = model(indices[None, :-1])[0].log_softmax(1).gather(1, indices[1:, None])[:, 0]
    return np.concatenate([[np.nan], (-logs / np.log(2)).numpy()]).astype(np.float32)


def influence(model: nn.Module, text: str, at: int, reach: int = REACH) -> np.ndarray:
    """Length of the gradient that a character's logarithm of probability sends to each earlier one's vector.

    Args:
        text: in the alphabet.
        at: place of the character, at least 1.
        reach: number of characters before it that are asked; those farther back get 0.
    Returns: (characters,) float32, 0 from the character on.
    """
    indices = novels.encode(text)
    start = max(0, at - reach)
    with torch.no_grad():
        state = model.read_on(indices[None, :start])[1] if start else None  # pyright: ignore[reportCallIssue]
    with torch.enable_grad():
        vectors = model.get_submodule("embedding")(indices[None, start:at]).detach().requires_grad_()
        hidden, _ = model.get_submodule("lstm")(vectors, state)
        logs = model.get_submodule("fc")(hidden[0, -1]).log_softmax(0)
        (gradient,) = torch.autograd.grad(logs[indices[at]], vectors)
    sizes = np.zeros(len(text), np.float32)
    sizes[start:at] = gradient[0].norm(dim=1).numpy()
    return sizes
