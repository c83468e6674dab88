"""Fields of the Transfer learning lab's state for the view What changed, what was lost."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WhatChangedFields:
    """The network that is compared with what it was."""
