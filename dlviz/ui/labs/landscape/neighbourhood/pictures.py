"""Pictures of the view: the loss around two networks on one scale, and its rise over several draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dlviz.training.loss_surface import Surface, SurfaceConfig
from dlviz.ui.labs.landscape.neighbourhood import captions, measuring
from dlviz.ui.labs.landscape.neighbourhood.forward import (
    ForwardPass,
    Plan,
    Rise,
    measure_rise,
    take_whole_grid,
)
from dlviz.ui.labs.landscape.neighbourhood.measuring import Measurement
from dlviz.ui.labs.landscape.neighbourhood.state import DRAWS, NeighbourhoodFields
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.runs import commands, polling, together
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

Draw = Callable[[tuple[Plan, Plan]], None]
KEY = f"{LAB}.near"
EVERY = 1.0  # seconds between two looks at what is being measured
PLAIN = {"displayModeBar": False}


def collect(plans: tuple[Plan, Plan]) -> ForwardPass:
    """Collect what is measured so far."""
    configs = [*(plan.plane for plan in plans), *_lines(plans)]
    first, second, *lines = (each.surface for each in measuring.look_at(configs))
    rises = (measure_rise(_name_lines(plan, plans), found) for plan, found in zip(plans, lines, strict=False))
    return ForwardPass(plans, (first, second), tuple(rise for rise in rises if rise))


def _lines(plans: Sequence[Plan]) -> list[SurfaceConfig]:
    """Lines to measure, once where both pictures show the same network."""
    return list(dict.fromkeys(plan.lines for plan in plans))


def _name_lines(plan: Plan, plans: Sequence[Plan]) -> str:
    return plan.network if len(_lines(plans)) == 1 else plan.title


def show_pictures(plans: tuple[Plan, Plan]) -> None:
    """Offer to measure both pictures, and draw them as far as they are measured."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _offer("pictures", [plan.plane for plan in plans], "Measure", "Measured")
        st.toggle("As surfaces", key=LAB.key("hills"))
    _follow("pictures", [plan.plane for plan in plans])(_draw_pictures)(plans)


def show_rise(plans: tuple[Plan, Plan]) -> None:
    """Offer to measure several draws, and draw how the loss rises with the distance."""
    st.subheader("Over several draws", anchor=False)
    wanted = _lines(plans)
    each = " of each network" if len(wanted) == 2 else ""
    _offer("rise", wanted, f"Measure {DRAWS} draws{each}", f"{DRAWS} draws are measured")
    _follow("rise", wanted)(_draw_rise)(plans)


def _offer(name: str, configs: Sequence[SurfaceConfig], label: str, done: str) -> None:
    """Draw the button that hands in what is not measured."""
    found = measuring.look_at(configs)
    whole = all(each.is_whole for each in found)
    busy = not all(each.is_settled for each in found)
    problem = f"{KEY}.{name}.problem"
    if not busy and any(each.status and not each.is_whole for each in found):
        label = "Go on measuring"
    st.button(
        done if whole else label,
        type="secondary" if whole else "primary",
        icon=":material/check:" if whole else ":material/landscape:",
        disabled=whole or busy,
        key=f"{KEY}.{name}.measure",
        on_click=measuring.hand_in,
        args=(configs, problem),
    )
    if said := st.session_state.pop(problem, ""):
        st.error(said, icon=":material/block:")
    st.session_state[f"{KEY}.{name}.seen"] = _fingerprint(found)


def _follow(name: str, configs: Sequence[SurfaceConfig]) -> Callable[[Draw], Draw]:
    found = measuring.look_at(configs)
    every = together.choose_interval([each.status for each in found if each.status], EVERY)
    return st.fragment(run_every=every, key=f"{KEY}.{name}.live")


def _fingerprint(found: Sequence[Measurement]) -> tuple[object, ...]:
    """All on which the rest of the page depends."""
    return tuple((each.status and each.status.run, each.is_settled, each.is_whole) for each in found)


