"""Transfer: what a run starts from and freezes, which few examples it sees, the curve over their number."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
import torch

from dlviz import weights
from dlviz.data import mnist
from dlviz.training import examples_curve
from dlviz.training.config import BadSetting, TrainingConfig
from dlviz.training.examples_curve import CurveConfig, measure_curve
from dlviz.training.loop import train
from dlviz.training.tasks import BadTask, preparation, prepare
from dlviz.training.tasks.examples import Pictures
from dlviz.training.tasks.few_examples import draw_examples, keep_classes, spaced
from tests.runs import Script

START = "simple_cnn_digits_0_to_4"
HIGH = (5, 6, 7, 8, 9)
FEW = TrainingConfig(classes=HIGH, per_class=2, batch_size=5, epochs=2, start=START)


def states(config: TrainingConfig) -> list[Any]:
    """The states of a run's checkpoints, the first before its first step."""
    return kept(train(config))


def kept(events: Iterable[Any]) -> list[Any]:
    return [event["state"] for event in events if event["kind"] == "checkpoint"]


def changed(config: TrainingConfig) -> set[str]:
    """Names of the tensors that differ, in any bit, between a run's first checkpoint and its last."""
    first, *_, last = (state.weights for state in states(config))
    return {name for name in first if not torch.equal(first[name], last[name])}


def distinct(examples: Any) -> set[bytes]:
    return {image.numpy().tobytes() for image in examples.images}


LAYERS = ["conv_layers.0", "conv_layers.3", "conv_layers.6", "fc_layers.1", "fc_layers.4"]


@pytest.mark.parametrize("at", range(5))
def test_frozen_layers_keep_every_bit(at: int) -> None:
    learning = {f"{layer}.{part}" for layer in LAYERS[at:] for part in ("weight", "bias")}
    assert changed(replace(FEW, unfreeze_from=LAYERS[at])) == learning


def test_without_a_layer_to_unfreeze_from_all_learn() -> None:
    assert len(changed(FEW)) == 10


def test_all_layers_but_the_head_start_from_the_file() -> None:
    first = states(FEW)[0].weights
    trained = weights.load(START).state_dict()
    drawn = weights.build("SimpleCNN", {"num_classes": 5}, FEW.seed).state_dict()
    for name in first:
        assert torch.equal(first[name], (drawn if name.startswith("fc_layers.4") else trained)[name])


def test_the_head_learns_first_and_then_all() -> None:
    assert changed(replace(FEW, head_epochs=2)) == {"fc_layers.4.weight", "fc_layers.4.bias"}
    assert len(changed(replace(FEW, head_epochs=1))) == 10


def test_a_run_that_resumes_in_the_middle_unfreezes_like_one_that_never_stopped() -> None:
    config = replace(FEW, head_epochs=1, epochs=3)
    whole = states(config)
    for middle in whole[1:-1]:
        last = kept(train(config, start=middle))[-1]
        assert all(torch.equal(last.weights[name], tensor) for name, tensor in whole[-1].weights.items())


def test_frozen_parameters_are_counted() -> None:
    start: Any = next(train(replace(FEW, unfreeze_from="fc_layers.4")))
    head = 5 * 256 + 5
    assert start["parameters"] - start["frozen"] == head
    assert start["classes"] == list("56789")


def test_a_start_of_another_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "load", lambda name: weights.build("MLP", {"input_size": 784}))
    with pytest.raises(BadTask, match="belong to another network"):
        next(train(FEW))


def test_classes_are_numbered_anew() -> None:
    images, labels = torch.arange(6), torch.tensor([5, 0, 9, 7, 5, 1])
    kept, numbered = keep_classes(images, labels, (5, 7, 9))
    assert kept.tolist() == [0, 2, 3, 4]
    assert numbered.tolist() == [0, 2, 1, 0]


def test_a_draw_has_as_many_of_each_class_and_the_fewer_are_among_the_more() -> None:
    labels = torch.arange(100) % 4
    few, more = draw_examples(labels, 3, draw=7), draw_examples(labels, 9, draw=7)
    assert labels[few].bincount().tolist() == [3] * 4
    assert set(few.tolist()) < set(more.tolist())
    assert torch.equal(few, draw_examples(labels, 3, draw=7))
    assert not torch.equal(few, draw_examples(labels, 3, draw=8))


def test_more_examples_than_a_class_has_are_refused() -> None:
    with pytest.raises(BadTask, match="25 pictures to learn from, not 26"):
        draw_examples(torch.arange(100) % 4, 26, draw=0)


def test_spaced_keeps_about_as_many_from_all_over() -> None:
    rows = torch.arange(4_861)
    kept, _ = spaced(rows, rows, 2_000)
    assert len(kept) == 2_431
    assert kept[-1] == 4_860


@pytest.mark.parametrize(("classes", "each"), [((), 50), ((0, 1, 2, 3, 4), 100)])
def test_the_few_clothes_that_are_held_out_are_as_many_of_each_class(
    classes: tuple[int, ...], each: int
) -> None:
    task = prepare(replace(FEW, task="fashion", classes=classes, start=""))
    assert isinstance(task.measured, Pictures)
    assert task.measured.labels.bincount().tolist() == [each] * (len(classes) or 10)


