"""Panels of detail below the units, one at a time."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.mlp import captions, controls, counting, shifting
from dlviz.ui.labs.mlp.forward import (
    ForwardPass,
    ink_sum,
    off_until_it_tips,
    shown_unit,
    strongest_left,
    target,
    weighted_sum,
)
from dlviz.ui.labs.mlp.networks import load_cnn
from dlviz.ui.labs.mlp.pictures import fold, unit_pictures
from dlviz.ui.labs.mlp.state import DIRECTIONS, FURTHEST, LAB, PREDICTED, PRODUCTS, State
from dlviz.ui.text_format.numbers import number, percent
from dlviz.ui.verdict import show_sentence

TOP = 5  # units for an answer, and against it, that are shown as pictures
PLAIN = {"displayModeBar": False}


def show_panel(passed: ForwardPass, state: State) -> None:
    """The chosen panel."""
    with st.container(border=True):
        match state.panel:
            case "unit":
                _show_sum(passed, state)
            case "answer":
                _show_decision(passed, state)
            case "off":
                _show_switches(passed, state)
            case "shift":
                _show_moved(passed, state)
            case "count":
                counting.show(passed)


def _show_sum(passed: ForwardPass, state: State) -> None:
    """A unit's inputs, weights and products as pictures, and its sum written out."""
    unit, first = shown_unit(passed, state), state.layer == 1
    if first:
        controls.choose(
            "Products of",
            "products",
            PRODUCTS,
            help="Paper goes in as −1, ink as 1: a step of 2. Told from empty paper, only ink has products.",
        )
    ink = state.products == "ink" and first
    found = passed.sum_of(state.layer, unit)
    # Empty paper gives something too, so the ink is told from it.
    told = ink_sum(passed.pixels, found) if ink else None
    inputs = passed.pixels if ink else _as_picture(found.inputs)
    weights = _as_picture(found.weights) * (2 if ink else 1)
    products = _as_picture(told.products if told else found.products)
    what = "The drawing" if first else f"Hidden layer {state.layer - 1}"
    scale = "ink" if ink else "diverging"
    times = "× 2 · its weights" if ink else "× its weights"
    tiles(
        f"{LAB}.sum",
        [
            _picture(what, inputs, scale),
            _picture(times, weights, "diverging"),
            _picture("= products", products, "diverging"),
        ],
    )
    show_sentence(
        f"{LAB}.equation",
        st.markdown,
        f"**Unit {unit}:** {captions.unit_equation(passed, state.layer, unit, told)}",
    )
    if state.layer == len(passed.network.hidden_layers):
        show_sentence(f"{LAB}.speaks", st.markdown, captions.unit_speaks(passed, unit))


def _as_picture(values: np.ndarray) -> np.ndarray:
    return fold(values) if values.ndim == 1 else values[0]


