"""Does attention explain? Beside where the heads look: what the answer loses without a token or a head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.marks import marks
from dlviz.ui.labs.bert.state import ANSWERS, LAB, PACKAGED, get
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from dlviz.encoders.explanations import Effects
    from dlviz.encoders.reading import Tokens
    from dlviz.ui.labs.bert.forward import Run

FILE, KEPT = "bert_sentiment", f"{LAB}.effects"
MEANS = {"masked": "Mask each token", "gradient": "Gradient × input"}
LOOKS = {"received": "attention received", "first": "attention from [CLS]", "rollout": "rollout to [CLS]"}
NOTES = {
    "masked": "what the answer loses when [MASK] stands there",
    "gradient": "a first guess at the token’s part",
    "received": "on average over all layers, heads and tokens",
    "first": "in the last layer, on average over heads",
    "rollout": "through all layers",
}
MASKING, DROPPING = "Masking a token", "Dropping a head"
MANY = 100  # tokens: of more, nothing is masked without a click
MOVED = 0.1  # of a cosine: less does not count as moved


@dataclass(frozen=True, eq=False)
class Explained:
    """An answer's dependence on the tokens and heads of the first text, and where its attention lies.

    Args:
        looks: measure -> (token,); sharp: (layer, head).
    """

    tokens: Tokens
    effects: Effects
    looks: dict[str, np.ndarray]
    sharp: np.ndarray

    def rows(self) -> dict[str, np.ndarray]:
        """Means and looks -> (token,), of the tokens that are text."""
        means = {name: getattr(self.effects, name) for name in MEANS}
        return {name: values[list(self.tokens.text)] for name, values in (means | self.looks).items()}


def explain(current: Run) -> None:
    """The choice of an answer, the answer, and what it depends on."""
    st.segmented_control(
        "The answer that attention might explain",
        list(ANSWERS),
        format_func=ANSWERS.__getitem__,
        required=True,
        key=f"{LAB}.answer",
        persist_state="page",
    )
    if problem := _missing(current):
        st.info(problem, icon=":material/help:")
        return
    if current.off:
        st.info(
            "The heads that you switched off are on here: each is dropped alone.", icon=":material/toggle_on:"
        )
    found = explained(current)
    if found is None:
        return
    if not found.tokens.text:
        st.info("In your first text there is no token to mask.", icon=":material/help:")
        return
    st.subheader(said(found.effects.value), anchor=False)
    st.caption(_made() if get("answer") == "sentiment" else "The cosine of the two texts’ mean vectors.")
    st.markdown(agreement(found))
    rows = [
        (label[0].upper() + label[1:], NOTES[name], found.rows()[name])
        for name, label in (MEANS | LOOKS).items()
    ]
    ends = ("praise", "blame") if get("answer") == "sentiment" else ("more likeness", "less likeness")
    marks(f"{LAB}.marks", [found.tokens.words[at] for at in found.tokens.text], rows, ends)
    st.markdown(f"{moved(found)} {table(found)}")
    if found.effects.heads is not None:
        _heads(found)


def _missing(current: Run) -> str:
    """Why there is no such answer, if there is none."""
    if get("answer") == "sentiment" and current.encoder.name != PACKAGED:
        return f"Praise or blame is told by a head on {PACKAGED}: another encoder can be asked for likeness."
    if get("answer") == "likeness" and not current.is_pair:
        return "Likeness takes two: write a second text."
    return ""


def _made() -> str:
    return (
        f"By a linear head, trained here, on {PACKAGED}: {model_cache.result(FILE)}. That is poor, "
        "little better "
        "than a coin: see what moves it, and do not believe what it says."
    )


def explained(current: Run) -> Explained | None:
    """All of it, computed once for a text and an answer; for a long text when the learner says so."""
    from dlviz.encoders import answers, reading
    from dlviz.encoders.explanations import effects, looked_at, sureness

    encoder, name = current.encoder, get("answer")
    first, other = (reading.tokens(encoder, text) for text in current.texts)
    setting = encoder.name, name, first.ids, other.ids if name == "likeness" else ()
    kept, found = st.session_state.get(KEPT, (None, None))
    if found is not None and kept == setting:
        return found
    if len(first) > MANY and not _wanted(len(first)):
        return None
    answer = answers.margin if name == "sentiment" else answers.likeness(encoder, other)
    bar = st.progress(0.0, "Masking each token, dropping each head …")
    measured = effects(answer, encoder, first, bar.progress)
    bar.empty()
    read = reading.read(encoder, first)
    found = Explained(first, measured, looked_at(read), sureness(read))
    st.session_state[KEPT] = setting, found
    return found


def _wanted(count: int) -> bool:
    """Whether the learner wants it for so many tokens, which takes a while."""
    place = st.empty()
    label = f"Mask each of {count} tokens in turn: this takes up to a minute"
    wanted = place.button(label, icon=":material/hourglass_top:", key=f"{LAB}.mask")
    if wanted:
        place.empty()
    return wanted


def verdict(value: float) -> str:
    """What a margin between praise and blame says."""
    return "praise" if value > 0 else "blame"


def said(value: float) -> str:
    """The answer in words."""
    if get("answer") == "likeness":
        return f"Likeness of the two texts: {value:.3f}".replace("-", "−")
    share = percent(float(1 / (1 + np.exp(-abs(value)))))
    return f"The classifier says {verdict(value)}: {share}"


def rank(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's rank correlation of the sizes of two measures, each taken in its own unit."""
    from dlviz.contributions import rank_agreement

    sizes = [np.abs(values).ravel() for values in (one, other)]
    return rank_agreement(*(values / max(float(values.max()), 1e-12) for values in sizes))


