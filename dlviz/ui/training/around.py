"""Below the curves."""


def show(run, status) -> None:
    """What the run's network does now."""
