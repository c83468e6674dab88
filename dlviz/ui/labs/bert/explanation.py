"""View of the BERT lab: does attention explain? What the answer loses without a token or a head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.contributions import rank_agreement
from dlviz.ui.components.word_highlights import marks
from dlviz.ui.labs.bert.state import ANSWERS, LAB, PACKAGED
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once, is_computed
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from dlviz.encoders.explanations import Effects
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens
    from dlviz.ui.labs.bert.forward import ForwardPass

FILE, EFFECTS = "bert_sentiment", f"{LAB}.effects"
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
class Explanation:
    """An answer's dependence on the tokens and heads of the first text, and where its attention lies.

    Args:
        answer: "sentiment" or "likeness".
        looks: measure of attention -> (token,).
        sharpness: (layer, head), how sharply each head looks.
    """

    answer: str
    tokens: Tokens
    effects: Effects
    looks: dict[str, np.ndarray]
    sharpness: np.ndarray

    def rows(self) -> dict[str, np.ndarray]:
        """Mean or measure of attention -> (token,), of the tokens that are text."""
        means = {name: getattr(self.effects, name) for name in MEANS}
        return {name: values[list(self.tokens.text)] for name, values in (means | self.looks).items()}


def show_explanation(passed: ForwardPass) -> None:
    """Draw the choice of an answer, the answer, and what it depends on."""
    st.segmented_control(
        "The answer that attention might explain",
        list(ANSWERS),
        format_func=ANSWERS.__getitem__,
        required=True,
        key=LAB.key("answer"),
        persist_state="page",
    )
    answer = LAB.read().answer
    if problem := why_not(passed, answer):
        st.info(problem, icon=":material/help:")
        return
    if passed.off:
        st.info(
            "The heads that you switched off are on here: each is dropped alone.", icon=":material/toggle_on:"
        )
    found = _explain_once(passed.encoder, passed.texts, answer)
    if found is None:
        return
    if not found.tokens.text:
        st.info("In your first text there is no token to mask.", icon=":material/help:")
        return
    st.subheader(answer_in_words(found), anchor=False)
    if answer == "sentiment":
        st.caption(
            f"By a linear head, trained here, on {PACKAGED}: {model_cache.result(FILE)}. That is poor, "
            "little better "
            "than a coin: see what moves it, and do not believe what it says."
        )
    else:
        st.caption("The cosine of the two texts’ mean vectors.")
    st.markdown(agreement(found))
    rows = [
        (label[0].upper() + label[1:], NOTES[name], found.rows()[name])
        for name, label in (MEANS | LOOKS).items()
    ]
    ends = ("praise", "blame") if answer == "sentiment" else ("more likeness", "less likeness")
    marks(f"{LAB}.marks", [found.tokens.words[at] for at in found.tokens.text], rows, ends)
    st.markdown(f"{moved_answer(found)} {agreement_table(found)}")
    if found.effects.heads is not None:
        _show_heads(found, found.effects.heads)


def why_not(passed: ForwardPass, answer: str) -> str:
    """Why there is no such answer; "" if there is one."""
    if answer == "sentiment" and passed.encoder.name != PACKAGED:
        return f"Praise or blame is told by a head on {PACKAGED}: another encoder can be asked for likeness."
    if answer == "likeness" and not passed.is_pair:
        return "Likeness takes two: write a second text."
    return ""


def explain(
    encoder: Encoder, texts: tuple[str, str], answer: str, progress: Callable[[float], object]
) -> Explanation:
    """Mask each token and drop each head of the first text, and measure where its attention lies."""
    from dlviz.encoders import answers, reading
    from dlviz.encoders.explanations import effects, looked_at, sureness

    tokens, other = (reading.tokens(encoder, text) for text in texts)
    ask = answers.margin if answer == "sentiment" else answers.likeness(encoder, other)
    measured = effects(ask, encoder, tokens, progress)
    read = reading.read(encoder, tokens)
    return Explanation(answer, tokens, measured, looked_at(read), sureness(read))


def _explain_once(encoder: Encoder, texts: tuple[str, str], answer: str) -> Explanation | None:
    """The explanation, computed once; None for a long text, until the learner says so."""
    from dlviz.encoders import reading

    first, other = (reading.tokens(encoder, text) for text in texts)
    # The encoder by its name: a large one must not stay in memory for a session.
    depends_on = encoder.name, answer, first.ids, other.ids if answer == "likeness" else ()
    if is_computed(EFFECTS, depends_on):
        return compute_once(EFFECTS, depends_on, lambda: explain(encoder, texts, answer, float))
    if len(first) > MANY and not _confirm(len(first)):
        return None
    bar = st.progress(0.0, "Masking each token, dropping each head …")
    found = compute_once(EFFECTS, depends_on, lambda: explain(encoder, texts, answer, bar.progress))
    bar.empty()
    return found


def _confirm(count: int) -> bool:
    """Whether the learner wants it for so many tokens, which takes a while."""
    place = st.empty()
    label = f"Mask each of {count} tokens in turn: this takes up to a minute"
    wanted = place.button(label, icon=":material/hourglass_top:", key=f"{LAB}.mask")
    if wanted:
        place.empty()
    return wanted


def answer_in_words(found: Explanation) -> str:
    """The answer, and of praise or blame the probability."""
    value = found.effects.value
    if found.answer == "likeness":
        return f"Likeness of the two texts: {value:.3f}".replace("-", "−")
    share = percent(float(1 / (1 + np.exp(-abs(value)))))
    return f"The classifier says {'praise' if value > 0 else 'blame'}: {share}"


def rank(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's rank correlation of the sizes of two measures of one shape, each taken in its own unit."""
    sizes = [np.abs(values).ravel() for values in (one, other)]
    return rank_agreement(*(values / max(float(values.max()), 1e-12) for values in sizes))


