"""Two real pictures, one map: which excites it more? Predicted from dreams alone, or from real ones alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.questions import Choice
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.wall import Stage, stage_title
from dlviz.ui.growing_dreams import EVERY, Dreaming
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.dreaming import begin, weighted_stages
from dlviz.ui.labs.cnn.pictures import say_bad_weights
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.prediction import ask_first, predicted
from dlviz.ui.session_cache import compute_once, is_computed
from dlviz.ui.text_format.numbers import number as write_number
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from torch import nn

    from dlviz.dream import Target
    from dlviz.extremes import Extremes, Found
    from dlviz.ui.labs.cnn.examples import Examples
    from dlviz.ui.labs.cnn.forward import ForwardPass

ROUND, PAIR = f"{LAB}.guess.round", f"{LAB}.pair"
SCORES = f"{LAB}.guess.scores"  # round -> whether what was predicted in it was right
EVIDENCE = ("dreams", "real")  # in turn, from round to round
SIDES = ("Left", "Right")
DRAWN = 20  # pictures of which the two are the most and the least exciting


@dataclass(frozen=True, eq=False)
class Pair:
    """A map, and two real pictures of which one excites it more.

    Args:
        target: the unit in the middle of the map.
        pictures: numbers of the two, in the order shown.
        values: the largest of the map on each, (2,).
    """

    target: Target
    pictures: tuple[int, int]
    values: np.ndarray

    @property
    def answer(self) -> int:
        """Place of the more exciting one."""
        return int(self.values.argmax())


def draw_pair(model: nn.Module, pictures: np.ndarray, found: Found, number: int) -> Pair:
    """Draw a map that some picture excites, and two pictures that are not among its extremes.

    Of some random pictures they are the one that excites it most and the one that excites it least.

    Args:
        pictures: (n, 28, 28) or (n, 3, 32, 32) uint8.
        number: of the round, from which all is drawn.
    """
    import torch

    from dlviz.data.digits import normalise
    from dlviz.dream import Target
    from dlviz.trace import trace

    random = np.random.default_rng(number)
    stage = _draw_stage(model, random)
    most, least = found.most[stage.name, "place"], found.least[stage.name, "place"]
    alive = np.flatnonzero(most.values[0] > 0)
    channel = int(random.choice(alive if alive.size else np.arange(stage.shape[0])))
    shown = [*most.pictures[:, channel], *least.pictures[:, channel]]
    others = np.setdiff1d(np.arange(len(pictures)), shown)
    drawn = random.choice(others if others.size > 1 else np.arange(len(pictures)), DRAWN)
    _, record = trace(model, normalise(torch.from_numpy(pictures[drawn])))
    peaks = record[stage.name][:, channel].max(axis=(1, 2))  # (drawn,)
    two = random.permutation([int(peaks.argmax()), int(peaks.argmin())])
    middle = (stage.shape[1] // 2, stage.shape[2] // 2)
    return Pair(Target(stage.name, channel, middle), (int(drawn[two[0]]), int(drawn[two[1]])), peaks[two])


def _draw_stage(model: nn.Module, random: np.random.Generator) -> Stage:
    """A stage with maps, after the first, whose kernels can be read as they are."""
    maps = [stage for stage in weighted_stages(model) if stage.kind == "maps" and stage.round != 1]
    return maps[int(random.integers(len(maps)))]


def show(
    passed: ForwardPass,
    examples: Examples,
    found: Found | None,
    state: State,
    show_dreams: Callable[[str, Target, Dreaming], None],
    show_patches: Callable[[str, Target, Extremes], None],
) -> None:
    """Ask in rounds, from dreams and real patches in turn, and count what was right after each.

    Args:
        found: the network's extremes; None while they are looked for.
        show_dreams, show_patches: draw the evidence under a key.
    """
    st.divider()
    st.markdown("**Which explains more?** Predict from dreams alone, then from real patches alone.")
    begun = ROUND in st.session_state
    label = "Another pair" if begun else "Ask me"
    st.button(label, on_click=_next_round, disabled=found is None, icon=":material/quiz:")
    if not begun and found is None:
        st.caption("As soon as all real pictures have been looked at.")
    if not begun or found is None:
        return
    network = passed.model, examples.origin, len(examples.pictures)
    scores: dict[int, bool] = st.session_state.setdefault(SCORES, {})
    if st.session_state[ROUND] in scores and not is_computed(PAIR, (*network, st.session_state[ROUND])):
        _next_round()  # what was predicted of another network's map says nothing of this one's
    number = st.session_state[ROUND]
    of = (*network, number)
    pair = compute_once(PAIR, of, lambda: draw_pair(passed.model, examples.pictures, found, number))
    evidence = EVIDENCE[number % 2]
    title = stage_title(passed.model, pair.target.stage)
    name = f"map {pair.target.channel} of {title}"
    seen, asked = st.columns([1.2, 1], gap="large")
    with seen:
        if evidence == "dreams":
            st.markdown(f"**What {name} would like to see**")
            dreaming = compute_once(
                f"{LAB}.guess.dreaming", of, lambda: begin(passed.model, pair.target, state)
            )
            every = None if dreaming.done else EVERY
            st.fragment(run_every=every, key=f"{LAB}.guess.live")(_dream)(pair, dreaming, show_dreams)
        else:
            st.markdown(f"**Real pictures that excite {name} most**")
            show_patches(f"{LAB}.guess.real", pair.target, found.most[pair.target.stage, "place"])
    with asked:
        two = examples.pictures[list(pair.pictures)]
        gallery(f"{LAB}.guess.two", two, list(SIDES), "Two real pictures", side=96)
        question = main_question(pair, name)
        ask_first(LAB, lambda: question, place=f"dreams.{number}", again=False)
    if kept := predicted(LAB, f"dreams.{number}"):
        assert kept.question
        scores.setdefault(number, kept.question.judge(kept.predicted).right)
    if told := captions.scores(count_right(scores)):
        show_sentence(f"{LAB}.guess.scored", st.caption, told)


def main_question(pair: Pair, name: str) -> Choice:
    """Ask which of two pictures excites a map more.

    Args:
        name: of the map.
    """
    more, less = (write_number(float(value), ".3g") for value in (pair.values.max(), pair.values.min()))
    return Choice(
        name="excites",
        text=f"Which of these two excites {name} more?",
        options=SIDES,
        answer=SIDES[pair.answer],
        hints=[
            "What do the dreams, or the real patches, have in common: a slant, an edge, a bow?",
            "Look for just that in the two. It may stand anywhere.",
        ],
        because=f"The largest value of {name} is {more} on the {SIDES[pair.answer].lower()} one, and "
        f"{less} on the other.",
    )


def count_right(scores: Mapping[int, bool]) -> dict[str, tuple[int, int]]:
    """Count the predictions of all rounds: evidence -> those that were right, and all.

    Args:
        scores: round -> whether its prediction was right.
    """
    counts = {}
    for place, evidence in enumerate(EVIDENCE):
        rounds = [right for number, right in scores.items() if number % len(EVIDENCE) == place]
        counts[evidence] = sum(rounds), len(rounds)
    return counts


def _dream(pair: Pair, dreaming: Dreaming, show_dreams: Callable[[str, Target, Dreaming], None]) -> None:
    live = not dreaming.done
    with say_bad_weights():
        if live:
            dreaming.go_on()
        show_dreams(f"{LAB}.guess.dreams", pair.target, dreaming)
        if live and dreaming.done:
            st.rerun(scope="app")


def _next_round() -> None:
    st.session_state[ROUND] = st.session_state.get(ROUND, -1) + 1
