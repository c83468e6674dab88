"""The question of an experiment: which of its runs does best."""

from __future__ import annotations

from dlviz.questions import Choice
from dlviz.training.analysis.comparison import title
from dlviz.training.experiments import EXPERIMENTS
from dlviz.ui.labs.training.compare.comparison import Comparison
from dlviz.ui.runs import together


def main_question(name: str, compared: Comparison, seeds: int) -> Choice:
    """Ask which run of an experiment will be the best; answered once all have come to their own end.

    Args:
        name: a key of `EXPERIMENTS`.
        seeds: with which each run is trained.
    """
    experiment = EXPERIMENTS[name]
    held = "test" if experiment.measure == "tested" else "validation"
    asked = Choice(
        name=f"best.{name}",
        text=f"Which will have the {title(experiment.measure, held)}?",
        options=[label for label, _ in experiment.runs()],
        answer=None,
        hints=[
            "The table of the plan lists what the runs do not have in common. It is one thing alone.",
            "Take that thing to its extremes, much too little and much too much. What would go wrong?",
        ],
        why="Why does it do better than the others, or no better?",
        because="",
    )
    leaders = compared.leaders(experiment.measure)
    if not {*leaders} <= {*asked.options}:
        return asked  # a link can name any runs
    return together.answer_with_leaders(asked, leaders, seeds)