def _picture(title: str, values: np.ndarray, scale: str) -> Group:
    largest = float(np.abs(values).max())
    return Group(
        title=title,
        note=f"full colour is {'' if scale == 'ink' else '±'}{number(largest)}",
        values=values[None],
        scale=scale,
        alt=f"{title}: {values.shape[0]}×{values.shape[1]} numbers from {number(values.min())} to "
        f"{number(values.max())}",
        columns=1,
        cell=max(4, min(16, 224 // values.shape[1])),
        limit=largest,
    )


def _show_decision(passed: ForwardPass, state: State) -> None:
    """The contributions of the last hidden layer's units to an answer's logit, sorted."""
    from dlviz.figures.bars import contributions as draw

    names = passed.network.classes
    st.selectbox(
        "The logit of …",
        [PREDICTED, *map(str, range(len(names)))],
        format_func=lambda at: f"the answer {passed.answer}" if at == PREDICTED else names[int(at)],
        key=LAB.key("answer"),
        width=220,
    )
    chosen = target(passed, state)
    values, last = passed.contributions(chosen), len(passed.network.hidden_layers)
    order = np.argsort(-values, kind="stable")
    order = order[values[order] != 0]  # a unit that is not lit contributes nothing
    text = captions.decision(passed, chosen, values, weighted_sum(passed, passed.network.output, chosen).bias)
    st.markdown(text)
    outlined = -1
    if state.layer == last:
        outlined = next(iter(np.flatnonzero(order == shown_unit(passed, state)).tolist()), -1)
    if not len(order):
        return
    figure = draw(values[order], [f"unit {unit}" for unit in order], names[chosen], outlined)
    st.plotly_chart(figure, key=f"{LAB}.contributions", alt=text, config=PLAIN)
    if last == 1:
        _show_strongest(passed, values, order, names[chosen])


def _show_strongest(passed: ForwardPass, values: np.ndarray, order: np.ndarray, name: str) -> None:
    """The weights of the units that add most to an answer's logit, and of those that take most from it."""
    pictures = unit_pictures(passed.network, 1)
    groups = []
    sides = {f"Most for {name}": (1, order[:TOP]), f"Most against {name}": (-1, order[::-1][:TOP])}
    for title, (sign, strongest) in sides.items():
        if units := [int(unit) for unit in strongest if sign * values[unit] > 0]:
            listed = ", ".join(map(str, units))
            groups.append(
                Group(
                    title=title,
                    note=f"weights of unit {listed}, with the drawing over them",
                    values=pictures[units],
                    scale="diverging",
                    alt=f"{title}: the weights of unit {listed}",
                    columns=TOP,
                    cell=3,
                    over=True,
                    item="picture",
                )
            )
    tiles(f"{LAB}.strongest", groups, passed.pixels)


def _show_switches(passed: ForwardPass, state: State) -> None:
    """Units switched off by hand, or from the most helpful one on, and what becomes of the logits."""
    unit, layer = shown_unit(passed, state), state.layer
    off, count = passed.off.get(layer, []), len(passed.activations(layer))
    left = [other for other in range(count) if other not in off]
    with st.container(key=f"{LAB}.switches", horizontal=True, vertical_alignment="center"):
        _button(f"Switch unit {unit} {'on' if unit in off else 'off'}", layer, sorted({*off} ^ {unit}), off)
        _button(f"Keep only unit {unit}", layer, [other for other in range(count) if other != unit], off)
        if left:
            strongest = strongest_left(passed, layer, off)
            _button(f"Switch off the strongest, unit {strongest}", layer, sorted([*off, strongest]), off)
        st.button(
            "… until the answer tips", on_click=_switch_until_it_tips, args=(passed, layer), disabled=not left
        )
        st.button("All back on", on_click=_switch_all_on, disabled=not passed.off)
    if passed.untouched:
        show_sentence(f"{LAB}.off", st.markdown, captions.switched_off(passed, passed.untouched))
    else:
        st.caption(
            "Click a unit above to choose it. The strongest is the one that adds most to the answer’s logit"
            + ("." if layer == len(passed.network.hidden_layers) else "; in this layer, the most active one.")
        )


def _button(label: str, layer: int, wanted: list[int], off: list[int]) -> None:
    st.button(label, on_click=_set_off, args=(layer, wanted), disabled=wanted == off)


def _set_off(layer: int, units: list[int]) -> None:
    others = {each: kept for each, kept in LAB.read().off.items() if each != layer}
    LAB.update(off=others | ({layer: units} if units else {}))


def _switch_until_it_tips(passed: ForwardPass, layer: int) -> None:
    _set_off(layer, off_until_it_tips(passed, layer)[0])


def _switch_all_on() -> None:
    LAB.update(off={})


def _show_moved(passed: ForwardPass, state: State) -> None:
    """The drawing moved pixel by pixel, with the answers of this network and of the CNN."""
    st.markdown(
        "Predict first: the same ink, a few pixels away. Which network still names it? Then move the slider."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.slider("Move my drawing by … pixels", 0, FURTHEST, key=LAB.key("shift"), width=320)
        controls.choose("Where to", "direction", DIRECTIONS, wrap=True)
    networks = {"MLP": passed.model}
    if passed.network.can_tell_digits:
        networks[captions.CNN] = load_cnn()
    moved = shifting.move_drawing(networks, passed.pixels, state.direction)
    names = passed.network.classes
    gallery(
        f"{LAB}.moved",
        (moved.pictures[: state.shift + 1] * 255).round().astype(np.uint8),
        [captions.moved_picture(moved, names, by) for by in range(state.shift + 1)],
        alt="The drawing at each distance, with what each network says",
        side=84,
    )
    show_sentence(f"{LAB}.moved", st.markdown, captions.moved_so_far(moved, names, state.shift))
    if passed.off:
        st.caption("Measured with all units on.")
    if not passed.network.can_tell_digits:
        st.caption(
            "The trained CNN names digits, so it is compared with networks that were trained on digits."
        )
        return
    st.toggle(f"Move {shifting.MANY} test digits too", key=LAB.key("many"))
    if LAB.read().many:
        shares = {name: shifting.right_when_moved(model, state.direction) for name, model in networks.items()}
        show_sentence(
            f"{LAB}.moved_many",
            st.markdown,
            captions.moved_many(shares, state.direction, state.shift, shifting.MANY),
        )
        _show_table(shares)


def _show_table(shares: dict[str, np.ndarray]) -> None:
    """Share named right at each distance, a row for each network."""
    head = " | ".join(f"{by} px" for by in range(FURTHEST + 1))
    rows = [
        f"| **{name}** | {' | '.join(percent(float(v)) for v in values)} |" for name, values in shares.items()
    ]
    st.markdown("\n".join([f"| right | {head} |", "|---" * (FURTHEST + 2) + "|", *rows]))
