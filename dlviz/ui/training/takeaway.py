"""What can be taken away."""


def show(run) -> None:
    """Downloads."""
