"""Pictures of the Self-attention lab: the steps, the large pattern, and attention laid over a digit."""

import contextlib

import numpy as np
import streamlit as st

from dlviz.attention.patterns import rollout
from dlviz.ui.components import events
from dlviz.ui.components.looks import Picture, looks
from dlviz.ui.components.patches import Panel, patches
from dlviz.ui.components.stages import stages
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.components.wire_format import half
from dlviz.ui.components.word_highlights import word_highlights
from dlviz.ui.labs.attention import captions, controls
from dlviz.ui.labs.attention.forward import ForwardPass
from dlviz.ui.labs.attention.interventions import OUTLINED
from dlviz.ui.labs.attention.sequences import SPECIAL
from dlviz.ui.labs.attention.state import HEADS, LAB, PATCHES, STAGES, Cell, State, checked_cell
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.quotes import quoted
from dlviz.ui.verdict import show_sentence, show_verdict

STEPS, PATTERN, OVER = f"{LAB}.stages", f"{LAB}.large", f"{LAB}.over"
SHOWN = f"{STEPS}.shown"  # names of the matrices that the steps have shown
# A matrix whose numbers come from a linear layer -> that layer.
LINEAR_LAYERS = {"q": "queries", "k": "keys", "v": "values", "out": "fc_out"}


def take_clicks() -> None:
    """Put what the learner has done in the pictures since the last run into the lab's state."""
    match events.numbers(STEPS, "head", 1):
        case [head]:
            LAB.update(head=max(0, min(head, HEADS - 1)))
    for key in (STEPS, PATTERN, OVER):
        match events.numbers(key, "pin", 1):
            case [token]:
                LAB.update(pin=token if 0 <= token < PATCHES else -1)
    match events.numbers(STEPS, "cell", 3):
        # The stage comes by its number among those that were shown.
        case [stage, row, column] if 0 <= stage < len(st.session_state.get(SHOWN, ())):
            with contextlib.suppress(ValueError):
                LAB.update(cell=checked_cell(st.session_state[SHOWN][stage], row, column))


def show_answer(passed: ForwardPass, state: State) -> None:
    """Say what a digit is read as, and by which weights, and lay attention over it."""
    if passed.logits is not None:
        show_verdict(LAB, f"The network says {plain(captions.answer(passed, passed.logits))}")
    show_sentence(f"{LAB}.provenance", st.caption, plain(captions.provenance(passed, state)))
    if passed.sequence.digit is not None:
        tokens = passed.sequence.tokens
        patches(OVER, passed.sequence.digit, digit_panels(passed, state), tokens, passed.pinned)


def show_effect(passed: ForwardPass, state: State) -> None:
    """Say what the learner's interventions have changed, and of words which outputs they move."""
    if not passed.changes.intervened:
        return
    show_sentence(
        f"{LAB}.effect", st.markdown, f"**Intervened.** {plain(captions.intervention_effect(passed, state))}"
    )
    if passed.sequence.digit is None:
        _show_moves(passed)


def digit_panels(passed: ForwardPass, state: State) -> list[Panel]:
    """The weights of the pinned or the class token on each patch, computed in three ways, and the moves."""
    token = max(passed.pinned, 0)
    where, block = "the class token" if token else "itself", f"block {state.block}"
    blocks = f"all {len(passed.patterns)} blocks" if len(passed.patterns) > 1 else "the one block"
    rows = {
        f"Head {passed.head + 1}, {block}": passed.steps.pattern[passed.head, token],
        f"Mean of the heads, {block}": passed.steps.pattern[:, token].mean(axis=0),
        f"Rollout through {blocks}": rollout(passed.patterns)[token],
    }
    panels = [Panel(title, f"{row[0]:.2g} on {where}", row) for title, row in rows.items()]
    if passed.changes.intervened:
        note = f"at most {passed.moves.max():.2g} of their length"
        panels.append(Panel("How far outputs move", note, passed.moves))
    return panels


def _show_moves(passed: ForwardPass) -> None:
    """Mark how far the intervention has moved each word's output."""
    tokens, moves = passed.sequence.tokens, passed.moves
    strongest = f"{quoted(tokens[int(moves.argmax())])} most, by {moves.max():.3g}"
    row = "How far each output moves", "as a share of its length", moves
    word_highlights(f"{LAB}.moves", tokens, [row], alts=[strongest], scale="sequential", tokens=True)


def show_steps(passed: ForwardPass, state: State) -> None:
    """Draw the steps from left to right."""
    st.session_state[SHOWN] = list(shown_matrices(passed))
    st.session_state[OUTLINED] = selected_cell(passed, state)
    stages(STEPS, *message(passed, state))


