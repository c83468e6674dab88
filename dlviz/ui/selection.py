"""The unit of SimpleCNN that a learner looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import streamlit as st


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

        Raises: ValueError if SimpleCNN has no such unit.
        """
        if not isinstance(stage, str) or stage not in shapes():
            raise ValueError("SimpleCNN has no such stage")
        selection = cls(stage, _whole(channel), _whole(row), _whole(col))
        sizes = (*shapes()[stage], 1, 1)
        position = (selection.channel, selection.row, selection.col)
        if not all(0 <= i < size for i, size in zip(position, sizes, strict=False)):
            raise ValueError(f"{stage} has no unit {position}")
        return selection

    @classmethod
    def from_text(cls, text: str) -> Selection:
        """The unit of a text such as `conv_layers.3:7:4:9` or `fc_layers.1:17`.

        Raises: ValueError if SimpleCNN has no such unit.
        """
        stage, *unit = text.split(":")
        if len(unit) != len(shapes().get(stage, ())) or not all(i.isascii() and i.isdigit() for i in unit):
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
        return position[: len(shapes()[self.stage])]


def _whole(value: object) -> int:
    # A boolean is an integer to Python, but nobody's channel.
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a position is a whole number")
    return value


@lru_cache(maxsize=1)
def shapes() -> dict[str, tuple[int, ...]]:
    """SimpleCNN's stages and the shape of each, in order of computation.

    The input has no arithmetic, and Flatten only lays the maps out anew: neither has units to look at.
    """
    import torch

    from dlviz import weights
    from dlviz.trace import trace

    _, record = trace(weights.build("SimpleCNN", {}), torch.zeros(1, 1, 28, 28))
    return {name: array.shape[1:] for name, array in record.items() if name not in ("input", "fc_layers.0")}


def chosen(key: str) -> bool:
    """Whether the learner has chosen a unit in the picture since `arrived` was last asked."""
    sent = st.session_state.get(key, {}).get("selection")
    return sent is not None and sent != st.session_state.get(f"{key}.seen")


def arrived(key: str, selection: Selection) -> Selection:
    """The unit that the learner has chosen in the picture since this was last asked, else the given one."""
    sent, seen = st.session_state.get(key, {}).get("selection"), f"{key}.seen"
    if sent == st.session_state.get(seen):
        return selection
    # Remembered even where nothing was sent: a picture that is new on the page begins anew.
    st.session_state[seen] = sent
    return read(sent, selection)


def heard(key: str) -> int:
    """The time of the newest report that `arrived` has taken, as the browser gave it; 0 for none."""
    match st.session_state.get(f"{key}.seen"):
        case [_, _, _, _, int(time)]:
            return time
    return 0


def read(sent: object, selection: Selection) -> Selection:
    """The unit that a browser has sent as [stage, channel, row, column, time]; for nonsense the given one."""
    if not isinstance(sent, list) or len(sent) != 5:
        return selection
    try:
        return Selection.checked(*sent[:4])
    except ValueError:
        return selection
