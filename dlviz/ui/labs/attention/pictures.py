"""The pictures in the browser: the steps, the large pattern, and attention laid over a digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components import events, heads, load_component
from dlviz.ui.components.marks import marks
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.components.wire_format import pack
from dlviz.ui.labs.attention import captions
from dlviz.ui.labs.attention.state import LAB, OUTLINED, STAGES, get, put

if TYPE_CHECKING:
    from torch import nn

    from dlviz.ui.labs.attention.forward import Run

KEY, LARGE, OVER = f"{LAB}.stages", f"{LAB}.large", f"{LAB}.over"
# Where a cell's number comes from a linear layer: which one.
LAYERS = {"q": "queries", "k": "keys", "v": "values", "out": "fc_out"}

_stages = load_component("stages")
_patches = load_component("patches")


def take() -> None:
    """Put what the learner has done in the pictures since the last run into the lab's state."""
    if chosen := events.numbers(KEY, "head", 1):
        put("head", max(0, min(chosen[0], 15)))
    for key in (KEY, LARGE, OVER):
        if pinned := events.numbers(key, "pin", 1):
            put("pin", pinned[0] if 0 <= pinned[0] < 50 else -1)
    if cell := events.numbers(KEY, "cell", 3):
        _take_cell(*cell)


def _take_cell(stage: int, row: int, column: int) -> None:
    """The stage comes by its number among those that were shown."""
    shown = st.session_state.get(f"{KEY}.shown", ())
    if 0 <= stage < len(shown) and 0 <= row < 50 and 0 <= column < 384:
        put("cell", f"{shown[stage]}.{row}.{column}")


def stages(run: Run) -> None:
    """Draw the steps from left to right."""
    st.session_state[f"{KEY}.shown"] = [name for name, _ in matrices(run)]
    st.session_state[OUTLINED] = cell_of(run)
    _stages(
        key=KEY,
        data=message(run),
        on_head_change=events.heard,
        on_pin_change=events.heard,
        on_cell_change=events.heard,
    )


def heard(key: str, *names: str) -> int:
    """The time of the newest report of a component that has been taken."""
    events = [st.session_state.get(f"{key}.{name}.seen") for name in names]
    return max((report[-1] for report in events if report), default=0)


def matrices(run: Run) -> list[tuple[str, np.ndarray]]:
    """What is drawn, in order: name and values of one head, or of all heads side by side."""
    steps, head = run.steps, run.head
    of = {
        "x": steps.x,
        "q": steps.q[head],
        "k": steps.k[head],
        "v": steps.v[head],
        "products": steps.products[head],
        "scaled": steps.scaled[head] if run.changes.scaled else steps.products[head],
        "masked": steps.scores[head],
        "pattern": steps.pattern[head],
        "heads": steps.heads[head],
        "joined": steps.joined,
        "out": steps.out,
    }
    masked = run.changes.causal or run.changes.hidden
    return [(name, of[name]) for name in STAGES if name != "masked" or masked]


def cell_of(run: Run) -> tuple[str, int, int]:
    """The learner's cell if it is there, else the product behind the strongest weight of the pinned row."""
    shapes = {name: values.shape for name, values in matrices(run)}
    if get("cell"):
        stage, row, column = get("cell").split(".")
        if stage in shapes and int(row) < shapes[stage][0] and int(column) < shapes[stage][1]:
            return stage, int(row), int(column)
    return "products", *_telling(run)


def _telling(run: Run) -> tuple[int, int]:
    """The strongest weight of the pinned row, or of all between two different words."""
    pattern = run.steps.pattern[run.head].copy()
    if run.pinned >= 0:
        return run.pinned, int(pattern[run.pinned].argmax())
    special = [at for at, token in enumerate(run.source.tokens) if token in captions.SPECIAL]
    pattern[special, :] = pattern[:, special] = 0.0
    np.fill_diagonal(pattern, 0.0)
    query, key = np.unravel_index(pattern.argmax(), pattern.shape)
    return int(query), int(key)


def message(run: Run) -> bytes:
    """The bytes of the steps: one head's matrices in single precision, all heads' patterns small."""
    drawn, cell = matrices(run), cell_of(run)
    header = {
        "tokens": run.source.tokens,
        "heading": captions.heading(run),
        "captions": captions.captions(run),
        "off": run.changes.off,
        "head": run.head,
        "headDim": run.steps.head_dim,
        "scaled": run.changes.scaled,
        "pinned": run.pinned,
        "cell": cell,
        "stages": [captions.stage(run, name) for name, _ in drawn],
        "heard": heard(KEY, "head", "pin", "cell"),
    }
    arrays = {name: values.astype(np.float32) for name, values in drawn}
    arrays["small"] = heads.thumbnails(run.steps.pattern[None])[0]
    weights, bias = _weights(run, *cell)
    if weights is not None:
        arrays["weights"], header["bias"] = weights, bias
    return pack(header, arrays)


def _weights(run: Run, stage: str, _: int, column: int) -> tuple[np.ndarray | None, float]:
    """The linear layer's weights (embed,) and bias behind a cell's column, where there is one."""
    if stage not in LAYERS:
        return None, 0.0
    layer: nn.Linear = getattr(run.attention, LAYERS[stage])
    unit = column if stage == "out" else run.head * run.steps.head_dim + column
    return layer.weight[unit].detach().numpy(), layer.bias[unit].item()


def large(run: Run) -> None:
    """The pattern of the chosen head, large."""
    heads.heads(
        LARGE,
        heads.Picture(
            tokens=run.source.tokens,
            large=run.steps.pattern[run.head],
            title=captions.title(run),
            alt=captions.alternative(run),
            pinned=run.pinned,
            view=get("view"),
        ),
    )


def scales(run: Run) -> None:
    """The chosen head's pattern with the division by √head_dim, beside the one without."""
    groups = [
        Group(
            title=title,
            note=note,
            values=run.scales[scaled][run.head][None],
            scale="sequential",
            limit=1.0,
            alt=f"{title}, {note}",
            cell=max(2, 180 // len(run.source)),
        )
        for scaled, title, note in captions.scales(run)
    ]
    tiles(f"{LAB}.scales", groups)


def moves(run: Run) -> None:
    """How far the intervention has moved each word's output."""
    strongest = f"“{run.source.tokens[int(run.moves.argmax())]}” most, by {run.moves.max():.3g}"
    row = ("How far each output moves", "as a share of its length", run.moves)
    marks(f"{LAB}.moves", run.source.tokens, [row], alts=[strongest])


def over(run: Run) -> None:
    """A digit with the attention of the pinned token laid over it, in three ways."""
    assert run.source.digit is not None
    panels = captions.panels(run)
    header = {
        "panels": [{"title": title, "note": note} for title, note, _ in panels],
        "tokens": run.source.tokens,
        "pinned": run.pinned,
        "heard": heard(OVER, "pin"),
    }
    arrays = {
        "digit": run.source.digit.astype(np.float32),
        "weights": np.stack([row for _, _, row in panels]).astype(np.float32),
    }
    _patches(key=OVER, data=pack(header, arrays), on_pin_change=events.heard)
