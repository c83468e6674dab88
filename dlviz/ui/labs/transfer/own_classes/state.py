"""Fields of the Transfer learning lab's state for the view My own classes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OwnClassesFields:
    """Pictures and how they are looked at; pictures of a learner's own cannot travel in a link."""
