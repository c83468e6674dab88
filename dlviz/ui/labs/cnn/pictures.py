"""Pictures of the CNN lab: the answers, and the wall of maps of each network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import streamlit as st

from dlviz.data.digits import PAD, SIDE, inked_part
from dlviz.ui.components.pad import Drawing, Placed
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.components.unit.selection import Selection, has_new_selection, last_report_time, take_selection
from dlviz.ui.components.wall import stages, wall
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.forward import ForwardPass, lit_unit
from dlviz.ui.labs.cnn.networks import ConvolutionalNetwork
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.verdict import show_sentence
from dlviz.weights import BadWeights

CUT_OUT = 0.25  # the grey of what is cut out of a drawing
UNIT, CHOSEN, LIT = (f"{LAB}.{name}" for name in ("unit", "chosen", "lit"))


def take_clicks(state: State) -> State:
    """Select what has been clicked since the last run, in a wall or in the panel below it; the new state."""
    select, of = state.select, state.of
    if LAB.just_opened():
        # A link to another panel speaks of the unit that it names, or of the usual one.
        st.session_state[CHOSEN] = state.panel != State().panel
    walls = [f"{LAB}.wall.{place}" for place in range(len(state.networks))]
    if any(has_new_selection(key) for key in (*walls, UNIT)):
        st.session_state[CHOSEN] = True
    for key, network in zip(walls, state.networks, strict=True):
        # The same unit of the other network is a choice too.
        if len(state.networks) == 2 and has_new_selection(key):
            of = network
        select = take_selection(key, select)
    select = take_selection(UNIT, select)
    return state if (select, of) == (state.select, state.of) else LAB.update(select=select, of=of)


def look_at_lit_unit(passed: ForwardPass, final: bool, state: State) -> State:
    """The state, with a unit that is lit until the learner chooses one; not another during each stroke."""
    if state.select != State().select or st.session_state.get(CHOSEN):
        return state
    if final or not _has_unit(passed, st.session_state.get(LIT)):
        st.session_state[LIT] = lit_unit(passed)
    return replace(state, select=st.session_state[LIT])


def _has_unit(passed: ForwardPass, unit: Selection | None) -> bool:
    values = unit and passed.record.get(unit.stage)
    return unit is not None and values is not None and unit.within(values.shape[1:])


@contextmanager
def say_bad_weights() -> Iterator[None]:
    """Say in one sentence why weights cannot be used, in the place of what needed them."""
    try:
        yield
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")


def show_answers(passes: Sequence[ForwardPass], placed: Placed | None, state: State) -> None:
    """Each network's answer, or an invitation while nothing is drawn.

    Args:
        placed: the test digit or picture that is shown, if it is one.
    """
    if not passes:
        st.subheader("Draw a digit, and everything below comes alive.", anchor=False)
        st.caption("Or press **Surprise me** for one of MNIST's test digits.")
        return
    label = placed.label[0].upper() + placed.label[1:] + " · " if placed else ""
    for passed, column in zip(passes, st.columns(len(passes)), strict=True):
        names = passed.network.classes
        first, *others = map(int, passed.probabilities.argsort()[::-1][:2])
        with column:
            with st.container(horizontal=True, gap="large" if len(passes) == 1 else "small"):
                st.metric("It says", plain(names[first]), width="content")
                likely, *less = (probability(float(passed.probabilities[at])) for at in (first, *others))
                st.metric("with probability", likely, width="content")
                for second, share in zip(others, less, strict=True):
                    st.metric("Runner-up", f"{plain(names[second])} · {share}", width="content")
            show_sentence(
                f"{LAB}.circumstances",
                st.caption,
                label + captions.circumstances(passed, state, placed is not None),
            )


def show_preparation(drawing: Drawing) -> None:
    """The learner's drawing beside the input that is made of it; nothing for a digit that was put there."""
    if drawing.ink is None or drawing.pixels is None:
        return
    part = inked_part(drawing.ink)
    marked = drawing.ink.astype(np.float32)
    marked[part] = np.maximum(marked[part], CUT_OUT)
    with st.expander("How your drawing became the input"):
        on_paper = Group("On the paper", "", marked[None], "ink", "Your drawing, its part with ink in grey.")
        read = Group("Input", "", drawing.pixels[None], "ink", "What the network reads.")
        as_large = [replace(on_paper, cell=1), replace(read, cell=PAD // SIDE)]
        tiles(f"{LAB}.preparation", [replace(group, columns=1, limit=1.0) for group in as_large])
        show_sentence(f"{LAB}.prepared", st.caption, captions.preparation(part))


def show_walls(
    networks: Sequence[ConvolutionalNetwork], passes: Sequence[ForwardPass], drawing: Drawing, state: State
) -> None:
    """Each whole network on the digit; its empty frame while nothing is drawn."""
    from torch import nn

    for place, network in enumerate(networks):
        passed = passes[place] if passes else None
        if len(networks) == 2:
            st.markdown(f"**{plain(network.provenance)}**")
        panels = stages(network.model)
        if not state.training:
            # Outside training dropout passes everything on: its panel would be the one before it again.
            panels = tuple(panel for panel in panels if not issubclass(panel.layer, nn.Dropout))
        key = f"{LAB}.wall.{place}"
        untouched = passed.untouched if passed else None
        differences = untouched is not None and state.shown == "difference"
        header = {
            "selected": vars(state.select),
            "heard": last_report_time(key),
            "scaling": state.scaling,
            "off": passed.off if passed else {},
            "classes": network.classes,
            "digits": network.reads_digits,
            "probabilities": passed.probabilities.tolist() if passed else [0.0] * len(network.classes),
            "untouched": untouched.probabilities.tolist() if untouched else None,
            "empty": passed is None,
            # The mark that the wall leaves when it has painted names the finished drawing it shows.
            "version": drawing.version if drawing.final else None,
            "alt": captions.describe_wall(panels, passed),
        }
        record = passed.record if passed else {}
        if untouched and differences:  # value now minus value untouched
            record = {name: array - untouched.record[name] for name, array in record.items()}
        wall(key, panels, record, passed.pixels if passed else None, header, differences)
