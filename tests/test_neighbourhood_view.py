"""The view A neighbourhood of the lab Loss landscape: what is planned, found, drawn and said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from dlviz.figures import neighbourhood as figures
from dlviz.training.config import TrainingConfig
from dlviz.training.loss_surface import Network, Surface, SurfaceConfig, measure_surface, read_surface
from dlviz.training.runs import checkpoints, scheduler, service
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.fields import codecs
from dlviz.ui.labs.landscape.neighbourhood import captions, measuring, networks, questions
from dlviz.ui.labs.landscape.neighbourhood.forward import (
    ForwardPass,
    Rise,
    are_equal,
    find_higher,
    measure_rise,
    plan_pictures,
    take_whole_grid,
)
from dlviz.ui.labs.landscape.neighbourhood.networks import Choice, NoNetwork
from dlviz.ui.labs.landscape.neighbourhood.state import DRAWS, RESCALED, SHIPPED
from dlviz.ui.labs.landscape.state import State
from dlviz.ui.runs import live_run
from dlviz.ui.server import owner_cookie
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until

NEAR = State(view="near")
MLP, CNN = Choice("MLP", Network("mlp")), Choice("SimpleCNN", Network("simple_cnn"))
RUN = "0" * 20


@pytest.fixture
def launcher() -> Launcher:
    return Launcher()


@pytest.fixture
def runs(tmp_path: Path, launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The server's runs, all of them mine, whose workers do nothing."""
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    made = Service(Store(tmp_path), launcher)
    monkeypatch.setattr(service, "_shared", made)
    monkeypatch.setattr(owner_cookie, "token", lambda: MINE)
    live_run.forget_runs()
    yield made
    made.close()


def make_surface(losses: list[list[float]], measured: list[list[bool]] | None = None) -> Surface:
    values = np.array(losses)
    known = np.ones(values.shape, bool) if measured is None else np.array(measured)
    rows, columns = values.shape
    along = np.linspace(-1, 1, columns)
    across = np.linspace(-1, 1, rows)
    return Surface(along, across, np.where(known, values, np.nan), known, None, (), 0, (columns,))


def make_rise(title: str, low: float, high: float) -> Rise:
    """A rise whose draws spread evenly at two distances."""
    draws = np.linspace(low, high, DRAWS)
    return Rise(title, np.array([0.5, 1.0]), np.stack([draws, 2 * draws], axis=1))


def passed(*rises: Rise, surfaces: tuple[Surface | None, Surface | None] = (None, None)) -> ForwardPass:
    return ForwardPass(plan_pictures(MLP, CNN, replace(NEAR, beside="cnn")), surfaces, rises)


def alone(rise: Rise) -> ForwardPass:
    """Two draws around one network."""
    return ForwardPass(plan_pictures(MLP, None, NEAR), (None, None), (rise,))


def test_another_draw_is_the_same_network_with_another_seed() -> None:
    first, second = plan_pictures(MLP, None, replace(NEAR, draw=3, other_draw=8))
    assert (first.title, second.title) == ("MLP, draw 3", "MLP, draw 8")
    assert (first.plane.seed, second.plane.seed) == (3, 8)
    assert first.plane == replace(second.plane, seed=3)
    assert first.lines == second.lines  # measured once


def test_a_rescaled_network_is_measured_in_the_same_draw() -> None:
    first, second = plan_pictures(MLP, None, replace(NEAR, beside=RESCALED, plain=True))
    assert second.title == "MLP, rescaled × 4"
    assert first.plane == replace(second.plane, factor=1) != second.plane
    assert not first.plane.normalised
    assert second.lines == replace(first.lines, factor=4)


