"""Lanes: the arms side by side, the frozen ones solved at once, the others trained by workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlviz.data import labelled
from dlviz.finetuning.arms import ARMS, estimate_bytes, estimate_seconds
from dlviz.training.analysis.history import History
from dlviz.training.fine_tuning import BATCH, EPOCHS, SCRATCHES, TUNED_EPOCHS, FineTuningConfig, build
from dlviz.training.runs import service
from dlviz.training.runs.events import Event
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.training.tasks.own import FILES
from dlviz.ui.labs.finetune.inputs import Chosen
from dlviz.ui.labs.finetune.state import FROZEN, OWN, State
from dlviz.ui.runs import together
from dlviz.ui.runs.live_run import watch
from dlviz.ui.server import model_cache, owner_cookie

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.finetuning.frozen import Reader
    from dlviz.finetuning.network import Unread
    from dlviz.transfer.heads import Head


SMALL_WORKSPACE = 25_000_000  # bytes that PyTorch takes to train a small network at all (measured)


@dataclass(frozen=True, eq=False)
class Lane:
    """An arm whose run there is, as it stands now.

    Args:
        end: the run's last event if it has come to its end; else empty.
    """

    status: Status
    history: History
    end: Event

    @property
    def right(self) -> np.ndarray | None:
        """Sentences that it names right once it is trained, (count,) bool; None before."""
        found = self.end.get("right")
        return np.array(found, bool) if isinstance(found, list) else None

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        seconds = self.history.batches["seconds"]
        return float(seconds[-1]) if len(seconds) else 0.0

    @property
    def megabytes(self) -> float | None:
        """Memory that it took at its peak beyond the network itself; None while it is not known."""
        found = self.end.get("memory")
        return found / 1e6 if isinstance(found, int) else None

    @property
    def share_done(self) -> float:
        """Share of its steps that is done."""
        return together.count_share_done(self.status, self.history)


@dataclass(frozen=True, eq=False)
class Frozen:
    """The frozen arms, solved.

    Args:
        right: arm -> sentences that it names right, (count,) bool.
        seconds_a_token: that the encoder took to read, on this machine.
    """

    right: Mapping[str, np.ndarray]
    seconds_a_token: float


def configure(state: State, chosen: Chosen, lane: str) -> FineTuningConfig:
    """Config of a lane's run."""
    own = state.data == OWN
    return FineTuningConfig(
        lane,
        0 if own else int(state.data),
        0 if own else state.draw,
        state.rank,
        state.words,
        chosen.mark,
    )


def find_lanes(state: State, chosen: Chosen) -> dict[str, str]:
    """Find the newest of this browser's runs on these sentences: arm -> id of its run."""
    names = {configure(state, chosen, lane).name: lane for lane in state.lanes}
    return together.find_newest(service.shared().finetunings(owner_cookie.token()), names)


def find_without_words(state: State, chosen: Chosen) -> Lane | None:
    """Find the run of all layers whose word vectors stayed frozen, where now they learn."""
    frozen = replace(state, words=False, lanes=("all",))
    return look_at(find_lanes(frozen, chosen)).get("all") if state.words else None


def look_at(runs: Mapping[str, str]) -> dict[str, Lane]:
    """Look at the lanes' runs as they stand now; those that are gone are left out."""
    found = {}
    for lane, run in runs.items():
        with suppress(UnknownRun):
            status = service.shared().status(run)
            last = service.shared().store.last(run) or {}
            found[lane] = Lane(status, watch(run).history(), last if status.state == "ended" else {})
    return found


def choose_missing(state: State, lanes: Mapping[str, Lane]) -> list[str]:
    """Choose the ways to train: those without a run, and those whose run can no longer go on."""
    return [
        lane
        for lane in state.lanes
        if lane not in lanes or (lanes[lane].right is None and not lanes[lane].status.can_go_on)
    ]


def submit(state: State, chosen: Chosen) -> str:
    """Hand in a run for each arm that is missing; why not, where the queue or the disk is full."""

    def fill(folder: Path) -> None:
        assert chosen.table is not None
        (folder / FILES["table"]).write_bytes(labelled.write(chosen.table))

    with together.SUBMITTING:
        lanes = look_at(find_lanes(state, chosen))
        if not together.are_settled([lane.status for lane in lanes.values()]):
            return ""  # the second half of a double click, or another window of the learner's
        try:
            for lane in choose_missing(state, lanes):
                config = configure(state, chosen, lane)
                service.shared().submit(
                    config, owner_cookie.token(), config.name, fill if chosen.table else None
                )
                if lane in lanes:  # no list shows it any more
                    with suppress(UnknownRun, Refused):
                        service.shared().delete(lanes[lane].status.run, owner_cookie.token())
        except Refused as problem:
            return str(problem)
    return ""


