"""Tuned networks of the learner's own runs, and their frozen twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import HEAD
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.transfer.what_changed.captions import SETS
from dlviz.ui.labs.transfer.what_changed.forward import TunedNetwork
from dlviz.ui.runs import together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie

DRAWN = range(5)  # draws of examples by which luck is judged
Pair = tuple[Member, Member]  # a tuned network and its frozen twin
MaybePair = tuple[Member | None, Member | None]


def find_runs() -> list[Member]:
    """Find this browser's runs that began from a trained network, the newest first."""
    return [
        found
        for status in service.shared().runs(owner_cookie.token())
        if status.kind == "trained" and (found := look_at(status.run)) and found.config.start
    ]


def look_at(run: str) -> Member | None:
    """Look at a run as it stands now; None if it is gone, or nothing can be told of it."""
    with suppress(UnknownRun, ValueError):
        return together.look_at(run)
    return None


def is_tuned(config: TrainingConfig) -> bool:
    """True if more than the head has learned."""
    learns_below = config.unfreeze_from != HEAD and config.head_epochs < config.epochs
    return bool(config.start) and config.task in SETS and learns_below


def has_ended(member: Member) -> bool:
    """True if a run has come to its end, with weights to look at."""
    return member.status.state == "ended" and len(member.run.checkpoints) > 1


def freeze_twin(config: TrainingConfig) -> TrainingConfig:
    """Config of the same run with every layer below the head frozen."""
    return replace(config, unfreeze_from=HEAD, head_epochs=0)


def find_twin(config: TrainingConfig, runs: Sequence[Member]) -> Member | None:
    """Find the newest run that is a network's frozen twin; one that has ended goes before others."""
    twins = [each for each in runs if each.config == freeze_twin(config)]
    return next((each for each in twins if has_ended(each)), twins[0] if twins else None)


def find_draws(
    config: TrainingConfig, runs: Sequence[Member]
) -> dict[int, tuple[Member | None, Member | None]]:
    """Find the runs that differ from a tuned network in their draw alone, and their twins: draw -> both."""
    found = dict[int, MaybePair]()
    for draw in dict.fromkeys([config.draw, *DRAWN]):
        drawn = config if draw == config.draw else replace(config, draw=draw, seed=draw)
        same = [each for each in runs if each.config == drawn]
        newest = next((each for each in same if has_ended(each)), same[0] if same else None)
        found[draw] = newest, find_twin(drawn, runs)
    return found


def find_other_pairs(config: TrainingConfig, draws: Mapping[int, MaybePair]) -> list[Pair]:
    """Find the pairs of other draws whose runs have both ended."""
    return [
        (tuned, twin)
        for draw, (tuned, twin) in draws.items()
        if draw != config.draw and tuned and twin and has_ended(tuned) and has_ended(twin)
    ]


def load_network(member: Member) -> TunedNetwork:
    """Load a run's network as it began and as it ended.

    Raises: UnknownRun; BadState if a checkpoint is missing, cut or damaged.
    """
    from dlviz.ui.runs.checkpoints import load_checkpoint

    first, *_, last = member.run.checkpoints
    models = [load_checkpoint(member.run.run, step).model for step in (first, last)]
    return TunedNetwork(member.config, *models)


def stamp(member: Member) -> tuple[object, ...]:
    """All that decides what is measured of a run: another value once the run has gone on."""
    return member.run.run, member.history.reason, *member.run.checkpoints


def statuses_of(members: Sequence[Member | None]) -> list[Status]:
    """Statuses of those runs that there are."""
    return [member.status for member in members if member]
