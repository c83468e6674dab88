"""Depth lab: whether more layers do more than wider ones, with as many weights."""

from dlviz.ui import lesson
from dlviz.ui.labs.depth.catching_up import show_catching_up
from dlviz.ui.labs.depth.cohort import follow_choices
from dlviz.ui.labs.depth.hierarchy import view as hierarchy
from dlviz.ui.labs.depth.inside_one import view as inside_one
from dlviz.ui.labs.depth.regions import view as regions
from dlviz.ui.labs.depth.same_budget import view as same_budget
from dlviz.ui.labs.depth.state import LAB, OPENINGS, VIEWS
from dlviz.ui.labs.depth.too_deep import view as too_deep
from dlviz.ui.labs.depth.too_deep.controls import rest
from dlviz.ui.view_choice import choose_view


def course() -> None:
    """One of the lab's five views. Each draws again by itself what changes while networks learn."""
    state = follow_choices(LAB.restore())
    rest(state)
    lesson.opening(LAB, OPENINGS[state.view])
    LAB.show_notice()
    choose_view(LAB, VIEWS)
    match state.view:
        case "budget":  # points -> networks of six depths and equal size -> which parts them best
            same_budget.show(state)
        case "inside":  # one network -> what each unit makes of the plane
            show_catching_up(state)
            inside_one.show(state)
        case "regions":  # one network -> the regions where it is one affine function
            show_catching_up(state)
            regions.show(state)
        case "layers":  # pictures -> a trained network's layers -> how much a straight line can read off each
            hierarchy.show(state)
        case "deep":  # twenty layers -> plain, normalized, with skip connections -> gradients
            too_deep.show(state)
    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
