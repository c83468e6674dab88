"""Learning: the same losses every time, going on as if nothing had happened, and every way to end."""

import copy
import json
import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from dlviz.data import mnist
from dlviz.training import trainer_state as learner_module
from dlviz.training.config import Augmentation
from dlviz.training.loop import train
from dlviz.training.measuring import spread
from dlviz.training.options import OPTIMIZERS
from dlviz.training.state import BadState
from tests.runs import Script, events, losses, of_kind, small, states, timeless

pytestmark = pytest.mark.usefixtures("few_held_out")
WHOLE: dict[str, Any] = {
    "CNN, one-cycle": {"model": "SimpleCNN", "scheduler": "one-cycle", "batch_norm": True},
    "momentum, plateau": {
        "optimizer": "Nesterov",
        "scheduler": "reduce-on-plateau",
        "lr_patience": 0,
        "learning_rate": 0.5,
        "clip": 1.0,
    },
    "augmented, warm-up, early stopping": {
        "scheduler": "warm-up",
        "warm_up": 5,
        "patience": 2,
        "augmentation": Augmentation(0.5, 10, 0.2, 0.1, 0.5, 0.1),
        "label_smoothing": 0.1,
    },
    "cosine, RMSprop": {"scheduler": "cosine", "optimizer": "RMSprop", "weight_decay": 0.01},
    "test data": {"test": True, "scheduler": "MultiStep", "optimizer": "momentum"},
}


@pytest.mark.parametrize("changes", WHOLE.values(), ids=WHOLE)
def test_a_run_goes_on_from_every_checkpoint_as_if_it_had_not_stopped(
    changes: dict[str, Any], tmp_path: Any
) -> None:
    whole = events(small(**changes))
    assert all(map(math.isfinite, losses(whole)))
    for index, event in enumerate(whole):
        if event["kind"] == "checkpoint":
            event["state"].save(tmp_path / "state.safetensors")
            start = type(event["state"]).load(tmp_path / "state.safetensors")
            torch.manual_seed(index)  # what else is drawn changes nothing
            assert timeless(events(small(**changes), start=start)) == timeless(whole[index + 1 :])


def test_the_same_config_gives_the_same_events_and_another_seed_others() -> None:
    one = events(small())
    torch.rand(7)
    assert timeless(events(small())) == timeless(one)
    assert losses(events(small(seed=1))) != losses(one)


def test_the_numbers_of_others_are_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    for event in train(small(epochs=1)):
        if event["kind"] == "end":
            assert torch.equal(torch.rand(3), expected)


def test_what_happens_in_which_order_with_which_numbers() -> None:
    happened = events(small())
    kinds = [event["kind"] for event in happened]
    begin = ["start", "checkpoint", "batch", "checkpoint", "batch", "batch", "epoch", "checkpoint"]
    assert kinds == [*begin, *["batch", "batch", "batch", "epoch", "checkpoint"] * 2, "end"]
    start, *_ = happened
    assert (start["parameters"], start["samples"], start["validation"]) == (101_770, 96, 300)
    assert (start["steps_per_epoch"], start["classes"]) == (3, list("0123456789"))
    assert [event["step"] for event in of_kind(happened, "batch")] == list(range(1, 10))
    assert [event["epoch"] for event in of_kind(happened, "batch")] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [event["step"] for event in of_kind(happened, "checkpoint")] == [0, 1, 3, 6, 9]
    assert [event["epoch"] for event in of_kind(happened, "checkpoint")] == [0, 1, 1, 2, 3]
    json.dumps([event for event in happened if event["kind"] != "checkpoint"], allow_nan=False)


