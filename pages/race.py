"""Race lab: a CNN and a transformer with as many weights learn the same pictures."""

from dlviz.ui import lesson
from dlviz.ui.labs.race.contest import view as contest
from dlviz.ui.labs.race.inside_both import view as inside_both
from dlviz.ui.labs.race.state import LAB, OPENINGS, VIEWS
from dlviz.ui.labs.race.stress_tests import view as stress_tests
from dlviz.ui.labs.race.table import view as table
from dlviz.ui.view_choice import choose_view


def course() -> None:
    """One of the lab's views. Each draws again by itself what changes while networks learn."""
    state = LAB.restore()
    lesson.opening(LAB, OPENINGS[state.view])
    LAB.show_notice()
    choose_view(LAB, VIEWS)
    match state.view:
        case "race":  # what is equal -> a prediction -> runs -> a verdict
            contest.show(state)
        case "stress":  # pictures made harder to read -> who still reads them
            stress_tests.show(state)
        case "inside":  # one picture -> how far both see -> what they rely on -> where they disagree
            inside_both.show(state)
        case "table":  # runs of three architectures -> what each costs and reaches
            table.show(state)
    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
