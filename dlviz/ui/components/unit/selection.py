"""The unit of a convolutional network that a learner looks at, and how a browser reports one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import streamlit as st

from dlviz.networks import NETWORKS

# The networks whose units can be looked at.
VARIANTS = tuple(name for name, spec in NETWORKS.items() if "cnn" in spec.labs)
OUTPUT = "fc_layers.4"
DIGITS = tuple("0123456789")  # the classes of the lesson's own networks
MOST_CLASSES = 100  # that an address may speak of


@dataclass(frozen=True)
class Selection:
    """One unit: a pixel of a map, or an entry of a vector, whose row and column are 0."""

    stage: str
    channel: int
    row: int
    col: int

    @classmethod
    def checked(cls, stage: object, channel: object, row: object, col: object) -> Selection:
        """The unit, of whatever a browser or an address has sent.

        Raises: ValueError if no network of VARIANTS has such a unit.
        """
        if not isinstance(stage, str) or stage not in known_shapes():
            raise ValueError("no network has such a stage")
        selection = cls(stage, _whole(channel), _whole(row), _whole(col))
        if not any(selection.within(shape) for shape in known_shapes()[stage]):
            raise ValueError(f"{stage} has no unit {selection.unit}")
        return selection

    def within(self, shape: tuple[int, ...]) -> bool:
        """Tell whether a stage of this shape has the unit."""
        position = (self.channel, self.row, self.col)
        return all(0 <= i < size for i, size in zip(position, (*shape, 1, 1), strict=False))

    @classmethod
    def from_text(cls, text: str) -> Selection:
        """The unit of a text such as `conv_layers.3:7:4:9` or `fc_layers.1:17`.

        Raises: ValueError if no network of VARIANTS has such a unit.
        """
        stage, *unit = text.split(":")
        if len(unit) != _axes(stage) or not all(i.isascii() and i.isdigit() for i in unit):
            raise ValueError("a unit is a stage and its position")
        channel, row, col = (*map(int, unit), 0, 0, 0)[:3]
        return cls.checked(stage, channel, row, col)

    def to_text(self) -> str:
        """The text that `from_text` reads."""
        return ":".join([self.stage, *map(str, self.unit)])

    @property
    def unit(self) -> tuple[int, ...]:
        """(channel, row, column) of a map, (index,) of a vector."""
        position = (self.channel, self.row, self.col)
        return position[: _axes(self.stage)]


def _whole(value: object) -> int:
    # A boolean is an integer to Python, but nobody's channel.
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a position is a whole number")
    return value


def _axes(stage: str) -> int:
    """Number of coordinates of a unit: those of maps have three."""
    return 3 if stage.startswith("conv_layers.") else 1


@lru_cache(maxsize=8)
def stage_shapes(class_name: str = "SimpleCNN") -> dict[str, tuple[int, ...]]:
    """A network's stages and the shape of each, in order of computation.

    The input has no arithmetic, and Flatten only lays the maps out anew: neither has units to look at.
    """
    from dlviz import weights
    from dlviz.ui.components.wall import stages

    return {stage.name: stage.shape for stage in stages(weights.build(class_name, {}))}


@lru_cache(maxsize=1)
def known_shapes() -> dict[str, set[tuple[int, ...]]]:
    """Every stage that a network of VARIANTS has, with the shapes that it has there, whatever its classes."""
    found: dict[str, set[tuple[int, ...]]] = {}
    for name in VARIANTS:
        for stage, shape in stage_shapes(name).items():
            found.setdefault(stage, set()).add(shape)
    return {**found, OUTPUT: {(MOST_CLASSES,)}}


def has_new_selection(key: str) -> bool:
    """Tell whether the learner has chosen a unit in the picture since `take_selection` was last called."""
    report = st.session_state.get(key, {}).get("selection")
    return report is not None and report != st.session_state.get(f"{key}.seen")


def take_selection(key: str, selection: Selection) -> Selection:
    """The unit that the learner has chosen in the picture since this was last called, else the given one.

    Args:
        key: of a component that reports units: a wall, or the picture of a unit.
    """
    report, seen = st.session_state.get(key, {}).get("selection"), f"{key}.seen"
    if report == st.session_state.get(seen):
        return selection
    # Remembered even where nothing was sent: a picture that is new on the page begins anew.
    st.session_state[seen] = report
    return read_report(report, selection)


def last_report_time(key: str) -> int:
    """The time of the newest report that `take_selection` has taken, as the browser gave it; 0 for none."""
    match st.session_state.get(f"{key}.seen"):
        case [_, _, _, _, int(time)]:
            return time
    return 0


def read_report(report: object, selection: Selection) -> Selection:
    """The unit that a browser reports as [stage, channel, row, column, time]; for nonsense the given one."""
    if not isinstance(report, list) or len(report) != 5:
        return selection
    try:
        return Selection.checked(*report[:4])
    except ValueError:
        return selection