def solve_frozen(chosen: Chosen, report: Callable[[float], object] = lambda share: None) -> Frozen:
    """Read all sentences, each once for all learners, and solve a head for each pooling.

    Args:
        report: told the share that is read, again and again.
    Raises: NoEncoder.
    """
    reader = _open_reader(model_cache.bert())
    from dlviz.finetuning.frozen import try_heads

    parts = chosen.sentences
    learned, tested = parts.learned, tested_sentences(chosen)
    whole = reader.read([text for text, _ in (*learned, *tested)], report)
    here, there = (
        {name: each[rows] for name, each in whole.features.items()}
        for rows in (slice(len(learned)), slice(len(learned), None))
    )
    right = try_heads(
        replace(whole, features=here),
        [label for _, label in learned],
        replace(whole, features=there),
        [label for _, label in tested],
        len(parts.classes),
    )
    return Frozen(right, whole.seconds / max(1, whole.tokens))


def solve_first_head(chosen: Chosen) -> Head:
    """Solve the head that training begins with; each sentence is read once for all learners.

    Raises: NoEncoder.
    """
    reader = _open_reader(model_cache.bert())
    from dlviz.finetuning.learning import DECAY
    from dlviz.transfer.heads import solve_head

    texts, labels = zip(*chosen.sentences.learned, strict=True)
    features = reader.read(texts).features["mean"]
    return solve_head(features, np.array(labels), len(chosen.sentences.classes), DECAY)


def answer_frozen(chosen: Chosen, text: str) -> tuple[np.ndarray, np.ndarray]:
    """Read a text with the encoder and the head that training begins with.

    Returns: its mean vector (hidden,), and the logits (classes,).
    Raises: NoEncoder.
    """
    head = solve_first_head(chosen)
    features = _open_reader(model_cache.bert()).read([text]).features["mean"]
    return features[0], head.logits(features)[0]


@lru_cache(maxsize=1)
def _open_reader(encoder: Encoder) -> Reader:
    from dlviz.finetuning.frozen import Reader

    return Reader(encoder)


@dataclass(frozen=True)
class Estimate:
    """Cost of an arm.

    Args:
        learning: numbers that learn.
        seconds: of training on this machine, with nobody else at work; None of what is solved at once.
        megabytes: beyond the encoder itself.
    """

    learning: int
    seconds: float | None
    megabytes: float


def estimate(config: FineTuningConfig, chosen: Chosen, seconds_a_token: float) -> Estimate:
    """Count what learns of a trained arm, and estimate its time and memory.

    Args:
        seconds_a_token: that this machine takes to read one token with the whole encoder.
    """
    parts, encoder = chosen.sentences, model_cache.bert()
    from dlviz.finetuning.learning import FRAMES
    from dlviz.finetuning.network import tokenise

    learning = sum(each.numel() for each in build(config, parts).learning().values())
    if config.lane in SCRATCHES:
        return Estimate(learning, None, (SMALL_WORKSPACE + 36 * learning) / 1e6)
    lengths = [
        [len(text) for text in tokenise(encoder, [text for text, _ in part])]
        for part in (parts.learned, (*parts.held, *parts.tested))
    ]
    tokens, arm = sum(map(sum, lengths)), config.arm
    epochs = EPOCHS.get(config.lane, TUNED_EPOCHS)
    watched = sum(lengths[1][: len(parts.held)])
    seconds = estimate_seconds(
        arm,
        encoder.layers,
        seconds_a_token * (sum(lengths[0]) + watched),
        sum(lengths[0]) / (sum(lengths[0]) + watched),
        epochs,
        FRAMES,
    )
    seconds += seconds_a_token * (tokens - sum(lengths[0]) - watched)  # the test, once
    passed = encoder.layers - arm.count_fixed(encoder.layers)
    memory = estimate_bytes(learning, tokens, encoder.hidden, BATCH * max(lengths[0]), passed)
    return Estimate(learning, seconds, memory / 1e6)


def count_frozen(chosen: Chosen) -> dict[str, Estimate]:
    """Count what learns of the frozen arms: a head each, over as many features as the encoder has."""
    numbers = (model_cache.bert().hidden + 1) * len(chosen.sentences.classes)
    return {lane: Estimate(numbers, None, 0.0) for lane in FROZEN if ARMS[lane].is_frozen}


def find_unread(chosen: Chosen) -> Unread:
    """Count the chosen sentences that the encoder does not read whole."""
    encoder, parts = model_cache.bert(), chosen.sentences
    from dlviz.finetuning.network import count_unread

    return count_unread(encoder, [text for text, _ in (*parts.learned, *parts.held)])


def tested_sentences(chosen: Chosen) -> Sequence[tuple[str, int]]:
    """Sentences that arms are compared on: the test, or of a learner's own those held out."""
    return chosen.sentences.tested or chosen.sentences.held
