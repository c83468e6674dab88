"""Fine-tunings as runs: their sentences, and a worker that trains, is stopped and goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dlviz.data import labelled
from dlviz.data.labelled import Labelled
from dlviz.encoders import packaged
from dlviz.encoders.loading import Encoder, load
from dlviz.finetuning.learning import read_film
from dlviz.training import fine_tuning
from dlviz.training.fine_tuning import (
    FineTuningConfig,
    cut_own,
    draw_reviews,
    find_contradictions,
    fine_tune,
    read_sentences,
    split_own,
)
from dlviz.training.runs import worker
from dlviz.training.runs.launcher import LocalLauncher
from dlviz.training.runs.owner import hashed
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store, find_named
from dlviz.training.tasks.examples import BadTask
from dlviz.training.tasks.own import FILES
from tests.encoder_folders import bert
from tests.runs import Script, of_kind
from tests.training_runs.idle import MINE
from tests.training_runs.processes import silent_server

PLACES = ("on the mat", "on a mat", "on the cat", "on a cat", "sat")
OWN = Labelled(
    tuple(f"{word} {place}" for place in PLACES for word in ("the cat", "a mat")), (0, 1) * 5, ("c", "m")
)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    (tmp_path / "bert").mkdir()
    found = load(bert(tmp_path / "bert"), "tiny")
    monkeypatch.setattr(packaged, "encoder", lambda: found)
    return found


def test_real_sentences_are_as_many_of_each_label_and_none_is_tested_that_was_learned_from() -> None:
    few, many = draw_reviews(50, 3), draw_reviews(200, 3)
    assert [label for _, label in few.learned] == [0, 1] * 25
    assert many.learned[:50] == few.learned
    assert (few.held, few.tested) == (many.held, many.tested)
    assert few.learned != draw_reviews(50, 4).learned
    texts = [{text for text, _ in part} for part in (many.learned, many.held, many.tested)]
    assert sum(map(len, texts)) == len(set.union(*texts)) == 200 + fine_tuning.HELD + fine_tuning.TESTED


def test_own_sentences_are_split_so_that_each_label_is_held_out() -> None:
    found = split_own(OWN)
    assert sorted([*found.learned, *found.held]) == sorted(zip(OWN.texts, OWN.labels, strict=True))
    assert sorted(label for _, label in found.held) == [0, 1]
    assert found.tested == ()
    few = Labelled(OWN.texts[:4], OWN.labels[:4], OWN.classes)
    with pytest.raises(BadTask, match="There are 4 different sentences: it takes 10 to 2,000"):
        split_own(few)
    doubled = Labelled((OWN.texts[0],) * 12, (0, 1) * 6, OWN.classes)
    with pytest.raises(BadTask, match="There are 1 different"):
        split_own(doubled)
    many = Labelled(
        tuple(f"t{n}" for n in range(40)), tuple(n % 21 for n in range(40)), tuple("abcdefghijklmnopqrstu")
    )
    with pytest.raises(BadTask, match="21 different labels, and 20 at the most"):
        split_own(many)


def test_contradictory_labels_are_found() -> None:
    table = Labelled(("Good  film", "good film", "bad", "bad"), (0, 1, 1, 1), ("no", "yes"))
    assert find_contradictions(table) == ["Good  film"]


def test_of_too_many_sentences_the_first_are_kept_and_the_classes_that_they_have() -> None:
    table = Labelled(("one", "One", "two", "three", "four"), (2, 2, 0, 2, 1), ("a", "b", "c"))
    assert cut_own(table, 3) == Labelled(("one", "two", "three"), (1, 0, 1), ("a", "c"))


@pytest.mark.parametrize(
    "wrong", [{"lane": "mean"}, {"lane": "all", "count": 7}, {"lane": "all", "draw": -1}, {"lane": "?"}]
)
def test_what_is_no_fine_tuning_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="There is no such fine-tuning"):
        FineTuningConfig(**wrong)
    with pytest.raises(ValueError, match="damaged"):
        FineTuningConfig.from_json('{"finetuning": {"nothing": 1}}')


def test_a_worker_fine_tunes_is_stopped_and_goes_on(tiny: Encoder, tmp_path: Path) -> None:
    store, trainer = Store(tmp_path / "runs"), worker._trainer()
    config = FineTuningConfig("last", 0, data="1")
    assert find_named(config.to_json()) == "finetuning"
    run = store.create(
        config.to_json(),
        hashed(MINE),
        config.name,
        lambda made: (made / FILES["table"]).write_bytes(labelled.write(OWN)),
    )
    folder = store.folder(run)
    alone = list(fine_tune(config, read_sentences(config, folder)))
    with silent_server() as commands:
        commands._take({"do": "stop"})
        assert worker.work(folder, trainer, commands) == 0
        assert [event["kind"] for event in store.events(run)] == ["start", "epoch", "checkpoint", "end"]
        assert worker.work(folder, trainer, commands) == 0
    told = store.events(run)

    def losses(events: list[dict[str, Any]]) -> list[float]:
        return [event["loss"] for event in events if event["kind"] in ("batch", "epoch")]

    assert losses(told) == losses(alone)
    assert told[-1]["reason"] == "done"
    assert (told[-1]["right"], told[-1]["test_accuracy"]) == (alone[-1]["right"], alone[-1]["test_accuracy"])
    *_, newest = store.checkpoints(run).values()
    assert len(read_film(newest).steps) == len(of_kind(told, "epoch"))
    runs = Service(store, LocalLauncher(), at_a_time=1)
    status = runs.status(run)
    assert (status.kind, status.state, status.can_go_on) == ("finetuning", "ended", False)
    assert (runs.runs(MINE), [each.run for each in runs.finetunings(MINE)]) == ([], [run])
    runs.close()


def test_a_fine_tuning_waits_while_it_is_paused(tiny: Encoder) -> None:
    steering = Script({2: [{"do": "pause"}], 3: [], 4: [{"do": "resume"}]})
    events = list(fine_tune(FineTuningConfig("low-rank", 0), split_own(OWN), steering))
    assert steering.waits == 2
    assert events[-1]["reason"] == "done"


def test_from_scratch_needs_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "encoder", lambda: pytest.fail("an encoder is loaded"))
    *_, end = fine_tune(FineTuningConfig("scratch", 0), split_own(OWN))
    assert len(end["right"]) == 2  # pyright: ignore[reportArgumentType]


def test_a_run_whose_table_is_gone_or_damaged_says_so(tmp_path: Path) -> None:
    config = FineTuningConfig("all", 0)
    with pytest.raises(BadTask, match="missing"):
        read_sentences(config, tmp_path)
    (tmp_path / FILES["table"]).write_bytes(b"text\nonly")
    with pytest.raises(BadTask, match="cannot be read"):
        read_sentences(config, tmp_path)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)
