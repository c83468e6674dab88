"""Dreams of a unit, a map or a class, which show what it would like to see, beside real pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui import growing_dreams
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.unit.selection import OUTPUT, Selection
from dlviz.ui.components.wall import stage_item, stage_title, stages
from dlviz.ui.growing_dreams import EVERY, Dreaming, describe_pictures
from dlviz.ui.labs.cnn import captions, guessing
from dlviz.ui.labs.cnn.dreaming import (
    Search,
    before_relu,
    begin,
    choose_target,
    find_search,
    seen_part,
    weighted_stages,
)
from dlviz.ui.labs.cnn.examples import load_examples
from dlviz.ui.labs.cnn.forward import ForwardPass
from dlviz.ui.labs.cnn.networks import NORMED, TRAINED
from dlviz.ui.labs.cnn.pictures import CHOSEN, say_bad_weights
from dlviz.ui.labs.cnn.state import EXTENTS, LAB, MOVED, PAINTED, State
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from torch import nn

    from dlviz.dream import Target
    from dlviz.extremes import Extremes
    from dlviz.receptive_field import Box
    from dlviz.ui.labs.cnn.examples import Examples

LAYER, CHANNEL = f"{LAB}.dream_layer", f"{LAB}.dream_channel"
BEYOND = 110  # grey, of 255, of what lies beyond a picture's edge


def show(passed: ForwardPass, state: State) -> None:
    """Dreams of the unit that is looked at, growing, beside the real pictures, and a question on both."""
    _choose_channel(passed, state)
    _choose_ways()
    model, target = passed.model, choose_target(passed.model, state.select, state.extent)
    chosen = (model, target, state.painted, state.moved, state.dream_seed)
    dreaming = compute_once(f"{LAB}.dreaming", chosen, lambda: begin(model, target, state))
    examples = load_examples(passed.network, state)
    search = None
    if examples:
        of = (model, examples.origin, len(examples.pictures), state.run)
        search = compute_once(f"{LAB}.search", of, lambda: find_search(model, examples.pictures))
    live = not (dreaming.done and (search is None or search.done))
    part = st.fragment(run_every=EVERY if live else None, key=f"{LAB}.dreams.live")(_show)
    part(passed, target, dreaming, search, examples, live)
    if examples and search:
        found = search.found if search.done else None
        guessing.show(
            passed,
            examples,
            found,
            state,
            lambda key, each, growing: show_dreams(key, model, each, growing),
            lambda key, each, most: show_patches(key, model, each, most, examples),
        )


def _choose_channel(passed: ForwardPass, state: State) -> None:
    """Choose a layer and one of its channels, as by a click in the network above."""
    model, names = passed.model, passed.network.classes
    layers = {stage.name: stage for stage in weighted_stages(model)}
    here = before_relu(model, state.select.stage)
    st.session_state[LAYER], st.session_state[CHANNEL] = here.name, state.select.channel
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Layer",
            list(layers),
            format_func=lambda name: layers[name].title,
            required=True,
            key=LAYER,
            wrap=True,
            on_change=_select,
            args=(model, state.select),
        )
        change = {"key": CHANNEL, "on_change": _select, "args": (model, state.select)}
        if here.name == OUTPUT:
            st.selectbox(
                "Class", range(len(names)), format_func=lambda at: plain(names[at]), width=160, **change
            )
        else:
            item = stage_item(model, here.name).capitalize()
            st.number_input(item, 0, here.shape[0] - 1, width=130, **change)
        if len(here.shape) == 3:
            _choose("Excite", "extent", EXTENTS)


def _select(model: nn.Module, before: Selection) -> None:
    """Look at the channel that was chosen; in another layer at the middle of its map."""
    stage = next(each for each in weighted_stages(model) if each.name == st.session_state[LAYER])
    channel = min(int(st.session_state[CHANNEL]), stage.shape[0] - 1)
    same = before_relu(model, before.stage).name == stage.name and len(stage.shape) > 1
    middle = [side // 2 for side in (*stage.shape, 1, 1)[1:3]]
    place = choose_target(model, before, "unit").place if same else None
    LAB.update(select=Selection(stage.name, channel, *(place or middle)))
    st.session_state[CHOSEN] = True


def _choose_ways() -> None:
    """Choose how dreams are made."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _choose(
            "Painted with",
            "painted",
            PAINTED,
            help="Waves: the long ones change faster, as in real pictures.",
        )
        _choose(
            "Meanwhile the picture is",
            "moved",
            MOVED,
            help="Turned, stretched and shifted a little before each look: only what survives that counts.",
        )
        st.number_input("Seed of the dreams", 0, 9999, width=130, key=LAB.key("dream_seed"))


def _choose(label: str, field: str, options: dict[str, str], **arguments) -> None:
    st.segmented_control(
        label, list(options), format_func=options.__getitem__, required=True, key=LAB.key(field), **arguments
    )


