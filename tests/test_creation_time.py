from types import SimpleNamespace
from typing import Any

import pytest

from dlviz.ui.labs.training.captions import creation_time


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "15 November, 06:13"),
        ("Asia/Tokyo", "15 November, 15:13"),
        ("America/New_York", "15 November, 01:13"),
    ],
)
def test_a_runs_time_is_that_of_the_learners_zone(zone: str, said: str) -> None:
    status: Any = SimpleNamespace(created=1_763_187_200.0)
    assert creation_time(status, zone) == said


@pytest.mark.parametrize("zone", [None, "", "No/Where", "../../etc"])
def test_without_a_known_zone_it_is_the_servers_time(zone: str | None) -> None:
    status: Any = SimpleNamespace(created=1_763_187_200.0)
    assert creation_time(status, zone) == creation_time(status, None)
