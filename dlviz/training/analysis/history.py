"""Curves of a run from its events: running medians, thinned, bands of seeds. No torch, no Streamlit."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Event = Mapping[str, object]
Columns = dict[str, np.ndarray]

AXES = {"step": "steps", "epoch": "epochs", "seconds": "seconds of training"}
WINDOW = 20  # batches whose median stands for the one in their middle
KINDS = ("start", "batch", "epoch", "rate", "paused", "continued", "interrupted", "end")
BATCH = ("step", "seconds", "loss", "rate", "norm")
EPOCH = (
    "step",
    "seconds",
    "epoch",
    "train_loss",
    "train_accuracy",
    "known_loss",
    "known_accuracy",
    "loss",
    "accuracy",
    "test_loss",
    "test_accuracy",
    "samples_per_second",
    "processor_seconds",
)
ENDS = {
    "stopped": "stopped",
    "early": "early stopping",
    "diverged": "no longer a number",
    "time": "time is up",
    "interrupted": "interrupted",
    "failed": "failed",
    "full": "disk full",
}


@dataclass(frozen=True)
class Mark:
    """Something that happened in a run: kind is rate, paused, continued, best, or the reason of its end."""

    kind: str
    step: int
    label: str


@dataclass(frozen=True, eq=False)
class History:
    """A run so far, in columns.

    Args:
        batches: step, seconds, loss, rate, norm -> (batches,); NaN where an event has no number.
        epochs: the names of EPOCH -> (epochs,).
        marks: what happened, in the order of steps.
        steps_per_epoch, epochs_planned: from the run's start; 0 before it has started.
        reason: why the run has ended; empty while it has not.
        restored: true if early stopping has restored the best epoch's weights, which are not the last.
        asked: the step after which the learner has last changed the rate, and the new rate.
        test_loss, test_accuracy: of the weights that the run keeps, measured once at its end; else NaN.
        chance: share of right answers of whoever always gives the most frequent one; NaN if unknown.
        classes: that are told apart; 0 if unknown.
    """

    batches: Columns
    epochs: Columns
    marks: tuple[Mark, ...]
    steps_per_epoch: int
    epochs_planned: int
    reason: str
    restored: bool = False
    asked: tuple[int, float] = (-1, math.nan)
    test_loss: float = math.nan
    test_accuracy: float = math.nan
    chance: float = math.nan
    classes: int = 0

    @property
    def kept_epoch(self) -> int:
        """Epoch whose weights the run keeps: the newest, or the best where early stopping has restored it."""
        numbers = self.epochs["epoch"]
        best = self.restored and np.isfinite(self.epochs["loss"]).any()
        return int(numbers[np.nanargmin(self.epochs["loss"]) if best else -1]) if len(numbers) else 0

    def window(self, wanted: int = WINDOW) -> int:
        """Batches over which this run's curves are smoothed: no more than an epoch has."""
        return min(wanted, self.steps_per_epoch or wanted)

    @property
    def rate(self) -> float:
        """Learning rate of the next batch, as far as is known; NaN before the first."""
        step, rate = self.asked
        return rate if step >= self.step else float([math.nan, *self.batches["rate"][-1:]][-1])

    @property
    def step(self) -> int:
        """Newest step; 0 before the first."""
        steps = [*self.batches["step"][-1:], *self.epochs["step"][-1:]]
        return int(max(steps, default=0))

    def place(self, steps: np.ndarray, axis: str) -> np.ndarray:
        """Place steps (n,) on an axis: (n,) float."""
        if axis == "epoch":
            return steps / max(self.steps_per_epoch, 1)
        if axis == "seconds" and len(self.batches["step"]):
            return np.interp(steps, self.batches["step"], self.batches["seconds"])
        return steps

    def where(self, mark: Mark, axis: str) -> float:
        """Place a mark on an axis; the seconds of an epoch's end count its evaluation too."""
        measured = self.epochs["seconds"][self.epochs["step"] == mark.step]
        if axis == "seconds" and len(measured) and mark.kind not in ("rate", "paused", "continued"):
            return float(measured[-1])
        return float(self.place(np.array([float(mark.step)]), axis)[0])

    def end(self, axis: str) -> float:
        """End of the axis: the planned last step while the run goes on, else the newest."""
        planned = self.steps_per_epoch * self.epochs_planned
        if axis == "seconds":
            return float(max([*self.batches["seconds"][-1:], *self.epochs["seconds"][-1:]], default=0))
        last = self.step if self.reason else max(planned, self.step)
        return float(self.place(np.array([float(last)]), axis)[0])