def _show(
    passed: ForwardPass,
    target: Target,
    dreaming: Dreaming,
    search: Search | None,
    examples: Examples | None,
    live: bool,
) -> None:
    """Dream on, search on, and show how far both have come."""
    with say_bad_weights():
        if not dreaming.done:
            dreaming.go_on()
        elif search and not search.done:
            search.go_on()
        dreamed, real = st.columns([1, 1.4], gap="large")
        with dreamed:
            show_dreams(f"{LAB}.dreamed", passed.model, target, dreaming)
        with real:
            if search and examples:
                _show_real(passed, target, search, examples)
        name, relu = name_target(passed, target), through_relu(passed.model, target)
        part = seen_part(passed.model, target.stage, *target.place) if target.place else None
        told = captions.dreamed_of(name, part and _shape(part), relu)
        show_sentence(f"{LAB}.dreamed_of", st.caption, told)
        if dreaming.done and search and search.done and examples:
            real, values = _strongest_real(target, search), dreaming.now.values.numpy()
            one_unit = not is_whole_map(passed.model, target)
            told = captions.beyond(name, values, real, examples.counted, relu and one_unit)
            show_sentence(f"{LAB}.beyond", st.markdown, told)
        if (
            dreaming.done
            and target.stage == OUTPUT
            and passed.network.reads_digits
            and passed.pixels.ndim == 2
        ):
            told = captions.read_by_both(target.channel, *_read_by_both(passed, dreaming))
            show_sentence(f"{LAB}.read_by_both", st.markdown, told)
        if live and dreaming.done and (search is None or search.done):
            st.rerun(scope="app")


def _read_by_both(passed: ForwardPass, dreaming: Dreaming) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (starts, 10) of this network, and of another of the lab's own, for dreams of a digit."""
    import torch

    from dlviz.dream import normalised
    from dlviz.ui.server import model_cache

    other = model_cache.trained(
        TRAINED if passed.network.weights_file != f"{TRAINED}.safetensors" else NORMED
    )
    x = normalised(dreaming.now.pictures)
    with torch.inference_mode():
        return passed.model(x).softmax(1).numpy(), other(x).softmax(1).numpy()


def show_dreams(key: str, model: nn.Module, target: Target, dreaming: Dreaming) -> None:
    """Draw the dreams of a target as they are now, cut to what it sees."""
    part = seen_part(model, target.stage, *target.place) if target.place else None
    growing_dreams.show_dreams(key, dreaming, lambda pictures: _cut(pictures, part))


def _cut(pictures: np.ndarray, part: Box | None) -> np.ndarray:
    """Cut pictures (n, colours, height, width) to a part: (n, height, width), or with three colours."""
    from dlviz.extremes import cut_patch

    cut = pictures if part is None else cut_patch(pictures, part, BEYOND)
    return cut if cut.shape[1] == 3 else cut[:, 0]


def _show_real(passed: ForwardPass, target: Target, search: Search, examples: Examples) -> None:
    """Draw the real pictures that excite a target most and least, among those looked at so far."""
    found = search.found
    if not search.done:
        seen, count = (found.seen, found.count) if found else (0, len(examples.pictures))
        st.progress(seen / count, f"Looking at {seen:,} of {examples.origin}, once for this network")
    if found is None:
        return
    way = way_of(target)
    for kind, title, extremes in (
        ("most", "Real: these excite it most", found.most),
        ("least", "Real: these excite it least", found.least),
    ):
        st.markdown(f"**{title}**")
        show_patches(f"{LAB}.{kind}", passed.model, target, extremes[target.stage, way], examples)


def show_patches(key: str, model: nn.Module, target: Target, extremes: Extremes, examples: Examples) -> None:
    """Draw real pictures, cut to what the target sees of them where it is excited most, or least."""
    shape = next(stage.shape for stage in weighted_stages(model) if stage.name == target.stage)
    drawn = []
    for picture, place in zip(
        extremes.pictures[:, target.channel], extremes.places[:, target.channel], strict=True
    ):
        row, col = divmod(int(place), shape[-1])
        part = seen_part(model, target.stage, row, col) if target.place else None
        whole = examples.pictures[picture]
        drawn.append(_cut(whole.reshape(1, -1, *whole.shape[-2:]), part)[0])
    values = extremes.values[:, target.channel]
    notes = [number(float(value), ".3g") for value in values]
    gallery(key, np.stack(drawn), notes, describe_pictures(values), side=52)


def way_of(target: Target) -> str:
    """Way in which pictures count for a target: by a place of its map, or by the mean of it."""
    return "place" if target.place else "mean"


def _strongest_real(target: Target, search: Search) -> float:
    """The most that a real picture excites a target."""
    assert search.found is not None
    return float(search.found.most[target.stage, way_of(target)].values[0, target.channel])


def name_target(passed: ForwardPass, target: Target) -> str:
    """Name of a target, such as `map 5 of conv 3`."""
    if target.stage == OUTPUT:
        return f"the logit of {plain(passed.network.classes[target.channel])}"
    item, title = stage_item(passed.model, target.stage), stage_title(passed.model, target.stage)
    whole = "the mean of " if is_whole_map(passed.model, target) else ""
    return f"{whole}{item} {target.channel} of {title}"


def is_whole_map(model: nn.Module, target: Target) -> bool:
    """True if all units of a map are excited together."""
    return target.place is None and any(
        stage.name == target.stage and len(stage.shape) == 3 for stage in stages(model)
    )


def through_relu(model: nn.Module, target: Target) -> bool:
    """True if a ReLU comes next."""
    from torch import nn

    known = list(stages(model))
    at = [stage.name for stage in known].index(target.stage)
    return at + 1 < len(known) and issubclass(known[at + 1].layer, nn.ReLU)


def _shape(part: Box) -> tuple[int, int]:
    """Height and width of a part, with the padding round it."""
    (top, bottom), (left, right) = part.all_rows, part.all_cols
    return bottom - top, right - left
