"""Questions of the BERT lab, answered from the learner's own text, and the code behind its pictures."""

from collections.abc import Callable

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import entropy, kinds, rollout
from dlviz.scripts.labs import bert_script
from dlviz.ui.labs.bert.captions import KINDS
from dlviz.ui.labs.bert.forward import ForwardPass, MeasuredHeads, measure_heads
from dlviz.ui.labs.bert.state import PACKAGED, State
from dlviz.ui.lesson import Question


def questions(passed: ForwardPass, _: State) -> list[Question]:
    """Questions to predict."""
    measured = measure_heads(passed)
    return [_most_heads(measured), _broadest_layer(measured), _most_attention(passed)]


def _most_heads(measured: MeasuredHeads) -> Question:
    ((best, count),) = measured.count().most_common(1)
    return Question(
        name="kind",
        text="Where do most heads look, on this text?",
        options=[f"At {where}" for where in KINDS.values()],
        answer=f"At {KINDS[best]}",
        hint="Hover over the small heads: each says what it looks at.",
        because=f"{count} of {measured.bits.size} heads do.",
    )


def _broadest_layer(measured: MeasuredHeads) -> Question:
    layers = measured.bits.mean(axis=1)
    names = [f"Layer {at + 1}" for at in range(len(layers))]
    return Question(
        name="spread",
        text="In which layer do the heads look most broadly, by their average entropy?",
        options=names,
        answer=names[int(layers.argmax())],
        hint="Broad heads are evenly blue. In which row do you see most of them?",
        because=f"Its heads have {layers.max():.2f} of {measured.most:.2f} bits.",
    )


def _most_attention(passed: ForwardPass) -> Question:
    """The question if a special token, or the text, gets most of all attention."""
    received = passed.reading.attention.mean(axis=(0, 1, 2))  # (key,)
    tokens = passed.tokens
    places = {"[CLS]": tokens.starts, "[SEP]": tokens.separators, "All words together": tokens.text}
    shares = {name: float(received[list(at)].sum()) for name, at in places.items()}
    return Question(
        name="mostly",
        text="Which gets most of all attention, over all layers and heads?",
        options=list(shares),
        answer=max(shares, key=lambda name: shares[name]),
        hint="Look for blue columns in the small heads: which token stands there?",
        because=f"{', '.join(f'{name} {100 * share:.0f} %' for name, share in shares.items())}.",
    )


def shown_code(_: ForwardPass, __: State) -> list[Callable | type]:
    """The functions that read the texts, measured the heads, and switched some off."""
    from dlviz.encoders import eager_attention, explanations, reading

    return [
        reading.tokens,
        reading.read,
        eager_attention.attend,
        kinds,
        entropy,
        rollout,
        drop_heads,
        explanations.without_tokens,
        explanations.without_heads,
        explanations.gradient_times_input,
    ]


def script(passed: ForwardPass, _: State) -> str:
    """A plain transformers script that computes the numbers on screen again."""
    encoder = passed.encoder
    model = None if encoder.name == PACKAGED else encoder.name
    return bert_script(model, *passed.texts, passed.selected, passed.off, encoder.limit)


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_bert.py"
