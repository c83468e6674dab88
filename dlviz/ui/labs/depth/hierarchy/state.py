"""Fields of the Depth lab's state for the view Layer by layer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HierarchyFields:
    """TO BE WRITTEN."""
