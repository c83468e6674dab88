"""What a run may be, and the sentence for everything that it may not."""

import json
from typing import Any

import pytest

from dlviz.training.config import Augmentation, BadSetting, TrainingConfig, lesson
from dlviz.training.options import NETWORKS, OPTIMIZERS, SCHEDULERS, TASKS

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "rate 0": ({"learning_rate": 0}, "learning rate must be a number above 0"),
    "rate negative": ({"learning_rate": -0.1}, "learning rate must be a number above 0"),
    "rate NaN": ({"learning_rate": float("nan")}, "learning rate must be a number above 0"),
    "rate infinite": ({"learning_rate": float("inf")}, "learning rate must be a number above 0"),
    "rate no float can hold": ({"learning_rate": 10**400}, "learning rate must be a number above 0"),
    "rate text": ({"learning_rate": "fast"}, "learning rate must be a number above 0"),
    "rate missing": ({"learning_rate": None}, "learning rate must be a number above 0"),
    "no samples": ({"samples": 0}, "number of samples must be a whole number from 1"),
    "half a sample": ({"samples": 0.5}, "number of samples must be a whole number"),
    "batch 0": ({"batch_size": 0}, "batch size must be a whole number from 1"),
    "batch larger": ({"batch_size": 65, "samples": 64}, "batch of 65 is larger than the data: 64 samples"),
    "epochs true": ({"epochs": True}, "number of epochs must be a whole number"),
    "no time": ({"seconds": 0}, "time budget in seconds must be a number above 0"),
    "clip 0": ({"clip": 0}, "clipping norm must be a number above 0"),
    "decay negative": ({"weight_decay": -1}, "weight decay must be a number from 0"),
    "all dropped": ({"dropout": 1.0}, "dropout must be a number from 0 to 0.95"),
    "smoothing NaN": ({"label_smoothing": float("nan")}, "label smoothing must be a number from 0"),
    "patience 0": ({"patience": 0}, "patience must be a whole number from 1"),
    "seed negative": ({"seed": -1}, "seed must be a whole number from 0"),
    "unknown task": ({"task": "chess"}, "no task “chess”; there are digits"),
    "unknown optimizer": ({"optimizer": "adam"}, "no optimizer “adam”; there are SGD"),
    "unknown scheduler": ({"scheduler": ["cosine"]}, "no scheduler"),
    "unknown device": ({"device": "cuda:99; rm"}, "no device"),
    "other task's network": ({"model": "ColourCNN"}, "ColourCNN does not fit this task"),
    "no network": ({"model": None}, "None does not fit this task"),
    "unknown size": ({"sizes": {"width": 3}}, "SimpleCNN has no size “width”"),
    "sizes a number": ({"sizes": 3}, "sizes are names and whole numbers"),
    "too deep": ({"model": "MLP", "sizes": {"depth": 9}}, "MLP's depth must be a whole number from 1 to 8"),
    "odd heads": ({"model": "DigitTransformer", "sizes": {"heads": 3}}, "cannot be split into 3 equal heads"),
    "norm of an LSTM": ({"model": "LSTMModel", "batch_norm": True}, "no variant with batch norm"),
    "a forget bias of digits": ({"model": "LSTMModel", "forget_bias": 1.0}, "for an LSTM on the memory task"),
    "a forget bias of a GRU": (
        {"task": "memory", "model": "GRUModel", "forget_bias": 1.0},
        "for an LSTM on the memory task",
    ),
    "no noise": ({"task": "memory", "model": "LSTMModel", "delay": 0}, "number of steps of noise must be"),
    "dropout of an LSTM": ({"model": "LSTMModel", "dropout": 0.1}, "dropout of LSTMModel cannot be chosen"),
    "norm of one": ({"batch_norm": True, "samples": 65}, "Batch norm needs two samples a batch"),
    "norm a number": ({"batch_norm": 1}, "batch_norm is either on or off"),
    "milestones fall": ({"milestones": (3, 1)}, "milestones must rise"),
    "no milestones": ({"milestones": ()}, "milestones are epochs, one at least"),
    "milestone 0": ({"milestones": (0,)}, "epoch of a milestone must be a whole number from 1"),
    "augmentation text": ({"augmentation": "flip"}, "Augmentation is described by names and values"),
    "no pictures": (
        {"task": "text", "model": "CharacterLSTM", "augmentation": Augmentation(flip=0.5)},
        "Augmentation changes pictures, and this task has none",
    ),
    "shuffled text": (
        {"task": "text", "model": "CharacterLSTM", "shuffle": 0},
        "Patches of pictures are shuffled, and this task has none",
    ),
    "no permutation": ({"shuffle": -1}, "number of the permutation of patches must be a whole number"),
    "test decides": ({"test": True, "patience": 2}, "Test data must not decide"),
    "test slows": ({"test": True, "scheduler": "reduce-on-plateau"}, "Test data must not decide"),
    "untested": ({"task": "drawings", "test": True}, "This task has no test data"),
}


