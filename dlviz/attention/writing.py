"""Text from a character transformer, with where every layer and head looked at each character."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from dlviz.data import novels
from dlviz.generation import distribution, write
from dlviz.models import CharTransformer
from dlviz.trace import recording


@dataclass(frozen=True, eq=False)
class Attended:
    """A prompt and what the network wrote after it.

    Args:
        prompt, text, raw, drawn, bits: as of `generation.Generated`.
        attention: (characters, layers, heads, context), each layer's and head's weights when it said what
            follows: the last value is the character just before, and what does not exist yet is 0.
    """

    prompt: str
    text: str
    raw: np.ndarray
    drawn: np.ndarray
    bits: np.ndarray
    attention: np.ndarray

    def first(self, count: int) -> "Attended":
        """The prompt and the first `count` characters after it: what would have been written so far."""
        return Attended(
            self.prompt,
            self.text[:count],
            self.raw[:count],
            self.drawn[:count],
            self.bits[: len(self.prompt) + count],
            self.attention[:count],
        )


@torch.inference_mode()
def attend(
    model: CharTransformer,
    prompt: str,
    count: int,
    temperature: float,
    top_k: int | None,
    seed: int,
    top_p: float | None = None,
) -> Attended:
    """`count` characters, at least one, after a prompt; each is said from the last `context` ones before it.

    Raises: ValueError as `distribution` and `write`, for a prompt longer than the context, or no count.
    """
    if count < 1:
        raise ValueError(f"at least one character must be written, not {count}")
    if len(prompt) > model.context:
        raise ValueError(f"{len(prompt)} characters do not fit a context of {model.context}")
    window = torch.zeros(0, dtype=torch.int64)
    looks: list[np.ndarray] = []

    def read_on(indices: Tensor) -> Tensor:
        nonlocal window
        window = torch.cat([window, indices])[-model.context :]
        with recording() as record:
            logits = model(window[None])[0, -1]
        looks.append(last_rows(record, model.context))
        return logits

    def draw(logits: Tensor) -> Tensor:
        return distribution(logits, temperature, top_k, top_p)

    every, raw, drawn = write(read_on, prompt, count, draw, seed)
    text = novels.decode(every[len(prompt) :])
    bits = np.concatenate([_prompt_bits(model, every[: len(prompt)]), _bits(raw, every[len(prompt) :])])
    return Attended(prompt, text, raw, drawn, bits, np.stack(looks))


def last_rows(record: dict[str, Tensor], context: int) -> np.ndarray:
    """(layer, head, context): where the last position looks, zeros before what there is."""
    patterns = [value[0, :, -1] for name, value in record.items() if name.endswith("attention.pattern")]
    rows = torch.stack(patterns)
    return torch.nn.functional.pad(rows, (context - rows.shape[-1], 0)).numpy()


def _prompt_bits(model: CharTransformer, indices: Tensor) -> np.ndarray:
    """(characters,) of a prompt, which the network reads at once; the first has none (NaN)."""
    said = model(indices[None])[0, :-1].softmax(1).numpy()
    return np.concatenate([[np.nan], _bits(said, indices[1:])]).astype(np.float32)


def _bits(said: np.ndarray, indices: Tensor) -> np.ndarray:
    """(characters,) −log₂ of the probability that each had."""
    return -np.log2(np.take_along_axis(said, indices.numpy()[:, None], axis=1)[:, 0])
