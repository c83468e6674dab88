"""The page of the lab Fine-tuning BERT: networks handed in once, own sentences, and what there is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.data import labelled
from dlviz.encoders.loading import Encoder, load
from dlviz.training.fine_tuning import FineTuningConfig, fine_tune, split_own
from dlviz.training.runs import worker
from dlviz.training.runs.service import Service
from dlviz.training.sentences_curve import plan_sentences_curve
from dlviz.ui.labs.finetune import lanes
from dlviz.ui.labs.finetune.controls import ENCODER
from dlviz.ui.labs.finetune.film import follow, make_film
from dlviz.ui.labs.finetune.inputs import Chosen
from dlviz.ui.labs.finetune.state import TITLES
from dlviz.ui.server import model_cache
from tests.encoder_folders import bert
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import silent_server, until

OWN = "text | label\n" + "\n".join(
    f"{word} {place} | {word}"
    for place in ("on the mat", "on a mat", "sat", "on the cat", ".")
    for word in ("cat", "mat")
)


@pytest.fixture
def tiny(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Encoder:
    """A small encoder in place of the packaged one."""
    from dlviz.encoders import packaged

    found = load(bert(tmp_path_factory.mktemp("bert")), "tiny")
    monkeypatch.setattr(model_cache, "bert", lambda: found)
    monkeypatch.setattr(packaged, "encoder", lambda: found)
    return found


def test_networks_are_handed_in_once_with_own_sentences(opened: Open, runs: Service, tiny: Encoder) -> None:
    page = opened("finetune", data="own", lanes="last-two,low-rank")
    page.text_area[0].set_value(OWN).run()
    assert not page.warning
    page.button(key="finetune.train").click().run()
    handed_in = runs.finetunings(MINE)
    configs = [FineTuningConfig.from_json(runs.store.config(status.run)) for status in reversed(handed_in)]
    assert [config.lane for config in configs] == ["last-two", "low-rank"]
    assert len({config.data for config in configs}) == 1
    assert (runs.store.folder(handed_in[0].run) / "own.csv").exists()
    assert page.button(key="finetune.train").disabled
    page.button(key="finetune.arms.stop").click().run()
    assert not page.exception


def test_own_sentences_come_back_in_a_new_session(opened: Open, runs: Service, tiny: Encoder) -> None:
    page = opened("finetune", data="own", lanes="last")
    page.text_area[0].set_value(OWN).run()
    page.button(key="finetune.train").click().run()
    again = opened("finetune", data="own", lanes="last")
    assert labelled.read(str(again.text_area[0].value).encode()) == labelled.read(OWN.encode())
    assert again.button(key="finetune.train").disabled  # the run is found again


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one | two", "no column"),
        ("text | label\na | x\nb | x", "All labels are the same"),
        ("text | label\na | x\nb | y", "There are 2 different sentences"),
    ],
)
def test_own_sentences_that_cannot_be_learned_from_say_why(
    opened: Open, runs: Service, tiny: Encoder, text: str, said: str
) -> None:
    page = opened("finetune", data="own")
    page.text_area[0].set_value(text).run()
    assert said in page.warning[0].value
    assert not page.exception


@pytest.mark.parametrize("view", ["film", "changed"])
def test_a_view_of_what_was_not_trained_yet_says_so(
    opened: Open, runs: Service, tiny: Encoder, view: str
) -> None:
    page = opened("finetune", view=view, data="50")
    assert "train one under" in page.info[0].value
    assert not page.exception


def test_a_curve_is_handed_in_once_and_what_is_missing_later(
    opened: Open, runs: Service, launcher: Launcher, tiny: Encoder
) -> None:
    page = opened("finetune", view="few", lanes="scratch")
    assert page.button(key="finetune.curve.measure").label == "Measure the curve: train 90 networks"
    page.button(key="finetune.curve.measure").click().run()
    names = [part.name for part in plan_sentences_curve(["scratch"])]
    assert [status.name for status in reversed(runs.curves(MINE))] == names
    until(lambda: len(launcher.jobs) == 2)
    page.button(key="finetune.curve.stop").click().run()
    for run, job in launcher.jobs.items():
        job.end("stopped")
        until(lambda run=run: runs.status(run).state == "ended")
    page.pills(key="finetune.lanes").set_value(["scratch", "last"]).run()
    assert page.button(key="finetune.curve.measure").label == "Measure what is missing: train 18 networks"
    page.button(key="finetune.curve.measure").click().run()
    assert {status.name for status in runs.curves(MINE)} == {
        part.name for part in plan_sentences_curve(["scratch", "last"])
    }
    assert len(runs.curves(MINE)) == 9
    assert not page.exception


def test_a_run_that_is_deleted_while_its_film_is_shown_leaves_a_sentence(
    opened: Open, runs: Service, launcher: Launcher, tiny: Encoder
) -> None:
    page = opened("finetune", data="own", lanes="last", tuned="last")
    page.text_area[0].set_value(OWN).run()
    page.button(key="finetune.train").click().run()
    until(lambda: len(launcher.jobs) == 1)
    ((run, job),) = launcher.jobs.items()
    with silent_server() as commands:
        worker.work(runs.store.folder(run), worker._trainer(), commands)
    job.hang_up()
    until(lambda: runs.status(run).state == "ended")
    page.segmented_control(key="finetune.view").set_value("film").run()
    assert any("Won on the way" in shown.value for shown in page.markdown)
    runs.delete(run, MINE)
    page.run()
    assert "train one under" in page.info[0].value
    assert not page.exception


def test_frozen_ways_are_solved_at_once(opened: Open, runs: Service, tiny: Encoder) -> None:
    page = opened("finetune", data="own", lanes="")
    page.text_area[0].set_value(OWN).run()
    shown = page.table[0].value
    assert list(shown["Way"]) == [TITLES[way] for way in lanes.FROZEN]
    assert set(shown["Numbers that learn"]) == {"18"}
    assert page.button(key="finetune.train").disabled
    assert ENCODER in [caption.value for caption in page.caption]
    assert lanes.FROZEN == ("cls", "pooler", "mean", "mean-three")


def test_ones_own_sentence_moves_through_the_film_as_a_held_out_one(tiny: Encoder, tmp_path: Path) -> None:
    chosen = Chosen(split_own(labelled.read(OWN.encode())))
    files: dict[int, Path] = {}
    for event in fine_tune(FineTuningConfig("last-two", 0), chosen.sentences):
        if event["kind"] == "checkpoint":
            step: Any = event["step"]
            state: Any = event["state"]
            files[step] = tmp_path / f"{step}.safetensors"
            state.save(files[step])
    shown, plane = make_film("1", [*files.values()][-1], chosen)
    own = follow(chosen.sentences.held[0][0], shown, plane, files, chosen)
    at = [frame for frame, step in enumerate(shown.steps.tolist()) if step in (0, *files)]
    assert own.since.tolist() == [max(step for step in (0, *files) if step <= now) for now in shown.steps]
    assert np.allclose(own.points[at], shown.points[at, 0], atol=5e-3)
    assert own.answers[at].tolist() == shown.answers[at, 0].tolist()
