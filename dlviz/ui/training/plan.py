"""Before the run."""


def show(wanted) -> None:
    """What the run will be."""
