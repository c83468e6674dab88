"""Text from a character transformer, with the attention of every layer and head at each character."""

from dataclasses import dataclass
from functools import partial

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
        attention: (characters, layers, heads, context) float32, the attention weights when each character was
            predicted: the last value is of the character just before, and 0 stands where there was none yet.
    """

    prompt: str
    text: str
    raw: np.ndarray
    drawn: np.ndarray
    bits: np.ndarray
    attention: np.ndarray

    def first(self, count: int) -> "Attended":
        """The prompt and the first `count` characters after it, as if no more had been written."""
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
    """Write `count` characters, at least one, after a prompt; each is predicted from the last `context` ones.

    The arguments are those of `generation.generate`.

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

    draw = partial(distribution, temperature=temperature, top_k=top_k, top_p=top_p)
    every, raw, drawn = write(read_on, prompt, count, draw, seed)
    text = novels.decode(every[len(prompt) :])
    bits = np.concatenate([_prompt_bits(model, every[: len(prompt)]), _bits(raw, every[len(prompt) :])])
    return Attended(prompt, text, raw, drawn, bits, np.stack(looks))


def last_rows(record: dict[str, Tensor], context: int) -> np.ndarray:
    """Attention weights of the last position: (layer, head, context), 0 where there is no character yet."""
    patterns = [value[0, :, -1] for name, value in record.items() if name.endswith("attention.pattern")]
    rows = torch.stack(patterns)
    return torch.nn.functional.pad(rows, (context - rows.shape[-1], 0)).numpy()


def _prompt_bits(model: CharTransformer, indices: Tensor) -> np.ndarray:
    """Surprise of a prompt's characters, read at once: (characters,) bits; the first has none (NaN)."""
    probabilities = model(indices[None])[0, :-1].softmax(1).numpy()
    return np.concatenate([[np.nan], _bits(probabilities, indices[1:])]).astype(np.float32)


def _bits(probabilities: np.ndarray, indices: Tensor) -> np.ndarray:
    """Surprise of each character: (characters,), −log₂ of the probability that it had."""
    return -np.log2(np.take_along_axis(probabilities, indices.numpy()[:, None], axis=1)[:, 0])