@pytest.mark.parametrize(("values", "sentence"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_refused_in_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refusal:
        TrainingConfig(**values)
    assert str(refusal.value).endswith(".")
    assert "\n" not in str(refusal.value)


FIELDS = {
    "batch larger": "batch_size",
    "unknown size": "sizes",
    "sizes a number": "sizes",
    "too deep": "depth",
    "odd heads": "heads",
    "norm of one": "batch_norm",
    "no pictures": "augmentation",
}


@pytest.mark.parametrize(("name", "values"), [(name, values) for name, (values, _) in BAD.items()], ids=BAD)
def test_a_refusal_names_the_field_at_fault(name: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        TrainingConfig(**values)
    if name in ("test decides", "test slows"):  # two settings that do not go together
        assert not isinstance(refusal.value, BadSetting)
        return
    assert isinstance(refusal.value, BadSetting)
    assert refusal.value.field == FIELDS.get(name, next(reversed(values)))


def test_a_refused_augmentation_names_its_own_field() -> None:
    with pytest.raises(BadSetting) as refusal:
        TrainingConfig(augmentation=Augmentation(flip=0.1, rotation=181))
    assert refusal.value.field == "rotation"


@pytest.mark.parametrize("values", [{"flip": 1.1}, {"rotation": -1}, {"noise": float("nan")}, {"shift": "x"}])
def test_an_augmentation_out_of_its_bounds_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be a number from 0 to"):
        Augmentation(**values)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "names and values"),
        ('{"speed": 1}', "no setting “speed”"),
        ('{"learning_rate": NaN}', "NaN is no number"),
        ('{"learning_rate": -Infinity}', "-Infinity is no number"),
        ('{"learning_rate": 0}', "above 0"),
        ('{"samples": "60000"}', "whole number"),
        ('{"augmentation": 3}', "names and values"),
        ('{"augmentation": {"flap": 1}}', "no setting “flap”"),
        ('{"sizes": {"depth": 1.5}, "model": "MLP"}', "whole number"),
        ('{"milestones": "12"}', "milestones are epochs"),
        ('{"milestones": [[1]]}', "whole number"),
    ],
)
def test_a_text_that_is_no_config_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        TrainingConfig.from_json(text)


@pytest.mark.parametrize(
    "config",
    [
        TrainingConfig(),
        lesson(),
        TrainingConfig(
            task="fashion",
            model="MLP",
            sizes={"hidden_size": 64, "depth": 2},
            milestones=(1, 3, 5),
            augmentation=Augmentation(flip=0.5, rotation=10),
            dropout=0.25,
            clip=1,
            seconds=20,
            patience=5,
        ),
    ],
    ids=["short", "lesson", "much chosen"],
)
def test_a_config_comes_back_from_its_json(config: TrainingConfig) -> None:
    again = TrainingConfig.from_json(config.to_json())
    assert again == config
    assert hash(again) == hash(config)
    assert json.loads(config.to_json())["samples"] == config.samples


def test_what_json_leaves_out_has_its_usual_value() -> None:
    assert TrainingConfig.from_json('{"epochs": 2}') == TrainingConfig(epochs=2)


def test_a_config_stays_what_it_was() -> None:
    sizes = {"depth": 2}
    config = TrainingConfig(model="MLP", sizes=sizes)
    sizes["depth"] = 99
    assert config.sizes == {"depth": 2}


def test_the_lessons_recipe() -> None:
    config = lesson()
    assert (config.samples, config.batch_size, config.epochs) == (60_000, 64, 5)
    assert (config.optimizer, config.learning_rate, config.scheduler) == ("Adam", 1e-3, "none")
    assert config.test
    assert config.model == "SimpleCNN"


def test_every_choice_can_be_made() -> None:
    for task, models in TASKS.items():
        for model in models:
            least = {name: size.least for name, size in NETWORKS[model].sizes.items()}
            assert TrainingConfig(task=task, model=model, sizes=least).model == model
    for optimizer in OPTIMIZERS:
        assert TrainingConfig(optimizer=optimizer).optimizer == optimizer
    for scheduler in SCHEDULERS:
        assert TrainingConfig(scheduler=scheduler).scheduler == scheduler
