"""Answers of a class: for each option a bar, or two for two votes, and what was computed."""

from __future__ import annotations

from collections.abc import Sequence

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("votes")


def votes(
    key: str, options: Sequence[str], counts: Sequence[Sequence[int]], right: str = "", mine: str = ""
) -> None:
    """Draw how many chose each option.

    Args:
        counts: of each vote that is shown, the number of answers for each option.
        right: the option that was computed, or nothing.
        mine: the option that this learner chose, or nothing.
    """
    most = max((max(vote) for vote in counts), default=0)
    rows = [
        {"label": option, "counts": list(each), "right": option == right, "mine": option == mine}
        for option, *each in zip(options, *counts, strict=True)
    ]
    _component(key=key, data=pack({"most": max(most, 1), "rows": rows}, {}))
