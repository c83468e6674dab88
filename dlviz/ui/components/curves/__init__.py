"""Training curves drawn in the browser: panels over one axis, runs laid over each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.training.analysis.comparison import Group, number, result, title
from dlviz.training.analysis.history import AXES, WINDOW, History, Line, corners, thin, together
from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

# Panel -> its title, True if in percent, True if a logarithmic scale makes sense.
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
FAINT = 6  # runs up to which each batch is drawn, and not their running median alone
MOST_CLASSES = 100  # of a guess whose loss is worth a line
CHANCE = "chance (always the commonest answer)"

_component = load_component("curves")


@dataclass(frozen=True, eq=False)
class Curves:
    """Curves of one or more runs.

    Args:
        groups: each a run, or several that differ in their seed alone, drawn as a mean and a band. A group's
            place decides its colour, dash and marker, so it should keep it.
        panels: one to four of PANELS.
        axis: a key of AXES.
        window: batches whose running median is drawn of the loss and the gradient norm.
    """

    groups: Sequence[Group]
    panels: Sequence[str] = ("loss", "accuracy", "rate", "norm")
    axis: str = "step"
    window: int = WINDOW


def curves(key: str, shown: Curves) -> None:
    """Draw curves. Called again with more data, they grow; what the learner has hidden or zoomed stays so.

    After painting the browser sets the performance mark `dlviz:curves`, its detail the newest step.
    """
    _component(key=key, data=message(shown))


def schedule(key: str, rates: np.ndarray) -> None:
    """Draw the learning rates of a run that is planned.

    Args:
        rates: (steps,) float, of each step.
    """
    _component(key=key, data=schedule_message(rates))


def message(shown: Curves) -> bytes:
    """The bytes of curves.

    Raises: ValueError for an axis or a panel that there is not.
    """
    if shown.axis not in AXES or not set(shown.panels) <= PANELS.keys():
        raise ValueError(f"no such axis or panel: {shown.axis}, {', '.join(shown.panels)}")
    lines = [_lines(shown, group) for group in shown.groups]
    seeds = [seed for group in shown.groups for seed in group.seeds]
    header = {
        "alt": _describe(shown, lines),
        "window": max((seed.window(shown.window) for seed in seeds), default=shown.window),
        "levels": _levels(shown),
        "step": max((seed.step for seed in seeds), default=0),
        "end": max((seed.end(shown.axis) for seed in seeds), default=0),
        "runs": [{"label": group.label, "seeds": len(group.seeds)} for group in shown.groups],
        "marks": [mark for at, group in enumerate(shown.groups) for mark in _marks(shown, at, group)],
    }
    drawn = [(at, line) for at, found in enumerate(lines) for line in found if _is_drawn(shown, line)]
    return _pack(header, shown.panels, shown.axis, drawn)


def schedule_message(rates: np.ndarray) -> bytes:
    """The bytes of a schedule's picture: `rates` (steps,) as one line."""
    steps = np.arange(1.0, len(rates) + 1)
    header = {
        "alt": f"Learning rate over steps. Planned: step {len(rates):,}.",
        "window": WINDOW,
        "step": len(rates),
        "end": len(rates),
        "runs": [{"label": "Planned", "seeds": 1}],
        "marks": [],
        "levels": [],
    }
    line = Line("rate", "value", *thin(*corners(steps, rates), POINTS))
    return _pack(header, ["rate"], "step", [(0, line)])


def _pack(
    header: Mapping[str, object], panels: Sequence[str], axis: str, drawn: Sequence[tuple[int, Line]]
) -> bytes:
    """A picture's bytes.

    Args:
        drawn: each line with the index of its run.
    """
    parts = {
        f"{at}.{name}": getattr(line, name)
        for at, (_, line) in enumerate(drawn)
        for name in ("x", "y", "low", "high")
        if getattr(line, name) is not None
    }
    layout = {
        "axis": AXES[axis],
        "unit": UNITS[axis],
        "panels": [
            dict(zip(("title", "percent", "log"), PANELS[name], strict=True), name=name) for name in panels
        ],
        "lines": [{"run": at, "panel": panels.index(line.panel), "role": line.role} for at, line in drawn],
        "bands": any(line.low is not None for _, line in drawn),
    }
    return pack({**header, **layout}, {name: values.astype(np.float32) for name, values in parts.items()})


