"""Questions of the BERT lab, answered from the learner's own text, and the code behind its pictures."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.attention import patterns
from dlviz.attention.interventions import drop_heads
from dlviz.chance import rank_band
from dlviz.data.typography import make_plain
from dlviz.questions import Choice
from dlviz.scripts.labs import bert_script
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.forward import ForwardPass, MeasuredHeads, forward, measure_heads
from dlviz.ui.labs.bert.state import PACKAGED, State
from dlviz.ui.text_format.numbers import percent

REACHED = {"later": "Those of later layers alone", "all": "Those of all layers", "none": "None"}
MOVED = 1e-6  # share of attention that is more than rounding


def questions(passed: ForwardPass, _: State) -> list[Choice]:
    """Questions to predict."""
    measured = measure_heads(passed)
    return [_most_heads(passed, measured), _broadest_layer(measured), _most_attention(passed)]


def ask_main(passed: ForwardPass, state: State) -> Choice | None:
    """Ask how far it reaches to switch a head off; None while one is off, or in another view."""
    if state.view != "attention" or passed.off or not passed.encoder.editable:
        return None
    layer, head = passed.selected
    return Choice(
        name="reaches",
        text=(
            f"Head {layer + 1}.{head + 1} is about to be switched off. Which heads will then look elsewhere?"
        ),
        options=list(REACHED.values()),
        answer=None,
        because="",
        hints=[
            "What does a head read: the text itself, or what the layer before it has written?",
            f"Layer {layer + 1} hands its result to the next layer. Who is given it, and who is not?",
        ],
    )


def main_question(passed: ForwardPass, state: State) -> Choice | None:
    """Ask the same, with the answer."""
    asked = ask_main(passed, state)
    if asked is None:
        return None
    layer, _ = passed.selected
    shows = {"off": (passed.selected,)}
    moved = forward(passed.encoder, passed.texts, replace(state, **shows)).moved  # (layer, head)
    changed = {at + 1 for at in range(len(moved)) if moved[at].max() > MOVED}
    later = {at for at in changed if at > layer + 1}
    answer = "none" if not changed else "later" if changed == later else "all"
    at, most = np.unravel_index(moved.argmax(), moved.shape)
    listed = ", ".join(map(str, sorted(changed))) or "none"
    return replace(
        asked,
        answer=REACHED[answer],
        why="Why these, and why not the heads beside it?",
        because=(
            f"Attention moves in these layers: {listed}. Most moves in head {at + 1}.{most + 1}: "
            f"{percent(float(moved.max()))} of it. Heads of one layer read side by side, and earlier "
            "ones have read already."
        ),
        shows=shows,
    )


def _most_heads(passed: ForwardPass, measured: MeasuredHeads) -> Choice:
    kinds = captions.kinds(passed.tokens)
    ((best, count),) = measured.count().most_common(1)
    return Choice(
        name="kind",
        text="Where do most heads look, on this text?",
        options=[f"At {where}" for where in kinds.values()],
        answer=f"At {kinds[best]}",
        hints=[
            "Hover over the small heads: each says what it looks at.",
            "Count how often each place is named.",
        ],
        because=f"{count} of {measured.bits.size} heads {'does' if count == 1 else 'do'}.",
    )


def _broadest_layer(measured: MeasuredHeads) -> Choice:
    layers = measured.bits.mean(axis=1)
    names = [f"Layer {at + 1}" for at in range(len(layers))]
    return Choice(
        name="spread",
        text="In which layer is attention spread most evenly, by the heads’ average entropy?",
        options=names,
        answer=names[int(layers.argmax())],
        hints=[
            "Evenly spread heads are pale all over. In which row do you see most of them?",
            "Entropy is highest where every token gets the same. Average it over the heads of each row.",
        ],
        because=f"Its heads have {layers.max():.2f} of {measured.most:.2f} bits.",
    )


def _most_attention(passed: ForwardPass) -> Choice:
    """The question if a special token, or the text, gets most of all attention."""
    received = passed.reading.attention.mean(axis=(0, 1, 2))  # (key,)
    tokens = passed.tokens
    places = {
        tokens.start_name: tokens.starts,
        tokens.end_name: tokens.separators,
        "All words together": tokens.text,
    }
    shares = {name: float(received[list(at)].sum()) for name, at in places.items()}
    return Choice(
        name="mostly",
        text="Which gets most of all attention, over all layers and heads?",
        options=list(shares),
        answer=max(shares, key=lambda name: shares[name]),
        hints=[
            "Look for blue columns in the small heads: which token stands there?",
            "Average each column over all heads, and add up the columns of the words.",
        ],
        because=" ".join(
            [
                f"{', '.join(f'{name} {percent(share)}' for name, share in shares.items())}.",
                captions.sink(passed),
            ]
        ).strip(),
    )


def shown_code(_: ForwardPass, __: State) -> list[Callable | type]:
    """The functions that read the texts, measured the heads, and switched some off."""
    from dlviz.encoders import eager_attention, explanations, reading

    return [
        reading.tokens,
        reading.read,
        eager_attention.attend,
        patterns.kinds,
        patterns.entropy,
        patterns.rollout,
        drop_heads,
        explanations.without_tokens,
        explanations.leaving_out_tokens,
        explanations.with_mask_between,
        explanations.without_heads,
        explanations.gradient_times_input,
        rank_band,
    ]


def script(passed: ForwardPass, _: State) -> str:
    """A plain transformers script that computes the numbers on screen again."""
    encoder = passed.encoder
    place = None if encoder.name == PACKAGED else encoder.folder or encoder.name
    text, other = map(make_plain, passed.texts)  # as the lab reads them
    return bert_script(place, text, other, passed.selected, passed.off, encoder.limit)


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_bert.py"