def test_no_picture_is_learned_from_and_measured() -> None:
    task = prepare(replace(FEW, per_class=50, batch_size=25, test_at_end=True))
    learned, measured, tested = distinct(task.training), distinct(task.measured), distinct(task.tested)
    assert len(learned) == 250
    assert len(learned | measured | tested) == len(learned) + len(measured) + len(tested)
    assert tested <= {image.numpy().tobytes() for image in mnist.digits("test")[0]}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"classes": (3,)}, "classes"),
        ({"classes": (3, 10)}, "classes"),
        ({"classes": (4, 3)}, "classes"),
        ({"classes": (3, 4), "task": "reviews", "model": "TextClassifier"}, "classes"),
        ({"per_class": 0}, "per_class"),
        ({"per_class": 5, "task": "drawings"}, "per_class"),
        ({"start": "novel_lstm"}, "start"),
        ({"start": "../simple_cnn"}, "start"),
        ({"start": START, "model": "MLP"}, "start"),
        ({"start": START, "batch_norm": True}, "start"),
        ({"unfreeze_from": "fc_layers.2"}, "unfreeze_from"),
        ({"unfreeze_from": "fc_layers.4", "model": "MLP"}, "unfreeze_from"),
        ({"head_epochs": -1}, "head_epochs"),
        ({"head_epochs": 1, "model": "MLP"}, "head_epochs"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(BadSetting) as refused:
        TrainingConfig(**settings)
    assert refused.value.field == field


def test_a_config_survives_json() -> None:
    config = replace(FEW, unfreeze_from="fc_layers.1", draw=3)
    assert TrainingConfig.from_json(config.to_json()) == config


def test_every_way_sees_the_same_pictures_for_as_many_steps() -> None:
    configs = [
        examples_curve.configure(examples_curve.TRANSFERS["digits"], way, 5, draw=2)
        for way in examples_curve.WAYS
    ]
    scratch = distinct(prepare(configs[0]).training)
    for config in configs[1:]:
        assert distinct(prepare(config).training) == scratch
        assert (config.epochs, config.passes, config.batch_size, config.seed) == (
            configs[0].epochs,
            configs[0].passes,
            configs[0].batch_size,
            configs[0].seed,
        )


def test_an_epoch_of_two_passes_sees_every_example_twice() -> None:
    batches = [event for event in train(replace(FEW, passes=2)) if event["kind"] == "batch"]
    assert [batch["epoch"] for batch in batches] == [1] * 4 + [2] * 4


@pytest.mark.parametrize("count", examples_curve.COUNTS)
def test_the_number_of_steps_hardly_depends_on_the_number_of_examples(count: int) -> None:
    config = examples_curve.configure(examples_curve.TRANSFERS["digits"], "tuned", count)
    steps = config.epochs * config.passes * -(-5 * count // config.batch_size)
    assert examples_curve.STEPS <= steps < examples_curve.STEPS + 10


@pytest.mark.parametrize("way", ["scratch", "head-first"])
def test_the_curves_points_are_those_of_single_runs(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples_curve, "STEPS", 10)
    config = CurveConfig("digits", 1, (way,), counts=(1, 2))
    begun, *points, end = measure_curve(config)
    assert (begun["kind"], begun["points"]) == ("curve", 2)
    assert [(point["step"], point["examples"], point["draw"]) for point in points] == [(1, 1, 1), (2, 2, 1)]
    *_, single = train(examples_curve.configure(examples_curve.TRANSFERS["digits"], way, 2, draw=1))
    assert points[1]["accuracy"] == single["test_accuracy"]
    assert (end["kind"], end["reason"]) == ("end", "done")
    *rest, _ = measure_curve(config, done={(way, 1)})
    assert rest == [points[1]]


def test_a_curve_is_planned_draw_by_draw_with_all_ways_of_each() -> None:
    plan = examples_curve.plan_curve("clothes")
    points = [(config.draw, way) for config in plan for way in config.ways]
    assert sorted(points) == sorted((draw, way) for draw in range(5) for way in examples_curve.WAYS)
    assert [config.draw for config in plan] == sorted(config.draw for config in plan)


def test_a_curves_config_survives_json() -> None:
    config = CurveConfig("from-clothes", 3, ("tuned",), (1, 20))
    assert CurveConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize("text", ["{}", "[]", '{"curve": 1}', '{"curve": {"transfer": "digits"}}', "no JSON"])
def test_a_damaged_curve_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"damaged|Expecting"):
        CurveConfig.from_json(text)


def test_a_curve_that_is_stopped_measures_no_further_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples_curve, "STEPS", 10)
    stopped = measure_curve(CurveConfig("digits", 0, ("frozen",), (1, 2)), Script({12: [{"do": "stop"}]}))
    assert [(event["kind"], event.get("reason")) for event in stopped] == [
        ("curve", None),
        ("point", None),
        ("end", "stopped"),
    ]


@pytest.mark.parametrize("transfer", examples_curve.TRANSFERS)
def test_every_transfer_learns_from_what_is_embedded(transfer: str) -> None:
    config = examples_curve.configure(examples_curve.TRANSFERS[transfer], "tuned", 50)
    assert preparation.bytes_to_download(config) == 0
    task = prepare(config)
    assert len(task.training) == 50 * (len(config.classes) or 10)
