"""Accuracy against the number of examples: four ways to learn a few pictures, over several draws of them."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Protocol

from dlviz.training.commands import Steering, Unsteered
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.events import CURVE, Event

COUNTS = (1, 2, 5, 10, 20, 50)  # examples of each class
DRAWS = 5
STEPS, EPOCHS, BATCH = 200, 10, 25
HEAD = "fc_layers.4"


@dataclass(frozen=True)
class Transfer:
    """A start and what is learned from it.

    Args:
        start: weights file of the project that the trained layers come from.
        task, classes: learned, as in `TrainingConfig`.
        old_task, old_classes: that the start was trained on.
    """

    start: str
    task: str
    classes: tuple[int, ...]
    old_task: str
    old_classes: tuple[int, ...]


LOW, HIGH = (0, 1, 2, 3, 4), (5, 6, 7, 8, 9)
TRANSFERS = {
    "digits": Transfer("simple_cnn_digits_0_to_4", "digits", HIGH, "digits", LOW),
    "clothes": Transfer("simple_cnn", "fashion", (), "digits", ()),
    "from-clothes": Transfer("simple_cnn_clothes", "digits", (), "fashion", ()),
}
WAYS = ("scratch", "frozen", "tuned", "head-first")
PAIRS = (WAYS[:2], WAYS[2:])  # ways that a run of the curve measures, about as much work each
Point = tuple[str, int]  # a way, and a number of examples of each class


@dataclass(frozen=True)
class CurveConfig:
    """A part of a curve, small enough for learners to take turns: one draw of the examples.

    Args:
        transfer: a key of `TRANSFERS`.
        draw: seed by which the examples are drawn, and of everything else that is random.
        ways: of `WAYS`.
        counts: examples of each class.
    Raises: ValueError with one sentence if there is no such transfer or way.
    """

    transfer: str
    draw: int
    ways: tuple[str, ...] = WAYS
    counts: tuple[int, ...] = COUNTS

    def __post_init__(self) -> None:
        if self.transfer not in TRANSFERS or not set(self.ways) <= set(WAYS):
            raise ValueError("There is no such curve.")

    @property
    def name(self) -> str:
        """Name of its run, by which it is found again."""
        return f"Examples curve · {self.transfer} · draw {self.draw} · {', '.join(self.ways)}"

    def to_json(self) -> str:
        """Write the config as a JSON object, from which `dlviz.training.runs.store` knows a curve."""
        return json.dumps({CURVE: asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> "CurveConfig":
        """Read the config that `to_json` wrote.

        Raises: ValueError for anything else.
        """
        try:
            values = json.loads(text)[CURVE]
            return cls(values["transfer"], values["draw"], tuple(values["ways"]), tuple(values["counts"]))
        except (KeyError, TypeError) as error:
            raise ValueError("The curve’s description is damaged.") from error


def plan_curve(transfer: str) -> list[CurveConfig]:
    """Part a whole curve into runs; all ways of a draw come before the next draw."""
    return [CurveConfig(transfer, draw, ways) for draw in range(DRAWS) for ways in PAIRS]


def configure(
    transfer: Transfer, way: str, per_class: int, draw: int = 0, unfreeze_from: str = ""
) -> TrainingConfig:
    """Config of a run that learns a few examples of each class in one of the ways.

    All ways see the same pictures for as many steps, and begin with the same head.

    Args:
        way: one of `WAYS`.
        per_class: examples of each class.
        draw: seed by which they are drawn, and of everything else that is random.
        unfreeze_from: of the frozen way, the first layer that learns; the head alone where it is empty.
    """
    examples = per_class * (len(transfer.classes) or 10)
    batch = min(BATCH, examples)
    steps_of_a_pass = -(-examples // batch)
    config = TrainingConfig(
        task=transfer.task,
        classes=transfer.classes,
        per_class=per_class,
        draw=draw,
        seed=draw,
        batch_size=batch,
        epochs=EPOCHS,
        passes=-(-STEPS // (EPOCHS * steps_of_a_pass)),
        test_at_end=True,
        start="" if way == "scratch" else transfer.start,
    )
    if way == "frozen":
        return replace(config, unfreeze_from=unfreeze_from or HEAD)
    return replace(config, head_epochs=EPOCHS // 2) if way == "head-first" else config


def measure_curve(
    config: CurveConfig, steering: Steering | None = None, done: Collection[Point] = ()
) -> Iterator[Event]:
    """Train in each way on each number of examples of a draw, and yield what happens.

    Events are `curve`, `point`, one a network, with its `way`, `examples` of each class, `draw` and the
    `accuracy` on test pictures, and at last `end`, as `loop.train` yields it. It hears one command, stop.

    Args:
        steering: where commands come from; without it nobody interferes.
        done: points that are measured already.
    Raises: BadTask if the data or the start are not to be had.
    """
    heard = steering or Unsteered()

    def measure(way: str, examples: int) -> float | None:
        return _measure_point(configure(TRANSFERS[config.transfer], way, examples, config.draw), heard)

    return measure_points(CURVE, config, done, measure)


def _measure_point(config: TrainingConfig, steering: Steering) -> float | None:
    """Measure the test accuracy that `loop.train` ends with, and nothing before; None if it is stopped."""
    from dlviz.training.tasks import prepare  # late: pages that show a curve train nothing themselves
    from dlviz.training.trainer_state import Learner

    learner = Learner(config, prepare(config))
    while not learner.progress.ended:
        for rows in learner.order():
            if any(command.get("do") == "stop" for command in steering.commands()):
                return None
            learner.learn(rows)
        learner.end_epoch(0.0)  # no loss decides anything here
    tested = learner.measure_tested()
    return tested and tested.accuracy


class CurvePart(Protocol):
    """A part of a curve: ways of learning, each on each of these numbers of examples, of one draw."""

    @property
    def ways(self) -> Sequence[str]: ...

    @property
    def counts(self) -> Sequence[int]: ...

    @property
    def draw(self) -> int: ...


def measure_points(
    kind: str, part: CurvePart, done: Collection[Point], measure: Callable[[str, int], float | None]
) -> Iterator[Event]:
    """Measure a part of a curve point by point, and yield what happens: its first event, points, its end.

    Args:
        kind: of the first event, which a part that goes on does not have.
        done: points that are measured already.
        measure: gives the test accuracy of a way on a number of examples; None if it was told to stop.
    """
    points = [(way, count) for count in part.counts for way in part.ways if (way, count) not in done]
    step = len(part.ways) * len(part.counts) - len(points)
    if not done:
        yield {"kind": kind, "points": len(points)}
    for way, count in points:
        accuracy = measure(way, count)
        if accuracy is None:
            yield {"kind": "end", "reason": "stopped", "step": step, "sentence": "The curve was stopped."}
            return
        step += 1
        found = {"way": way, "examples": count, "draw": part.draw, "accuracy": accuracy}
        yield {"kind": "point", "step": step, **found}
    yield {"kind": "end", "reason": "done", "step": step, "sentence": "This part of the curve is measured."}


def read_points(events: Sequence[Event]) -> dict[tuple[str, int, int], float]:
    """Accuracies by way, number of examples and draw, from the events of a curve's runs."""
    return {
        (str(event["way"]), int(str(event["examples"])), int(str(event["draw"]))): float(
            str(event["accuracy"])
        )
        for event in events
        if event["kind"] == "point"
    }
