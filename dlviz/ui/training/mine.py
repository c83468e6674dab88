"""My runs: those of this browser."""


def show() -> None:
    """The list."""
