"""Transfer learning lab: what a trained network knows already, put to a new use."""

from dlviz.ui import lesson
from dlviz.ui.labs.transfer.few_examples import view as few_examples
from dlviz.ui.labs.transfer.own_classes import view as own_classes
from dlviz.ui.labs.transfer.state import LAB, OPENINGS, VIEWS
from dlviz.ui.labs.transfer.what_changed import view as what_changed
from dlviz.ui.view_choice import choose_view


def course() -> None:
    """One of the lab's three views. Each draws again by itself what changes while a network learns."""
    state = LAB.restore()
    lesson.opening(LAB, OPENINGS[state.view])
    LAB.show_notice()
    choose_view(LAB, VIEWS)
    match state.view:
        case "few":  # a few examples -> four ways to learn them -> accuracy against their number
            few_examples.show(state)
        case "own":  # pictures -> features of a frozen network -> a head -> an answer, and why
            own_classes.show(state)
        case "changed":  # a network before and after -> what moved, and what it still knows
            what_changed.show(state)
    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
