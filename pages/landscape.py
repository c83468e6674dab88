"""Loss landscape lab: the loss as a function of the weights, exact over two, and over planes of all."""

from dlviz.ui import lesson
from dlviz.ui.labs.landscape.neighbourhood import view as neighbourhood
from dlviz.ui.labs.landscape.run_plane import view as run_plane
from dlviz.ui.labs.landscape.state import LAB, OPENINGS, VIEWS
from dlviz.ui.labs.landscape.two_weights import view as two_weights
from dlviz.ui.view_choice import choose_view


def course() -> None:
    """One of the lab's views. Each draws again by itself what changes in it, and publishes its state."""
    state = LAB.restore()
    lesson.opening(LAB, OPENINGS[state.view])
    LAB.show_notice()
    choose_view(LAB, VIEWS)
    match state.view:
        case "two":  # a trained network -> two of its weights -> optimizers race over the exact loss
            two_weights.show()
        case "plane":  # runs -> the plane of their checkpoints -> the loss there, and the checkpoints' own
            run_plane.show(state)
        case "near":  # two networks -> random directions -> the loss around both, and over several draws
            neighbourhood.show()


course()
