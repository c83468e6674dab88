"""Trials of recipes for the networks of sentiment: what was tried, what it reached, and which one ships.

`python -m dlviz.training.sentiment_trials` makes the file. Pure Python, without torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean

from dlviz.data.reviews import KINDS
from dlviz.paths import WEIGHTS

FILE = "sentiment_trials.json"


@dataclass(frozen=True)
class Trial:
    """One network of a recipe, and what it reached.

    Args:
        name: of the weights file if it ships, of the pooling if the encoder stays frozen; else empty.
        network, recipe: what was trained, and what its recipe does otherwise than the one that ships.
        seed: of its random numbers; None if nothing is drawn.
        right, of: of the "validation" sentences and the "everyday" ones; of a test only if the network was
            not passed over for another: tests choose nothing.
        ships: true if its network is one of the weights files.
    """

    name: str
    network: str
    recipe: str
    seed: int | None
    right: Mapping[str, float]
    of: Mapping[str, float]
    ships: bool = False

    @property
    def share_right(self) -> float | None:
        """Share of all real test sentences that it names right; None if it was not tested."""
        if not set(KINDS.values()) <= set(self.right):
            return None
        right, of = (sum(count[kind] for kind in KINDS.values()) for count in (self.right, self.of))
        return right / of


def _row(same: Sequence[Trial]) -> list[str]:
    """Cells of a recipe's row in a table: of each seed one trial, the one that ships first."""
    first = same[0]
    tested = "–"
    if (share := first.share_right) is not None:
        by_kind = ", ".join(f"{kind} {_reached([first], kind)}" for kind in KINDS.values())
        tested = f"{_in_percent(share, 2)} ({by_kind})"
    return [
        first.network,
        first.recipe,
        "–" if first.seed is None else ", ".join(str(trial.seed) for trial in same),
        _reached(same, "validation", 2),
        _reached(same, "everyday"),
        tested,
        _reached([first], "hand-written"),
        "yes" if first.ships else "no",
    ]


def _reached(same: Sequence[Trial], name: str, digits: int = 1) -> str:
    """Share of right answers: of several trials the mean, the lowest and the highest."""
    shares = [trial.right[name] / trial.of[name] for trial in same if name in trial.right]
    if not shares:
        return "–"
    written = _in_percent(mean(shares), digits)
    if len(shares) == 1:
        return written
    lowest, highest = (_in_percent(share, digits) for share in (min(shares), max(shares)))
    return f"{written} ({lowest} to {highest})"


def _in_percent(share: float, digits: int) -> str:
    return f"{100 * share:.{digits}f}"


def read(folder: Path = WEIGHTS) -> list[Trial]:
    """Read the trials in a folder of weights; none if it has no such file."""
    try:
        rows = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Trial(**row) for row in rows]


def write(trials: Sequence[Trial], folder: Path = WEIGHTS) -> None:
    """Write trials as `read` reads them."""
    lines = ",\n".join(json.dumps(asdict(trial)) for trial in trials)
    (folder / FILE).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def table(trials: Sequence[Trial]) -> list[str]:
    """Write trials as lines of Markdown."""
    validation, everyday = (int(trials[0].of[name]) for name in ("validation", "everyday"))
    head = [
        "network",
        "recipe",
        "seeds",
        f"{validation:,} validation sentences",
        f"{everyday:,} everyday ones",
        "real test sentences",
        "hand-written",
        "ships",
    ]
    recipes = groupby(trials, key=lambda trial: (trial.network, trial.recipe))
    rows = [head, ["---"] * len(head), *(_row([*same]) for _, same in recipes)]
    return [
        "## Recipes that were tried for positive and negative sentences",
        "",
        "Right answers in percent: of several seeds the mean (the lowest to the highest); of one, a point "
        "more or less may be luck. What does not ship is not tested, but for the frozen BERT; of several "
        "seeds the first ships. Made by `python -m dlviz.training.sentiment_trials`.",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
