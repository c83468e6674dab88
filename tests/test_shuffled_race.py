"""The runs of the race that learn from shuffled patches, and the results that ship."""

from dataclasses import replace
from pathlib import Path

import pytest

from dlviz.training import shuffled_race
from dlviz.training.race import PAIR, Race, configure
from dlviz.training.shuffled_race import KEYS, ORDER, SEEDS, configure_run, read, write


@pytest.mark.parametrize("runner", PAIR)
def test_a_run_differs_from_the_races_in_the_order_of_patches_alone(runner: str) -> None:
    plain, shuffled = (configure_run(runner, order, 2) for order in (False, True))
    assert plain == configure(Race(count=shuffled_race.EXAMPLES), runner, 2)
    assert shuffled == replace(plain, shuffle=ORDER)


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    accuracies = {key: at / 100 for at, key in enumerate(KEYS)}
    write(accuracies, tmp_path / "race" / "shuffled.json")
    assert read(tmp_path / "race" / "shuffled.json") == accuracies
    assert len(KEYS) == 2 * len(PAIR) * len(SEEDS)


def test_every_run_ships() -> None:
    assert read().keys() == set(KEYS)
