"""Accuracy against the number of labelled sentences: every way to learn them, over several draws of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from dlviz.training.commands import Steering, Unsteered
from dlviz.training.examples_curve import Point, measure_points
from dlviz.training.fine_tuning import (
    BATCH,
    EPOCHS,
    LANES,
    RANK,
    RATES,
    SCRATCH,
    TRAINED,
    TUNED_EPOCHS,
    FineTuningConfig,
    Heard,
    Sentence,
    build,
    draw_reviews,
)
from dlviz.training.runs.events import SENTENCES, Event
from dlviz.training.tasks.examples import BadTask

if TYPE_CHECKING:
    from dlviz.finetuning.frozen import Reader
    from dlviz.finetuning.network import FineTuned
    from dlviz.finetuning.scratch import Scratch
    from dlviz.finetuning.texts import Texts

COUNTS = (10, 20, 50, 100, 200, 1_000)  # real sentences to learn from
DRAWS = 3
FROZEN = tuple(lane for lane in LANES if lane not in TRAINED)


@dataclass(frozen=True)
class SentencesCurveConfig:
    """A part of a curve, small enough for learners to take turns: some ways on one draw of the sentences.

    Args:
        ways: of `LANES`.
        draw: seed by which the sentences are drawn, and of everything else that is random.
        rank, words: as in `FineTuningConfig`.
        counts: sentences to learn from.
    Raises: ValueError with one sentence if there is no such way or number.
    """

    ways: tuple[str, ...]
    draw: int
    rank: int = RANK
    words: bool = False
    counts: tuple[int, ...] = COUNTS

    def __post_init__(self) -> None:
        if not self.ways or not set(self.ways) <= set(LANES) or not set(self.counts) <= set(COUNTS):
            raise ValueError("There is no such curve.")
        self.configure(TRAINED[0])

    def configure(self, lane: str) -> FineTuningConfig:
        """Config of a way that trains; how many sentences it learns is said apart."""
        return FineTuningConfig(lane, draw=self.draw, rank=self.rank, words=self.words)

    @property
    def name(self) -> str:
        """Name of its run, by which it is found again."""
        details = {"low-rank": f" {self.rank}", "all": " with words" if self.words else ""}
        ways = ", ".join(way + details.get(way, "") for way in self.ways)
        return f"Sentences curve · {ways} · draw {self.draw}"

    def to_json(self) -> str:
        """Write the config as a JSON object, from which `dlviz.training.runs.store` knows such a curve."""
        return json.dumps({SENTENCES: asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> SentencesCurveConfig:
        """Read the config that `to_json` wrote.

        Raises: ValueError for anything else.
        """
        try:
            values = json.loads(text)[SENTENCES]
            return cls(**values | {"ways": tuple(values["ways"]), "counts": tuple(values["counts"])})
        except (KeyError, TypeError) as error:
            raise ValueError("The curve’s description is damaged.") from error


def plan_sentences_curve(
    trained: Collection[str], rank: int = RANK, words: bool = False
) -> list[SentencesCurveConfig]:
    """Part a whole curve into runs: the frozen ways in one, each other way in its own, draw by draw.

    Args:
        trained: ways of `TRAINED` that are measured beside the frozen ones.
    """
    parts = [FROZEN, *((lane,) for lane in TRAINED if lane in trained)]
    return [SentencesCurveConfig(ways, draw, rank, words) for draw in range(DRAWS) for ways in parts]


def measure_sentences_curve(
    config: SentencesCurveConfig, steering: Steering | None = None, done: Collection[Point] = ()
) -> Iterator[Event]:
    """Learn each number of sentences of a draw in each way, and yield what happens.

    Events are `sentences`, `point`, one a network, with its `way`, number of `examples`, `draw` and the
    `accuracy` on the test, and at last `end`. It hears stop, pause and resume.

    Args:
        steering: where commands come from; without it nobody interferes.
        done: points that are measured already.
    Raises: BadTask if there is no encoder.
    """
    from dlviz.encoders import NoEncoder
    from dlviz.finetuning import NoFineTuning

    heard = Heard(steering or Unsteered())
    measured = _Measure(config, heard)

    def measure(way: str, count: int) -> float | None:
        return None if heard.must_stop() else measured.point(way, count)

    try:
        yield from measure_points(SENTENCES, config, done, measure)
    except (NoEncoder, NoFineTuning) as error:
        raise BadTask(str(error)) from error


class _Measure:
    """Measures points; what is the same for several, such as vectors below all that learns, is made once."""

    def __init__(self, config: SentencesCurveConfig, heard: Heard) -> None:
        self.config, self.heard = config, heard
        self.sentences = draw_reviews(max(config.counts), config.draw)
        self._texts: dict[str, tuple[Texts, Texts]] = {}  # way -> all to learn from, and the test
        self._solved: dict[int, dict[str, float]] = {}  # number of sentences -> frozen way -> accuracy

    def point(self, way: str, count: int) -> float | None:
        """Accuracy of a way after so many sentences; None if it was told to stop."""
        if way not in FROZEN:
            return self._train(way, count)
        if count not in self._solved:
            self._solved[count] = self._solve(count)
        return self._solved[count][way]

    @cached_property
    def _reader(self) -> Reader:
        from dlviz.encoders import packaged
        from dlviz.finetuning.frozen import Reader

        return Reader(packaged.encoder())

    def _solve(self, count: int) -> dict[str, float]:
        from dlviz.finetuning.frozen import try_heads

        parts = self.sentences.learned[:count], self.sentences.tested
        (texts, labels), (asked, wanted) = (zip(*part, strict=True) for part in parts)
        read = self._reader.read
        right = try_heads(read(texts), labels, read(asked), wanted, len(self.sentences.classes))
        return {way: float(each.mean()) for way, each in right.items()}

    def _train(self, way: str, count: int) -> float | None:
        from dlviz.finetuning.learning import Plan, begin_with_solved_head, learn, look
        from dlviz.finetuning.network import FineTuned
        from dlviz.finetuning.texts import Texts

        config, few = self.config.configure(way), self.sentences.learned[:count]
        network = build(config, replace(self.sentences, learned=few))
        if way == SCRATCH:  # its words are those that it learns from
            learned, tested = _read(network, few), _read(network, self.sentences.tested)
        else:
            if way not in self._texts:
                parts = (self.sentences.learned, self.sentences.tested)
                self._texts[way] = _read(network, parts[0]), _read(network, parts[1])
            every, tested = self._texts[way]
            learned = Texts(every.entering[:count], every.labels[:count])
        if isinstance(network, FineTuned):
            begin_with_solved_head(network, learned)
        plan = Plan(EPOCHS.get(way, TUNED_EPOCHS), BATCH, RATES[way], config.draw, frames=0)
        for event in learn(network, learned, tested, plan, stopped=self.heard.must_stop):
            if event["kind"] == "end" and event["reason"] == "stopped":
                return None
        return int((look(network, tested)[1].argmax(1) == tested.labels).sum()) / len(tested)


def _read(network: FineTuned | Scratch, sentences: tuple[Sentence, ...]) -> Texts:
    texts, labels = zip(*sentences, strict=True)
    return network.read(texts, labels)
