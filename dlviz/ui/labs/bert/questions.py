"""Questions of the BERT lab, answered from the learner's own text, and the code behind its pictures."""

from collections.abc import Callable

from dlviz.attention import patterns
from dlviz.attention.interventions import drop_heads
from dlviz.chance import rank_band
from dlviz.data.typography import make_plain
from dlviz.scripts.labs import bert_script
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.forward import ForwardPass, MeasuredHeads, measure_heads
from dlviz.ui.labs.bert.state import PACKAGED, State
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.numbers import percent


def questions(passed: ForwardPass, _: State) -> list[Question]:
    """Questions to predict."""
    measured = measure_heads(passed)
    return [_most_heads(passed, measured), _broadest_layer(measured), _most_attention(passed)]


def _most_heads(passed: ForwardPass, measured: MeasuredHeads) -> Question:
    kinds = captions.kinds(passed.tokens)
    ((best, count),) = measured.count().most_common(1)
    return Question(
        name="kind",
        text="Where do most heads look, on this text?",
        options=[f"At {where}" for where in kinds.values()],
        answer=f"At {kinds[best]}",
        hint="Hover over the small heads: each says what it looks at.",
        because=f"{count} of {measured.bits.size} heads {'does' if count == 1 else 'do'}.",
    )


def _broadest_layer(measured: MeasuredHeads) -> Question:
    layers = measured.bits.mean(axis=1)
    names = [f"Layer {at + 1}" for at in range(len(layers))]
    return Question(
        name="spread",
        text="In which layer is attention spread most evenly, by the heads’ average entropy?",
        options=names,
        answer=names[int(layers.argmax())],
        hint="Evenly spread heads are pale all over. In which row do you see most of them?",
        because=f"Its heads have {layers.max():.2f} of {measured.most:.2f} bits.",
    )


def _most_attention(passed: ForwardPass) -> Question:
    """The question if a special token, or the text, gets most of all attention."""
    received = passed.reading.attention.mean(axis=(0, 1, 2))  # (key,)
    tokens = passed.tokens
    places = {
        tokens.start_name: tokens.starts,
        tokens.end_name: tokens.separators,
        "All words together": tokens.text,
    }
    shares = {name: float(received[list(at)].sum()) for name, at in places.items()}
    return Question(
        name="mostly",
        text="Which gets most of all attention, over all layers and heads?",
        options=list(shares),
        answer=max(shares, key=lambda name: shares[name]),
        hint="Look for blue columns in the small heads: which token stands there?",
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