def agreement(found: Explanation) -> str:
    """Sentence on how far attention explains the answer."""
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
        f"masking to {_decimal(value)} (Spearman’s rank correlation)."
    )


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def moved_answer(found: Explanation) -> str:
    """Sentences on how many tokens and heads turn or move the answer, and which moves it most."""
    text = list(found.tokens.text)
    names = [f"“{found.tokens.words[at]}”" for at in text]
    parts = [_count_moves(found, found.effects.masked[text], names, MASKING)]
    if (heads := found.effects.heads) is not None:
        names = [f"head {layer + 1}.{head + 1}" for layer, head in np.ndindex(heads.shape)]
        parts.append(_count_moves(found, heads.ravel(), names, DROPPING))
    return " ".join(parts)


def _count_moves(found: Explanation, effects: np.ndarray, names: list[str], change: str) -> str:
    value = found.effects.value
    worst = int(np.abs(effects).argmax())
    numbers = f"{value:.3g} to {value - effects[worst]:.3g}".replace("-", "−")
    if found.answer == "likeness":
        count = int((np.abs(effects) >= MOVED).sum())
        done = f"moves the likeness by {MOVED} or more"
    else:
        count = int((np.sign(value - effects) != np.sign(value)).sum())
        done = "turns the answer"
    return (
        f"{change} {done} for {count} of {len(effects)}; {plain(names[worst])} moves it most, from {numbers}."
    )


def agreement_table(found: Explanation) -> str:
    """Markdown table of the rank agreement of each mean with each measure of attention."""
    rows = found.rows()
    lines = ["", "", f"| Rank agreement with | {' | '.join(LOOKS.values())} |", "|---|---|---|---|"]
    for mean, label in MEANS.items():
        values = [_decimal(rank(rows[mean], rows[look])) for look in LOOKS]
        lines.append(f"| {label} | {' | '.join(values)} |")
    return "\n".join(lines)


def _show_heads(found: Explanation, heads: np.ndarray) -> None:
    """Draw what the answer loses without each head.

    Args:
        heads: (layer, head).
    """
    from dlviz.figures.matrices import matrix

    layer, head = np.unravel_index(int(np.abs(heads).argmax()), heads.shape)
    agreed = _decimal(rank(heads, found.sharpness))
    st.markdown("**Drop each head** what the answer loses without it")
    rows, columns = heads.shape
    names = [f"layer {at + 1}" for at in range(rows)], [f"head {at + 1}" for at in range(columns)]
    st.plotly_chart(matrix(heads, *names), key=f"{LAB}.dropped", config={"displayModeBar": False})
    st.caption(
        f"Most by head {head + 1} of layer {layer + 1}, {heads[layer, head]:.3g}. Rank agreement with how "
        f"sharply a head looks (its largest weight, on average): {agreed}.".replace("-", "−")
    )
