"""The view Same budget, six depths: points, slices of time, verdicts and warnings."""

import re
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from dlviz.chance import chance_of_difference
from dlviz.plane.networks import Shape
from dlviz.plane.points import Points
from dlviz.ui.labs.depth import turns
from dlviz.ui.labs.depth.cohort import KEPT, Losses, chosen_points, held_out_points, learn, start_learning
from dlviz.ui.labs.depth.same_budget import captions, own_points
from dlviz.ui.labs.depth.same_budget.forward import ForwardPass, forward, plane, quantise
from dlviz.ui.labs.depth.same_budget.questions import script
from dlviz.ui.labs.depth.state import LAB, State


def own(*points: tuple[float, float, int]) -> str:
    rows = np.array(points, np.float32).reshape(-1, 3)
    return own_points.write_points(Points(rows[:, :2], rows[:, 2]))


def test_points_survive_their_text() -> None:
    generator = np.random.default_rng(0)
    points = Points(
        generator.uniform(-1.25, 1.25, (50, 2)).astype(np.float32),
        generator.integers(0, 2, 50).astype(np.float32),
    )
    text = own_points.write_points(points)
    read = own_points.read_points(text)
    assert len(text) == 150
    np.testing.assert_allclose(read.xy, points.xy, atol=1.25 / 255 + 1e-6)
    np.testing.assert_array_equal(read.labels, points.labels)
    assert own_points.write_points(read) == text


def test_the_corners_of_the_plane_are_written_by_hand() -> None:
    # x, y and class in bits: 00000000 00000000 0 0, and 11111111 11111111 1 0.
    assert own((-1.25, -1.25, 0), (9, 9, 1)) == "AAA" + "__-"


@pytest.mark.parametrize("text", ["AA", "AAAA", "AA!", "AAB", "ÄAA", "A A", "AAA\n"])
def test_a_text_that_holds_no_points_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        own_points.read_points(text)


def test_more_points_than_can_be_placed_are_left_out() -> None:
    assert len(own_points.read_points("AAA" * 5000).xy) == own_points.MOST_OWN


def test_a_link_holds_few_points_or_none() -> None:
    assert own_points.write_link("AAA" * 300) == "AAA" * 300
    assert own_points.write_link("AAA" * 301) == ""


def test_every_fifth_of_twenty_own_points_is_held_out() -> None:
    text = own(*[(x, 0, 0) for x in np.linspace(-1, 1, 20)])
    state = State(pattern="own", own=text)
    assert (len(chosen_points(state).xy), len(held_out_points(state).xy)) == (16, 4)
    few = replace(state, own=text[:-3])
    assert (len(chosen_points(few).xy), len(held_out_points(few).xy)) == (19, 0)


def test_no_point_that_is_learned_is_held_out() -> None:
    state = State()
    learned, held = (
        {tuple(xy) for xy in points.xy.tolist()} for points in (chosen_points(state), held_out_points(state))
    )
    assert (len(learned), len(held), len(learned & held)) == (300, 500, 0)


def test_losses_are_thinned_out_evenly() -> None:
    losses = Losses()
    for step in range(2000):
        losses.add(step, np.full((1, 1), step))
    assert len(losses.steps) <= KEPT
    assert {*np.diff(losses.steps)} == {16}
    assert [int(value[0, 0]) for value in losses.values] == losses.steps


def test_learning_ends_where_a_link_stands_and_takes_one_step_at_least() -> None:
    learning = start_learning(State(points=10, budget=100))
    learn(learning, 3, 10.0)
    assert learning.cohort.steps == 3
    learn(learning, 100, 0.0)
    assert learning.cohort.steps == 4


def test_no_points_are_not_learned() -> None:
    learning = start_learning(State(pattern="own"))
    learn(learning, 100, 1.0)
    passed = forward(learning, 0, 0)
    assert passed.steps == 0
    assert passed.tested is None
    assert len(passed.losses) == 0
    assert "No points yet" in captions.verdict(passed, learning)


def test_the_plane_begins_in_its_upper_left_corner() -> None:
    assert plane(3).tolist()[:4] == [[-1.25, 1.25], [0, 1.25], [1.25, 1.25], [-1.25, 0]]
    logits = plane(2)[:, 0] * 1000
    assert quantise(logits).tolist() == [0, 255, 0, 255]
    assert quantise(logits * float("nan")).tolist() == [128] * 4


def make_pass(tested: list[list[float]] | None = None, losses: list[float] | None = None) -> ForwardPass:
    shapes = tuple(Shape(depth + 1, 3) for depth in range(6))
    values = np.array(losses or [0.7, 0.3], np.float32)[:, None, None].repeat(6, 1).repeat(3, 2)
    shares = np.array(tested or [[0.9, 0.91, 0.92]] * 6)
    small = np.tile(np.arange(4, dtype=np.uint8) * 80, (6, 3, 1)).reshape(6, 3, 2, 2)
    return ForwardPass(shapes, 200, small, small[0, 0], shares, np.arange(len(values)), values)


def test_equal_depths_are_within_luck_and_a_clear_lead_is_named() -> None:
    learning = start_learning(State())
    assert captions.verdict(make_pass(), learning).startswith("Within luck")
    rows = [[0.7, 0.71, 0.72], [0.98, 0.97, 0.99], *[[0.8 + i / 50, 0.81, 0.9] for i in range(4)]]
    sentence = captions.verdict(make_pass(rows), learning)
    assert sentence == "2 layers ahead of 1, 3, 4, 5 and 6 layers with every seed"
    rows[5] = [0.8, 0.98, 0.99]
    assert "ahead of 1, 3, 4 and 5 layers with every seed; the others" in captions.verdict(
        make_pass(rows), learning
    )


