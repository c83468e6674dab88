"""Controls on the page that cannot be changed: no press and no key reaches them, and they say so."""

from collections.abc import Sequence

from dlviz.ui.components import load_component

_component = load_component("locks")


def lock_controls(lab: str, locked: Sequence[str], hidden: Sequence[str]) -> None:
    """Lock and hide controls of the page, for as long as this is drawn.

    Args:
        locked, hidden: keys of the widgets, or of the containers around them.
    """
    _component(key=f"{lab}.locks", data={"locked": [*locked], "hidden": [*hidden]})
