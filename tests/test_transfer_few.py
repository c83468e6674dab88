"""The view A few examples: what is counted, said and asked of four ways to learn."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn, optim

from dlviz import weights
from dlviz.data import mnist
from dlviz.figures.transfer import accuracy_by_examples
from dlviz.training.examples_curve import COUNTS, DRAWS, TRANSFERS, WAYS, configure, plan_curve
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.training.tasks import prepare
from dlviz.ui.labs.transfer.few_examples import captions, curve, lanes, questions
from dlviz.ui.labs.transfer.few_examples.pictures import class_names, learned_pictures
from dlviz.ui.labs.transfer.few_examples.state import LAYERS, WAY_TITLES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.runs import evaluation_examples, live_run, sentences
from dlviz.ui.runs.accuracy_curve import (
    Curve,
    ask_for_winner,
    choose_parts,
    find_leaders,
    find_parts,
    in_numbers,
    judge,
    look_at,
    measure,
    rank,
)
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie
from tests.pages.training_lab import epoch, start, tell
from tests.training_runs.idle import MINE, Launcher

FEW = configure(TRANSFERS["digits"], "head-first", 5)


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The server's runs, whose queue never begins."""
    made = Service(Store(tmp_path), Launcher(), at_a_time=0)
    monkeypatch.setattr(service, "_shared", made)
    monkeypatch.setattr(owner_cookie, "token", lambda: MINE)
    live_run.forget_runs()
    yield made
    made.close()


def points(few: dict[str, list[float]], many: dict[str, list[float]]) -> dict[tuple[str, int, int], float]:
    """Points of a curve at its two ends: way -> accuracy of each draw."""
    return {
        (way, count, draw): value
        for count, reached in ((1, few), (50, many))
        for way, values in reached.items()
        for draw, value in enumerate(values)
    }


DESIGN = curve.design_curve("digits")
CLEAR = {"scratch": [0.4, 0.5], "frozen": [0.6, 0.5], "tuned": [0.7, 0.8], "head-first": [0.5, 0.6]}
CLOSE = {"scratch": [0.9, 0.91], "frozen": [0.8, 0.82], "tuned": [0.95, 0.99], "head-first": [0.96, 0.97]}


def say(measured: dict[tuple[str, int, int], float]) -> str:
    """All that is said below the guesses."""
    return " ".join(filter(None, [judge(DESIGN, measured), captions.tell_ceiling(DESIGN, measured)]))


def test_the_winner_is_named_where_every_draw_says_so_and_luck_where_they_do_not() -> None:
    first, second = say(points(CLEAR, CLOSE)).split(" **With 50")
    assert first.startswith(
        "**With 1 example of each class**, “Fine-tuned” reaches 75.0 % on average, and beats "
        "“Frozen + new head” (55.0 %) in all 2 draws."
    )
    # Four values in two sets of two: 2 of the 6 orders keep them apart.
    assert "1 time in 3" in first
    assert second == (
        " examples of each class**, “Fine-tuned” reaches 97.0 % on average, but beats “Head first” "
        "in only 1 of 2 draws: within luck. It beats “From scratch” and “Frozen + new head” in all 2 draws. "
        "“Frozen + new head” has hit its ceiling: even “From scratch” does better in every draw."
    )


def test_one_draw_may_be_luck_and_half_a_draw_says_nothing() -> None:
    one = {way: values[:1] for way, values in CLEAR.items()}
    assert say(points(one, {"tuned": [0.9]})) == (
        "**With 1 example of each class**, “Fine-tuned” reaches 70.0 %, the most; but one draw may be luck."
    )
    assert say(points({}, {})) == ""


def test_leaders_are_all_that_the_best_did_not_beat_in_every_draw() -> None:
    measured = points(CLEAR, CLOSE)
    assert find_leaders(rank(DESIGN, measured, 1)) == ["Fine-tuned"]
    assert find_leaders(rank(DESIGN, measured, 50)) == ["Fine-tuned", "Head first"]


