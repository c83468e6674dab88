"""“Run it yourself” for transformer blocks: plain-PyTorch scripts that compute again what a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.data import novels
from dlviz.scripts.templates import fill, pack

LEARNED = {"digit": "digit_transformer.safetensors", "text": "char_transformer.safetensors"}


@dataclass(frozen=True)
class Blocks:
    """Input of an explained stack of blocks, and the part of it that is looked at.

    Args:
        kind: words, digit or text.
        given: the words; a digit as `digits.to_text` writes it; or each character's number.
        table: of positions added to words: none, sinusoidal, text or digit.
        seed, width: of random words and blocks.
        heads, depth: of the blocks.
        share, dropout_seed: of the values that dropout drops.
        block, token, unit: the part that is looked at.
        file: with the weights, where they are not the project's.
    """

    kind: str
    given: Sequence[str] | Sequence[int] | str
    table: str
    seed: int
    width: int
    heads: int
    depth: int
    share: float
    dropout_seed: int
    block: int
    token: int
    unit: int
    file: str = ""


def block_script(shown: Blocks, places: Sequence[int] | None = None) -> str:
    """Write a script that prints what each block's parts add to a token, and a block's LayerNorms.

    Args:
        places: of each word in another order, whose outputs it compares with the first's.
    """
    file = shown.file or LEARNED.get(shown.table if shown.kind == "words" else shown.kind, "")
    numbers = ("seed", "width", "heads", "depth", "dropout_seed", "block", "token", "unit")
    return fill(
        "block",
        {"usage": f"python script.py {file}".strip()},
        kind=str(shown.kind),
        input=shown.given if isinstance(shown.given, str) else list(shown.given),
        table=str(shown.table),
        share=float(shown.share),
        places=None if places is None else [int(place) for place in places],
        **{name: int(getattr(shown, name)) for name in numbers},
    )


def attend_script(
    prompt: str, count: int, temperature: float, top_k: int | None, seed: int, top_p: float | None, heads: int
) -> str:
    """Write a script that writes `count` characters after a prompt, as `writing.attend` does."""
    return fill(
        "attend",
        alphabet=novels.ALPHABET,
        prompt=str(prompt),
        count=int(count),
        temperature=float(temperature),
        top_k=None if top_k is None else int(top_k),
        top_p=None if top_p is None else float(top_p),
        seed=int(seed),
        heads=int(heads),
    )


@dataclass(frozen=True)
class Attention:
    """Settings of an attention script.

    Args:
        heads, head: their number, and the one whose pattern is printed.
        names: of queries, keys, values and fc_out in the weights file, or their seed if they are random.
        file: that file's name in the usage.
        causal, scaled: true to mask later tokens, and to divide scores by √head_dim.
        hidden, off: masked tokens, heads switched off.
        weight: head, query, key and value of a weight that is set.
    """

    heads: int
    head: int
    names: Sequence[str] | int
    file: str = ""
    causal: bool = False
    scaled: bool = True
    hidden: Sequence[int] = ()
    off: Sequence[int] = ()
    weight: tuple[int, int, int, float] | None = None


def attention_script(x: np.ndarray, shown: Attention) -> str:
    """Write a script that prints one head's pattern, and the first eight numbers of each token's output.

    Args:
        x: (seq, embed) float32, what enters the attention.
    """
    seed, names = (shown.names, []) if isinstance(shown.names, int) else (None, list(map(str, shown.names)))
    return fill(
        "attention",
        {"usage": f"python script.py {shown.file}".rstrip()},
        shape=tuple(map(int, x.shape)),
        x=pack(x),
        heads=int(shown.heads),
        head=int(shown.head),
        seed=seed,
        names=names,
        causal=bool(shown.causal),
        scaled=bool(shown.scaled),
        hidden=list(map(int, shown.hidden)),
        off=list(map(int, shown.off)),
        weight=shown.weight and (*map(int, shown.weight[:3]), float(shown.weight[3])),
    )
