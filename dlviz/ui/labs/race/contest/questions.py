"""Questions on the two networks, and the functions behind the race."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from dlviz.networks import NETWORKS
from dlviz.questions import Axis, Choice, Number
from dlviz.training.race import CLASSES, PAIR, RUNNERS, TASKS, Race, configure, count_examples
from dlviz.ui.labs.race.contest.captions import Judgement
from dlviz.ui.labs.race.contest.state import MOST_POINTS, RUNNER_NAMES
from dlviz.ui.text_format.numbers import counted, number, percent

ROWS = 28  # of a digit, each of which an LSTM reads with all its weights but those of the answer
NEAR = 3  # percentage points from the lead within which a prediction is right
PLACES = 28 * 28  # of a 3×3 window that goes over a digit with padding


@lru_cache(maxsize=8)
def count_multiplications(runner: str, task: str = "digits") -> int:
    """Count the multiplications that a runner makes for one picture of a task."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    from dlviz import weights
    from dlviz.training.tasks.networks import picture_network

    model = weights.build(*picture_network(configure(Race(task), runner, 1), CLASSES, TASKS[task]))
    if NETWORKS[RUNNERS[runner].model].reads == "rows":
        sizes = {name: weight.numel() for name, weight in model.named_parameters() if weight.dim() == 2}
        return sum(size if name == "fc.weight" else ROWS * size for name, size in sizes.items())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, *TASKS[task]))
    return counter.get_total_flops() // 2  # of each multiplication and its addition


def main_question(race: Race, judged: Judgement | None = None) -> Number:
    """Ask by how much the CNN will lead; answered once all networks of a race have come to their end.

    Args:
        judged: None before.
    """
    count = count_examples(race.task, race.count)
    asked = Number(
        name="lead",
        text=(
            f"With {count:,} examples to learn from, by how many percentage points will the CNN be ahead on "
            "test pictures? Below 0, the transformer is ahead."
        ),
        scale=Axis("lead of the CNN", -MOST_POINTS, MOST_POINTS, "points"),
        step=1,
        tolerance=NEAR,
        answer=None,
        hints=[
            "Which of the two knows before it learns anything that neighbouring pixels belong together?",
            "What a network does not know beforehand it learns from examples. Are there many or few of them?",
        ],
        why="What does the one have that the other must learn first?",
        because="",
    )
    if judged is None:
        return asked
    means = " and ".join(f"the {RUNNER_NAMES[runner]} {percent(judged.means[runner])}" for runner in PAIR)
    told = f"On average over {counted(judged.seeds, 'seed')}, {means}. {judged.sentence}"
    return replace(asked, answer=100 * judged.lead, because=f"{told[0].upper()}{told[1:]}")


def questions() -> list[Choice]:
    """Questions that need no run."""
    counts = {runner: count_multiplications(runner) for runner in PAIR}
    times = counts["transformer"] / counts["cnn"]
    answer = f"About {number(times, '.1f')} times as many"
    return [
        Choice(
            name="multiplications",
            text=(
                "Both have about 100,000 weights. How many multiplications does the transformer make for one "
                "digit, compared with the CNN?"
            ),
            options=["Just as many", answer, f"About {number(10 * times, '.0f')} times as many"],
            answer=answer,
            hints=[
                "How often is each weight of the transformer used: once, or once for each of 50 tokens?",
                "Most weights of the CNN lie behind its last map, in a layer that each digit passes once.",
            ],
            because=(
                f"{counts['transformer']:,} against {counts['cnn']:,}. The transformer uses nearly every "
                "weight for each of 50 tokens; most weights of the CNN lie in its hidden layer, and are "
                "used once."
            ),
        ),
        Choice(
            name="shared",
            text=(
                "One kernel of the CNN’s first layer has 9 weights. At how many places does it look in a "
                "digit of 28 × 28 pixels, which is padded by one pixel all round?"
            ),
            options=["At 1", "At 49", f"At {PLACES}"],
            answer=f"At {PLACES}",
            hints=[
                "The window goes over the whole picture, with padding.",
                "With padding, the window stands once on every pixel. How many pixels has a digit?",
            ],
            because=(
                f"28 × 28 = {PLACES} places share the 9 weights: what it learns at one of them holds for all."
            ),
        ),
    ]


def shown_code() -> Sequence[Callable | type]:
    """The function that sets a run up, the verdict's arithmetic, and both networks."""
    from dlviz.models import DigitTransformer, SimpleCNN
    from dlviz.ui.labs.race.contest import captions

    return [configure, captions.judge, SimpleCNN, DigitTransformer]
