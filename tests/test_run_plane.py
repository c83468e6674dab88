"""The lab Loss landscape, view A run's plane: runs, sentences and figures."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dlviz.figures import run_plane as figures
from dlviz.training.config import TrainingConfig
from dlviz.training.loss_surface import DIFFERENT_DATA, DIFFERENT_WEIGHTS, Stem, Surface
from dlviz.ui.fields import codecs
from dlviz.ui.labs.landscape.run_plane import captions, questions
from dlviz.ui.labs.landscape.run_plane.runs import MOST_STEPS, configure_set, span
from dlviz.ui.labs.landscape.state import State

NAMES = ["SGD at 0.1", "Adam at 0.001"]
STEMS = (
    Stem(0, 0, (0.0, 0.0), 2.0, 2.0),
    Stem(0, 5, (1.0, 0.5), 1.0, 0.25),
    Stem(0, 9, (2.0, 0.5), 0.5, 0.4),
    Stem(1, 0, (0.0, 0.0), 2.0, 2.0),
    Stem(1, 9, (1.0, -1.0), 0.3, 0.6),
)
AXIS = np.array([-1.0, 0.0, 3.0])
SURFACE = Surface(
    AXIS, AXIS, np.arange(1.0, 10).reshape(3, 3), np.full((3, 3), True), (0.7, 0.25), STEMS, 5, (3,)
)
BASE = TrainingConfig(model="MLP")


def members(*configs: TrainingConfig, checkpoints: int = 5, state: str = "ended") -> Sequence[Any]:
    run = SimpleNamespace(checkpoints=[*range(checkpoints)])
    return [SimpleNamespace(config=of, run=run, status=SimpleNamespace(state=state)) for of in configs]


@pytest.mark.parametrize(
    ("losses", "ticks"),
    [
        ([0.1, 2.6], [0.1, 0.3, 1]),
        ([0.6, 5.1], [1, 2, 5]),
        ([0.004, 300], [0.01, 0.1, 1, 10, 100]),
        ([1.1, 1.2], [1.1, 1.2]),
        ([2.0, 4.5, np.nan], [2, 3, 4]),
    ],
)
def test_a_logarithmic_scale_has_round_ticks(losses: list[float], ticks: list[float]) -> None:
    assert figures._choose_ticks(np.array(losses)) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (replace(BASE, optimizer="SGD", learning_rate=0.1), ""),
        (replace(BASE, batch_norm=True), DIFFERENT_WEIGHTS),
        (replace(BASE, sizes={"hidden_size": 5}), DIFFERENT_WEIGHTS),
        (replace(BASE, model="SimpleCNN"), DIFFERENT_WEIGHTS),
        (replace(BASE, task="fashion"), DIFFERENT_DATA),
        (replace(BASE, seed=3), captions.DIFFERENT_STARTS),
    ],
)
def test_runs_that_share_no_plane_are_told_apart(second: TrainingConfig, says: str) -> None:
    assert captions.find_problem(members(BASE, second)) == says


def test_a_run_of_one_checkpoint_spans_no_plane_once_it_has_ended() -> None:
    assert captions.find_problem(members(BASE, checkpoints=1)).startswith("There is only 1 checkpoint")
    assert captions.find_problem(members(BASE, checkpoints=1, state="running")) == ""
    empty = [*members(BASE), *members(BASE, checkpoints=0)]
    assert captions.find_problem(empty).startswith("One of these runs has no checkpoint")


def test_the_three_runs_begin_at_one_start_and_differ_in_one_thing() -> None:
    for name in ("optimizers", "rates"):
        for norm in (False, True):
            configs = configure_set(State(runs_set=name, runs_norm=norm))
            assert len(configs) == 3
            assert captions.find_problem(members(*configs.values())) == ""
            assert captions.name_apart([*configs.values()]) == [*configs]


def test_of_many_checkpoints_some_span_the_plane_the_first_and_the_last_among_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = dict.fromkeys(range(0, 640, 10))
    store = SimpleNamespace(checkpoints=lambda run: steps if run == "a" * 20 else {0: None, 7: None})
    monkeypatch.setattr(
        "dlviz.ui.labs.landscape.run_plane.runs.service.shared", lambda: SimpleNamespace(store=store)
    )
    long, short = (SimpleNamespace(run=SimpleNamespace(run=letter * 20)) for letter in "ab")
    many, few = span([long, short])  # pyright: ignore[reportArgumentType]
    assert len(many.steps) == MOST_STEPS
    assert (many.steps[0], many.steps[-1]) == (0, 630)
    assert few.steps == (0, 7)


def test_the_longest_stem_is_told_by_its_factor() -> None:
    told = captions.tell_stems(STEMS, NAMES)
    assert "SGD at 0.1, step 5" in told
    assert "own loss is 1 where the plane has 0.25, a factor of 4." in told
    assert told.startswith("The runs leave this plane")
    assert captions.tell_stems(STEMS[:3], NAMES[:1]).startswith("The run leaves this plane")
    assert "2 of 5 checkpoints have a higher loss" in told
    assert captions.find_gap(STEMS[-1]) == pytest.approx(2)
    broken = Stem(0, 1, (0.0, 0.0), np.nan, 1.0)
    assert captions.find_gap(broken) == 0
    assert captions.tell_stems([broken], NAMES) == ""
    assert "within 10 %" in captions.tell_stems(STEMS[:1], NAMES)


def test_the_share_of_the_variance_is_told_and_answers_the_question() -> None:
    told = captions.tell_plane(SURFACE)
    assert "**70.0 %**" in told
    assert "**25.0 %**" in told
    assert told.endswith("5.0 % lies outside the plane.")
    assert questions.main_question(SURFACE).answer == pytest.approx(95)
    assert not questions.main_question().is_begun


def test_the_caption_says_what_the_loss_is_measured_on() -> None:
    assert captions.tell_loss(512, batch_norm=False).endswith("512 training examples, without dropout.")
    assert captions.tell_loss(512, batch_norm=True).endswith("at every place.")


def test_two_runs_of_one_name_are_numbered() -> None:
    assert captions.name_apart([BASE, BASE]) == ["Adam at 0.001 (1)", "Adam at 0.001 (2)"]


def test_the_question_is_answered_by_the_longest_stem() -> None:
    (asked,) = questions.questions(SURFACE, NAMES)
    # Second of three checkpoints: told by their order, not by the steps, which lie ever further apart.
    assert asked.answer == asked.options[1] == "In the middle third of them"
    assert asked.because == "SGD at 0.1, step 5: 1 against 0.25."


def path_of(network: int) -> figures.Path:
    own = [stem for stem in STEMS if stem.network == network]
    return figures.Path(
        np.array([stem.place for stem in own]),
        [stem.step for stem in own],
        np.array([stem.loss for stem in own]),
        np.array([stem.shadow for stem in own]),
    )


def test_figures_stand_on_a_logarithmic_scale_and_have_a_stem_for_each_checkpoint() -> None:
    paths = dict(zip(NAMES, map(path_of, range(2)), strict=True))
    losses = SURFACE.losses.copy()
    losses[0, 0] = np.nan
    flat: Any = figures.contours((AXIS, AXIS), ("a", "b"), losses, paths).data
    assert [trace.type for trace in flat] == ["contour", *["scatter"] * 4]
    assert flat[0].z[2][2] == pytest.approx(np.log10(9))
    assert "loss 9" in flat[0].customdata[2][2]
    assert flat[2].customdata[1] == "SGD at 0.1, step 5: loss 1, in the plane 0.25"
    solid: Any = figures.relief((AXIS, AXIS), ("a", "b"), losses, paths).data
    assert [trace.type for trace in solid] == ["surface", *["scatter3d"] * 4]
    assert solid[1].z[3:5] == pytest.approx([np.log10(0.25), 0])  # from the plane's loss to its own
    below: Any = figures.stems(paths).data
    assert below[0].y[3:5].tolist() == [0.25, 1.0]
    assert len(below[3].x) == 3 * 2


@pytest.mark.parametrize(
    "text", ["", "x", "0" * 19, "../" + "0" * 20, "-".join(f"{at:020x}" for at in range(7))]
)
def test_a_link_holds_some_runs_or_nothing(text: str) -> None:
    codec = codecs(State)["runs"]
    with pytest.raises(ValueError, match="no runs"):
        codec.read(text)
    assert codec.write(codec.read(f"{1:020x}-{2:020x}")) == f"{1:020x}-{2:020x}"


def test_the_table_has_a_row_for_each_checkpoint() -> None:
    table = captions.rows(STEMS, NAMES)
    assert len(table) == 5
    assert table[1]["Its own loss"] == "1"
    assert table[-1]["Place in the plane"] == "(1, −1)"
