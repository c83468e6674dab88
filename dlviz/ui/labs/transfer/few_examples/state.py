"""Fields of the Transfer learning lab's state for the view A few examples."""

from dataclasses import dataclass

from dlviz.training.examples_curve import TRANSFERS
from dlviz.ui import fields


@dataclass(frozen=True)
class FewExamplesFields:
    """A start, and what is learned from it.

    Args:
        transfer: a key of `TRANSFERS`.
    """

    transfer: str = fields.choice(TRANSFERS, "digits")
