"""Names of the files that a learner takes away from a run."""


def file_name(run: str) -> str:
    """The name of a run's files, without an ending."""
    return f"dlviz-{run[:8]}"
