"""A ready-made experiment: chosen, predicted, run with one press, found again."""

from __future__ import annotations

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.ui.labs.training.compare.comparison import Comparison, compare
from dlviz.ui.labs.training.compare.questions import main_question
from dlviz.ui.labs.training.compare.state import SEEDS
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs import sentences
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

WAITING = "Your prediction is kept: the answer comes when all runs have come to their own end."
PROBLEM, SOUGHT = f"{LAB}.trial.problem", f"{LAB}.trial.sought"


def choose_experiment(state: State) -> State:
    """Controls for the experiment and its seeds, and the button that runs it; the state that they leave."""
    if not state.trial and st.session_state.get(SOUGHT) != state.experiment:
        state = _find_trial()
    st.selectbox(
        "Experiment",
        list(EXPERIMENTS),
        format_func=lambda name: EXPERIMENTS[name].name,
        key=LAB.key("experiment"),
        on_change=_take_experiment,
    )
    st.segmented_control(
        "Seeds",
        SEEDS,
        format_func=lambda seeds: sentences.count(seeds, "seed"),
        required=True,
        key=LAB.key("seeds"),
        help="With three, each is trained three times from other random weights and in another order: the "
        "band between the best and the worst shows how much is luck.",
    )
    count = len(EXPERIMENTS[state.experiment].runs(state.seeds))
    st.button(
        f"Run: train {count} networks",
        type="primary",
        icon=":material/science:",
        disabled=not compare(state.trial, state.experiment).settled,
        key=f"{LAB}.experiment.run",
        on_click=_run,
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/block:")
    return state


def _take_experiment() -> None:
    """Another experiment: show its runs, if there are any."""
    _find_trial()


def _find_trial() -> State:
    """Show the newest of this browser's runs of the chosen experiment."""
    experiment = st.session_state[SOUGHT] = LAB.read().experiment
    order = {name: at for at, (name, _) in enumerate(_named_runs(experiment, max(SEEDS)))}
    newest: dict[str, str] = {}
    for status in service.shared().runs(owner_cookie.token()):
        if status.name in order:
            newest.setdefault(status.name, status.run)
    return LAB.update(trial=[newest[name] for name in sorted(newest, key=order.__getitem__)])


def _named_runs(experiment: str, seeds: int) -> list[tuple[str, TrainingConfig]]:
    """The experiment's runs under the names by which they are found again."""
    name = EXPERIMENTS[experiment].name
    return [
        (f"{label} · seed {config.seed} · {name}", config)
        for label, config in EXPERIMENTS[experiment].runs(seeds)
    ]


def _run() -> None:
    """Hand in all runs; where the queue or the disk is full, those that fit."""
    state = LAB.read()
    if not compare(state.trial, state.experiment).settled:
        return  # the second half of a double click
    planned, trial = _named_runs(state.experiment, state.seeds), list[str]()
    try:
        for name, config in planned:
            trial.append(service.shared().submit(config, owner_cookie.token(), name))
    except Refused as problem:
        st.session_state[PROBLEM] = f"{len(trial)} of {len(planned)} runs are handed in. {problem}"
    if trial:
        LAB.update(trial=trial)


def ask_for_best(compared: Comparison, state: State) -> None:
    """Let the learner predict the best run; the answer is the runs' own, once all of them have ended."""
    asked = main_question(state.experiment, compared, state.seeds)
    ask_before_result(LAB, asked, "compare", WAITING)
