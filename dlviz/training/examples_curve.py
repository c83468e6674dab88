"""Accuracy against the number of examples: four ways to learn a few pictures, over several draws of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from dlviz.training.commands import Steering, Unsteered
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import Event, train

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
    transfer: Transfer,
    way: str,
    steering: Steering | None = None,
    done: Collection[tuple[int, int]] = (),
    counts: Sequence[int] = COUNTS,
    draws: int = DRAWS,
) -> Iterator[Event]:
    """Train one way on every number of examples and every draw of them, and yield what happens.

    Events are `point`, one a run, with its `examples` of each class, `draw`, `seconds` and the `accuracy` on
    test pictures, `paused` and `resumed`, and at last `end`, as `loop.train` yields it. All numbers of a draw
    come before the next draw, so that the whole curve is there early.

    Args:
        way: one of `WAYS`.
        steering: where commands come from; without it nobody interferes.
        done: pairs of examples and draw that are measured already.
    Raises: BadTask if the data or the start are not to be had.
    """
    steering = steering or Unsteered()
    points = [(count, draw) for draw in range(draws) for count in counts if (count, draw) not in done]
    step = len(done)
    for count, draw in points:
        seconds = 0.0
        for event in train(configure(transfer, way, count, draw), steering):
            seconds = event.get("seconds", seconds)
            if event["kind"] in ("paused", "resumed"):
                yield {**event, "step": step}
            if event["kind"] == "end":
                if event["reason"] == "stopped":
                    yield {**event, "step": step}
                    return
                step += 1
                yield {
                    "kind": "point",
                    "step": step,
                    "examples": count,
                    "draw": draw,
                    "accuracy": event.get("test_accuracy"),
                    "seconds": seconds,
                }
    yield {"kind": "end", "reason": "done", "step": step, "sentence": "The whole curve is measured."}
