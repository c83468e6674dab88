"""Loss landscape lab: the loss over weights, and the way of a run through it."""

from dlviz.ui import lesson
from dlviz.ui.labs.landscape.neighbourhood import view as neighbourhood
from dlviz.ui.labs.landscape.run_plane import view as run_plane
from dlviz.ui.labs.landscape.state import LAB, OPENINGS, VIEWS
from dlviz.ui.labs.landscape.two_weights import view as two_weights
from dlviz.ui.view_choice import choose_view


def course() -> None:
    """One of the lab's three views."""
    state = LAB.restore()
    lesson.opening(LAB, OPENINGS[state.view])
    LAB.show_notice()
    choose_view(LAB, VIEWS)
    match state.view:
        case "two":  # a trained network, two of its weights -> the exact loss over them -> optimizers race
            two_weights.show(state)
        case "run":  # a run's checkpoints -> their plane -> its path through the loss
            run_plane.show(state)
        case "around":  # a trained network -> two random directions -> the loss around it
            neighbourhood.show(state)
    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