def test_an_epochs_numbers_are_those_of_its_batches_and_of_its_network() -> None:
    happened = events(small(epochs=1))
    (epoch,) = of_kind(happened, "epoch")
    assert epoch["train_loss"] == pytest.approx(sum(losses(happened)) / 3)
    images, labels = (part[-300:] for part in mnist.digits("train"))
    with torch.inference_mode():
        logits = states(happened)[-1].model()((images[:, None] / 255 - 0.5) / 0.5)
    said = logits.argmax(1)
    assert epoch["loss"] == pytest.approx(torch.nn.functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert epoch["accuracy"] == (said == labels).double().mean().item()
    assert sum(map(sum, epoch["confusion"])) == 300
    assert sum(row[index] for index, row in enumerate(epoch["confusion"])) == (said == labels).sum()
    for wrong in epoch["wrong"]:
        assert wrong == {
            "index": wrong["index"],
            "truth": labels[wrong["index"]],
            "said": said[wrong["index"]],
        }
        assert wrong["truth"] != wrong["said"]
    for histograms in epoch["histograms"].values():
        assert sum(histograms["layers.1.weight"]["counts"]) == 784 * 128


def test_what_was_learned_from_is_measured_as_validation_is() -> None:
    happened = events(small(epochs=2, augmentation=Augmentation(rotation=30)))
    start, epoch = happened[0], of_kind(happened, "epoch")[-1]
    images, labels = (part[:96] for part in mnist.digits("train"))
    with torch.inference_mode():
        logits = states(happened)[-1].model()((images[:, None] / 255 - 0.5) / 0.5)
    loss = torch.nn.functional.cross_entropy(logits, labels).item()
    assert epoch["known_loss"] == pytest.approx(loss, rel=1e-5)
    assert epoch["known_accuracy"] == (logits.argmax(1) == labels).double().mean().item()
    held = mnist.digits("train")[1][-300:]
    assert start["chance"] == held.bincount().max().item() / 300


def test_test_data_are_measured_once_with_the_weights_that_are_kept() -> None:
    config = small(learning_rate=0.02, epochs=50, patience=3, dropout=0)
    plain, happened = events(config), events(replace(config, test_at_end=True))
    assert timeless(happened)[:-1] == timeless(plain)[:-1]  # they have decided nothing
    images, labels = mnist.digits("test")
    with torch.inference_mode():
        logits = states(happened)[-1].model()((images[:, None] / 255 - 0.5) / 0.5)
    assert happened[-1]["restored"]
    assert happened[-1]["test_accuracy"] == (logits.argmax(1) == labels).double().mean().item()
    loss = torch.nn.functional.cross_entropy(logits, labels).item()
    assert happened[-1]["test_loss"] == pytest.approx(loss, rel=1e-5)
    assert "test_loss" not in plain[-1]


def test_test_digits_are_measured_and_choose_nothing() -> None:
    happened = events(small(test=True))
    for epoch in of_kind(happened, "epoch"):
        assert (epoch["loss"], epoch["accuracy"], epoch["best"]) == (None, None, False)
        assert 0 < epoch["test_accuracy"] < 1
    assert happened[0]["validation"] == 0
    assert happened[-1]["best_epoch"] == 0


def test_early_stopping_brings_back_the_best_weights() -> None:
    happened = events(small(learning_rate=0.02, epochs=50, patience=3, dropout=0))
    measured = [epoch["loss"] for epoch in of_kind(happened, "epoch")]
    best = measured.index(min(measured))
    end = happened[-1]
    assert end["reason"] == "early"
    assert (end["best_epoch"], end["best_step"]) == (best + 1, 3 * (best + 1))
    assert len(measured) == best + 4 < 50
    assert [epoch["best"] for epoch in of_kind(happened, "epoch")][best:] == [True, False, False, False]
    kept = {event["step"]: event["state"].weights for event in of_kind(happened, "checkpoint")}
    brought, then = kept[end["step"]], kept[end["best_step"]]
    assert all(torch.equal(brought[name], then[name]) for name in then)
    # Each checkpoint tells which is the best, so that this one stays.
    told = {event["step"]: event["best_step"] for event in of_kind(happened, "checkpoint")}
    best_steps = {epoch["step"] for epoch in of_kind(happened, "epoch") if epoch["best"]}
    assert all(
        best == max((each for each in best_steps if each <= step), default=0) for step, best in told.items()
    )
    assert any(not torch.equal(brought[name], kept[end["step"] - 3][name]) for name in then)
    assert f"epoch {best + 1}" in end["sentence"]
    assert end["restored"]
    assert events(small(epochs=50, patience=3, dropout=0), start=states(happened)[-1]) == [end]


def spoilt(rate: float = 0.3, **changes: Any) -> tuple[dict[str, Any], bool]:
    """How a run ended whose rate was raised after its first epoch, which so is its best; and whether its last
    checkpoint holds that epoch's weights.
    """
    steering = Script({7: [{"do": "rate", "value": rate}], 11: [{"do": changes.pop("then", "nothing")}]})
    happened = events(small(**{"patience": 9, "dropout": 0, **changes}), steering=steering)
    kept = {state.progress.step: state.weights for state in states(happened)}
    assert [epoch["best"] for epoch in of_kind(happened, "epoch")][:2] in ([True], [True, False])
    return happened[-1], all(torch.equal(kept[max(kept)][name], kept[3][name]) for name in kept[3])


def test_the_best_come_back_at_the_planned_end_and_before_the_loss_was_no_number() -> None:
    end, best = spoilt()
    assert (end["reason"], end["step"], end["best_step"], end["restored"], best) == ("done", 9, 3, True, True)
    assert end["sentence"] == "All epochs are learned. The weights of epoch 1 are back."
    end, best = spoilt(1e30)
    assert (end["reason"], end["restored"], best) == ("diverged", True, True)
    assert end["sentence"].endswith("the loss is no longer a number. The weights of epoch 1 are back.")
    end, best = spoilt(patience=None)
    assert (end["restored"], best) == (False, False)
    # Where the last epoch is the best, there is nothing to bring back.
    end = events(small(patience=9))[-1]
    assert (end["best_epoch"], end["restored"], end["sentence"]) == (3, False, "All epochs are learned.")


def test_a_stopped_run_keeps_its_last_weights_to_go_on_from() -> None:
    end, best = spoilt(then="stop")
    assert (end["reason"], end["restored"], best) == ("stopped", False, False)
    assert end["sentence"] == (
        "The run was stopped. The best weights so far, of epoch 1, come back when it ends by itself."
    )


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [("SGD", 1e30), ("Adam", 1e30), *((optimizer, 1e300) for optimizer in OPTIMIZERS)],
)
def test_a_rate_far_too_large_ends_in_a_sentence_and_keeps_the_curve(optimizer: str, rate: float) -> None:
    happened = events(small(learning_rate=rate, optimizer=optimizer, dropout=0))
    assert happened[-1]["reason"] == "diverged"
    assert "the loss is no longer a number" in happened[-1]["sentence"]
    assert losses(happened)
    assert all(map(math.isfinite, losses(happened)))
    for state in states(happened):
        assert all(tensor.isfinite().all() for tensor in state.weights.values())


