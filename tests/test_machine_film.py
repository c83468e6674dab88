"""A run's checkpoints, each asked the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints, service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.training.state import State
from dlviz.ui.labs.training.state import State as LabState
from dlviz.ui.labs.training.time_machine import captions
from dlviz.ui.labs.training.time_machine import film as machine_film
from dlviz.ui.labs.training.time_machine.film import (
    FRAMES,
    NetworkInput,
    best_step,
    choose_steps,
    film,
    steps_on_disk,
)
from dlviz.ui.labs.training.time_machine.pictures import message, nearest
from dlviz.ui.runs.live_run import LiveRun
from tests.pages.training_lab import epoch, save, start, tell
from tests.real_runs import cut, trained
from tests.training_runs.idle import MINE, Launcher

CNN = TrainingConfig(samples=96, batch_size=32, epochs=2)
PIXELS = np.random.default_rng(0).random((28, 28)).astype(np.float32)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = Service(Store(tmp_path_factory.mktemp("runs")), Launcher(), at_a_time=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "_shared", made)
        yield made
    made.close()


@pytest.fixture(scope="module")
def run(runs: Service) -> LiveRun:
    live = LiveRun(trained(runs.store, CNN, MINE))
    live.history()
    return live


def state(runs: Service, run: LiveRun, step: int) -> State:
    return State.load(checkpoints.path(runs.store.folder(run.run), step))


@torch.inference_mode()
def test_every_checkpoint_is_its_own_network(runs: Service, run: LiveRun) -> None:
    seen = film(run, NetworkInput.from_picture(PIXELS), "maps", "conv_layers.4")
    assert list(seen.moments) == choose_steps(run) == [0, 1, 3, 6]
    x = (torch.from_numpy(PIXELS)[None, None] - 0.5) / 0.5
    for step, moment in seen.moments.items():
        model: Any = state(runs, run, step).model()
        torch.testing.assert_close(torch.from_numpy(moment.answer), model(x)[0].softmax(0))
        maps = model.conv_layers[:5](x)[0].numpy()
        np.testing.assert_allclose(moment.values, maps, rtol=1e-3, atol=1e-4)  # half precision
    assert not np.array_equal(seen.moments[0].values, seen.moments[6].values)
    assert seen.classes == list("0123456789")
    assert seen.left_out == []


def test_a_part_that_the_network_lacks_is_its_first(run: LiveRun) -> None:
    assert film(run, NetworkInput.from_picture(PIXELS), "maps", "lstm.0").part == "conv_layers.1"
    without = film(run, NetworkInput.from_picture(PIXELS), "gates", "lstm.0")
    assert (without.part, without.parts) == ("", {})
    assert next(iter(without.moments.values())).values.size == 0


def test_the_same_is_computed_once(run: LiveRun, monkeypatch: pytest.MonkeyPatch) -> None:
    film(run, NetworkInput.from_picture(PIXELS), "kernels", "first")
    monkeypatch.setattr(State, "load", lambda path: pytest.fail("read again"))
    film(run, NetworkInput.from_picture(PIXELS), "kernels", "first")
    assert machine_film._read.cache_info().maxsize == 256


def test_a_damaged_checkpoint_is_left_out_and_said(runs: Service) -> None:
    run = LiveRun(trained(runs.store, CNN, MINE))
    run.history()
    cut(runs.store, run.run, 3)
    seen = film(run, NetworkInput.from_picture(PIXELS), "maps", "")
    assert list(seen.moments) == [0, 1, 6]
    assert seen.left_out == ["The checkpoint after step 3 is damaged and is left out."]


def test_a_checkpoint_that_goes_while_the_film_is_read_is_no_damage(
    runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = LiveRun(trained(runs.store, CNN, MINE))
    run.history()
    checkpoints.path(runs.store.folder(run.run), 3).unlink()
    monkeypatch.setattr(
        machine_film, "choose_steps", lambda *_: [0, 1, 3, 6]
    )  # as the disk was a moment before
    seen = film(run, NetworkInput.from_picture(PIXELS), "maps", "")
    assert (list(seen.moments), seen.left_out) == ([0, 1, 6], [])


def test_weights_that_are_no_numbers_are_left_out_and_said(runs: Service) -> None:
    run = LiveRun(trained(runs.store, CNN, MINE))
    run.history()
    broken = state(runs, run, 3)
    broken.weights["fc_layers.4.bias"][0] = torch.nan
    broken.save(checkpoints.path(runs.store.folder(run.run), 3))
    seen = film(run, NetworkInput.from_picture(PIXELS), "maps", "")
    assert list(seen.moments) == [0, 1, 6]
    assert seen.left_out == ["After step 3 its weights are no longer numbers: left out."]


def test_checkpoints_that_overflow_are_left_out_and_said_once(runs: Service) -> None:
    run = LiveRun(trained(runs.store, CNN, MINE))
    run.history()
    for step in (3, 6):
        grown = state(runs, run, step)
        for values in grown.weights.values():
            values *= 1e10
        grown.save(checkpoints.path(runs.store.folder(run.run), step))
    for what in ("maps", "kernels"):
        seen = film(run, NetworkInput.from_picture(PIXELS), what, "")
        assert list(seen.moments) == [0, 1]
        assert seen.left_out == [
            "After step 3 and 1 later one numbers inside it grow so large, beyond 10¹⁵, that its answers no "
            "longer mean anything: left out."
        ]


def test_large_values_are_shown_as_they_are(runs: Service) -> None:
    run = LiveRun(trained(runs.store, CNN, MINE))
    run.history()
    large = state(runs, run, 6)
    large.weights["conv_layers.0.weight"] *= 1e8
    large.save(checkpoints.path(runs.store.folder(run.run), 6))
    seen = film(run, NetworkInput.from_picture(PIXELS), "kernels", "")
    weight = large.weights["conv_layers.0.weight"][:, 0]
    np.testing.assert_array_equal(seen.moments[6].values, weight)


def with_checkpoints(runs: Service, wanted: list[int]) -> tuple[LiveRun, Path]:
    """A run with these, all alike, and its folder."""
    name = runs.submit(CNN, MINE)
    event, folder = save(runs, name, 0), runs.store.folder(name)
    for step in wanted[1:]:
        checkpoints.path(folder, step).hardlink_to(checkpoints.path(folder, 0))
    tell(runs, name, start(), *({**event, "step": step} for step in wanted))
    run = LiveRun(name)
    run.history()
    return run, folder


def selection(run: LiveRun, keep: tuple[int, ...] = ()) -> str:
    """What is said of the checkpoints that a film of the run shows."""
    shown = choose_steps(run, keep)
    return captions.selection(shown, steps_on_disk(run), run.checkpoints, best_step(run))


def test_of_very_many_checkpoints_the_first_and_some_others_are_shown(runs: Service) -> None:
    wanted = [0, 1, 3, 10, 30, *range(200, 6200, 100)]
    run, folder = with_checkpoints(runs, wanted)
    shown = choose_steps(run)
    assert shown == checkpoints.spread(wanted, FRAMES, 0)
    said = "32 of 65 checkpoints are shown: the first 16, the newest, and others at even distances."
    assert selection(run) == said
    # However many follow, a learner stays where they stand.
    assert 1500 not in shown
    assert choose_steps(run, (1500, 7)) == sorted([*shown, 1500])
    assert selection(run, (1500, -1)) == said.replace("32", "33")
    tell(runs, run.run, {**epoch(1, 0.5), "step": 1500})  # the best until now
    run.history()
    assert 1500 in choose_steps(run)
    assert "the first 16, the best epoch’s, the newest, and" in selection(run)
    checkpoints.path(folder, 3100).unlink()  # as a long run thins them out
    assert 3100 not in choose_steps(run)
    assert selection(run).endswith("distances. Only 64 are still on the disk, chosen in the same way.")


def test_of_a_film_that_is_whole_nothing_is_said(run: LiveRun) -> None:
    assert selection(run) == ""


def test_captions_are_the_events(run: LiveRun) -> None:
    history = run.history()
    assert captions.checkpoint(history, 0) == "Step 0: random weights, nothing learned"
    assert captions.checkpoint(history, 1) == "Step 1, epoch 1: not measured there"
    right = f"{100 * history.epochs['accuracy'][1]:.1f} %"
    assert captions.checkpoint(history, 6) == f"Step 6, epoch 2: validation accuracy {right}"


@pytest.mark.parametrize("reason", ["early", "done", "time"])
def test_the_caption_of_the_last_checkpoint_says_whose_weights_it_holds(run: LiveRun, reason: str) -> None:
    history = run.history()
    worse = {**history.epochs, "loss": np.array([0.5, 0.9]), "accuracy": np.array([0.875, 0.7])}
    ended = replace(history, epochs=worse, reason=reason, restored=True)
    assert captions.checkpoint(ended, 6) == (
        "Step 6, epoch 2; early stopping brought back the weights of epoch 1, validation accuracy 87.5 %"
    )
    assert captions.checkpoint(ended, 3) == "Step 3, epoch 1: validation accuracy 87.5 %"
    assert (
        captions.checkpoint(replace(ended, restored=False), 6)
        == "Step 6, epoch 2: validation accuracy 70.0 %"
    )


def test_the_picture_says_where_the_learner_stands_and_what_is_shown(run: LiveRun) -> None:
    shown = film(run, NetworkInput.from_picture(PIXELS), "maps", "fc_layers.2")
    header, arrays = message(run, shown, LabState(what="maps", at=2, beside=6), 5)
    assert [each["step"] for each in header["checkpoints"]] == [0, 1, 3, 6]
    assert (header["step"], header["beside"], header["link"]) == (1, 3, 5)
    assert (header["item"], header["title"]) == ("unit", shown.parts["fc_layers.2"])
    assert header["note"] == captions.NOTES["maps"]
    np.testing.assert_array_equal(arrays["answers"], [each.answer for each in shown.moments.values()])
    assert (arrays["values"].shape, arrays["values"].dtype) == ((4, 256, 1, 1), np.float16)
    header, _ = message(
        run, film(run, NetworkInput.from_picture(PIXELS), "gates", ""), LabState(what="gates"), 0
    )
    # The newest checkpoint, nothing beside it, and nothing to show.
    assert (header["step"], header["beside"], header["title"], header["note"]) == (3, -1, "Gates", "")


def test_the_nearest_checkpoint() -> None:
    assert [nearest([0, 1, 3, 10], wanted) for wanted in (0, 2, 6, 99)] == [0, 1, 2, 3]


def test_a_sentence_without_words_is_refused(runs: Service, run: LiveRun) -> None:
    checkpoint = machine_film.Checkpoint(state(runs, run, 0).model(), "TextClassifier", {"vocabulary": []}, 0)
    with pytest.raises(ValueError, match="Write a word or two"):
        NetworkInput("sentence", text="  ").tensor(checkpoint)