def test_the_winner_is_asked_for_and_answered_by_the_whole_curve() -> None:
    whole = {
        (way, count, draw): CLEAR[way][draw % 2]
        for way in DESIGN.ways
        for count in DESIGN.counts
        for draw in range(DESIGN.draws)
    }
    asked = ask_for_winner(DESIGN, Curve([], whole))
    assert asked.answer == "Fine-tuned"
    assert asked.is_answered
    part = ask_for_winner(DESIGN, Curve([], points(CLEAR, CLOSE)))
    assert not part.is_begun
    assert part == asked.without_answer()


def test_a_draw_that_one_way_lacks_is_not_compared() -> None:
    measured = points({**CLEAR, "tuned": [0.7]}, {})
    assert [len(result.values) for result in rank(DESIGN, measured, 1)] == [1] * 4


def test_the_figure_shows_mean_range_and_every_draw() -> None:
    figure = accuracy_by_examples({"A": {1: [0.2, 0.4], 5: [0.5], 50: []}, "B": {}}, COUNTS, 0.2)
    traces: Any = figure.data
    band, draws, mean = traces[:3]
    assert [*mean.x] == [1, 5]
    assert [*mean.y] == pytest.approx([0.3, 0.5])
    assert [*band.y] == pytest.approx([0.4, 0.5, 0.5, 0.2])
    assert sorted(zip(draws.x, draws.y, strict=True)) == [(1, 0.2), (1, 0.4), (5, 0.5)]
    assert traces[5].name == "B"
    layout: Any = figure.layout
    assert (layout.yaxis.range, layout.shapes[0].y0) == ((pytest.approx(0.2), 1), 0.2)


def test_a_chance_far_below_all_points_takes_no_room() -> None:
    layout: Any = accuracy_by_examples({"A": {1: [0.57]}}, COUNTS, 0.1).layout
    assert (layout.yaxis.range, layout.shapes) == ((0.5, 1), ())


def test_the_pictures_shown_are_those_that_are_learned_from() -> None:
    shown = learned_pictures("digits", 5, 0)
    task = prepare(FEW)
    seen = task.training.batch(torch.arange(25))[0][:, 0]  # as the network reads them, in [−1, 1]
    np.testing.assert_allclose(shown.reshape(25, 28, 28) / 127.5 - 1, seen.numpy(), atol=1e-6)
    everything = {
        image.numpy().tobytes(): int(label) for image, label in zip(*mnist.digits("train"), strict=True)
    }
    for digit, row in zip((5, 6, 7, 8, 9), shown, strict=True):
        assert {everything[picture.tobytes()] for picture in row} == {digit}


def test_classes_are_named() -> None:
    assert class_names("digits") == tuple("56789")
    assert class_names("clothes")[:2] == ("T-shirt", "trousers")
    assert class_names("from-clothes") == tuple("0123456789")


def test_parameters_are_counted_for_every_way() -> None:
    rows = lanes.rows(State(), {})
    assert [(row["Parameters that learn"], row["Frozen"]) for row in rows] == [
        ("389,125", "0"),
        ("1,285", "387,840"),
        ("389,125", "0"),
        ("1,285, then 389,125", "387,840, then 0"),
    ]


def test_the_slider_moves_the_frozen_way_alone() -> None:
    usual, moved = State(), State(unfreeze="conv_layers.6")
    for way in WAYS:
        same = lanes.configure_lane(usual, way) == lanes.configure_lane(moved, way)
        assert same == (lanes.name_lane(usual, way) == lanes.name_lane(moved, way)) == (way != "frozen")


