"""Trials of recipes for the networks of sentiment: what was tried, what it reached, and which one ships.

`python -m dlviz.training.sentiment_trials` makes the file. Pure Python, without torch.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dlviz.data.reviews import KINDS
from dlviz.paths import WEIGHTS

FILE = "sentiment_trials.json"


@dataclass(frozen=True)
class Trial:
    """One recipe, and what it reached.

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

    @property
    def row(self) -> list[str]:
        """Cells of its row in a table."""
        tested = "–"
        if (share := self.share_right) is not None:
            by_kind = ", ".join(f"{kind} {self._share(kind)}" for kind in KINDS.values())
            tested = f"{_in_percent(share, 2)} ({by_kind})"
        return [
            self.network,
            self.recipe,
            "–" if self.seed is None else str(self.seed),
            self._share("validation", 2),
            self._share("everyday"),
            tested,
            self._share("hand-written"),
            "yes" if self.ships else "no",
        ]

    def _share(self, name: str, digits: int = 1) -> str:
        return _in_percent(self.right[name] / self.of[name], digits) if name in self.right else "–"


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
        "seed",
        f"{validation:,} validation sentences",
        f"{everyday:,} everyday ones",
        "real test sentences",
        "hand-written",
        "ships",
    ]
    rows = [head, ["---"] * len(head), *(trial.row for trial in trials)]
    return [
        "## Recipes that were tried for positive and negative sentences",
        "",
        "Right answers in percent, one run each, so that a point more or less may be luck. What does not "
        "ship is not tested, but for the frozen BERT. Made by `python -m dlviz.training.sentiment_trials`.",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
