"""What a learner is asked in the lab of BERT, and the code behind its pictures."""

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import entropy, kinds, rollout
from dlviz.encoders import eager_attention, reading
from dlviz.encoders.explanations import gradient_times_input, without_heads, without_tokens
from dlviz.scripts.labs import bert_script
from dlviz.ui.labs.bert.captions import KINDS, Measured
from dlviz.ui.labs.bert.forward import Run
from dlviz.ui.labs.bert.state import PACKAGED
from dlviz.ui.lesson import Question

SOURCES = (
    reading.tokens,
    reading.read,
    eager_attention.attend,
    kinds,
    entropy,
    rollout,
    drop_heads,
    without_tokens,
    without_heads,
    gradient_times_input,
)


def ask(current: Run) -> list[Question]:
    """Questions, answered from the learner's own text."""
    measured = Measured(current)
    return [_kind(measured), _spread(measured), _mostly(current)]


def _kind(measured: Measured) -> Question:
    ((best, count),) = measured.count().most_common(1)
    return Question(
        name="kind",
        text="Where do most heads look, on this text?",
        options=[f"At {where}" for where in KINDS.values()],
        answer=f"At {KINDS[best]}",
        hint="Hover over the small heads: each says what it looks at.",
        because=f"{count} of {measured.bits.size} heads do.",
    )


def _spread(measured: Measured) -> Question:
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


def _mostly(current: Run) -> Question:
    """Which special token, or the text, gets most of all attention."""
    received = current.reading.attention.mean(axis=(0, 1, 2))
    tokens = current.tokens
    places = {"[CLS]": tokens.starts, "[SEP]": tokens.separators, "All words together": tokens.text}
    shares = {name: float(received[list(at)].sum()) for name, at in places.items()}
    best = max(shares, key=lambda name: shares[name])
    told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())
    return Question(
        name="mostly",
        text="Which gets most of all attention, over all layers and heads?",
        options=list(shares),
        answer=best,
        hint="Look for blue columns in the small heads: which token stands there?",
        because=f"{told}.",
    )


def script(current: Run) -> str:
    """A plain transformers script with the numbers on screen."""
    name = current.encoder.name
    model = None if name == PACKAGED else name
    return bert_script(model, *current.texts, current.chosen, current.off, current.encoder.limit)