def _show_progress(name: str, found: Sequence[Measurement]) -> None:
    """Draw a bar while something is measured, the buttons that steer it, and what went wrong."""
    statuses = [each.status for each in found if each.status]
    if not all(each.is_settled for each in found):
        done = float(np.mean([each.share_done for each in found]))
        st.progress(done, captions.tell_progress([each.share_done for each in found], statuses))
    for sentence in together.failures({"The measurement": statuses}):
        st.error(plain(sentence), icon=":material/error:")
    if active := [status for status in statuses if status.state not in polling.SETTLED]:
        key = f"{KEY}.{name}.stop"
        st.button("Stop", icon=":material/stop:", key=key, on_click=together.stop, args=(active,))
    commands.show_refusal(*(status.run for status in statuses))


def _draw_pictures(plans: tuple[Plan, Plan]) -> None:
    found = measuring.look_at([plan.plane for plan in plans])
    _show_progress("pictures", found)
    surfaces = [each.surface for each in found]
    if any(surface and surface.whole_side for surface in surfaces):
        _draw_pair(plans, surfaces, LAB.read())
    elif not any(each.status for each in found):
        st.info("A picture appears after 25 places, then gets finer. Stop when you have seen enough.")
    if _fingerprint(found) != st.session_state.get(f"{KEY}.pictures.seen"):
        st.rerun(scope="app")


def _draw_pair(
    plans: tuple[Plan, Plan], surfaces: Sequence[Surface | None], state: NeighbourhoodFields
) -> None:
    from dlviz.figures.neighbourhood import contours, share_scale, surface

    grids = [take_whole_grid(each) if each and each.whole_side else None for each in surfaces]
    scale = share_scale(*(losses for _, losses in filter(None, grids)))
    draw = surface if state.hills else contours
    for place, (column, plan, each, grid) in enumerate(
        zip(st.columns(2), plans, surfaces, grids, strict=True)
    ):
        with column:
            st.markdown(f"**{plain(plan.title)}**")
            if not (each and grid):
                st.caption("Not measured yet.")
                continue
            st.plotly_chart(
                draw(*grid, scale),
                key=f"{KEY}.picture.{place}.{state.hills}",
                config=PLAIN,
                alt=captions.describe_picture(plan, each),
            )
            show_sentence(f"{KEY}.told.{place}", st.markdown, captions.tell_surface(each))
            with st.expander("In numbers", icon=":material/table:"):
                alt = f"Losses at 25 places. {captions.describe_picture(plan, each)}"
                st.table(captions.grid_rows(each), hide_index=True, border="horizontal", alt=alt)


def _draw_rise(plans: tuple[Plan, Plan]) -> None:
    found = measuring.look_at(_lines(plans))
    _show_progress("rise", found)
    rises: list[Rise] = [
        rise
        for plan, each in zip(plans, found, strict=False)
        if (rise := measure_rise(_name_lines(plan, plans), each.surface))
    ]
    if len(rises) == len(found):
        _draw_curves(ForwardPass(plans, (None, None), tuple(rises)))
    if _fingerprint(found) != st.session_state.get(f"{KEY}.rise.seen"):
        st.rerun(scope="app")


def _draw_curves(passed: ForwardPass) -> None:
    from dlviz.figures.neighbourhood import rise as draw_rise

    show_sentence(f"{KEY}.rise.told", st.markdown, captions.tell_rise(passed))
    st.plotly_chart(
        draw_rise(passed.rises[0].distances, {rise.title: rise.losses for rise in passed.rises}),
        key=f"{KEY}.rise.figure",
        config=PLAIN,
        alt=captions.describe_rise(passed),
    )
    st.caption(captions.DRAWS_TOLD)
    alt = "Mean loss of each network over the draws, with its range, at each distance."
    st.table(captions.rows(passed), hide_index=True, border="horizontal", alt=alt)
