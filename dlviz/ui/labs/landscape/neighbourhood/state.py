"""Fields of the Loss landscape lab's state for the view A neighbourhood."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NeighbourhoodFields:
    """TO BE WRITTEN."""