def test_the_time_budget_ends_the_run_with_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1_000_000))
    monkeypatch.setattr(learner_module.Clock, "seconds", property(lambda _: next(ticks) / 10))
    happened = events(small(epochs=500, seconds=5))
    end = happened[-1]
    assert end["reason"] == "time"
    assert 3 < end["step"] < 100
    assert of_kind(happened, "epoch")[-1]["step"] == end["step"]
    assert of_kind(happened, "checkpoint")[-1]["step"] == end["step"]
    ticks = iter(range(1_000_000))
    end, best = spoilt(epochs=500, seconds=3)
    assert (end["reason"], end["best_step"], end["restored"], best) == ("time", 3, True, True)
    assert end["step"] > 3


def test_a_finished_run_can_be_given_more_epochs() -> None:
    longer = losses(events(small(epochs=5)))
    rest = events(small(epochs=5), start=states(events(small()))[-1])
    assert losses(rest) == longer[9:]
    assert events(small(), start=states(events(small()))[-1])[0]["reason"] == "done"


def test_a_state_of_another_network_is_refused() -> None:
    start = states(events(small(epochs=1)))[-1]
    with pytest.raises(BadState, match="another network"):
        events(small(model="SimpleCNN"), start=start)
    with pytest.raises(BadState, match="weights alone"):
        events(small(), start=start.lean())
    broken = copy.deepcopy(start)
    broken.weights["layers.1.weight"] = torch.zeros(2, 2)
    with pytest.raises(BadState, match=r"layers\.1\.weight has shape \(2, 2\)"):
        events(small(), start=broken)


def test_weights_over_the_whole_of_single_precision_are_all_counted() -> None:
    model = nn.Linear(2, 2, bias=False)
    model.weight.data = torch.tensor([[-3e38, 3e38], [0.0, 2.9e38]])
    told: Any = spread(model, lambda values: values)["weight"]
    assert [told["counts"][at] for at in (0, 16, 31)] == [1, 1, 2]