def agreement(found: Explained) -> str:
    """One sentence on whether attention explains the answer."""
    rows = found.rows()
    ranks = {name: rank(rows["masked"], rows[name]) for name in LOOKS}
    known = {name: value for name, value in ranks.items() if value is not None}
    if not known:
        return "With so few tokens, or all alike, there are no ranks to compare."
    best = max(known, key=lambda name: known[name])
    value = round(known[best], 2)
    kind = (
        "for the most part explains the answer"
        if value >= 0.6
        else "explains the answer only in part"
        if value >= 0.2
        else "does not explain the answer"
    )
    return (
        f"**Here attention {kind}.** The best of three measures, {LOOKS[best]}, agrees with "
        f"masking to {_number(value)} (Spearman’s rank correlation)."
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def moved(found: Explained) -> str:
    """Whether any token or head turns the answer."""
    value, tokens = found.effects.value, found.effects.masked[list(found.tokens.text)]
    parts = [_moved(value, tokens, [f"“{found.tokens.words[at]}”" for at in found.tokens.text], MASKING)]
    if (heads := found.effects.heads) is not None:
        names = [f"head {layer + 1}.{head + 1}" for layer, head in np.ndindex(heads.shape)]
        parts.append(_moved(value, heads.ravel(), names, DROPPING))
    return " ".join(parts)


def _moved(value: float, effects: np.ndarray, names: list[str], what: str) -> str:
    worst = int(np.abs(effects).argmax())
    after = value - effects[worst]
    numbers = f"{value:.3g} to {after:.3g}".replace("-", "−")
    if get("answer") == "likeness":
        turned = int((np.abs(effects) >= MOVED).sum())
        done = f"moves the likeness by {MOVED} or more"
    else:
        turned = int((np.sign(value - effects) != np.sign(value)).sum())
        done = "turns the answer"
    return (
        f"{what} {done} for {turned} of {len(effects)}; {plain(names[worst])} moves it most, from {numbers}."
    )


def table(found: Explained) -> str:
    """The rank agreement of each mean with each measure of attention, and of heads with their sharpness."""
    rows = found.rows()
    lines = ["", "", f"| Rank agreement with | {' | '.join(LOOKS.values())} |", "|---|---|---|---|"]
    for mean, label in MEANS.items():
        values = [_number(rank(rows[mean], rows[look])) for look in LOOKS]
        lines.append(f"| {label} | {' | '.join(values)} |")
    return "\n".join(lines)


def _heads(found: Explained) -> None:
    from dlviz.figures.matrices import matrix

    heads = found.effects.heads
    assert heads is not None
    layer, head = np.unravel_index(int(np.abs(heads).argmax()), heads.shape)
    agreed = _number(rank(heads, found.sharp))
    st.markdown("**Drop each head** what the answer loses without it")
    rows, columns = heads.shape
    names = [f"layer {at + 1}" for at in range(rows)], [f"head {at + 1}" for at in range(columns)]
    st.plotly_chart(matrix(heads, *names), key=f"{LAB}.dropped", config={"displayModeBar": False})
    st.caption(
        f"Most by head {head + 1} of layer {layer + 1}, {heads[layer, head]:.3g}. Rank agreement with how "
        f"sharply a head looks (its largest weight, on average): {agreed}.".replace("-", "−")
    )
