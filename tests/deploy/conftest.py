"""Two servers behind a proxy, PostgreSQL, a Dask scheduler and two workers: all real, started once."""

import os
from collections.abc import Iterator

import pytest

from deploy.processes import Missing, Topology, topology


@pytest.fixture(scope="package")
def parts() -> Iterator[Topology]:
    """The topology of compose.yaml, as processes; a test that kills a part starts it again."""
    try:
        with topology(path="/dlviz") as parts:
            yield parts
    except Missing as problem:
        if os.environ.get("CI") == "true":
            pytest.fail(str(problem))
        pytest.skip(str(problem))
