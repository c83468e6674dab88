"""View of the BERT lab: does attention explain? What the answer loses without a token or a head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.chance import rank_band
from dlviz.contributions import rank_agreement
from dlviz.ui.components.word_highlights import word_highlights
from dlviz.ui.labs.bert.fine_tuned import FILE, provenance
from dlviz.ui.labs.bert.state import ANSWERS, LAB, PACKAGED, REMOVALS
from dlviz.ui.pressed import pressed
from dlviz.ui.sentiment_results import results
from dlviz.ui.session_cache import compute_once, is_computed
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number, probability
from dlviz.ui.text_format.quotes import quoted
from dlviz.ui.verdict import show_sentence, show_verdict

if TYPE_CHECKING:
    from dlviz.encoders.explanations import Effects
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens
    from dlviz.ui.labs.bert.forward import ForwardPass

EFFECTS = f"{LAB}.effects"
REMOVING = {"mask": "Mask each token", "leave": "Leave each token out"}
NOTES = {
    "mask": "what the answer loses when {mask} stands there",
    "leave": "what the answer loses without it",
    "gradient": "each token’s vector times the gradient of the answer with respect to it",
    "received": "on average over all layers, heads and tokens",
    "first": "in the last layer, on average over heads",
    "rollout": "through all layers",
}
CHANGES = {"mask": "Masking a token", "leave": "Leaving a token out", "drop": "Dropping a head"}
JUDGED = "received"  # the one measure of attention that the verdict is about, chosen before any text was read
MANY = 100  # tokens: of more, nothing is masked without a click
MOVED = 0.1  # of a cosine: less does not count as moved
TIE = 1e-9  # a smaller difference of two rank correlations is rounding


@dataclass(frozen=True, eq=False)
class Explanation:
    """An answer's dependence on the tokens and heads of the first text, and where its attention lies.

    Args:
        answer: "sentiment" or "likeness".
        mask: the encoder's mask token, as it is written.
        looks: measure of attention -> (token,).
        sharpness: (layer, head), how sharply each head looks.
    """

    answer: str
    mask: str
    tokens: Tokens
    effects: Effects
    looks: dict[str, np.ndarray]
    sharpness: np.ndarray

    def rows(self, removal: str) -> dict[str, np.ndarray]:
        """Attribution or measure of attention -> (token,), of the tokens that are text.

        Args:
            removal: "mask" or "leave".
        """
        effects = self.effects
        removed = effects.masked if removal == "mask" else effects.left_out
        every = {removal: removed, "gradient": effects.gradient} | self.looks
        return {name: values[list(self.tokens.text)] for name, values in every.items()}

    def names(self, removal: str) -> dict[str, str]:
        """Names of the rows, in their order."""
        first = self.tokens.start_name
        return {
            removal: REMOVING[removal],
            "gradient": "Gradient × input",
            "received": "Attention received",
            "first": f"Attention from {first}",
            "rollout": f"Rollout to {first}",
        }


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
    state = LAB.read()
    if problem := why_not(passed, state.answer):
        st.info(problem, icon=":material/help:")
        return
    if passed.off:
        st.info(
            "The heads that you switched off are on here: each is dropped alone.", icon=":material/toggle_on:"
        )
    found = _explain_once(passed.encoder, passed.texts, state.answer)
    if found is None:
        return
    if not found.tokens.text:
        st.info("In your first text there is no token to take away.", icon=":material/help:")
        return
    show_verdict(LAB, answer_in_words(found))
    if state.answer == "sentiment":
        st.caption(
            f"{provenance()} {results(FILE)} Its last layers attend differently from the plain encoder’s: "
            "the attention shown here is the fine-tuned one’s."
        )
    else:
        st.caption("The cosine of the two texts’ mean vectors.")
    st.segmented_control(
        "Take a token away",
        list(REMOVALS),
        format_func=lambda removal: REMOVALS[removal].format(mask=found.mask),
        required=True,
        key=LAB.key("removal"),
        persist_state="page",
    )
    removal = LAB.read().removal
    show_sentence(f"{LAB}.agreement", st.markdown, agreement(found, removal))
    values = found.rows(removal)
    rows = [
        (name, NOTES[measure].format(mask=found.mask), values[measure])
        for measure, name in found.names(removal).items()
    ]
    ends = ("positive", "negative") if state.answer == "sentiment" else ("more likeness", "less likeness")
    words = [found.tokens.words[at] for at in found.tokens.text]
    word_highlights(f"{LAB}.word_highlights", words, rows[:2], ends)
    looks = rows[2:]  # attention has no sign
    alts = [f"most for {quoted(words[int(each.argmax())])}, {number(each.max())}" for _, _, each in looks]
    word_highlights(f"{LAB}.looks", words, looks, alts=alts, scale="sequential")
    show_sentence(
        f"{LAB}.moves", st.markdown, f"{moved_answer(found, removal)} {plain(cost_of_mask(found, removal))}"
    )
    show_sentence(f"{LAB}.agreements", st.markdown, agreement_table(found, removal))
    if found.effects.heads is not None:
        _show_heads(found, found.effects.heads)


def why_not(passed: ForwardPass, answer: str) -> str:
    """Reason why there is no such answer; "" if there is one."""
    if answer == "sentiment" and passed.encoder.name != PACKAGED:
        return f"Only {PACKAGED} has a head for sentiment here: another encoder can be asked for likeness."
    if answer == "likeness" and not passed.is_pair:
        return "Likeness takes two: write a second text."
    return ""


def explain(
    encoder: Encoder, texts: tuple[str, str], answer: str, progress: Callable[[float], object]
) -> Explanation:
    """Mask each token and drop each head of the first text, and measure where its attention lies."""
    from dlviz.encoders import answers, reading, sentiment
    from dlviz.encoders.explanations import effects, looked_at, sureness

    tokens, other = (reading.tokens(encoder, text) for text in texts)
    if answer == "sentiment":
        # Its last layers attend differently from those of the encoder that it was made of.
        encoder, ask = sentiment.encoder(), answers.margin
    else:
        ask = answers.likeness(encoder, other)
    measured = effects(ask, encoder, tokens, progress)
    read = reading.read(encoder, tokens)
    mask = str(encoder.tokenizer.mask_token)
    return Explanation(answer, mask, tokens, measured, looked_at(read), sureness(read))


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
    bar = st.progress(0.0, "Taking each token away, dropping each head …")
    found = compute_once(EFFECTS, depends_on, lambda: explain(encoder, texts, answer, bar.progress))
    bar.empty()
    return found


def _confirm(count: int) -> bool:
    """Ask the learner before so many tokens are masked, which takes a while; True if that is wanted."""
    place = st.empty()
    label = f"Take each of {count} tokens away in turn: this takes up to three minutes"
    wanted = pressed(label, place=place, icon=":material/hourglass_top:", key=f"{LAB}.mask")
    if wanted:
        place.empty()
    return wanted


def answer_in_words(found: Explanation) -> str:
    """The answer, and of a sentiment the probability."""
    value = found.effects.value
    if found.answer == "likeness":
        return f"Likeness of the two texts: {number(value, '.3f')}"
    share = probability(float(1 / (1 + np.exp(-abs(value)))))
    return f"The classifier says {'positive' if value > 0 else 'negative'}: {share}"


def rank(one: np.ndarray, other: np.ndarray) -> float | None:
    """Spearman's rank correlation of the sizes of two measures, each taken in its own unit.

    Args:
        one, other: of any shape, the same for both.
    """
    return rank_agreement(_sizes(one), _sizes(other))


def _sizes(values: np.ndarray) -> np.ndarray:
    """Sizes of values of any shape, as shares of the largest: (count,)."""
    sizes = np.abs(values).ravel()
    return sizes / max(float(sizes.max()), 1e-12)


def agreement(found: Explanation, removal: str) -> str:
    """Verdict on attention as an explanation of the answer, measured against random orders of the tokens."""
    rows = found.rows(removal)
    agreed = rank(rows[removal], rows[JUDGED])
    if agreed is None:
        return "With so few tokens, or all alike, there are no ranks to compare."
    low, high = rank_band(_sizes(rows[removal]), _sizes(rows[JUDGED]))
    name, count = found.names(removal)[JUDGED].lower(), len(rows[JUDGED])
    if agreed > high + TIE:
        kind = "**Here attention points at the tokens that count, more than chance does.**"
    elif agreed < low - TIE:
        kind = "**Here attention points away from the tokens that count, more than chance does.**"
    else:
        kind = f"**Here attention explains no more than chance gives with {counted(count, 'token')}.**"
    return (
        f"{kind} Ranked by {name} and by what the answer loses without them, the tokens agree to "
        f"{number(agreed, '.2f')} (Spearman’s rank correlation); 99 of 100 random orders lie between "
        f"{number(low, '.2f')} and {number(high, '.2f')}. Only sizes are compared: attention has no sign, so "
        "it cannot say which answer a token speaks for."
    )


def _decimal(value: float | None) -> str:
    return "–" if value is None else number(value, ".2f")


def moved_answer(found: Explanation, removal: str) -> str:
    """Sentences on how many tokens and heads turn or move the answer, and which moves it most."""
    text = list(found.tokens.text)
    names = [quoted(found.tokens.words[at]) for at in text]
    parts = [_count_moves(found, found.rows(removal)[removal], names, CHANGES[removal])]
    if (heads := found.effects.heads) is not None:
        names = [f"head {layer + 1}.{head + 1}" for layer, head in np.ndindex(heads.shape)]
        parts.append(_count_moves(found, heads.ravel(), names, CHANGES["drop"]))
    return " ".join(parts)


def _count_moves(found: Explanation, effects: np.ndarray, names: list[str], change: str) -> str:
    value = found.effects.value
    worst = int(np.abs(effects).argmax())
    if found.answer == "likeness":
        count = int((np.abs(effects) >= MOVED).sum())
        done = f"moves the likeness by {MOVED} or more"
    else:
        count = int((np.sign(value - effects) != np.sign(value)).sum())
        done = "flips the answer"
    return (
        f"{change} {done} for {count} of {len(effects)}; {plain(names[worst])} moves it most, "
        f"from {number(value)} to {number(value - effects[worst])}."
    )


def cost_of_mask(found: Explanation, removal: str) -> str:
    """Sentences on what a mask token does to the answer where no token is taken away."""
    alone = found.effects.mask_alone
    if not len(alone):
        return ""
    value, masked = found.effects.value, found.rows("mask")["mask"]
    told = (
        f"A {found.mask} put between two tokens, with nothing taken away, alone changes the answer from "
        f"{number(value)} to {number(value - alone.mean())} on average; in a token’s place it changes it to "
        f"{number(value - masked.mean())}."
    )
    if alone.mean() * masked.mean() > 0 and abs(alone.mean()) >= abs(masked.mean()) / 2:
        told += f" So on average at least half of what masking shows is {found.mask} itself"
        told += ": leave tokens out instead." if removal == "mask" else "."
    return told


def agreement_table(found: Explanation, removal: str) -> str:
    """Markdown table of the rank agreement of attributions with attention, and with each other."""
    rows, names = found.rows(removal), found.names(removal)
    looks = [*found.looks]
    lines = [
        f"| Agreement of sizes | {' | '.join(plain(names[look]) for look in looks)} | {names['gradient']} |",
        f"|---|{'---|' * (len(looks) + 1)}",
    ]
    for mean in (removal, "gradient"):
        values = [_decimal(rank(rows[mean], rows[look])) for look in looks]
        other = _decimal(rank(rows[mean], rows["gradient"])) if mean == removal else ""
        lines.append(f"| {names[mean]} | {' | '.join(values)} | {other} |")
    largest = [max(float(np.abs(rows[mean]).max()), 1e-12) for mean in (removal, "gradient")]
    signed = rank_agreement(rows[removal] / largest[0], rows["gradient"] / largest[1])
    note = f"With their signs, “{names[removal]}” and gradient × input agree to {_decimal(signed)}."
    return "\n".join([*lines, "", note])


def _show_heads(found: Explanation, heads: np.ndarray) -> None:
    """Draw what the answer loses without each head.

    Args:
        heads: (layer, head).
    """
    from dlviz.figures.matrices import matrix

    layer, head = np.unravel_index(int(np.abs(heads).argmax()), heads.shape)
    agreed = _decimal(rank(heads, found.sharpness))
    st.markdown("**Drop each head**: what the answer loses without it")
    rows, columns = heads.shape
    names = [f"layer {at + 1}" for at in range(rows)], [f"head {at + 1}" for at in range(columns)]
    st.plotly_chart(matrix(heads, *names), key=f"{LAB}.dropped", config={"displayModeBar": False})
    show_sentence(
        f"{LAB}.dropped_most",
        st.caption,
        f"Most by head {layer + 1}.{head + 1}, {number(heads[layer, head])}. Rank agreement of sizes with "
        f"how sharply a head looks (its largest weight, on average): {agreed}.",
    )
