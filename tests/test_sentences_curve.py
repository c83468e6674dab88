"""Accuracy against the number of labelled sentences: its parts, its points, and how it is told."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from dlviz.encoders import packaged
from dlviz.encoders.loading import load
from dlviz.training import fine_tuning
from dlviz.training.examples_curve import read_points
from dlviz.training.fine_tuning import FineTuningConfig, draw_reviews, fine_tune
from dlviz.training.runs import worker
from dlviz.training.runs.command_reader import CommandReader
from dlviz.training.runs.owner import hashed
from dlviz.training.runs.store import Store, find_named
from dlviz.training.sentences_curve import (
    COUNTS,
    DRAWS,
    SentencesCurveConfig,
    measure_sentences_curve,
    plan_sentences_curve,
)
from dlviz.ui.labs.finetune.few import design_curve
from dlviz.ui.labs.finetune.state import State
from tests.encoder_folders import bert
from tests.runs import Script
from tests.training_runs.idle import MINE


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small encoder in place of the packaged one, and few sentences to test on."""
    (tmp_path / "bert").mkdir()
    found = load(bert(tmp_path / "bert"), "tiny")
    monkeypatch.setattr(packaged, "encoder", lambda: found)
    monkeypatch.setattr(fine_tuning, "TESTED", 20)


def test_a_curve_is_parted_draw_by_draw_and_found_again_by_what_it_measures() -> None:
    plan = plan_sentences_curve(("all", "scratch", "low-rank"), rank=2)
    assert [part.ways for part in plan[:4]] == [
        ("cls", "pooler", "mean", "mean-three"),
        ("scratch",),
        ("low-rank",),
        ("all",),
    ]
    assert [part.draw for part in plan] == [draw for draw in range(DRAWS) for _ in range(4)]
    assert SentencesCurveConfig.from_json(plan[2].to_json()) == plan[2]
    assert find_named(plan[2].to_json()) == "sentences"
    other = plan_sentences_curve(("all", "scratch", "low-rank"), rank=3, words=True)
    same = [one.name == two.name for one, two in zip(plan, other, strict=True)]
    assert same[:4] == [True, True, False, False]  # the rank matters to LoRA alone, words to all layers
    design = design_curve(State())
    assert design.whole == len(design.ways) * len(COUNTS) * DRAWS
    assert sum(len(part.ways) for part in plan_sentences_curve(State().lanes)) == len(design.ways) * DRAWS


@pytest.mark.parametrize("wrong", [("ways", ()), ("ways", ("?",)), ("counts", (7,)), ("rank", 99)])
def test_what_is_no_curve_is_refused(wrong: tuple[str, object]) -> None:
    with pytest.raises(ValueError, match="There is no such"):
        replace(SentencesCurveConfig(("mean",), 0), **{wrong[0]: wrong[1]})
    with pytest.raises(ValueError, match="damaged"):
        SentencesCurveConfig.from_json('{"sentences": {"nothing": 1}}')


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("lane", ["scratch", "vectors", "last", "low-rank"])
def test_a_point_is_what_a_fine_tuning_of_as_many_sentences_reaches(lane: str) -> None:
    config = SentencesCurveConfig((lane,), 1, counts=(10, 50))
    points = read_points(list(measure_sentences_curve(config)))
    *_, end = fine_tune(FineTuningConfig(lane, 50, 1), draw_reviews(50, 1))
    assert points[lane, 50, 1] == end["test_accuracy"]
    assert set(points) == {(lane, count, 1) for count in (10, 50)}


@pytest.mark.usefixtures("tiny")
def test_a_worker_measures_what_is_missing_and_stops_when_it_is_told(tmp_path: Path) -> None:
    config = SentencesCurveConfig(("cls", "mean"), 0, counts=(10, 20))
    told = list(measure_sentences_curve(config, Script({2: [{"do": "stop"}]})))
    assert [event["kind"] for event in told] == ["sentences", "point", "end"]
    assert told[-1]["reason"] == "stopped"
    store = Store(tmp_path / "runs")
    run = store.create(config.to_json(), hashed(MINE), config.name)
    with (store.folder(run) / "events.jsonl").open("w") as file:
        file.write('{"kind": "sentences", "points": 4}\n')
        file.write('{"kind": "point", "way": "cls", "examples": 10, "draw": 0, "accuracy": 0.25}\n')
    silent, held = os.pipe()  # where the input ends, so does the work
    with open(silent, "rb") as commands:
        reader = CommandReader(commands, lambda: None)
        assert worker.work(store.folder(run), worker._trainer(), reader) == 0
        os.close(held)
    points = read_points(store.events(run))
    assert len(points) == 4
    assert points["cls", 10, 0] == 0.25
    assert (store.last(run) or {})["reason"] == "done"
