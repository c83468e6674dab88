"""Trials of recipes for positive and negative sentences: what the table says, and of what."""

from pathlib import Path

import pytest

from dlviz import weights
from dlviz.data import reviews, trials
from dlviz.data.trials import Trial
from dlviz.paths import WEIGHTS
from dlviz.training.sentiment_trials import FROZEN, LAYERS, POOLED, WORDS
from dlviz.ui.labs.finetune.captions import compare_with_all


def test_networks_that_ship_have_the_results_of_their_files() -> None:
    shipped = {trial.name: trial for trial in trials.read() if trial.ships}
    assert shipped.keys() >= {f"real_sentiment_{name}" for name in ("classifier", "rnn", "lstm")}
    for name, trial in shipped.items():
        measured = weights.read(WEIGHTS / f"{name}.safetensors").measured
        assert measured["right"].items() <= trial.right.items()
        assert trial.of["validation"] == len(reviews.labelled("validation"))


def test_what_was_passed_over_is_not_tested_and_the_frozen_encoder_is() -> None:
    tested = {trial.network for trial in trials.read() if not trial.ships and trial.share_right is not None}
    assert tested == {FROZEN}
    known = {*WORDS, *LAYERS, "as it ships"}
    assert {trial.recipe for trial in trials.read() if trial.network != FROZEN} <= known
    assert [trial.name for trial in trials.read() if trial.network == FROZEN] == list(POOLED)


def test_trials_are_read_as_they_were_written(tmp_path: Path) -> None:
    trial = Trial(
        "", "BERT", "all layers", 0, {"validation": 90, "everyday": 3}, {"validation": 100, "everyday": 4}
    )
    trials.write([trial], tmp_path)
    assert trials.read(tmp_path) == [trial]
    assert weights.catalogue(tmp_path).endswith("| BERT | all layers | 0 | 90.00 | 75.0 | – | – | no |\n")


def test_seeds_of_a_recipe_share_a_row_with_their_mean_lowest_and_highest() -> None:
    of = {"validation": 100, "everyday": 4}
    of_seeds = [
        Trial("", "BERT", "all layers", seed, {"validation": right, "everyday": right - 88}, of)
        for seed, right in enumerate((90, 92, 91))
    ]
    other = Trial("", "BERT", "one layer", 0, {"validation": 80, "everyday": 2}, of)
    *_, row, last = trials.table([*of_seeds, other])
    assert row.startswith("| BERT | all layers | 0, 1, 2 | 91.00 (90.00 to 92.00) | 75.0 (50.0 to 100.0) |")
    assert last.startswith("| BERT | one layer | 0 | 80.00 | 50.0 |")


def test_all_reviews_are_compared_by_the_real_test() -> None:
    right = {"films": 8, "products": 9, "tweets": 10}
    trial = Trial("mean", FROZEN, "", None, right, dict.fromkeys(right, 10))
    said = compare_with_all([trial])
    assert said.endswith("Frozen, mean 90.0 %.")
    assert trial.share_right == pytest.approx(0.9)