def _levels(shown: Curves) -> list[dict[str, object]]:
    """Levels that a network passes as soon as it has learnt something: what a guess is worth."""
    seeds = [seed for group in shown.groups for seed in group.seeds if seed.steps_per_epoch]
    classes = {seed.classes for seed in seeds}
    levels: list[dict[str, object]] = []
    if "accuracy" in shown.panels and math.isfinite(chance := _chance(seeds)):
        levels.append({"panel": shown.panels.index("accuracy"), "y": chance, "label": CHANCE})
    if "loss" in shown.panels and len(classes) == 1 and 2 <= (count := classes.pop()) <= MOST_CLASSES:
        guess = {"y": math.log(count), "label": f"a guess among {count}"}
        levels.append({"panel": shown.panels.index("loss"), **guess})
    return levels


def _chance(seeds: Sequence[History]) -> float:
    """Accuracy that whoever always gives the most frequent answer has in all seeds; NaN if they differ."""
    chances = {seed.chance for seed in seeds if seed.steps_per_epoch}
    return chances.pop() if len(chances) == 1 else math.nan


def _lines(shown: Curves, group: Group) -> list[Line]:
    points = max(FEWEST, POINTS // max(len(shown.groups), 1))
    return together(group.seeds, shown.axis, shown.window, points)


def _is_drawn(shown: Curves, line: Line) -> bool:
    """True if a line belongs to a panel that is shown, and does not crowd the picture of many runs."""
    crowding = line.role == "raw" or (line.panel, line.role) in (("loss", "train"), ("loss", "known"))
    return line.panel in shown.panels and not (crowding and len(shown.groups) > FAINT)


def _marks(shown: Curves, at: int, group: Group) -> list[dict[str, object]]:
    """Events of a run; of several seeds only that one of them diverged, for the rest would say little."""
    return [
        {"run": at, "x": seed.where(mark, shown.axis), "kind": mark.kind, "label": mark.label}
        for seed in group.seeds
        for mark in seed.marks
        if len(group.seeds) == 1 or mark.kind == "diverged"
    ]


def alt(shown: Curves) -> str:
    """Text alternative of curves: what they show now."""
    return _describe(shown, [_lines(shown, group) for group in shown.groups])


def _describe(shown: Curves, lines: Sequence[Sequence[Line]]) -> str:
    titles = ", ".join(PANELS[name][0].lower() for name in shown.panels)
    groups = " ".join(_describe_group(*each) for each in zip(shown.groups, lines, strict=True))
    chance = _chance([seed for group in shown.groups for seed in group.seeds])
    worth = ""
    if "accuracy" in shown.panels and math.isfinite(chance):
        worth = f" {CHANCE.capitalize()}: {number(chance, 'accuracy')}."
    return f"{titles.capitalize()} over {AXES[shown.axis]}. {groups or 'No run yet.'}{worth}"


def _describe_group(group: Group, lines: Sequence[Line]) -> str:
    step = max((seed.step for seed in group.seeds), default=0)
    if not step:
        return f"{group.label}: not begun."
    latest = {(line.panel, line.role): float(line.y[-1]) for line in lines}
    parts = [f"{group.label}: step {step:,}"]
    if ("loss", "smooth") in latest:
        parts.append(f"training loss {number(latest['loss', 'smooth'], 'loss')}")
    for (panel, role), value in latest.items():
        if role in ("validation", "test"):
            parts.append(f"{role} {panel} {number(value, panel)}")
    if best := result(group):
        parts.append(f"{title(best.measure, best.held)} {best.text}")
    return ", ".join(parts) + "."
