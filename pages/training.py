"""Training lab: choose what a network learns and how, watch it learn, and look back on it."""

from dlviz.ui import lesson
from dlviz.ui.labs.training.compare import view as compare
from dlviz.ui.labs.training.controls import prepare_lab
from dlviz.ui.labs.training.my_runs import view as my_runs
from dlviz.ui.labs.training.state import LAB, VIEWS
from dlviz.ui.labs.training.time_machine import view as time_machine
from dlviz.ui.labs.training.train import view as train
from dlviz.ui.labs.training.train.config_from_controls import fit_choices
from dlviz.ui.view_choice import choose_view

lesson.opening(LAB)


def course() -> None:
    """One of the lab's four views. Each draws again by itself what changes while a run goes on."""
    LAB.restore()
    prepare_lab()
    state = fit_choices()
    LAB.show_notice()

    choose_view(LAB, VIEWS)
    match state.view:
        case "train":  # settings -> plan -> run -> what its network gets wrong
            train.show(state)
        case "machine":  # a run, an input -> the network's answer at every checkpoint
            time_machine.show(state)
        case "compare":  # runs -> their curves over each other -> which did best, and by how much
            compare.show(state)
        case "mine":  # all runs of this browser -> open, keep, name, delete, import
            my_runs.show(state)

    lesson.words(LAB)
    LAB.publish(LAB.read())


course()
