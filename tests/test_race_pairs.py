"""The pairs of networks that the Race lab looks into: those that ship, and the learner's own."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlviz.models import DigitTransformer, SimpleCNN
from dlviz.training.config import TrainingConfig
from dlviz.training.race import PAIR, Race, configure
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.fields import codecs
from dlviz.ui.labs.race.pair_choice import name_own_pairs
from dlviz.ui.labs.race.pairs import LAB_PAIR, PairFields, load_pair, name_own_pair
from dlviz.ui.runs import live_run
from dlviz.weights import BadWeights
from tests.kept_runs import kept
from tests.training_runs.idle import Launcher

FIRST, SECOND = "0123456789abcdef0123", "f" * 20


def test_the_pair_of_other_labs_opens_there() -> None:
    pair = load_pair(LAB_PAIR)
    assert isinstance(pair.cnn.model, SimpleCNN)
    assert isinstance(pair.digit_transformer, DigitTransformer)
    assert all(member.inside_lab and member.provenance.endswith(".") for member in pair.members)


def test_a_pair_in_a_link_is_one_that_ships_or_two_runs() -> None:
    codec = codecs(PairFields)["pair"]
    for pair in (LAB_PAIR, "race-1", name_own_pair(FIRST, SECOND)):
        assert codec.read(codec.write(pair)) == pair
    for wrong in ("", "race-9", FIRST, f"{FIRST}.{SECOND}.{FIRST}", "../../etc.passwd", f"{FIRST}.x"):
        with pytest.raises(ValueError, match="no pair"):
            codec.read(wrong)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Service(Store(tmp_path), Launcher(), at_a_time=1)
    monkeypatch.setattr(service, "_shared", made)
    live_run.forget_runs()
    yield made
    made.close()


def test_two_runs_are_a_pair_if_each_is_of_its_kind_and_both_know_the_same_pictures(runs: Service) -> None:
    cnn = kept(runs.store)
    transformer = kept(runs.store, "DigitTransformer", embed_size=16, heads=4, depth=1)
    pair = load_pair(name_own_pair(cnn, transformer))
    assert pair.transformer.run == transformer
    assert pair.cnn.link_to_lab(3, np.zeros((28, 28), np.uint8)) == f"/cnn?sample=3&run={cnn}&weights=run"
    clothes = kept(runs.store, "DigitTransformer", task="fashion", embed_size=16, heads=4, depth=1)
    colours = kept(
        runs.store, "DigitTransformer", task="cifar10", embed_size=16, heads=4, depth=1, colours=3, side=32
    )
    for first, second, sentence in [
        (cnn, colours, "reads pictures in colour"),
        (transformer, cnn, "network is DigitTransformer, which this lab cannot show"),
        (cnn, clothes, "different pictures"),
        (cnn, FIRST, "no run of that name"),
        (kept(runs.store, shuffle=0), transformer, "shuffled patches"),
    ]:
        with pytest.raises(BadWeights, match=sentence):
            load_pair(name_own_pair(first, second))


def test_own_runs_are_paired_where_they_have_learned_the_same_pictures() -> None:
    def run(name: str, config: TrainingConfig) -> Any:
        return SimpleNamespace(run=SimpleNamespace(run=name), config=config)

    race = Race(count=1_000)
    members = [
        run("new", configure(race, "cnn", 1)),
        run("old", configure(race, "cnn", 1)),
        run("other seed", configure(race, "cnn", 2)),
        run("its", configure(race, "transformer", 1)),
        run("rows", configure(race, "lstm", 1)),
        *(run("in colour", configure(replace(race, task="cifar10"), kind, 1)) for kind in PAIR),
    ]
    assert name_own_pairs(members) == {"new.its": "Yours: 1,000 digits, seed 1"}
