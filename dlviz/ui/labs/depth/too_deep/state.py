"""Fields of the Depth lab's state for the view Too deep."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TooDeepFields:
    """TO BE WRITTEN."""
