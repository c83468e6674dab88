"""Transfer learning: a network that others have trained, frozen, and a new head on its features."""


class NoBackbone(RuntimeError):
    """There is no such network to load; the message says in one sentence why."""
