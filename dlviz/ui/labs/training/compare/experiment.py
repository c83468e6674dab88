"""A ready-made experiment: chosen, guessed at, run with one press, found again."""

from __future__ import annotations

import streamlit as st

from dlviz.training.analysis.comparison import title
from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.ui.labs.training.compare.comparison import Comparison, compare
from dlviz.ui.labs.training.compare.state import SEEDS
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.runs import sentences, together
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

OPEN = "Your guess is kept: the answer comes when all runs have come to their end."
AGAIN = "Let the unfinished go on, or run the experiment again."
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
    """Another experiment: show its runs, if there are any, and no guess yet."""
    LAB.update(guess=None)
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


def ask_for_guess(compared: Comparison, state: State) -> None:
    """Let the learner predict the best run; the answer is the runs' own, once all of them have ended."""
    experiment = EXPERIMENTS[state.experiment]
    labels = [label for label, _ in experiment.runs()]
    if state.guess not in labels:
        state = LAB.update(guess=None)
    held = "test" if experiment.measure == "tested" else "validation"
    question = f"Your guess: which will have the {title(experiment.measure, held)}?"
    st.radio(question, labels, index=None, horizontal=True, key=LAB.key("guess"))
    if state.guess is None:
        return
    leaders = compared.leaders(experiment.measure)
    if not leaders:
        st.caption(f"{OPEN} {AGAIN}" if compared.settled and not compared.finished else OPEN)
        return
    answer, sentence = together.judge_guess(state.guess, leaders, state.seeds)
    colour, icon = ("green", "check") if answer else ("orange", "lightbulb")
    st.markdown(f":{colour}[:material/{icon}: {plain(sentence)}]")
