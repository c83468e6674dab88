"""Section of the Gradients lab: LSTMs with three forget biases, trained now beside the shipped results."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from dlviz.training.experiments import BIASES, memory_run
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.gradients.captions import LIMIT, VANISHED, write_number
from dlviz.ui.labs.gradients.memory import LEARNT, in_percent
from dlviz.ui.labs.gradients.state import DELAYS, LAB
from dlviz.ui.runs import sentences, together
from dlviz.ui.runs.live_run import watch
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from dlviz.training.forget_bias import Result
    from dlviz.training.runs.service import Status
    from dlviz.ui.labs.gradients.state import State

Bias = float | None  # None as PyTorch draws it
Value = TypeVar("Value")
EVERY = 1.5  # seconds between two looks at runs that are trained or wait
WORKING = ("waiting", "running", "paused")
PROBLEM, SEEN = f"{LAB}.trial.problem", f"{LAB}.trial.seen"


@dataclass(frozen=True)
class Trial:
    """A run of the learner's, as it stands now.

    Args:
        accuracy: share of held-out sequences whose first symbol it names, after each epoch so far.
        epochs: of the whole run.
    """

    status: Status
    accuracy: tuple[float, ...]
    epochs: int

    @property
    def working(self) -> bool:
        """True if it is trained or waits."""
        return self.status.state in WORKING


def show_learning(state: State) -> None:
    """Draw the gradients before training beside what training makes of them, and offer to train now."""
    from dlviz.training import forget_bias

    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    st.subheader("Does it learn, once a gradient arrives?", anchor=False)
    runs = find_runs(state)
    working = any(trial.working for trial in look_at(runs).values())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control("Steps of noise", list(DELAYS.values()), required=True, key=LAB.key("delay"))
        st.button(
            "Train it now",
            type="primary",
            icon=":material/play_arrow:",
            disabled=working,
            key=f"{LAB}.train",
            on_click=_train,
            help="Three LSTMs with the seed above, which differ in their forget bias alone.",
        )
        if working:
            st.button(
                "Stop training",
                icon=":material/stop:",
                key=f"{LAB}.stop",
                on_click=_stop,
                args=(list(runs.values()),),
            )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/block:")
    st.session_state[SEEN] = working
    st.fragment(run_every=EVERY if working else None, key=f"{LAB}.trial.live")(_show)(state, runs)
    facts, results = forget_bias.read()
    st.markdown(necessary_not_sufficient(results))
    st.caption(
        f"Thin: shipped results of three seeds, made by `{facts['command']}`: {facts['recipe']}; each "
        f"network measured on 1,000 other sequences. Before training: one sequence, seed {state.seed}."
    )


def find_runs(state: State) -> dict[Bias, str]:
    """Find the newest of this browser's runs with this delay and seed: forget bias -> id of its run."""
    biases = {run_name(state, bias): bias for bias in BIASES}
    return together.find_newest(service.shared().runs(owner_cookie.token()), biases)


def run_name(state: State, bias: Bias) -> str:
    """Name of a run, by which it is found again: its forget bias, delay and seed."""
    return f"Forget bias {bias_name(bias)} · {state.delay} steps of noise · seed {state.seed}"


def bias_name(bias: Bias) -> str:
    """A forget bias as a learner reads it."""
    return "as drawn" if bias is None else f"{bias:g}"


def look_at(runs: Mapping[Bias, str]) -> dict[Bias, Trial]:
    """Look at runs as they stand now, by their forget bias; those that are gone are left out."""
    trials = {}
    for bias, run in runs.items():
        with suppress(UnknownRun):
            found = watch(run)
            accuracy = found.history().epochs["accuracy"]
            trials[bias] = Trial(service.shared().status(run), tuple(accuracy.tolist()), found.config.epochs)
    return trials


def _train() -> None:
    """Hand in a run for each forget bias; where the queue or the disk is full, those that fit."""
    state = LAB.read()
    with together.SUBMITTING:
        if any(trial.working for trial in look_at(find_runs(state)).values()):
            return  # the second half of a double click, or another window of the learner's
        try:
            for bias in BIASES:
                config = memory_run(state.delay, bias, state.seed)
                service.shared().submit(config, owner_cookie.token(), run_name(state, bias))
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def _stop(runs: Sequence[str]) -> None:
    """Stop the runs: the last first, lest those that wait take the places that become free."""
    for run in reversed(runs):
        with suppress(Refused, UnknownRun):
            service.shared().stop(run, owner_cookie.token())