def shown_matrices(passed: ForwardPass) -> dict[str, np.ndarray]:
    """Matrices (row, column) that are drawn, in order: of the chosen head, or of all heads side by side."""
    steps, head = passed.steps, passed.head
    matrices = {
        "x": steps.x,
        "q": steps.q[head],
        "k": steps.k[head],
        "v": steps.v[head],
        "products": steps.products[head],
        "scaled": steps.scaled[head] if passed.changes.scaled else steps.products[head],
        "masked": steps.scores[head],
        "pattern": steps.pattern[head],
        "heads": steps.heads[head],
        "joined": steps.joined,
        "out": steps.out,
        "added": steps.out + steps.x,
    }
    masked = passed.changes.causal or passed.changes.hidden
    return {name: matrices[name] for name in STAGES if name != "masked" or masked}


def selected_cell(passed: ForwardPass, state: State) -> Cell:
    """The learner's cell if it is there, else the product behind the strongest weight of the pinned row.

    Without a pinned row, it is the strongest of all between two different words.
    """
    if state.cell:
        stage, row, column = state.cell
        rows, columns = shown_matrices(passed).get(stage, np.empty((0, 0))).shape
        if row < rows and column < columns:
            return state.cell
    pattern = passed.steps.pattern[passed.head].copy()
    if passed.pinned >= 0:
        return "products", passed.pinned, int(pattern[passed.pinned].argmax())
    special = [at for at, token in enumerate(passed.sequence.tokens) if token in SPECIAL]
    pattern[special, :] = pattern[:, special] = 0.0
    np.fill_diagonal(pattern, 0.0)
    query, key = np.unravel_index(pattern.argmax(), pattern.shape)
    return "products", int(query), int(key)


def message(passed: ForwardPass, state: State) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Header and arrays of the steps: one head's matrices (row, column), and all heads' patterns, small."""
    matrices, cell = shown_matrices(passed), selected_cell(passed, state)
    scales = {name: "sequential" if name == "pattern" else "diverging" for name in matrices}
    header: dict[str, object] = {
        "tokens": passed.sequence.tokens,
        "heading": captions.heads_heading(passed, state),
        "captions": captions.heads_captions(passed, state),
        "off": passed.changes.off,
        "head": passed.head,
        "headDim": passed.steps.head_dim,
        "scaled": passed.changes.scaled,
        "pinned": passed.pinned,
        "cell": cell,
        "limit": state.darkest,
        "stages": [
            {"name": name, "scale": scale, **captions.step(passed, name)} for name, scale in scales.items()
        ],
    }
    arrays = {name: values.astype(np.float32) for name, values in matrices.items()}
    arrays["patterns"] = half(passed.steps.pattern)
    stage, _, column = cell
    if stage in LINEAR_LAYERS:
        layer = passed.network.attention.get_submodule(LINEAR_LAYERS[stage])
        unit = column if stage == "out" else passed.head * passed.steps.head_dim + column
        weight, bias = (parameter.detach().numpy() for parameter in layer.parameters())
        arrays["weights"], header["bias"] = weight[unit], float(bias[unit])
    return header, arrays


def show_patterns(passed: ForwardPass, state: State) -> None:
    """The chosen head's pattern, large; beside it, where scores are undivided, what a division would do."""
    left, right = st.columns([1.3, 1], gap="large")
    with right:
        controls.choose_view(passed.head, passed.network.attention.heads)
        state = LAB.read()
        if not state.scaled:  # else it would answer the question above
            _compare_scales(passed, state)
    with left:
        shown = passed.head, *(state.laid if state.view == "lines" else ())
        picture = Picture(
            tokens=passed.sequence.tokens,
            patterns={head: passed.steps.pattern[head] for head in shown},
            title=captions.pattern_title(passed, state),
            alt=captions.pattern_alternative(passed, state),
            pinned=passed.pinned,
            view=state.view,
            limit=state.darkest,
        )
        looks(PATTERN, picture)


def _compare_scales(passed: ForwardPass, state: State) -> None:
    """Show what the division by √head_dim does to the chosen head: its pattern with and without."""
    root = f"√{passed.steps.head_dim}"
    show_sentence(
        f"{LAB}.saturation",
        st.markdown,
        f"**What is ÷ {root} for?** {captions.saturation(passed, state)}",
    )
    titles = {True: f"softmax(Q Kᵀ ÷ {root})", False: "softmax(Q Kᵀ)"}
    notes = {scaled: f"{bits:.3g} bits" for scaled, bits in captions.bits_of_scales(passed).items()}
    groups = [
        Group(
            title=title,
            note=f"{notes[scaled]}, largest {passed.scales[scaled][passed.head].max():.3g}",
            values=passed.scales[scaled][passed.head][None],
            scale="sequential",
            limit=state.darkest,
            alt=f"{title}, {notes[scaled]}",
            cell=max(2, 180 // len(passed.sequence)),
            names=passed.sequence.tokens,
        )
        for scaled, title in titles.items()
    ]
    tiles(f"{LAB}.scales", groups)


def link_onward(state: State) -> None:
    """Link to the Transformer block lab with the same words or the same digit."""
    st.page_link(
        "block.py",
        label="What a whole block makes of them: the Transformer block lab",
        icon=":material/arrow_forward:",
        query_params=state.onward,
    )
