"""The lab Loss landscape: what is chosen, drawn and said of two weights and the optimizers' race."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.figures import landscape as figures
from dlviz.landscape.two_weights import OPTIMIZERS, SIDE, Weight
from dlviz.ui.lab import Lab
from dlviz.ui.labs.landscape.state import State
from dlviz.ui.labs.landscape.two_weights import captions, questions
from dlviz.ui.labs.landscape.two_weights.forward import (
    ForwardPass,
    choose_weights,
    find_missing,
    measure,
    race,
)
from dlviz.ui.labs.landscape.two_weights.networks import load_trained
from dlviz.ui.labs.landscape.two_weights.state import NETWORK_TITLES, STEPS, read_weight, write_weight
from dlviz.ui.text_format.numbers import number

PLANE = State(network="plane", layer=1)


def passed(state: State = PLANE) -> ForwardPass:
    trained = load_trained(state.network)
    surface = measure(trained, state.layer, choose_weights(trained, state), state.reach)
    return race(surface, state.start, state.rate)


@pytest.mark.parametrize("network", NETWORK_TITLES)
def test_the_picture_lies_around_the_trained_weights(network: str) -> None:
    state = State(network=network)
    trained = load_trained(network)
    chosen = choose_weights(trained, state)
    surface = measure(trained, state.layer, chosen, "0.5")
    values = [trained.weights(state.layer)[each.unit, each.input] for each in chosen]
    np.testing.assert_allclose(surface.place(SIDE // 2, SIDE // 2), values, atol=1e-6)
    assert surface.losses[SIDE // 2, SIDE // 2] == pytest.approx(surface.loss, abs=1e-6)
    assert surface.losses.max() > surface.loss


def test_weights_that_a_layer_does_not_have_are_left_out() -> None:
    trained = load_trained("plane")
    state = replace(PLANE, one=Weight(2, 3), two=Weight(5, 1))
    assert choose_weights(trained, state) == (Weight(2, 3), Weight(5, 1))
    assert find_missing(trained, state) == []
    assert find_missing(trained, replace(state, one=Weight(2, 8), two=Weight(8, 0))) == ["one", "two"]
    assert find_missing(trained, replace(state, two=Weight(2, 3))) == ["two"]
    first, second = choose_weights(trained, replace(state, two=None))
    assert first == Weight(2, 3) != second


@pytest.mark.parametrize("text", ["", "1", "1.2.3", "-1.2", "1.x", "99999.1", "١.2"])
def test_a_link_holds_weights_or_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="no weight"):
        read_weight(text)
    assert read_weight(write_weight(Weight(12, 345))) == Weight(12, 345)


def test_the_race_is_told_once_it_is_over() -> None:
    calm = passed()
    assert captions.tell_race(calm).startswith(f"After {STEPS} steps **")
    lowest = min(OPTIMIZERS, key=lambda name: calm.loss_of(name, STEPS))
    asked = questions.main_question(calm, PLANE)
    assert asked
    assert asked.answer == lowest
    assert asked.judge(lowest).right
    assert not asked.judge(max(OPTIMIZERS, key=lambda name: calm.loss_of(name, STEPS))).right
    wild = passed(replace(PLANE, rate="3"))
    climbed = [n for n in OPTIMIZERS if not wild.loss_of(n, STEPS) <= wild.loss_of(n, 0)]
    assert all(name in captions.tell_race(wild) for name in climbed)
    assert "outside the picture" in captions.tell_race(wild)
    assert "outside the picture" not in captions.tell_race(calm)


def test_a_row_holds_the_formula_with_its_numbers() -> None:
    raced = passed()
    first = raced.walks["SGD"]
    row = captions.rows(raced, 1)[0]
    assert row["Optimizer"] == "SGD"
    before, gradient, after = first.values[0, 0], first.gradients[0, 0], first.values[1, 0]
    written = row["The step of the first weight, w"].replace("−", "-")
    assert written == f"w - η·g = {before:.3g} - 0.1 · ({gradient:.3g}) = {after:.3g}"
    assert captions.rows(raced, 0)[0]["The step of the first weight, w"] == "not begun"
    assert len(captions.rows(raced, STEPS)) == len(OPTIMIZERS)


def test_a_root_of_a_power_of_ten_has_brackets() -> None:
    assert captions.write_root(number(0.0421)) == "√0.0421"
    assert captions.write_root(number(5e-5)) == "√(5\u00a0·\u00a010⁻⁵)"


def test_figures_have_a_way_for_each_optimizer_and_places_to_click() -> None:
    raced = passed()
    surface = raced.surface
    ways = {name: taken.values[:5] for name, taken in raced.walks.items()}
    axes, here = (surface.first, surface.second), (surface.trained[0], surface.trained[1])
    figure = figures.contours(axes, ("a", "b"), surface.losses, here, ways, clickable=True)
    drawn = figure.to_plotly_json()["data"]
    kinds = [trace["type"] for trace in drawn]
    assert kinds == ["contour", *["scatter"] * (len(OPTIMIZERS) + 2)]
    traces: Any = figure.data
    contour, targets, *_ = traces
    assert len(targets.x) == figures.TARGETS**2
    assert f"loss {surface.losses[3, 7]:.4g}" in contour.customdata[3][7]
    deep = {name: (taken.values[:5], taken.losses[:5]) for name, taken in raced.walks.items()}
    solid = figures.surface(axes, ("a", "b"), surface.losses, (*here, surface.loss), deep)
    assert [trace["type"] for trace in solid.to_plotly_json()["data"]] == [
        "surface",
        *["scatter3d"] * (len(OPTIMIZERS) + 1),
    ]


def test_the_question_is_answered_by_the_gradient() -> None:
    raced = passed()
    (asked,) = questions.questions(raced, PLANE)
    first, second = np.abs(raced.walks["SGD"].gradients[0])
    assert max(first, second) > questions.ALIKE * min(first, second)
    assert asked.answer == asked.options[int(second > first)]
    # At the lab's opening no one could see which of 2.14 and 2.07 is larger.
    (alike,) = questions.questions(passed(State()), State())
    assert alike.answer == alike.options[2]


def test_a_way_that_leaves_the_picture_does_not_stretch_the_surface() -> None:
    raced = passed(replace(PLANE, rate="3"))
    surface = raced.surface
    ways = {name: (taken.values, taken.losses) for name, taken in raced.walks.items()}
    here = (surface.trained[0], surface.trained[1], surface.loss)
    traces: Any = figures.surface(
        (surface.first, surface.second), ("a", "b"), surface.losses, here, ways
    ).data
    for trace in traces[1:-1]:
        seen = np.isfinite(np.asarray(trace.z, float))
        assert (np.abs(np.asarray(trace.x)[seen] - surface.trained[0]) <= 1 + 1e-6).all()
    assert any(not np.isfinite(np.asarray(trace.z, float)).all() for trace in traces[1:-1])


def test_the_opening_is_what_an_address_of_nothing_opens() -> None:
    assert Lab("landscape", State).opening() == State()