def _show(state: State, runs: Mapping[Bias, str]) -> None:
    from dlviz.data.memory import SYMBOLS
    from dlviz.figures.gradients import by_bias, learning
    from dlviz.training import forget_bias

    trials = look_at(runs)
    for sentence in holdups(trials):
        st.info(sentence, icon=":material/hourglass_top:")
    results = [each for each in forget_bias.read()[1] if each.delay == state.delay]
    norms = norms_before_training(state.delay, state.seed)
    shipped = {bias: [each.accuracy for each in results if each.bias == bias] for bias in BIASES}
    now = {bias: trial.accuracy for bias, trial in trials.items()}
    epochs = max(len(each.accuracy) for each in results)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Before training**: how much of the gradient arrives")
        st.plotly_chart(
            by_bias(named(norms), VANISHED), key=f"{LAB}.before", config={"displayModeBar": False}
        )
    with right:
        st.markdown("**While it learns**: how many first symbols it names")
        figure = learning(named(shipped), named(now), epochs, 1 / len(SYMBOLS))
        st.plotly_chart(figure, key=f"{LAB}.learning", config={"displayModeBar": False})
    st.markdown("\n".join(bias_rows(norms, shipped, trials)))
    if runs:
        st.page_link(
            "training.py",
            label="Your runs in the Training lab",
            icon=":material/monitoring:",
            query_params={"view": "compare", "way": "own", "compare": "-".join(runs.values())},
        )
    if any(trial.working for trial in trials.values()) != st.session_state[SEEN] or len(trials) != len(runs):
        st.rerun(scope="app")


@lru_cache(maxsize=32)
def norms_before_training(delay: int, seed: int) -> dict[Bias, np.ndarray]:
    """Gradients of LSTMs before training: forget bias -> (1 + delay,) ‖∂L/∂h_t‖ in the order of time."""
    from dlviz.training import forget_bias

    return {bias: forget_bias.norms(memory_run(delay, bias, seed)) for bias in BIASES}


def named(values: Mapping[Bias, Value]) -> dict[str, Value]:
    """Values by the names of their forget biases."""
    return {bias_name(bias): value for bias, value in values.items()}


def holdups(trials: Mapping[Bias, Trial]) -> list[str]:
    """Sentences on what holds the runs: a queue that none of them has left, or a worker that is gone."""
    working = [trial for trial in trials.values() if trial.working]
    if working and all(trial.status.state == "waiting" for trial in working):
        first = min((trial.status for trial in working), key=lambda status: status.place or 0)
        return [sentences.holdup(first)]
    return [
        f"Forget bias {bias_name(bias)}: {plain(trial.status.sentence)}"
        for bias, trial in trials.items()
        if trial.status.state == "interrupted" or trial.status.reason in ("failed", "full", "diverged")
    ]


def bias_rows(
    norms: Mapping[Bias, np.ndarray],
    shipped: Mapping[Bias, Sequence[Sequence[float]]],
    trials: Mapping[Bias, Trial],
) -> list[str]:
    """Rows of a table: forget bias, the gradient that arrives before training, and what was learnt.

    Args:
        norms: forget bias -> (steps,) ‖∂L/∂h_t‖ before training.
        shipped: forget bias -> for each seed the accuracy after each epoch.
        trials: forget bias -> the learner's run, where there is one.
    """
    head = ["forget bias", "gradient that arrives", "named right at the end, shipped"]
    rows = [head + ["now"] * bool(trials), ["---"] * (len(head) + bool(trials))]
    for bias, values in norms.items():
        learnt = ", ".join(in_percent(shares[-1]) for shares in shipped[bias])
        row = [bias_name(bias), write_number(float(values[0] / values[-1])), learnt]
        rows.append(row + [standing(trials[bias]) if bias in trials else "–"] * bool(trials))
    return [f"| {' | '.join(row)} |" for row in rows]


def standing(trial: Trial) -> str:
    """State of a run in a few words: its newest accuracy, and how far it is."""
    if not trial.accuracy:
        return {"waiting": "waits", "running": "begins …", "paused": "paused"}.get(trial.status.state, "–")
    reached, done = in_percent(trial.accuracy[-1]), len(trial.accuracy)
    if trial.status.reason == "done":
        return reached
    return f"{reached}, epoch {done} of {trial.epochs}"


def necessary_not_sufficient(results: Sequence[Result]) -> str:
    """Count the shipped trainings by whether a gradient arrived before them, and whether they learnt."""
    reached = [each for each in results if each.arrives >= VANISHED]
    without = [each for each in results if each.arrives < VANISHED]
    learnt, learnt_without = (sum(each.accuracy[-1] > LEARNT for each in some) for some in (reached, without))
    return (
        f"Of {len(results)} shipped trainings at both lengths, {len(reached)} began with more than {LIMIT} "
        f"of the gradient arriving: {learnt} of them came to name more than half of the symbols. Of the "
        f"{len(without)} that began with less, {learnt_without} did. "
        "A gradient that arrives is necessary for learning, not sufficient."
    )