@dataclass(frozen=True, eq=False)
class Line:
    """One line of a picture.

    Args:
        panel: loss (nats), accuracy (0 … 1), rate, norm, or speed (samples a second).
        role: raw (every batch), smooth, train (mean over an epoch), known (after an epoch, on examples that
            were learned from), validation or test (every epoch), value (unchanged).
        x, y: (points,) finite numbers, in the order of x.
        low, high: (points,) of several seeds, the range about their mean y; else None.
    """

    panel: str
    role: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def history(events: Iterable[Event]) -> History:
    """Read the history of a run from its events; kinds that are no part of a curve are passed over."""
    kinds: dict[object, list[Event]] = {kind: [] for kind in KINDS}
    step, last = 0, ""
    for event in events:
        if event.get("kind") not in KINDS:
            continue
        last = str(event["kind"])
        if last == "interrupted":
            last, event = "end", {**event, "reason": last}
        if "step" in event:
            step = _step(event)
        else:  # what ends a run from outside knows no step
            event = {**event, "step": step}
        kinds[last].append(event)
    start = kinds["start"][-1] if kinds["start"] else {}
    # A run that was stopped may have resumed: only its last event counts.
    end = kinds["end"][-1] if last == "end" else {}
    reason = str(end.get("reason", ""))
    return History(
        batches=_columns(kinds["batch"], BATCH),
        epochs=_columns(kinds["epoch"], EPOCH),
        marks=_marks(kinds),
        steps_per_epoch=int(_number(start.get("steps_per_epoch", 0))),
        epochs_planned=int(_number(start.get("epochs", 0))),
        reason=reason,
        restored=bool(end.get("restored", reason == "early")),  # which older runs do not tell
        asked=_last_rate_change(kinds["rate"]),
        test_loss=_number(end.get("test_loss")),
        test_accuracy=_number(end.get("test_accuracy")),
        chance=_number(start.get("chance")),
        classes=len(classes) if isinstance(classes := start.get("classes"), list) else 0,
    )


def _last_rate_change(changes: Sequence[Event]) -> tuple[int, float]:
    return (_step(changes[-1]), _number(changes[-1].get("new"))) if changes else (-1, math.nan)


def _number(value: object) -> float:
    """Convert a value to a number; NaN for what is none, such as null where a loss was no number."""
    return float(value) if isinstance(value, int | float) else math.nan


def _columns(events: Sequence[Event], names: Sequence[str]) -> Columns:
    return {name: np.array([_number(event.get(name)) for event in events]) for name in names}


def _marks(kinds: Mapping[object, Sequence[Event]]) -> tuple[Mark, ...]:
    found = [Mark("paused", _step(event), "paused") for event in kinds["paused"]]
    found += [Mark("continued", _step(event), "went on") for event in kinds["continued"] if _step(event)]
    for event in kinds["rate"]:
        old, new = _number(event.get("old")), _number(event.get("new"))
        found.append(Mark("rate", _step(event), f"rate {old:.3g} → {new:.3g}"))
    best = [event for event in kinds["epoch"] if event.get("best")]
    found += [Mark("best", _step(event), f"best: epoch {event.get('epoch')}") for event in best[-1:]]
    ends = [(str(event.get("reason")), event) for event in kinds["end"]]
    found += [Mark(reason, _step(event), ENDS[reason]) for reason, event in ends if reason in ENDS]
    return tuple(sorted(found, key=lambda mark: mark.step))


def _step(event: Event) -> int:
    return int(_number(event["step"] or 0))


