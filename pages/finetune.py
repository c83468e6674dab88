"""Fine-tuning lab: an encoder that knows language learns a few labelled sentences, in several ways."""

from dlviz.ui import lesson
from dlviz.ui.labs.finetune import few, film
from dlviz.ui.labs.finetune import view as train
from dlviz.ui.labs.finetune.state import LAB, OPENINGS, VIEWS
from dlviz.ui.labs.finetune.what_changed import view as what_changed
from dlviz.ui.view_choice import choose_view


def course() -> None:
    """One of the lab's views."""
    state = LAB.restore()
    lesson.opening(LAB, OPENINGS[state.view])
    LAB.show_notice()
    choose_view(LAB, VIEWS)
    match state.view:
        case "train":  # sentences and arms -> trained side by side -> compared on sentences none has seen
            train.show(state)
        case "few":  # several numbers of sentences, several draws of each -> accuracy against their number
            few.show(state)
        case "film":  # the sentences held out, in one plane, while an arm learned
            film.show(state)
        case "changed":  # an encoder before and after -> what moved inside it, and what it lost
            what_changed.show(state)
    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
