"""The choice of the pair of networks that the views Stress tests and Inside both look at."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dlviz.paths import WEIGHTS
from dlviz.training.config import TrainingConfig
from dlviz.training.race import KEPT_COUNT, PAIR, RUNNERS, name_weights
from dlviz.training.runs import service
from dlviz.ui.labs.race.contest.runs import has_finished
from dlviz.ui.labs.race.contest.state import DATA_TITLES
from dlviz.ui.labs.race.pairs import LAB_PAIR, SHIPPED, TASKS, Pair, load_pair, name_own_pair
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.runs import together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import model_cache, owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

LAB_TITLE = "The CNN lab’s and the block lab’s, trained on all 60,000 digits"
LINKED = "The pair of this link"


def choose_pair(state: State) -> Pair | None:
    """Offer the pairs, and load the chosen one; None, with a sentence, where it cannot be shown."""
    from dlviz.weights import BadWeights

    titles = {LAB_PAIR: LAB_TITLE, **name_shipped(), **name_own_pairs(find_own_runs())}
    titles.setdefault(state.pair, LINKED)
    st.selectbox(
        "Networks",
        list(titles),
        format_func=titles.__getitem__,
        key=LAB.key("pair"),
        width=560,
        help="A CNN and a transformer that have learned the same pictures. Your own races join in.",
    )
    try:
        with model_cache.waiting():
            return load_pair(state.pair)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/link_off:")
    return None


def name_shipped() -> dict[str, str]:
    """Titles of the pairs of the race that ships, as far as their weights are here."""
    begin = f"The ready-made race: {KEPT_COUNT:,} digits"
    return {
        pair: f"{begin}, seed {seed}"
        for pair, seed in SHIPPED.items()
        if all((WEIGHTS / f"{name_weights(kind, seed)}.safetensors").exists() for kind in PAIR)
    }


def find_own_runs() -> list[Member]:
    """Find this browser's runs of networks that race, which have come to their end, the newest first."""
    return [
        found
        for status in service.shared().runs(owner_cookie.token())
        if status.kind == "trained" and status.state == "ended" and (found := _look_at(status.run))
    ]


def _look_at(run: str) -> Member | None:
    try:
        found = together.look_at(run)
    except (LookupError, ValueError):
        return None
    return found if has_finished(found.history) else None


def name_own_pairs(runs: Iterable[Member]) -> dict[str, str]:
    """Pair the runs that have learned the same pictures: pair -> title.

    Args:
        runs: the newest first.
    """
    newest: dict[tuple[str, int, int], dict[str, str]] = {}
    for member in runs:
        kind = _find_kind(member.config)
        if kind:
            newest.setdefault(_same(member.config), {}).setdefault(kind, member.run.run)
    return {
        name_own_pair(*(pair[kind] for kind in PAIR)): f"Yours: {_describe(*same)}"
        for same, pair in newest.items()
        if len(pair) == len(PAIR)
    }


def _find_kind(config: TrainingConfig) -> str:
    """A key of PAIR that has such a network; empty for a run that no view here can show."""
    if config.task not in TASKS or config.shuffle is not None or config.batch_norm or config.classes:
        return ""
    return next((kind for kind in PAIR if RUNNERS[kind].model == config.model), "")


def _same(config: TrainingConfig) -> tuple[str, int, int]:
    """Task, number of examples and seed: what a pair has in common."""
    return config.task, 10 * config.per_class if config.per_class else config.samples, config.seed


def _describe(task: str, examples: int, seed: int) -> str:
    return f"{examples:,} {DATA_TITLES[task].lower()}, seed {seed}"


def show_provenance(pair: Pair) -> None:
    """Say what made both networks, and how many weights each has."""
    for member in pair.members:
        count = sum(weights.numel() for weights in member.model.parameters())
        sentence = f"**{member.title}**, {count:,} weights and biases. {plain(member.provenance)}"
        show_sentence(f"{LAB}.pair.{member.kind}", st.caption, sentence)
