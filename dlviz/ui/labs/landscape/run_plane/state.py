"""Fields of the Loss landscape lab's state for the view A run’s plane."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunPlaneFields:
    """TO BE WRITTEN."""
