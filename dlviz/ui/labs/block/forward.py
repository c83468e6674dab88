"""One pass of what was put in, and what of it is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.block.state import get

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dlviz.attention.stream import Normed
    from dlviz.ui.labs.block.inputs import Source


@dataclass(frozen=True, eq=False)
class Run:
    """A pass.

    Args:
        record: all that was recorded.
        logits: (classes,) of the answer or of the next character; None where there is no head.
        depth, block, token, unit: how many blocks, and what is looked at.
        share: of the values that dropout silences.
    """

    source: Source
    record: Mapping[str, np.ndarray]
    logits: np.ndarray | None
    depth: int
    block: int
    token: int
    unit: int
    share: float

    @property
    def stations(self) -> dict[str, np.ndarray]:
        """Station -> (token, width), of the block that is looked at."""
        from dlviz.attention.stream import stations

        return stations(self.record, self.block)

    @property
    def patterns(self) -> np.ndarray:
        """(block, head, query, key)."""
        from dlviz.attention.stream import patterns

        return patterns(self.record, self.depth)

    @property
    def head(self) -> int:
        """The head that is looked at: the learner's if there is one of that number."""
        return min(get("head"), self.patterns.shape[1] - 1)

    @property
    def sizes(self) -> np.ndarray:
        """(block, station, token)."""
        from dlviz.attention.stream import sizes

        return sizes(self.record, self.depth)

    def normed(self, number: int) -> Normed:
        """The numbers of norm1 or norm2 of the block that is looked at."""
        from dlviz.attention.stream import normed

        layer = self.source.model.get_submodule(f"blocks.{self.block}.norm{number}")
        return normed(layer, self.stations["mid" if number == 1 else "post"])  # pyright: ignore[reportArgumentType]

    @property
    def probabilities(self) -> np.ndarray | None:
        """(classes,) of the logits."""
        if self.logits is None:
            return None
        raised = np.exp(self.logits - self.logits.max())
        return raised / raised.sum()


def run(source: Source) -> Run:
    """The pass, with dropout at work if the learner wants it."""
    from dlviz.attention.stream import dropped
    from dlviz.trace import trace

    depth = len(source.model.get_submodule("blocks"))  # pyright: ignore[reportArgumentType]
    share = int(get("dropout")) / 100
    edits = dropped(depth, share, get("dropout_seed")) if share else {}
    output, record = trace(source.model, source.x, edits)
    logits = {"words": None, "digit": output[0], "text": output[0, -1]}[source.kind]
    embed = record["blocks.0.resid_pre"].shape[2]
    return Run(
        source,
        record,
        None if logits is None else logits.numpy(),
        depth,
        min(get("block"), depth - 1),
        _token(source),
        min(get("unit"), embed - 1),
        share,
    )


def _token(source: Source) -> int:
    """The learner's token if it is there; else a text's last, whose answer counts, or the first."""
    count = len(source.tokens)
    return get("token") if 0 <= get("token") < count else count - 1 if source.kind == "text" else 0