def test_lanes_and_curves_are_found_again_by_their_settings(runs: Service) -> None:
    state = State(examples=20)
    old, new = (
        runs.submit(lanes.configure_lane(state, "tuned"), MINE, lanes.name_lane(state, "tuned")) for _ in "ab"
    )
    assert lanes.find_lanes(state) == {"tuned": new} != {"tuned": old}
    assert lanes.find_lanes(State()) == {}
    plan = plan_curve("clothes")
    parts = [runs.submit(config, MINE, config.name) for config in reversed(plan)]
    assert [*find_parts(plan).values()] == parts[::-1]
    assert find_parts(DESIGN.parts) == {}
    assert choose_parts(plan, [plan[0].name]) == plan[1:]
    assert choose_parts(plan, find_parts(plan)) == plan
    tell(runs, parts[-1], {"kind": "point", "way": "frozen", "examples": 2, "draw": 0, "accuracy": 0.5})
    found = look_at(parts)
    assert found.reached(DESIGN, "frozen") == {count: [0.5] if count == 2 else [] for count in COUNTS}
    assert not found.settled
    assert not found.is_whole(DESIGN)
    assert len(plan) * len(COUNTS) * len(WAYS) / 2 == DESIGN.whole == len(COUNTS) * len(WAYS) * DRAWS


def titled(looked: Mapping[str, Member]) -> dict[str, Member]:
    return {WAY_TITLES[way]: lane for way, lane in looked.items()}


def test_ways_that_have_come_to_their_end_are_kept_while_the_others_are_trained(runs: Service) -> None:
    state = State()
    assert lanes.choose_ways({}) == [*WAYS]
    for way in WAYS:
        run = runs.submit(lanes.configure_lane(state, way), MINE, lanes.name_lane(state, way))
        reason = "stopped" if way == "tuned" else "done"
        tell(runs, run, start(), {"kind": "end", "reason": reason, "sentence": "", "test_accuracy": 0.5})
    assert lanes.choose_ways(lanes.look_at(lanes.find_lanes(state))) == ["tuned"]
    moved = replace(state, unfreeze="fc_layers.1")  # the others' runs are those of before
    assert lanes.choose_ways(lanes.look_at(lanes.find_lanes(moved))) == ["frozen", "tuned"]
    assert lanes.name_way(state, "frozen") == "Frozen + new head"
    assert lanes.name_way(moved, "frozen") == "Frozen before fc 1"


def test_what_was_unfrozen_elsewhere_stays_in_the_table(runs: Service) -> None:
    moved = State(unfreeze="fc_layers.1")
    run = runs.submit(
        lanes.configure_lane(State(), "frozen"), MINE, "My favourite"
    )  # found whatever its name
    tell(runs, run, start(), {"kind": "end", "reason": "done", "sentence": "", "test_accuracy": 0.5})
    assert lanes.find_lanes(State()) == {"frozen": run}
    table = lanes.rows(moved, {}, lanes.find_unfrozen(moved))
    assert [(row["Way"], row["Test pictures right"]) for row in table] == [
        ("From scratch", "–"),
        ("Frozen before fc 1", "–"),
        ("Fine-tuned", "–"),
        ("Head first", "–"),
        ("Frozen + new head", "50.0 %"),
    ]


