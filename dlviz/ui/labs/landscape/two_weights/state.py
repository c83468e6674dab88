"""Fields of the Loss landscape lab's state for the view Two weights."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TwoWeightsFields:
    """TO BE WRITTEN."""
