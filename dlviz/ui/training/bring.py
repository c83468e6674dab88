"""Weights that a learner brings in: checked key by key, and kept as a run that the labs can open."""


def show() -> None:
    """A field for a file."""
