"""What a learner asks of a run on the way: heard in order, between batches and while it is measured."""

import pytest

from tests.runs import Script, events, losses, of_kind, small, states, timeless

pytestmark = pytest.mark.usefixtures("few_held_out")


def test_pausing_stops_the_clock_and_changes_nothing() -> None:
    steering = Script({3: [{"do": "pause"}, {"do": "pause"}], 6: [{"do": "resume"}]})
    happened = events(small(), steering=steering)
    assert [event["step"] for event in happened if event["kind"] in ("paused", "resumed")] == [2, 2]
    assert steering.waits == 3
    assert losses(happened) == losses(events(small()))


@pytest.mark.parametrize("look", [2, 4, 8])
def test_a_stop_is_obeyed_between_batches_and_while_measuring(look: int) -> None:
    whole = events(small())
    happened = events(small(), steering=Script({look: [{"do": "stop"}]}))
    assert [event["kind"] for event in happened[-2:]] == ["checkpoint", "end"]
    assert happened[-1]["reason"] == "stopped"
    start = happened[-2]["state"]
    done = len(losses(happened))
    rest = events(small(), start=start)
    assert losses(rest) == losses(whole)[done:]
    assert timeless(of_kind(happened + rest, "epoch")) == timeless(of_kind(whole, "epoch"))


def test_a_stop_at_the_beginning_of_an_epoch_forgets_no_random_number() -> None:
    # Two looks while 300 digits are measured, so the sixth is that before the second epoch's first batch.
    happened = events(small(), steering=Script({6: [{"do": "stop"}]}))
    assert happened[-1]["step"] == 3
    rest = events(small(), start=states(happened)[-1])
    assert losses(happened) + losses(rest) == losses(events(small()))


def test_a_stop_ends_a_pause() -> None:
    steering = Script({2: [{"do": "pause"}], 5: [{"do": "stop"}]})
    assert events(small(), steering=steering)[-1]["reason"] == "stopped"


def test_a_changed_rate_is_an_event_and_scales_the_schedule() -> None:
    config = small(scheduler="exponential", gamma=0.5, learning_rate=0.008)
    steering = Script({2: [{"do": "rate", "value": 0.002}, {"do": "rate", "value": -1}, {"do": "dance"}]})
    happened = events(config, steering=steering)
    (change,) = of_kind(happened, "rate")
    assert (change["step"], change["old"], change["new"]) == (1, 0.008, 0.002)
    rates = [event["rate"] for event in of_kind(happened, "batch")]
    assert rates == pytest.approx([0.008, 0.002, 0.002, *[0.001] * 3, *[0.0005] * 3])
    assert losses(happened)[:2] == losses(events(config))[:2]
    rest = events(config, start=states(happened)[-2])
    assert losses(rest) == losses(happened)[6:]


def test_factors_multiply_what_those_before_them_have_made_however_quickly_they_come() -> None:
    less, more = ({"do": "scale", "factor": factor} for factor in (0.1, 10))
    beyond = {"do": "scale", "factor": 1e299}
    # The first before any batch; the fourth and fifth look are taken while the first epoch is measured.
    steering = Script(
        {1: [less], 4: [less], 5: [more, less, beyond], 6: [more, {"do": "rate", "value": 0.4}, less]}
    )
    config = small(learning_rate=0.003)
    happened = events(config, steering=steering)
    changes = [(event["step"], event["old"], event["new"]) for event in of_kind(happened, "rate")]
    made = [0.003, 0.0003, 3e-5, 0.0003, 3e-5, 3e294, 3e295, 0.4, 0.04]
    assert [step for step, _, _ in changes] == [0, *[3] * 7]
    assert [new for _, _, new in changes] == pytest.approx(made[1:], rel=1e-12)
    assert [old for _, old, _ in changes] == pytest.approx(made[:-1], rel=1e-12)
    rates = [event["rate"] for event in of_kind(happened, "batch")]
    assert rates == pytest.approx([0.0003] * 3 + [0.04] * 6, rel=1e-12)
    # Whoever goes on from a checkpoint between or after the changes has the same losses.
    rest = events(config, start=states(happened)[-2])
    assert losses(rest) == losses(happened)[6:]


@pytest.mark.parametrize("factor", [0, -10, 1e305, float("nan"), float("inf"), True, "10", None])
def test_a_factor_that_makes_no_rate_is_passed_over(factor: object) -> None:
    happened = events(small(epochs=1), steering=Script({2: [{"do": "scale", "factor": factor}]}))
    assert not of_kind(happened, "rate")
