"""The view itself, from top to bottom."""

from dlviz.ui.labs.depth.same_budget.controls import choose_budget, choose_learning, choose_points
from dlviz.ui.labs.depth.same_budget.live import show_learning
from dlviz.ui.labs.depth.state import State


def show(state: State) -> None:
    """Choose points and a budget, and let networks of all depths learn."""
    choose_points(state)
    choose_budget(state)
    show_learning()
    choose_learning(state)
