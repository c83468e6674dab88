"""What the curves' component is sent: few bytes, and words that say what is shown now."""

import numpy as np
import pytest

from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import history
from dlviz.ui.components.curves import CHANCE, Curves, alt, message, schedule_message
from tests.browser.curves_page import events
from tests.packed import unpack


def sent(data: bytes) -> dict:
    """The header of a message, its arrays read."""
    header, arrays = unpack(data)
    return {**header, "arrays": arrays}


def long_run(seed: int, batches: int = 4_700) -> Group:
    return Group(f"run {seed}", [history(events(seed, batches))])


def test_a_long_run_is_few_bytes_and_many_runs_are_not_many_more() -> None:
    sizes = {count: len(message(Curves([long_run(seed) for seed in range(count)]))) for count in (1, 2, 10)}
    assert sizes[1] < 30_000
    assert sizes[2] < 40_000
    assert sizes[10] < 60_000


def test_the_browser_gets_the_very_losses_with_their_steps() -> None:
    told = events(0, 240)
    header = sent(message(Curves([Group("A", [history(told)])])))
    batches = [event for event in told if event["kind"] == "batch"]
    raw = next(at for at, line in enumerate(header["lines"]) if (line["panel"], line["role"]) == (0, "raw"))
    np.testing.assert_array_equal(header["arrays"][f"{raw}.x"], [event["step"] for event in batches])
    np.testing.assert_allclose(header["arrays"][f"{raw}.y"], [event["loss"] for event in batches], rtol=1e-6)
    assert (header["step"], header["end"]) == (240, 400)
    assert [(mark["x"], mark["label"]) for mark in header["marks"]] == [
        (150, "rate 0.001 → 0.0003"),
        (200, "best: epoch 2"),
    ]


def test_marks_lie_on_the_axis_that_is_shown() -> None:
    for axis, place in (("epoch", 1.5), ("seconds", 6.0)):
        header = sent(message(Curves([Group("A", [history(events(0, 240))])], axis=axis)))
        assert header["marks"][0]["x"] == pytest.approx(place)


def test_seeds_travel_as_a_band_and_seven_runs_without_each_batch() -> None:
    seeds = [history(events(seed, 240)) for seed in range(3)]
    header = sent(message(Curves([Group("A", seeds)])))
    assert header["runs"] == [{"label": "A", "seeds": 3}]
    assert header["bands"]
    assert {line["role"] for line in header["lines"]} == {"smooth", "train", "validation", "value"}
    assert (header["arrays"]["0.low"] <= header["arrays"]["0.high"]).all()
    six, seven = (
        sent(message(Curves([Group(str(seed), [history(events(seed, 240))]) for seed in range(count)])))
        for count in (6, 7)
    )
    assert "raw" in {line["role"] for line in six["lines"]}
    assert "raw" not in {line["role"] for line in seven["lines"]}


def test_what_a_guess_is_worth_is_a_line_in_both_panels() -> None:
    start = {"kind": "start", "steps_per_epoch": 2, "epochs": 1, "chance": 0.508, "classes": ["no", "yes"]}
    shown = Curves([Group("A", [history([start])])])
    assert sent(message(shown))["levels"] == [
        {"panel": 1, "y": 0.508, "label": CHANCE},
        {"panel": 0, "y": pytest.approx(np.log(2)), "label": "a guess among 2"},
    ]
    assert alt(shown).endswith("Chance (always the commonest answer): 50.80 %.")
    others = Group("B", [history([{**start, "chance": 0.1, "classes": list("0123456789")}])])
    assert sent(message(Curves([*shown.groups, others])))["levels"] == []  # they have none in common


def test_the_median_spans_an_epoch_at_the_most() -> None:
    told = [{"kind": "start", "steps_per_epoch": 2, "epochs": 9}]
    assert sent(message(Curves([Group("A", [history(told)])])))["window"] == 2


def test_only_the_panels_that_are_asked_for_travel() -> None:
    header = sent(message(Curves([Group("A", [history(events(0, 240))])], panels=("speed", "accuracy"))))
    assert [panel["name"] for panel in header["panels"]] == ["speed", "accuracy"]
    assert {line["panel"] for line in header["lines"]} == {0, 1}


@pytest.mark.parametrize("wrong", [Curves([], axis="years"), Curves([], panels=("luck",))])
def test_an_axis_or_a_panel_that_there_is_not_is_refused(wrong: Curves) -> None:
    with pytest.raises(ValueError, match="no such axis or panel"):
        message(wrong)


def test_the_text_alternative_says_what_is_shown_now() -> None:
    told = [
        {"kind": "start", "steps_per_epoch": 2, "epochs": 2},
        {"kind": "batch", "step": 1, "seconds": 1, "loss": 2.0, "rate": 0.1, "norm": 1},
        {"kind": "batch", "step": 2, "seconds": 2, "loss": 2.0, "rate": 0.1, "norm": 1},
        {"kind": "epoch", "step": 2, "epoch": 1, "seconds": 3, "loss": 1.5, "accuracy": 0.75, "best": True},
    ]
    shown = Curves([Group("A", [history(told)]), Group("B", [history([])])], ("loss", "rate"), "epoch")
    assert alt(shown) == (
        "Loss in nats, learning rate over epochs. A: step 2, training loss 2.00, validation loss 1.50, "
        "validation accuracy 75.00 %, lowest validation loss 1.50 at epoch 1. B: not begun."
    )
    assert alt(Curves([])).endswith("over steps. No run yet.")
    assert sent(message(shown))["alt"] == alt(shown)


def test_a_schedule_is_one_line_of_the_very_rates_at_their_steps() -> None:
    header = sent(schedule_message(np.array([0.1, 0.1, 0.1, 0.01, 0.01, 0.02])))
    # Of a flat stretch its ends are enough.
    assert header["arrays"]["0.x"].tolist() == [1, 3, 4, 5, 6]
    np.testing.assert_allclose(header["arrays"]["0.y"], [0.1, 0.1, 0.01, 0.01, 0.02], rtol=1e-6)
    assert header["lines"] == [{"run": 0, "panel": 0, "role": "value"}]
    assert (header["step"], header["end"], header["axis"]) == (6, 6, "steps")
    assert header["alt"] == "Learning rate over steps. Planned: step 6."
