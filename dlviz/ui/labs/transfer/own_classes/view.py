"""The view itself, from top to bottom."""

from dlviz.ui.labs.transfer.state import State


def show(state: State) -> None:
    """Draw the view."""
