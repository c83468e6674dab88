"""Questions on the four ways to learn, the code behind them, and a script that trains one of them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from dlviz.questions import Choice
from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import HEAD, WAYS
from dlviz.ui.labs.transfer.few_examples.lanes import configure_lane, count_learning, name_way
from dlviz.ui.labs.transfer.few_examples.pictures import class_names
from dlviz.ui.labs.transfer.few_examples.state import LAYERS, WAY_TITLES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.runs.together import Member

FEATURES = 256  # that the head reads


def questions(lanes: Mapping[str, Member], state: State) -> list[Choice]:
    """Questions on the four networks; the last ones once all have come to their end."""
    classes = len(class_names(state.transfer))
    head, others = count_learning(configure_lane(LAB.opening(), "frozen"), 1, classes)
    asked = [
        Choice(
            name="learning",
            text=f"All layers frozen under a new head: how many of the {head + others:,} parameters learn?",
            options=[f"{others:,}", f"{(head + others) // 2:,}", f"{head:,}"],
            answer=f"{head:,}",
            hints=[
                f"The head reads {FEATURES} numbers, and answers with {classes}.",
                "Each answer has a weight for each of these numbers, and one bias.",
            ],
            because=f"{FEATURES} × {classes} weights and {classes} biases.",
        ),
        Choice(
            name="unfrozen",
            text="The frozen way, unfrozen from conv 1 on: which way does it become?",
            options=[WAY_TITLES[way] for way in WAYS if way != "frozen"],
            answer=WAY_TITLES["tuned"],
            hints=[
                "It begins with trained layers, and all of them learn from the first step.",
                "Compare where the other ways begin, and which of their layers learn.",
            ],
            because="All layers learn from the first step, so it takes the very same steps.",
        ),
    ]
    if len(lanes) == len(WAYS) and all(lane.history.reason == "done" for lane in lanes.values()):
        losses = {way: float(lane.history.epochs["loss"][0]) for way, lane in lanes.items()}
        lowest = min(losses, key=losses.__getitem__)
        steps = lanes[lowest].history.steps_per_epoch
        asked.append(
            Choice(
                name="soonest",
                text=f"Which way has the lowest validation loss after its first {steps} steps?",
                options=[name_way(state, way) for way in WAYS],
                answer=name_way(state, lowest),
                hints=[
                    "Look at the first filled point of each loss.",
                    "The lower the point, the lower the loss. Compare the points above the same step.",
                ],
                because=", ".join(f"{name_way(state, way)}: {loss:.3g}" for way, loss in losses.items())
                + ".",
            )
        )
    return asked


def shown_code() -> Sequence[Callable]:
    """Functions that start from trained layers, freeze them, and count what learns."""
    from dlviz.training import transfer

    return [transfer.start_from, transfer.freeze, transfer.count_parameters]


def lesson_snippet(unfreeze: str, classes: int) -> str:
    """Write the frozen way's lines on a trained `model`, as the lesson has them for its ResNet-50.

    Args:
        unfreeze: first layer that learns.
    """
    layers = list(LAYERS)
    learning = ", ".join(_attribute(layer) for layer in layers[layers.index(unfreeze) :])
    lines = [
        "for parameter in model.parameters():",
        "    parameter.requires_grad = False",
        f"{_attribute(HEAD)} = nn.Linear({FEATURES}, {classes})  # a new layer learns",
    ]
    if unfreeze != HEAD:
        lines.append(f"for layer in ({learning}):\n    layer.requires_grad_(True)")
    learns = "parameter for parameter in model.parameters() if parameter.requires_grad"
    return "\n".join([*lines, f"optimizer = optim.Adam(({learns}), lr=1e-3)"])


def _attribute(layer: str) -> str:
    """A layer as Python reaches it, such as `model.fc_layers[4]`."""
    part, _, place = layer.partition(".")
    return f"model.{part}[{place}]"


def notebook_call(config: TrainingConfig) -> str:
    """Write a call that trains a lane in a notebook."""
    usual = TrainingConfig()
    chosen = [
        f"    {each.name}={getattr(config, each.name)!r},"
        for each in fields(config)
        if getattr(config, each.name) != getattr(usual, each.name)
    ]
    return "\n".join(
        [
            "from dlviz.training.config import TrainingConfig",
            "from dlviz.training.loop import train",
            "",
            "config = TrainingConfig(",
            *chosen,
            ")",
            "*_, end = train(config)",
            'print(end["test_accuracy"])',
        ]
    )
