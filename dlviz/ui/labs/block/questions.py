"""What a learner is asked in the lab of the transformer block, and the code behind its pictures."""

from __future__ import annotations

import numpy as np

from dlviz.attention.order import compare as compared
from dlviz.attention.order import places, word_vectors
from dlviz.attention.stream import dropped, normed
from dlviz.attention.writing import Attended, attend
from dlviz.data import digits
from dlviz.generation import distribution
from dlviz.models import CharTransformer, DigitTransformer, SelfAttention, TransformerBlock
from dlviz.models.transformers import sinusoids
from dlviz.scripts.attention import Blocks, attend_script, block_script
from dlviz.ui.labs.block import inputs, order
from dlviz.ui.labs.block.forward import Run
from dlviz.ui.labs.block.order import Orders
from dlviz.ui.labs.block.state import get
from dlviz.ui.labs.block.write import FILE, Setting
from dlviz.ui.lesson import Question
from dlviz.ui.next_character import ask_first_character
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

SOURCES = {
    "stream": (TransformerBlock, SelfAttention, DigitTransformer, normed, dropped),
    "order": (compared, places, word_vectors, sinusoids, TransformerBlock),
    "write": (CharTransformer, attend, distribution, TransformerBlock),
}
SAME, OTHER = "The same", "Another one"


def of_stream(run: Run) -> list[Question]:
    """Questions, answered from the pass on screen."""
    return [_adds_more(run), _on(run), _sum_stays(run)]


def _adds_more(run: Run) -> Question:
    sizes = {
        "Attention": run.sizes[run.block, 1, run.token],
        "The feed-forward network": run.sizes[run.block, 6, run.token],
    }
    best = max(sizes, key=sizes.__getitem__)
    told = "; ".join(f"{name.lower()} {size:.3g}" for name, size in sizes.items())
    return Question(
        name="adds",
        text=f"What adds the larger vector to {_token(run)} in block {run.block + 1}?",
        options=list(sizes),
        answer=best,
        hint="Compare the two red bars on the block’s button.",
        because=f"The sizes are: {told}.",
    )


def _on(run: Run) -> Question:
    hidden = run.stations["hidden"][run.token]
    on = int((hidden > 0).sum())
    options = ["Less than a quarter", "A quarter to a half", "More than half"]
    share = on / len(hidden)
    return Question(
        name="on",
        text=f"How many of the feed-forward network’s {len(hidden)} hidden units are on for {_token(run)}?",
        options=options,
        answer=options[0 if share < 0.25 else 1 if share <= 0.5 else 2],
        hint="A unit that ReLU has cut to 0 is white. The number stands under the map.",
        because=f"{on} of {len(hidden)}.",
    )


def _sum_stays(run: Run) -> Question:
    before, after = run.stations["in"][run.token], run.stations["mid"][run.token]
    alike = float(before @ after / (np.linalg.norm(before) * np.linalg.norm(after)))
    options = ["Nearly the same direction", "Another direction"]
    return Question(
        name="direction",
        text=f"After attention is added, does {_token(run)} still point where it did (cosine above 0.9)?",
        options=options,
        answer=options[int(alike <= 0.9)],
        hint="Is what attention adds small or large beside what comes in?",
        because=f"The cosine of both vectors is {alike:.3f}.".replace("-", "−"),
    )


def _token(run: Run) -> str:
    return f"“{plain(run.source.tokens[run.token])}”"


def of_order(orders: Orders) -> list[Question]:
    """Questions about the learner's own words, answered by other settings of the same blocks."""
    return [_without(orders), _stays(orders)]


def _by(orders: Orders, sinusoidal: bool) -> np.ndarray:
    """(words,): the largest difference of each word's values, without positions or with sines."""
    width, count = inputs.width(), len(orders.words)
    vectors = word_vectors(orders.words, width, get("seed"))
    positions = sinusoids(count, width) if sinusoidal else 0 * sinusoids(count, width)
    model = inputs.blocks(width, get("heads"), get("depth"), get("seed"))
    return np.abs(compared(model, vectors, orders.places, positions).difference).max(axis=1)