def test_two_tabs_pressed_at_once_hand_in_once(runs: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    both, submit = threading.Barrier(2), runs.submit

    def slow(*given: Any) -> str:
        time.sleep(0.02)
        return submit(*given)

    def tab(press: Callable[[], None]) -> None:
        both.wait()
        press()

    monkeypatch.setattr(runs, "submit", slow)
    monkeypatch.setattr(LAB, "read", State)
    for press in (lanes._train, partial(measure, DESIGN.parts)):
        tabs = [threading.Thread(target=tab, args=(press,)) for _ in "ab"]
        for each in tabs:
            each.start()
        for each in tabs:
            each.join()
    assert len(runs.runs(MINE)) == len(WAYS)
    assert len(runs.curves(MINE)) == len(plan_curve("digits"))


def test_questions_are_answered_by_the_lanes(runs: Service) -> None:
    state = State()
    for at, way in enumerate(WAYS):
        run = runs.submit(lanes.configure_lane(state, way), MINE, lanes.name_lane(state, way))
        end = {"kind": "end", "reason": "done", "sentence": "", "test_accuracy": 0.5}
        tell(runs, run, start(), epoch(1, 1 - at / 10), end)
    looked = lanes.look_at(lanes.find_lanes(state))
    learning, unfrozen, soonest = questions.questions(looked, state)
    assert learning.answer == "1,285"
    assert unfrozen.answer == "Fine-tuned"
    assert (soonest.answer, soonest.because) == (
        "Head first",
        "From scratch: 1, Frozen + new head: 0.9, Fine-tuned: 0.8, Head first: 0.7.",
    )
    assert all(question.answer in question.options for question in (learning, unfrozen, soonest))
    assert len(questions.questions({}, state)) == 2
    table = lanes.rows(state, looked)
    assert table[0]["Test pictures right"] == "50.0 %"
    assert captions.table_alt(titled(looked)).count("50.0 % right") == 4
    assert captions.compare_lanes(titled(looked)) == "All four are right equally often."


def test_the_lanes_are_compared_once_all_have_ended(runs: Service) -> None:
    state = State()
    for way, accuracy in zip(WAYS, (0.4, 0.6, 0.9, 0.7), strict=True):
        assert captions.compare_lanes(titled(lanes.look_at(lanes.find_lanes(state)))) == ""
        run = runs.submit(lanes.configure_lane(state, way), MINE, lanes.name_lane(state, way))
        tell(runs, run, start(), {"kind": "end", "reason": "done", "sentence": "", "test_accuracy": accuracy})
    assert captions.compare_lanes(titled(lanes.look_at(lanes.find_lanes(state)))).startswith(
        "Of the same test pictures, “Fine-tuned” gets most right, “From scratch” fewest."
    )


def test_the_curve_in_numbers() -> None:
    rows = in_numbers(replace(DESIGN, counts=(1, 50)), points({"tuned": [0.7, 0.8]}, {"tuned": [0.9]}))
    assert rows[WAYS.index("tuned")] == {
        "Way": "Fine-tuned",
        "1": "75.0 % (70.0 to 80.0)",
        "50": "90.0 %",
    }
    assert rows[0] == {"Way": "From scratch", "1": "–", "50": "–"}


@pytest.mark.parametrize("layer", LAYERS)
def test_the_lessons_lines_freeze_what_the_frozen_way_freezes(layer: str) -> None:
    model = weights.build("SimpleCNN", {"num_classes": 5})
    names = {"model": model, "nn": nn, "optim": optim}
    exec(questions.lesson_snippet(layer, 5), names)
    learning = sum(each.numel() for each in model.parameters() if each.requires_grad)
    config = lanes.configure_lane(State(unfreeze=layer), "frozen")
    assert learning == lanes.count_learning(config, 1, 5)[0]
    (group,) = names["optimizer"].param_groups  # pyright: ignore[reportAttributeAccessIssue]
    assert sum(each.numel() for each in group["params"]) == learning


@pytest.mark.parametrize("way", WAYS)
def test_the_notebooks_call_makes_the_lanes_config(way: str) -> None:
    config = lanes.configure_lane(State(transfer="from-clothes", draw=3), way)
    call = questions.notebook_call(config)
    names: dict[str, object] = {}
    exec(call.partition("*_, end")[0], names)
    assert names["config"] == config


def test_a_run_that_transfers_is_told_as_one() -> None:
    assert sentences.summary(FEW) == (
        "Handwritten digits · classes 5, 6, 7, 8, 9 alone · SimpleCNN · 5 examples of each class in batches "
        "of 25 · Adam at 0.001 · 10 epochs · from the trained layers of simple_cnn_digits_0_to_4 · "
        "the head alone for 5 epochs"
    )


def test_mistakes_of_a_run_on_few_examples_are_the_pictures_that_it_was_measured_on(runs: Service) -> None:
    run = runs.submit(FEW, MINE)
    shown = evaluation_examples.pictures(run, FEW)
    x, labels = prepare(FEW).measured.batch(torch.arange(len(shown)))
    np.testing.assert_allclose(shown / 127.5 - 1, x[:, 0].numpy(), atol=1e-6)
    assert set(labels.tolist()) == {0, 1, 2, 3, 4}


def test_every_way_has_a_title() -> None:
    assert [*WAY_TITLES] == [*WAYS]
