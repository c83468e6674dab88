"""The view itself, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from dlviz.training.analysis.history import History
from dlviz.training.race import BATCH, COMMAND, COUNTS, RUNNERS, TASKS, runners_of
from dlviz.ui.labs.race.contest.captions import in_range
from dlviz.ui.labs.race.contest.live import count_weights, has_finished
from dlviz.ui.labs.race.contest.questions import count_multiplications
from dlviz.ui.labs.race.contest.runs import (
    PROBLEM,
    Finished,
    Place,
    are_settled,
    choose_missing,
    find_all_shipped,
    find_finished,
    find_runs,
    hand_in,
    look_at,
    share_done,
)
from dlviz.ui.labs.race.contest.state import COUNT_TITLES, RUNNER_TITLES
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.labs.race.table.invariances import show_invariances
from dlviz.ui.runs import together
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number

EVERY, SEEN = 1.5, f"{LAB}.table.seen"
THIRD = ("lstm",)
READS = {
    "cnn": "windows of 3×3 pixels, with the same weights everywhere",
    "transformer": "{patches} patches of 4×4 pixels, each looking at all the others",
    "lstm": "28 rows, one after the other, with a memory",
}
PATCH = 4  # pixels on a side
MARK = "\\*"  # of a number that ships


def show(state: State) -> None:
    """Compare the architectures by what runs have measured, and offer to train the third."""
    runs = find_runs(state, THIRD)
    members = look_at(runs)
    settled = are_settled(members)
    missing = choose_missing(state, members, THIRD)
    finished = members and all(has_finished(member.history) for member in members.values())
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/block:")
    st.session_state[SEEN] = settled, [*runs.values()]
    st.fragment(run_every=None if settled else EVERY, key=f"{LAB}.table.live")(_show)(state, runs)
    if not missing:
        st.caption("The LSTM does not take part: it reads rows of one colour.")
        show_invariances(state)
        return
    st.button(
        f"Train the LSTM too: {counted(len(missing), 'network')} on {COUNT_TITLES[state.examples]} examples"
        f"{' again' if finished and len(missing) == state.seeds else ''}",
        icon=":material/play_arrow:",
        disabled=not settled,
        key=f"{LAB}.table.train",
        on_click=partial(hand_in, THIRD),
        help="It reads a digit row by row. Examples, seeds and what is equal are those of the view Race.",
    )
    show_invariances(state)


def _show(state: State, runs: Mapping[Place, str]) -> None:
    members = look_at(runs)
    statuses = [member.status for member in members.values()]
    if not are_settled(members):
        done = sum(map(share_done, members.values())) / len(members)
        st.progress(done, together.progress(statuses))
    named = {
        f"{RUNNER_TITLES[runner]}, seed {seed}": [each.status] for (runner, seed), each in members.items()
    }
    for sentence in together.failures(named):
        st.error(plain(sentence), icon=":material/error:")
    if members:
        together.show_buttons(LAB, "table", statuses)
    table = rows(state.data, find_finished(state, [*RUNNERS]), find_all_shipped(state, [*RUNNERS]))
    st.table(
        table, hide_index=True, border="horizontal", alt="Architectures, and what runs measured of each."
    )
    st.caption(
        f"{MARK} Ready-made, by `{COMMAND}`; results without a mark come from your own runs with the "
        "settings of the view Race. Accuracies: mean over the seeds, and their range. Processor time: in "
        "training, on the machine of those runs."
    )
    if (are_settled(members), [*runs.values()]) != st.session_state[SEEN]:
        st.rerun(scope="app")


def rows(task: str, own: Finished, shipped: Finished) -> list[dict[str, str]]:
    """Rows of the table, with a column for each architecture: its make, its costs, and its accuracies.

    Args:
        task: whose pictures they read.
        own: the learner's runs, which go before those that ship.
    """

    _, height, width = TASKS[task]
    patches = height * width // PATCH**2

    def row(title: str, cell: Callable[[str], str]) -> dict[str, str]:
        return {" ": title, **{RUNNER_TITLES[runner]: cell(runner) for runner in runners_of(task)}}

    def right_with(title: str, count: int) -> dict[str, str]:
        return row(
            f"Test pictures right, {title} examples",
            lambda runner: _cell(own, shipped, runner, [count], _write_accuracy),
        )

    return [
        row("Reads a picture as", lambda runner: READS[runner].format(patches=patches)),
        row("Weights and biases", lambda runner: f"{count_weights(runner, task):,}"),
        row("Multiplications for one picture", lambda runner: f"{count_multiplications(runner, task):,}"),
        row(
            "Processor time for 1,000 pictures",
            lambda runner: _cell(own, shipped, runner, COUNTS, write_time),
        ),
        *(right_with(title, count) for count, title in COUNT_TITLES.items()),
    ]


def _cell(
    own: Finished,
    shipped: Finished,
    runner: str,
    counts: Sequence[int],
    write: Callable[[Sequence[History]], str],
) -> str:
    """A cell about a runner's runs on these numbers of examples: the learner's, else those that ship."""
    for finished, mark in ((own, ""), (shipped, MARK)):
        if chosen := [run for (of, count, _), run in finished.items() if of == runner and count in counts]:
            return f"{write(chosen)}{mark}"
    return "–"


def write_time(runs: Sequence[History]) -> str:
    """Write the seconds of a processor that 1,000 pictures of training took, over all batches of runs."""
    seconds = sum(float(run.epochs["processor_seconds"][-1]) for run in runs)
    return f"{number(1000 * seconds / (BATCH * sum(run.step for run in runs)), '.2f')} s"


def _write_accuracy(runs: Sequence[History]) -> str:
    return in_range([run.test_accuracy for run in runs])