def smoothed(values: np.ndarray, window: int = WINDOW) -> np.ndarray:
    """Running median (n,) of values (n,): of each, of half a window before it and as many after it.

    A single wild value leaves no trace in it, and a curve that falls does not lag behind. At both ends there
    are fewer. What is no finite number has no part in the median, and gets none.

    Raises: ValueError if the window is less than 1.
    """
    if window < 1:
        raise ValueError(f"a window has at least one batch, not {window}")
    import pandas as pd  # late: it takes a third of a second

    finite = np.isfinite(values)
    numbers = pd.Series(np.where(finite, values, np.nan))
    medians = numbers.rolling(2 * (window // 2) + 1, min_periods=1, center=True).median().to_numpy()
    return np.where(finite, medians, np.nan)


def thin(x: np.ndarray, y: np.ndarray, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Thin points (n,) to at most so many, with every peak: the first, the last, each bucket's extremes.

    A bucket has 1, 2, 4, 8 … points, so that those of a growing run seldom change. Points without a finite
    value fall away.
    """
    finite = np.isfinite(x) & np.isfinite(y)
    x, y = x[finite], y[finite]
    size, count = 1, len(y)
    while count > points and 2 * -(-count // size) + 2 > points and size < count:
        size *= 2
    if size == 1:
        return x, y
    full = count - count % size
    buckets = y[:full].reshape(-1, size)
    starts = np.arange(0, full, size)
    tail = [full + part for part in (y[full:].argmin(), y[full:].argmax())] if full < count else []
    ends = [starts + buckets.argmin(axis=1), starts + buckets.argmax(axis=1), tail, [0, count - 1]]
    kept = np.unique(np.concatenate(ends).astype(np.intp))
    return x[kept], y[kept]


def corners(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Leave out the points (n,) inside a flat stretch, such as a rate that stays."""
    kept = np.ones(len(y), bool)
    kept[1:-1] = (y[1:-1] != y[:-2]) | (y[1:-1] != y[2:])
    return x[kept], y[kept]


def lines(run: History, axis: str = "step", window: int = WINDOW, points: int = 600) -> list[Line]:
    """Lines of a run over an axis of AXES, of at most so many points each; empty ones left out."""
    steps, window = run.batches["step"], run.window(window)
    x = run.place(steps, axis)
    x_epoch = run.epochs["seconds"] if axis == "seconds" else run.place(run.epochs["step"], axis)
    batch = {
        ("loss", "raw"): run.batches["loss"],
        ("loss", "smooth"): smoothed(run.batches["loss"], window),
        ("rate", "value"): run.batches["rate"],
        ("norm", "raw"): run.batches["norm"],
        ("norm", "smooth"): smoothed(run.batches["norm"], window),
    }
    # What was measured after the epoch compares with validation; older runs have the mean over it alone.
    known = "known" if np.isfinite(run.epochs["known_loss"]).any() else "train"
    epoch = {
        ("loss", known): run.epochs[f"{known}_loss"],
        ("loss", "validation"): run.epochs["loss"],
        ("loss", "test"): run.epochs["test_loss"],
        ("accuracy", known): run.epochs[f"{known}_accuracy"],
        ("accuracy", "validation"): run.epochs["accuracy"],
        ("accuracy", "test"): run.epochs["test_accuracy"],
        ("speed", "value"): run.epochs["samples_per_second"],
    }
    # Half of the points do for what is smooth, and its corners for the rate.
    drawn = [
        Line(*what, *thin(*corners(x, y), points // 2 if what[1] == "smooth" else points))
        for what, y in batch.items()
    ]
    drawn += [Line(*what, *thin(x_epoch, y, points)) for what, y in epoch.items()]
    return [line for line in drawn if len(line.x)]


def together(
    seeds: Sequence[History], axis: str = "step", window: int = WINDOW, points: int = 600
) -> list[Line]:
    """Lines of one run, or of several that differ in their seed alone: their mean and range, no raw ones.

    A band reaches as far as the shortest run.
    """
    if len(seeds) == 1:
        return lines(seeds[0], axis, window, points)
    everything = 1 << 62
    found: dict[tuple[str, str], list[Line]] = {}
    for run in seeds:
        for line in lines(run, axis, window, everything):
            if line.role != "raw":
                found.setdefault((line.panel, line.role), []).append(line)
    bands = [band(group, points) for group in found.values() if len(group) == len(seeds)]
    return [line for line in bands if len(line.x)]


def band(group: Sequence[Line], points: int = 600) -> Line:
    """Mean and range of several lines on a common grid where all of them are: their own points, if few."""
    first, last = max(line.x[0] for line in group), min(line.x[-1] for line in group)
    grid = np.unique(np.concatenate([line.x for line in group]))
    grid = grid[(grid >= first) & (grid <= last)]
    if len(grid) > points:
        grid = np.linspace(first, last, points)
    values = np.stack([np.interp(grid, line.x, line.y) for line in group])
    return Line(
        group[0].panel, group[0].role, grid, values.mean(axis=0), values.min(axis=0), values.max(axis=0)
    )
