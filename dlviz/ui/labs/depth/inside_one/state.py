"""Fields of the Depth lab's state for the view Inside one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InsideOneFields:
    """TO BE WRITTEN."""