def test_two_networks_of_one_name_are_told_apart() -> None:
    plans = plan_pictures(MLP, Choice("MLP", Network(RUN, (3,))), replace(NEAR, beside=RUN))
    assert [plan.title for plan in plans] == ["MLP (left)", "MLP (right)"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("around", "draw"),
        ("around", "../mlp"),
        ("beside", "<b>"),
        ("beside", "0" * 19),
        ("draw", "-1"),
        ("other_draw", "10000"),
        ("edge", "3"),
        ("guess_higher", "third"),
        ("view", "far"),
    ],
)
def test_a_link_holds_what_there_is_or_nothing(field: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        codecs(State)[field].read(text)


def keep(runs: Service, network: str, task: str = "digits", steps: tuple[int, ...] = (0, 7)) -> str:
    """A run of mine that has come so far."""
    run = runs.submit(TrainingConfig(task=task), MINE, f"My {network}")
    (runs.store.folder(run) / checkpoints.FOLDER).mkdir(exist_ok=True)
    with Journal(runs.store.folder(run)) as journal:
        journal.write({"kind": "start", "network": network})
        for step in steps:
            journal.write({"kind": "checkpoint", "step": step, "epoch": 0})
    return run


def test_runs_whose_networks_read_pictures_are_offered(runs: Service) -> None:
    good, rows = keep(runs, "MLP"), keep(runs, "LSTMModel")
    empty = keep(runs, "MLP", steps=())
    assert networks.find_runs() == {good: "My MLP"}
    assert networks.look_at(good) == Choice("My MLP", Network(good, (7,)))
    for run, said in ((rows, "reads rows"), (empty, "no weights yet"), (RUN, "no run of that name")):
        with pytest.raises(NoNetwork, match=said):
            networks.look_at(run)


def test_what_is_measured_is_found_again_and_handed_in_once(runs: Service, launcher: Launcher) -> None:
    config = SurfaceConfig("random", (Network("mlp"),), sides=(3,))
    measuring.hand_in([config, config], "problem")
    (run,) = (status.run for status in runs.surfaces(MINE))
    until(lambda: run in launcher.jobs)
    measuring.hand_in([config], "problem")
    assert len(runs.surfaces(MINE)) == 1
    with Journal(runs.store.folder(run)) as journal:
        journal.write({"kind": "surface", "axes": [[-1, 0, 1]] * 2, "shares": None, "checkpoints": []})
        for place in range(8):
            journal.write({"kind": "loss", "row": place // 3, "column": place % 3, "loss": 1.0})
    (found,) = measuring.look_at([config])
    assert not found.is_settled
    assert found.share_done == pytest.approx(8 / 9)
    launcher.jobs[run].end("stopped")
    until(lambda: measuring.look_at([config])[0].is_settled)
    assert not measuring.look_at([config])[0].is_whole
    measuring.hand_in([config], "problem")  # it goes on where it was stopped
    until(lambda: not measuring.look_at([config])[0].is_settled)
    assert [status.run for status in runs.surfaces(MINE)] == [run]
    assert json.loads(runs.store.config(run)) == json.loads(config.to_json())
    assert measuring.look_at([replace(config, seed=1)])[0].status is None


def test_a_rise_is_of_the_draws_that_are_measured_whole() -> None:
    lines = make_surface([[4, 1, 2], [9, 1, 9]], [[True, True, True], [True, True, False]])
    rise = measure_rise("MLP", lines)
    assert rise is not None
    np.testing.assert_array_equal(rise.losses, [[3.0]])
    assert measure_rise("MLP", None) is None
    assert measure_rise("MLP", make_surface([[4, 1, 2]], [[True, False, False]])) is None


def test_a_loss_is_higher_only_if_it_is_in_every_draw() -> None:
    low, high = make_rise("low", 1, 2), make_rise("high", 3, 4)
    assert find_higher(low, high) == [1, 1]
    assert find_higher(high, low) == [0, 0]
    assert find_higher(low, make_rise("both", 1.5, 4)) == [None, None]
    assert find_higher(low, make_rise("gone", np.nan, np.nan)) == [1, 1]


def test_the_verdict_waits_for_all_draws_and_names_what_overlaps() -> None:
    low, high, both = make_rise("low", 1, 2), make_rise("high", 3, 4), make_rise("both", 1.5, 3)
    few = replace(low, losses=low.losses[:3])
    waits = passed(few, high)
    assert captions.tell_rise(waits) == f"Measured so far: 3 of {DRAWS} draws. The verdict waits for all."
    assert "Higher in every draw" not in captions.rows(waits)[0]
    assert [asked.name for asked in questions.questions(waits, NEAR)] == ["rescaled"]
    said = captions.tell_rise(passed(low, high))
    assert said.startswith("At distances of 0.5 and 1 every draw around **high** has a higher loss")
    assert said.endswith("luck alone would do that at a given distance 1 time in 6,435.")
    assert (
        captions.tell_rise(passed(low, both)) == "At distances of 0.5 and 1 the draws overlap: within luck."
    )
    assert "the loss is **2** in one and **4** in another" in captions.tell_rise(passed(low))
    assert "have the same losses" in captions.tell_rise(passed(low, replace(low, title="twin")))


def test_the_question_is_answered_by_all_draws() -> None:
    low, high, both = make_rise("low", 1, 2), make_rise("high", 3, 4), make_rise("both", 1.5, 4)
    for rises, answer in (((low, high), CNN.title), ((low, both), questions.NEITHER), ((low,), None)):
        assert questions.main_question(passed(*rises)).answer == answer
    few = replace(low, losses=low.losses[:3])
    assert questions.main_question(alone(few)).answer is None


def test_losses_that_are_no_numbers_are_gaps_and_said() -> None:
    surface = make_surface([[1, np.nan, 3], [4, 0.5, 6], [7, 8, 20]])
    said = captions.tell_surface(surface)
    assert "At 1 place the loss is no number: a gap." in said
    assert "★ as trained: **0.5**. Highest: **20**." in said
    plan = plan_pictures(MLP, None, NEAR)[0]
    assert "no number" in captions.describe_picture(plan, surface)
    traces: Any = figures.contours(surface.first, surface.losses, figures.share_scale(surface.losses)).data
    assert np.isnan(traces[0].z[0][1])
    assert np.isfinite(np.delete(np.asarray(traces[0].z).ravel(), 1)).all()
    nothing = make_surface([[np.nan] * 3] * 3)
    assert "At 9 places" in captions.tell_surface(nothing)
    figures.surface(nothing.first, nothing.losses, figures.share_scale(nothing.losses))
    gone = passed(make_rise("gone", np.nan, np.nan))
    assert "no number in some draws" in captions.tell_rise(gone)
    assert captions.rows(gone)[0]["gone"] == f"no number in {DRAWS} draws"
    assert [asked.name for asked in questions.questions(gone, NEAR)] == ["rescaled"]


def test_a_picture_is_the_finest_grid_that_is_measured_whole() -> None:
    losses = np.arange(25.0).reshape(5, 5)
    measured = np.zeros((5, 5), bool)
    measured[::2, ::2] = True
    measured[0, 1] = True
    surface = replace(make_surface(losses.tolist(), measured.tolist()), sides=(3, 5))
    along, shown = take_whole_grid(surface)
    np.testing.assert_array_equal(along, [-1, 0, 1])
    np.testing.assert_array_equal(shown, losses[::2, ::2])
    assert captions.tell_surface(surface).startswith("3 × 3 places. ★ as trained: **12**.")
    assert [[*row.values()] for row in captions.grid_rows(surface)] == [
        ["1", "20", "22", "24"],
        ["0", "10", "12", "14"],
        ["−1", "0", "2", "4"],
    ]


def test_two_pictures_have_one_scale_of_colour_and_of_height() -> None:
    one, other = np.array([[0.01, 0.1], [1, 2]]), np.array([[3.0, 4], [5, 100]])
    scale = figures.share_scale(one, other)
    assert scale == pytest.approx((-2, 2))
    along = np.array([-1.0, 1.0])
    for losses in (one, other):
        flat: Any = figures.contours(along, losses, scale)
        assert (flat.data[0].zmin, flat.data[0].zmax) == scale
        deep: Any = figures.surface(along, losses, scale)
        assert deep.layout.scene.zaxis.range == scale
        np.testing.assert_allclose(10 ** np.asarray(deep.data[0].z), losses)


def test_a_rescaled_pair_says_whether_its_pictures_are_equal() -> None:
    state = replace(NEAR, beside=RESCALED)
    one, other = make_surface([[1, 2, 3]] * 3), make_surface([[1, 2, 7]] * 3)
    assert are_equal(one, one)
    assert not are_equal(one, other)
    assert "equal, to the last digit" in captions.tell_pair(passed(surfaces=(one, one)), state)
    differ = captions.tell_pair(passed(surfaces=(one, other)), replace(state, plain=True))
    assert differ.endswith("yet the pictures differ, by up to 4 at one place.")
    assert captions.tell_pair(passed(surfaces=(one, other)), NEAR) == ""
    assert captions.tell_pair(passed(surfaces=(one, None)), state) == ""


def test_curves_over_the_distance_hold_mean_range_and_every_draw() -> None:
    low, high = make_rise("low", 1, 2), make_rise("high", 3, 4)
    traces: Any = figures.rise(low.distances, {rise.title: rise.losses for rise in (low, high)}).data
    band, points, line = traces[:3]
    np.testing.assert_allclose(line.y, [1.5, 3])
    np.testing.assert_allclose(band.y, [2, 4, 2, 1])
    assert len(points.y) == 2 * DRAWS
    row = captions.rows(passed(low, high))[0]
    assert row == {
        "Distance": "0.5",
        "low": "1.5 (1 to 2)",
        "high": "3.5 (3 to 4)",
        "Higher in every draw": "high",
    }


def test_a_runs_name_is_text_wherever_it_stands() -> None:
    rise = make_rise("[a](http://b) <b>c</b>", 1, 2)
    (row,) = {tuple(row) for row in captions.rows(passed(rise))}
    assert row[1].startswith("\\[a\\]")
    traces: Any = figures.rise(rise.distances, {rise.title: rise.losses}).data
    assert "&lt;b&gt;" in traces[2].name


def test_the_question_on_luck_is_answered_by_the_draws() -> None:
    asked = questions.main_question(alone(make_rise("low", 1, 2)))
    assert asked.answer == "1.5 to 3 times as high"
    asked = questions.main_question(alone(make_rise("wide", 1, 9)))
    assert asked.answer == "More than 3 times as high"


@pytest.mark.parametrize("network", SHIPPED)
def test_the_script_measures_the_same_losses(
    network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(questions, "EXAMPLES", 16)
    plain = network == "mlp"
    state = replace(NEAR, around=network, draw=3, edge="0.5", plain=plain)
    files = {**questions.script_files(passed(), state)}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content())
    monkeypatch.setattr("sys.argv", ["", *(str(tmp_path / name) for name in files)])
    written = {"__name__": "script"}
    with torch.no_grad():
        exec(questions.script(passed(), state).replace("torch.set_grad_enabled(False)", ""), written)
    printed = [line.split()[1:] for line in capsys.readouterr().out.splitlines()[2:]]
    plane = replace(plan_pictures(networks.look_at(network), None, state)[0].plane, sides=(5,), examples=16)
    surface = read_surface(plane, list(measure_surface(plane, tmp_path)))
    assert surface is not None
    np.testing.assert_allclose(np.array(printed, float)[::-1], surface.losses, atol=2e-3, rtol=2e-3)


def test_a_run_has_no_script() -> None:
    assert questions.has_script(NEAR)
    assert not questions.has_script(replace(NEAR, around=RUN))
