"""Training curves drawn in the browser: panels over one axis, runs laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.training.analysis.comparison import Group, number, result, title
from dlviz.training.analysis.history import AXES, WINDOW, Line, together
from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

# Panel -> its title, whether in percent, whether a logarithmic scale makes sense.
PANELS = {
    "loss": ("Loss in nats", False, True),
    "accuracy": ("Accuracy", True, False),
    "rate": ("Learning rate", False, True),
    "norm": ("Gradient norm", False, True),
    "speed": ("Samples per second", False, False),
}
UNITS = {"step": "step", "epoch": "epoch", "seconds": "second"}
POINTS = 900  # of all runs' raw lines together
FEWEST = 150  # of one line
FAINT = 3  # runs up to which each batch is drawn, and not its smoothed loss alone

_component = load_component("curves")


@dataclass(frozen=True, eq=False)
class Curves:
    """What is drawn.

    Args:
        groups: each a run, or several that differ in their seed alone, drawn as a mean and a band. A group's
            place decides its colour, dash and marker, so it should keep it.
        panels: one to four of PANELS.
        axis: a key of curves.AXES.
        window: batches over which the loss and the gradient norm are smoothed.
    """

    groups: Sequence[Group]
    panels: Sequence[str] = ("loss", "accuracy", "rate", "norm")
    axis: str = "step"
    window: int = WINDOW


def curves(key: str, shown: Curves) -> None:
    """Draw them. Called again with more data, they grow; what the learner has hidden or zoomed stays so.

    After painting the browser sets the performance mark `dlviz:curves`, its detail the newest step.
    """
    _component(key=key, data=message(shown))


def message(shown: Curves) -> bytes:
    """The bytes of the picture.

    Raises: ValueError for an axis or a panel that there is not.
    """
    if shown.axis not in AXES or not set(shown.panels) <= PANELS.keys():
        raise ValueError(f"no such axis or panel: {shown.axis}, {', '.join(shown.panels)}")
    whole = [_together(shown, group) for group in shown.groups]
    drawn = [(at, line) for at, found in enumerate(whole) for line in found if _is_drawn(shown, line)]
    header = {
        "alt": _alt(shown, whole),
        "axis": AXES[shown.axis],
        "unit": UNITS[shown.axis],
        "window": shown.window,
        "step": max((seed.step for group in shown.groups for seed in group.seeds), default=0),
        "end": max((seed.end(shown.axis) for group in shown.groups for seed in group.seeds), default=0),
        "panels": [
            dict(zip(("title", "percent", "log"), PANELS[name], strict=True), name=name)
            for name in shown.panels
        ],
        "runs": [{"label": group.label, "seeds": len(group.seeds)} for group in shown.groups],
        "bands": any(line.low is not None for _, line in drawn),
        "lines": [
            {"run": at, "panel": shown.panels.index(line.panel), "role": line.role} for at, line in drawn
        ],
        "marks": [mark for at, group in enumerate(shown.groups) for mark in _marks(shown, at, group)],
    }
    return pack(header, _arrays([line for _, line in drawn]))


def _together(shown: Curves, group: Group) -> list[Line]:
    points = max(FEWEST, POINTS // max(len(shown.groups), 1))
    return together(group.seeds, shown.axis, shown.window, points)


def _is_drawn(shown: Curves, line: Line) -> bool:
    """Whether it belongs to a panel that is shown, and does not crowd the picture of many runs."""
    crowding = line.role == "raw" or (line.panel, line.role) == ("loss", "train")
    return line.panel in shown.panels and not (crowding and len(shown.groups) > FAINT)


def _marks(shown: Curves, at: int, group: Group) -> list[dict[str, object]]:
    """What happened in a run; of several seeds only that one of them broke, for the rest would say little."""
    seeds = group.seeds
    found = [
        (seed, mark) for seed in seeds for mark in seed.marks if len(seeds) == 1 or mark.kind == "diverged"
    ]
    return [
        {
            "run": at,
            "x": seed.where(mark, shown.axis),
            "kind": mark.kind,
            "label": mark.label,
        }
        for seed, mark in found
    ]


def _arrays(lines: Sequence[Line]) -> dict[str, np.ndarray]:
    parts = {
        f"{at}.{name}": getattr(line, name)
        for at, line in enumerate(lines)
        for name in ("x", "y", "low", "high")
        if getattr(line, name) is not None
    }
    return {name: values.astype(np.float32) for name, values in parts.items()}


def alt(shown: Curves) -> str:
    """What the picture shows now, in words."""
    return _alt(shown, [_together(shown, group) for group in shown.groups])


def _alt(shown: Curves, lines: Sequence[Sequence[Line]]) -> str:
    titles = ", ".join(PANELS[name][0].lower() for name in shown.panels)
    told = " ".join(_told(group, found) for group, found in zip(shown.groups, lines, strict=True))
    return f"{titles.capitalize()} over {AXES[shown.axis]}. {told or 'No run yet.'}"


def _told(group: Group, lines: Sequence[Line]) -> str:
    step = max((seed.step for seed in group.seeds), default=0)
    if not step:
        return f"{group.label}: not begun."
    latest = {(line.panel, line.role): float(line.y[-1]) for line in lines}
    said = [f"{group.label}: step {step:,}"]
    if ("loss", "smooth") in latest:
        said.append(f"training loss {number(latest['loss', 'smooth'], 'loss')}")
    for (panel, role), value in latest.items():
        if role in ("validation", "test"):
            said.append(f"{role} {panel} {number(value, panel)}")
    if best := result(group):
        said.append(f"{title(best.measure, best.held)} {best.told}")
    return ", ".join(said) + "."
