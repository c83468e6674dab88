"""Fields of the Race lab's state for the view Race."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.training.race import ALL, COUNTS, EQUALS, PAIR, RUNNERS, Race
from dlviz.ui import fields

RUNNER_TITLES = {"cnn": "CNN", "transformer": "Transformer", "lstm": "LSTM by rows"}
RUNNER_NAMES = {"cnn": "CNN", "transformer": "transformer", "lstm": "LSTM"}  # within a sentence
DATA_TITLES = {"digits": "Digits", "fashion": "Clothes", "cifar10": "CIFAR-10"}
COUNT_TITLES = {count: "all" if count == ALL else f"{count:,}" for count in COUNTS}
EQUAL_TITLES = dict(zip(EQUALS, ("Weights", "Weights and pictures seen", "Weights and seconds"), strict=True))
SECONDS = (10, 20, 40, 80)
MOST_SEEDS = 5
RATES = (1e-4, 3e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2)
SCHEDULE_TITLES = {"none": "constant", "cosine": "decays", "one-cycle": "warms up, decays"}
AXIS_TITLES = {"step": "By step", "seconds": "By second"}
MOST_POINTS = 60  # percentage points of a lead that may be predicted


def _read_count(text: str) -> int:
    if text not in map(str, COUNTS):
        raise ValueError("no number of examples")
    return int(text)


def _read_seconds(text: str) -> int:
    if text not in map(str, SECONDS):
        raise ValueError("no number of seconds")
    return int(text)


def _read_rate(text: str) -> float:
    if float(text) not in RATES:
        raise ValueError("no learning rate")
    return float(text)


def _rate(runner: str) -> float:
    return fields.coded(RUNNERS[runner].recipe.learning_rate, _read_rate)


def _schedule(runner: str) -> str:
    return fields.choice(SCHEDULE_TITLES, RUNNERS[runner].recipe.scheduler)


@dataclass(frozen=True)
class ContestFields:
    """A race.

    Args:
        data: a key of DATA_TITLES.
        examples: of COUNTS.
        equal: of EQUALS.
        seconds: of training, where these are equal.
        seeds: runs of each network.
        guess, guessed: what was expected; in older links alone.
        axis: of the curves.
        shipped: true to see the race that ships, not the learner's own.
    """

    data: str = fields.choice(DATA_TITLES, "digits")
    examples: int = fields.coded(1_000, _read_count)
    equal: str = fields.choice(EQUALS, "weights")
    seconds: int = fields.coded(20, _read_seconds)
    seeds: int = fields.integer(1, MOST_SEEDS, 3)
    cnn_rate: float = _rate("cnn")
    cnn_schedule: str = _schedule("cnn")
    transformer_rate: float = _rate("transformer")
    transformer_schedule: str = _schedule("transformer")
    guess: int = fields.integer(-MOST_POINTS, MOST_POINTS, 0)
    guessed: bool = fields.flag()
    axis: str = fields.choice(AXIS_TITLES, "step")
    shipped: bool = fields.flag()

    @property
    def race(self) -> Race:
        """The race that is set up."""
        recipes = {
            runner: (getattr(self, f"{runner}_rate"), getattr(self, f"{runner}_schedule")) for runner in PAIR
        }
        return Race(self.data, self.examples, self.equal, self.seconds, recipes)
