"""Fields of the Depth lab's state for the view Regions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RegionsFields:
    """TO BE WRITTEN."""
