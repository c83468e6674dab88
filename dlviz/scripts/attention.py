"""“Run it yourself” for transformer blocks: plain-PyTorch scripts that compute again what a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

import numpy as np

from dlviz.data import novels
from dlviz.paths import ASSETS
from dlviz.scripts.literals import packed

LEARNED = {"digit": "digit_transformer.safetensors", "text": "char_transformer.safetensors"}


@dataclass(frozen=True)
class Blocks:
    """What goes through which blocks, and what is looked at.

    Args:
        kind: words, digit or text.
        given: the words; a digit as `digits.to_text` writes it; or each character's number.
        table: none, sinusoidal, text or digit: the positions added to words.
        seed, width: of random words and blocks.
        heads, depth: of the blocks.
        share, dropout_seed: of the values that dropout silences.
        block, token, unit: what is looked at.
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
    """A script that prints what each block's parts add to a token, and the numbers of a block's LayerNorms.

    Args:
        places: where each word stands in another order, whose outputs it compares with the first's.
    """
    file = shown.file or LEARNED.get(shown.table if shown.kind == "words" else shown.kind, "")
    given = shown.given if isinstance(shown.given, str) else list(shown.given)
    numbers = ("seed", "width", "heads", "depth", "dropout_seed", "block", "token", "unit")
    return _fill(
        "block",
        usage=f"python script.py {file}".strip(),
        kind=repr(str(shown.kind)),
        input=repr(given),
        table=repr(str(shown.table)),
        share=repr(float(shown.share)),
        places=repr(None if places is None else [int(place) for place in places]),
        **{name: repr(int(getattr(shown, name))) for name in numbers},
    )


def attend_script(
    prompt: str, count: int, temperature: float, top_k: int | None, seed: int, top_p: float | None, heads: int
) -> str:
    """A script that writes `count` characters after a prompt, as `writing.attend` does."""
    return _fill(
        "attend",
        alphabet=repr(novels.ALPHABET),
        prompt=repr(str(prompt)),
        count=repr(int(count)),
        temperature=repr(float(temperature)),
        top_k=repr(None if top_k is None else int(top_k)),
        top_p=repr(None if top_p is None else float(top_p)),
        seed=repr(int(seed)),
        heads=repr(int(heads)),
    )


@dataclass(frozen=True)
class Attention:
    """What an attention script computes with.

    Args:
        heads, head: how many there are, and whose pattern is printed.
        names: of queries, keys, values and fc_out in the weights file, or their seed if they are random.
        file: what the usage calls that file.
        causal, scaled: whether later tokens are masked, and scores divided by √head_dim.
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


def attention_script(x: np.ndarray, told: Attention) -> str:
    """A script that prints one head's pattern, and the first eight numbers of each token's output.

    Args:
        x: (seq, embed) float32, what enters the attention.
    """
    seed = told.names if isinstance(told.names, int) else None
    weight = told.weight and (*map(int, told.weight[:3]), float(told.weight[3]))
    return _fill(
        "attention",
        usage=f"python script.py {told.file}".rstrip(),
        shape=repr(tuple(map(int, x.shape))),
        x=repr(packed(x)),
        heads=repr(int(told.heads)),
        head=repr(int(told.head)),
        seed=repr(seed),
        names=repr([] if isinstance(told.names, int) else list(map(str, told.names))),
        causal=repr(bool(told.causal)),
        scaled=repr(bool(told.scaled)),
        hidden=repr(list(map(int, told.hidden))),
        off=repr(list(map(int, told.off))),
        weight=repr(weight),
    )


def _fill(name: str, **literals: str) -> str:
    template = (ASSETS / "scripts" / f"{name}.py.txt").read_text(encoding="utf-8")
    return Template(template).substitute(literals)
