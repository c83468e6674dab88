"""A ready-made experiment: chosen, guessed at, handed in with one press, found again."""

from __future__ import annotations

import streamlit as st

from dlviz.training.analysis.comparison import MEASURES, result, title
from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.ui.labs.training.compare.gathered import Compared, gather
from dlviz.ui.labs.training.compare.state import SEEDS
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.runs import sentences
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

OPEN = "Your guess is kept: the answer comes when all runs have come to their end."
AGAIN = "Let the unfinished go on, or run the experiment again."
PROBLEM, SOUGHT = f"{LAB}.trial.problem", f"{LAB}.trial.sought"


def controls() -> None:
    """Which experiment, how many seeds, and the button that runs it."""
    if not get("trial") and st.session_state.get(SOUGHT) != get("experiment"):
        _find()
    st.selectbox(
        "Experiment",
        list(EXPERIMENTS),
        format_func=lambda name: EXPERIMENTS[name].name,
        key=f"{LAB}.experiment",
        on_change=_chosen,
    )
    st.segmented_control(
        "Seeds",
        SEEDS,
        format_func=lambda seeds: sentences.count(seeds, "seed"),
        required=True,
        key=f"{LAB}.seeds",
        help="With three, each is trained three times from other random weights and in another order: the "
        "band between the best and the worst shows how much is luck.",
    )
    count = len(EXPERIMENTS[get("experiment")].runs(get("seeds")))
    busy = not gather(get("trial"), get("experiment")).over
    st.button(
        f"Run: train {count} networks",
        type="primary",
        icon=":material/science:",
        disabled=busy,
        key=f"{LAB}.experiment.run",
        on_click=_run,
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")


def _chosen() -> None:
    """Another experiment: its runs, if there are any, and no guess yet."""
    put("guess", None)
    _find()


def _find() -> None:
    """Show the newest of this browser's runs of the chosen experiment."""
    name = st.session_state[SOUGHT] = get("experiment")
    wanted = {called: at for at, (called, _) in enumerate(_runs(name, max(SEEDS)))}
    newest: dict[str, str] = {}
    for status in service.shared().runs(owner_cookie.token()):
        if status.name in wanted:
            newest.setdefault(status.name, status.run)
    put("trial", [newest[called] for called in sorted(newest, key=wanted.__getitem__)])


def _runs(experiment: str, seeds: int) -> list[tuple[str, TrainingConfig]]:
    """The experiment's runs under the names by which they are found again."""
    title = EXPERIMENTS[experiment].name
    return [
        (f"{label} · seed {config.seed} · {title}", config)
        for label, config in EXPERIMENTS[experiment].runs(seeds)
    ]


def _run() -> None:
    """Hand all of them in; where the queue or the disk is full, those that fit."""
    if not gather(get("trial"), get("experiment")).over:
        return  # the second half of a double click
    wanted, made = _runs(get("experiment"), get("seeds")), list[str]()
    try:
        for name, config in wanted:
            made.append(service.shared().submit(config, owner_cookie.token(), name))
    except Refused as problem:
        st.session_state[PROBLEM] = f"{len(made)} of {len(wanted)} runs are handed in. {problem}"
    if made:
        put("trial", made)


def guess(compared: Compared) -> None:
    """Predict, then check: the answer is the runs' own, once all of them have ended."""
    experiment = EXPERIMENTS[get("experiment")]
    labels = [label for label, _ in experiment.runs()]
    if get("guess") not in labels:
        put("guess", None)
    asked = f"Your guess: which will have the {title(experiment.measure, 'validation')}?"
    st.radio(asked, labels, index=None, horizontal=True, key=f"{LAB}.guess")
    if get("guess") is None:
        return
    best = _best(compared, experiment.measure)
    if best is None:
        st.caption(f"{OPEN} {AGAIN}" if compared.over and not compared.finished else OPEN)
    elif best == get("guess"):
        st.markdown(f":green[:material/check: Yes: {plain(best)}.]")
    else:
        st.markdown(f":orange[:material/lightbulb: The runs say otherwise: {plain(best)}.]")


def _best(now: Compared, measure: str) -> str | None:
    """The label of the best group; None while that is open."""
    reached = [found for group in now.named if (found := result(group, measure))]
    if not (reached and now.finished):
        return None
    pick = min if MEASURES[measure][1] else max
    return pick(reached, key=lambda found: found.mean).label