def _without(orders: Orders) -> Question:
    difference = float(_by(orders, sinusoidal=False)[0])
    word = plain(orders.words[0])
    return Question(
        name="without",
        text=f"Without positions, which vector does “{word}” get in the other order?",
        options=[SAME, OTHER],
        answer=SAME if difference < 1e-4 else OTHER,
        hint="Attention compares every word with every other, wherever they stand. Choose None above.",
        because=f"Its values differ by {order.number(difference)} at most.",
    )


def _stays(orders: Orders) -> Question:
    stays = [word for word, place in enumerate(orders.places) if word == place]
    at = stays[0] if stays else 0
    difference = float(_by(orders, sinusoidal=True)[at])
    word, where = plain(orders.words[at]), "stands at the same place in both orders" if stays else "moves"
    return Question(
        name="stays",
        text=f"“{word}” {where}. With sinusoidal positions, which vector does it get there?",
        options=[SAME, OTHER],
        answer=SAME if difference < 1e-4 else OTHER,
        hint="It also gathers from the others. Choose Sinusoidal above and look at its row.",
        because=f"Its values differ by up to {order.number(difference)}.",
    )


def of_writing(made: Attended) -> list[Question]:
    """Questions, answered from the text on screen and the weights' own facts."""
    better = _better()
    return [ask_first_character(made.raw), _just_before(made), *([better] if better else [])]


def _just_before(made: Attended) -> Question:
    shares = made.attention[..., -1].mean(axis=(0, 2))
    names = [f"Block {block + 1}" for block in range(len(shares))]
    told = ", ".join(f"{name.lower()} {100 * share:.1f} %" for name, share in zip(names, shares, strict=True))
    return Question(
        name="before",
        text="Which block looks most at the character just before, on average over its heads and your text?",
        options=names,
        answer=names[int(shares.argmax())],
        hint="Play the text: which strip has its blue at the very right?",
        because=f"Of their attention lies there: {told}.",
    )


def _better() -> Question | None:
    """None where a weights file does not say how surprised its network was."""
    names = {"CharTransformer": FILE, "CharacterLSTM": "novel_lstm"}
    measured = {name: model_cache.measured(file).get("bits_per_character") for name, file in names.items()}
    bits = {name: found["held_out"] for name, found in measured.items() if found}
    if len(bits) < len(names):
        return None
    told = ", ".join(f"{name} {cost:.3f}" for name, cost in bits.items())
    return Question(
        name="better",
        text="Which of the two networks is surprised less by chapters that it never read?",
        options=list(names),
        answer=min(bits, key=bits.__getitem__),
        hint="Their results stand side by side under the text.",
        because=f"Bits a character: {told}.",
    )


def stream_script(run: Run) -> str:
    """A plain PyTorch script with the numbers of the block on screen."""
    return block_script(_shown(run))


def _shown(run: Run) -> Blocks:
    given = {
        "words": run.source.tokens,
        "digit": "" if run.source.pixels is None else digits.to_text(run.source.pixels),
        "text": run.source.x[0].tolist(),
    }[run.source.kind]
    return Blocks(
        run.source.kind,
        given,
        get("table"),
        get("seed"),
        run.stations["in"].shape[1],
        run.patterns.shape[1],
        run.depth,
        run.share,
        get("dropout_seed"),
        run.block,
        run.token,
        run.unit,
        run.source.network.weights_file if run.source.network else "",
    )


def order_script(orders: Orders) -> str:
    """A plain PyTorch script with both orders."""
    shown = Blocks(
        "words",
        orders.words,
        get("table"),
        get("seed"),
        inputs.width(),
        get("heads"),
        get("depth"),
        0.0,
        0,
        get("depth") - 1,
        0,
        0,
    )
    return block_script(shown, orders.places)


def write_script(setting: Setting) -> str:
    """A plain PyTorch script that writes the same text."""
    return attend_script(*vars(setting).values(), heads=4)