def test_a_lead_of_a_test_point_or_two_is_luck() -> None:
    rows = np.array([[0.998] * 3, [0.996] * 3, [0.994] * 3, [0.994] * 3, [0.994] * 3, [0.994] * 3])
    assert captions.find_leader(rows, 500) == (None, [])
    best, beaten = captions.find_leader(rows - np.array([0, 0.1, 0.2, 0.3, 0.4, 0.45])[:, None], 500)
    assert (best, beaten) == (0, [1, 2, 3, 4, 5])


def test_chance_of_three_and_three_in_order_is_one_in_ten() -> None:
    # Of 20 ways to deal six ranks out to two groups of three, two part them completely.
    assert chance_of_difference(np.arange(6.0).reshape(2, 3), 20_000) == pytest.approx(0.1, abs=0.01)
    assert chance_of_difference(np.ones((3, 3))) == 1


def test_a_loss_that_grows_is_told_and_its_curve_kept() -> None:
    assert captions.find_diverged(make_pass(losses=[0.7, 0.9])) == []
    assert captions.find_diverged(make_pass(losses=[0.7, 3.0, 0.4])) == []
    learning = start_learning(State(rate=3.0, points=50, budget=300))
    for last in (0.7, 3.0, np.nan, np.inf):
        diverged = make_pass(losses=[0.7, 3.0, last])
        assert captions.find_diverged(diverged) == [1, 2, 3, 4, 5, 6]
        assert "a learning rate of 3 is too large" in captions.astray(diverged, learning, State(rate=3.0))[0]
    learn(learning, 30, 20.0)
    passed = forward(learning, 0, 0)
    assert captions.find_diverged(passed)
    assert len(passed.losses) == 30


def test_networks_that_answer_the_same_everywhere_are_counted() -> None:
    even = make_pass()
    even.small[2, 1] = 128
    learning = start_learning(State(points=10))
    assert "1 network of 18 gives one answer everywhere" in captions.astray(even, learning, State())[0]
    assert captions.astray(replace(even, steps=10), learning, State()) == []
    of_one_class = start_learning(State(pattern="own", own=own((0, 0, 1), (1, 0, 1))))
    assert captions.astray(even, of_one_class, State()) == []  # one answer is right there


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State(budget=20), "too small for 3, 4, 5 and 6 layers"),
        (State(pattern="own", own=own((0, 0, 1), (1, 0, 1))), "All points are of one class"),
        (State(pattern="own", own=own((0.5, 0, 1), (0.5, 0, 0))), "All points lie in one place"),
        (State(pattern="own", own=own((0.5, 0, 1))), "fewer than 20 points"),
        (State(pattern="own", own="AAA" * 301), "too many for a link"),
        (State(pattern="own", own="AAA" * 5000), "2,000 points are as many"),
    ],
)
def test_what_cannot_be_learned_is_told(state: State, sentence: str) -> None:
    assert any(sentence in said for said in captions.warnings(state, start_learning(state)))


def test_the_usual_choice_needs_no_warning() -> None:
    assert captions.warnings(State(), start_learning(State())) == []


def test_turns_are_taken_in_the_order_of_asking() -> None:
    queue, order = turns.Turns(), list[int]()

    def take_turn(number: int) -> None:
        with queue.take_turn(str(number)):
            order.append(number)

    with queue.take_turn("first"):
        threads = []
        for number in range(6):
            threads.append(threading.Thread(target=take_turn, args=(number,)))
            threads[-1].start()
            while len(queue._waiting) < number + 2:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 5]
    assert queue.count_players() == 7
    with queue.take_turn("last") as players:
        assert players == 8
        with queue.take_turn("impatient", patience=0.001) as without:
            assert without == 0
    with queue.take_turn("impatient", patience=0.001) as players:
        assert players == 9


def test_the_more_play_the_shorter_and_rarer_their_turns() -> None:
    assert turns.slice_length(1) == turns.LONGEST
    assert turns.slice_length(10) < turns.slice_length(3)
    assert turns.pause_after(10) > turns.pause_after(1)
    assert 10 * turns.slice_length(10) <= turns.pause_after(10)
    assert turns.redraw_after(1, soonest=0.2) == 0.2
    assert turns.redraw_after(10, soonest=0.2) == pytest.approx(0.6)


@pytest.mark.parametrize(
    "query",
    [
        {"pattern": "hearts"},
        {"points": "1"},
        {"points": "999999999999"},
        {"budget": "5"},
        {"rate": "nan"},
        {"rate": "1e9"},
        {"decay": "-1"},
        {"steps": "20001"},
        {"own": "<script>"},
        {"own": "A" * 4001},
        {"large_depth": "7"},
        {"large_seed": "3"},
        {"seed": "-1"},
    ],
    ids=str,
)
def test_hostile_values_of_a_link_are_left_out(query: dict[str, str]) -> None:
    values, wrong = LAB._decode(query)
    assert wrong == [*query]
    assert values == {}


def test_the_script_takes_the_network_that_is_drawn_large() -> None:
    state = State(budget=20, large_depth=6, large_seed=2, steps=5, seed=7, activation="none")
    written = script(start_learning(state), state)
    assert "DEPTH, WIDTH, SEED = 2, 2, 9" in written
    assert "STEPS = 0.01, 0.0, 5" in written
    assert "'Identity'" in written
