"""Questions of the Transformer block lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.attention.order import compare, places, word_vectors
from dlviz.attention.stream import dropped, normed
from dlviz.attention.writing import Attended, attend
from dlviz.data import digits
from dlviz.generation import distribution
from dlviz.models import CharTransformer, DigitTransformer, SelfAttention, TransformerBlock
from dlviz.models.transformers import sinusoids
from dlviz.questions import Choice
from dlviz.scripts.attention import LEARNED, Blocks, attend_script, block_script
from dlviz.ui.inputs.sampling import read_sampling
from dlviz.ui.labs.block.captions import LSTM
from dlviz.ui.labs.block.forward import (
    ForwardPass,
    OrderPass,
    WordOrders,
    WritingPass,
    compare_with_table,
    forward,
)
from dlviz.ui.labs.block.networks import FILES
from dlviz.ui.labs.block.state import WRITERS_HEADS, State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.next_character import ask_first_character, name_character
from dlviz.ui.runs.loaded_network import packaged_files
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number, percent, probability
from dlviz.ui.text_format.quotes import quoted

AnyPass = ForwardPass | OrderPass | WritingPass
SAME, OTHER = "The same", "Another one"


def questions(passed: AnyPass, state: State) -> list[Choice]:
    """Questions to predict, about the part of the lab that is on screen."""
    match passed:
        case ForwardPass():
            return [_adds_more(passed), _hidden_units_on(passed), _keeps_direction(passed)]
        case OrderPass():
            return [_without_positions(passed.orders, state)]
    better = _better_writer()
    written = passed.written
    return [ask_first_character(written.raw), _just_before(written), *([better] if better else [])]


def main_question(passed: AnyPass, state: State) -> Choice | None:
    """Ask what a change does to the part of the lab that is on screen; None while it is made, or has none."""
    match passed:
        case ForwardPass() if state.dropout == "0" and passed.probabilities is not None:
            return _under_dropout(passed, state)
        case OrderPass() if state.table == "none":
            return _with_positions(passed.orders, state)
    return None


def _under_dropout(passed: ForwardPass, state: State) -> Choice:
    assert passed.probabilities is not None
    shows = {"dropout": "50"}
    silenced = forward(passed.network, passed.given, replace(state, **shows)).probabilities
    assert silenced is not None
    before, after = (_answer(passed, each) for each in (passed.probabilities, silenced))
    options = ["It stays", "It changes"]
    return Choice(
        name="dropout",
        text=(
            "Dropout is about to silence half of the values after each attention and each feed-forward "
            "network. What becomes of the answer?"
        ),
        options=options,
        answer=options[int(passed.probabilities.argmax() != silenced.argmax())],
        hints=[
            "Each block adds to the vector: what came in is still there beside what dropout takes away.",
            f"Without dropout it is {before}. How sure was it before?",
        ],
        why="Why? What carries the answer past the silenced values?",
        because=(
            f"Before it was {before}, now {after}. What came into a block passes by beside it, along the "
            "residual stream. Another seed silences other values."
        ),
        shows=shows,
    )


def _answer(passed: ForwardPass, probabilities: np.ndarray) -> str:
    label = passed.network.classes[int(probabilities.argmax())]
    named = label if passed.given.kind == "digit" else name_character(label)
    return f"{plain(named)} ({probability(float(probabilities.max()))})"


def _adds_more(passed: ForwardPass) -> Choice:
    sizes = {
        "Attention": passed.sizes[passed.block, 1, passed.token],
        "The feed-forward network": passed.sizes[passed.block, 6, passed.token],
    }
    listed = "; ".join(f"{name.lower()} {size:.3g}" for name, size in sizes.items())
    return Choice(
        name="adds",
        text=f"What adds the larger vector to {_token(passed)} in block {passed.block + 1}?",
        options=list(sizes),
        answer=max(sizes, key=sizes.__getitem__),
        hints=[
            "Compare the two red bars on the block’s button.",
            "The larger the vector that is added, the longer its bar.",
        ],
        because=f"The sizes are: {listed}.",
    )


def _hidden_units_on(passed: ForwardPass) -> Choice:
    hidden = passed.stations["hidden"][passed.token]
    count, size = int((hidden > 0).sum()), len(hidden)
    share = count / size
    options = ["Less than a quarter", "A quarter to a half", "More than half"]
    return Choice(
        name="on",
        text=f"How many of the feed-forward network’s {size} hidden units are on for {_token(passed)}?",
        options=options,
        answer=options[0 if share < 0.25 else 1 if share <= 0.5 else 2],
        hints=[
            "A unit that ReLU has cut to 0 is white. The number stands under the map.",
            "Hold that number against a quarter and against a half of all units.",
        ],
        because=f"{count} of {size}.",
    )


def _keeps_direction(passed: ForwardPass) -> Choice:
    before, after = passed.stations["in"][passed.token], passed.stations["mid"][passed.token]
    cosine = float(before @ after / (np.linalg.norm(before) * np.linalg.norm(after)))
    options = ["Nearly the same direction", "Another direction"]
    return Choice(
        name="direction",
        text=f"After attention is added, does {_token(passed)} still point where it did (cosine above 0.9)?",
        options=options,
        answer=options[int(cosine <= 0.9)],
        hints=[
            "Is what attention adds small or large beside what comes in?",
            "Something small hardly turns a vector. Something large does, unless both point the same way.",
        ],
        because=f"The cosine of both vectors is {number(cosine, '.3f')}.",
    )


def _token(passed: ForwardPass) -> str:
    return plain(quoted(passed.token_name))


def _without_positions(orders: WordOrders, state: State) -> Choice:
    difference = float(compare_with_table(orders, "none", state)[0])
    return Choice(
        name="without",
        text=f"Without positions, which vector does {plain(quoted(orders.words[0]))} get in the other order?",
        options=[SAME, OTHER],
        answer=SAME if difference < 1e-4 else OTHER,
        hints=[
            "Attention compares every word with every other, wherever they stand. Choose None above.",
            "A word’s vector is then a weighted sum over all words. What does their order change in a sum?",
        ],
        because=f"Its values differ by {number(difference)} at most.",
    )


def _with_positions(orders: WordOrders, state: State) -> Choice:
    staying = [word for word, place in enumerate(orders.places) if word == place]
    at = staying[0] if staying else 0
    difference = float(compare_with_table(orders, "sinusoidal", state)[at])
    where = "stands at the same place in both orders" if staying else "moves"
    return Choice(
        name="stays",
        text=f"{plain(quoted(orders.words[at]))} {where}. Sinusoidal positions are about to be added to the "
        "words. Which vector does it get in the other order?",
        options=[SAME, OTHER],
        answer=SAME if difference < 1e-4 else OTHER,
        hints=[
            "Its own word and its own position are added up before the first block.",
            "Attention also gathers from the other words. Have these kept their places?",
        ],
        why="Why?",
        because=f"Its values differ by up to {number(difference)}: it also gathers from words that moved.",
        shows={"table": "sinusoidal"},
    )


def _just_before(written: Attended) -> Choice:
    shares = written.attention[..., -1].mean(axis=(0, 2))
    names = [f"Block {block + 1}" for block in range(len(shares))]
    pairs = zip(names, shares, strict=True)
    listed = ", ".join(f"{name.lower()} {percent(float(share))}" for name, share in pairs)
    return Choice(
        name="before",
        text="Which block looks most at the character just before, on average over its heads and your text?",
        options=names,
        answer=names[int(shares.argmax())],
        hints=[
            "Play the text: which strip has its blue at the very right?",
            "The mean counts: look at all heads of a block, over several characters.",
        ],
        because=f"Of their attention lies there: {listed}.",
    )


def _better_writer() -> Choice | None:
    """None where a weights file does not say how surprised its network was."""
    files = {"CharTransformer": FILES["text"], "CharacterLSTM": LSTM}
    measured = {name: model_cache.measured(file).get("bits_per_character") for name, file in files.items()}
    bits = {name: found["held_out"] for name, found in measured.items() if found}
    if len(bits) < len(files):
        return None
    listed = ", ".join(f"{name} {cost:.3f}" for name, cost in bits.items())
    return Choice(
        name="better",
        text="Which of the two networks is surprised less by chapters that it never read?",
        options=list(files),
        answer=min(bits, key=bits.__getitem__),
        hints=[
            "Their results stand side by side under the text.",
            "Fewer bits a character mean less surprise.",
        ],
        because=f"Bits a character: {listed}.",
    )


def shown_code(passed: AnyPass, _: State) -> list[Callable | type]:
    """The functions and classes that made the numbers on screen."""
    match passed:
        case ForwardPass():
            return [TransformerBlock, SelfAttention, DigitTransformer, normed, dropped]
        case OrderPass():
            return [compare, places, word_vectors, sinusoids, TransformerBlock]
    return [CharTransformer, attend, distribution, TransformerBlock]


def script(passed: AnyPass, state: State) -> str:
    """A script of plain PyTorch that computes the numbers on screen again."""
    match passed:
        case ForwardPass():
            return block_script(_blocks(passed, state))
        case OrderPass(orders=orders):
            sizes = state.embed_size, state.heads, state.depth
            looked_at = state.depth - 1, 0, 0  # block, token, unit
            shown = Blocks("words", orders.words, state.table, state.seed, *sizes, 0.0, 0, *looked_at)
            return block_script(shown, orders.places)
    sampling = read_sampling(state, state.draw_seed)
    return attend_script(passed.written.prompt, state.length, *sampling, heads=WRITERS_HEADS)


def _blocks(passed: ForwardPass, state: State) -> Blocks:
    given = {
        "words": passed.given.tokens,
        "digit": "" if passed.given.pixels is None else digits.to_text(passed.given.pixels),
        "text": passed.given.x[0].tolist(),
    }[passed.given.kind]
    return Blocks(
        passed.given.kind,
        given,
        state.table,
        state.seed,
        passed.stations["in"].shape[1],
        passed.patterns.shape[1],
        len(passed.patterns),
        passed.silenced,
        state.dropout_seed,
        passed.block,
        passed.token,
        passed.unit,
        passed.network.weights_file,
    )


def script_name(_: AnyPass, state: State) -> str:
    """The name of the script's file."""
    return f"dlviz_block_{state.part}.py"


def script_files(passed: AnyPass, state: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    if isinstance(passed, ForwardPass) and passed.network.weights_file:
        return passed.network.script_files
    file = LEARNED["text"] if isinstance(passed, WritingPass) else LEARNED.get(state.table, "")
    return packaged_files(file) if file else {}
