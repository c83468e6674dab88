"""The Training lab's settings, between the address, the controls and the config of a run."""

import dataclasses
from dataclasses import asdict, replace
from typing import Any

import pytest

from dlviz.data.reviews import NEUTRAL
from dlviz.networks import NETWORKS
from dlviz.training.config import Augmentation, BadSetting, TrainingConfig, lesson
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.options import GONE, TASKS
from dlviz.ui import fields
from dlviz.ui.labs.training.compare.state import MOST_RUNS, find_run_ids
from dlviz.ui.labs.training.state import AUGMENTATIONS, SETTINGS, SIZES, USUAL, State
from dlviz.ui.labs.training.train import plan
from dlviz.ui.labs.training.train.config_from_controls import (
    ELSEWHERE,
    RATES,
    SHORT_RUNS,
    config,
    has_controls,
    settings,
    short_run,
)

CODECS = fields.codecs(State)
FIRST, SECOND = "0123456789abcdef0123", "f" * 20


def test_there_is_a_field_for_every_setting_and_no_other() -> None:
    inside = {"sizes": SIZES, "augmentation": AUGMENTATIONS}
    of_config = [inside.get(each.name, (each.name,)) for each in dataclasses.fields(TrainingConfig)]
    assert sorted([*SETTINGS, *ELSEWHERE]) == sorted(name for names in of_config for name in names)
    assert set(AUGMENTATIONS) == {each.name for each in dataclasses.fields(Augmentation)}
    assert set(SIZES) == {size for network in NETWORKS.values() for size in network.sizes}


def test_a_run_of_another_lab_has_no_controls_here() -> None:
    assert has_controls(lesson())
    assert not has_controls(replace(USUAL, per_class=5))
    assert not has_controls(replace(USUAL, start="simple_cnn_clothes"))
    assert not has_controls(replace(USUAL, shuffle=0))


def test_what_the_lab_opens_with_is_the_usual_run() -> None:
    assert config(State()) == USUAL


@pytest.mark.parametrize("task", [task for task in TASKS if task not in GONE])
def test_the_short_run_of_every_task_can_be_trained(task: str) -> None:
    samples, epochs, batch_size = SHORT_RUNS[task]
    short = State(task=task, model=TASKS[task][0], samples=samples, epochs=epochs, batch_size=batch_size)
    assert config(short).samples == samples


def test_examples_in_the_plan_show_neutral_sentences_as_left_out() -> None:
    rows = plan.preview_reviews()
    assert {row["about"] for row in rows} == {"films", "products", "tweets"}
    assert [row["counts as"] for row in rows].count("neutral: left out") == 2
    for row in rows:
        rating = float(row["rating"].replace("−", "-"))
        assert (abs(rating) <= NEUTRAL) == (row["counts as"] == "neutral: left out")
        assert (rating > NEUTRAL) == (row["counts as"] == "positive")


def test_a_short_run_on_sentences_has_a_rate_that_learns_and_a_typed_rate_stays() -> None:
    assert (SHORT_RUNS["reviews"], RATES["reviews"]) == ((12_000, 3, 64), "0.003")
    assert short_run(State(task="reviews"))["learning_rate"] == "0.003"
    assert short_run(State(task="digits", learning_rate="0.003"))["learning_rate"] == "0.001"
    assert short_run(State(task="reviews", learning_rate="0.02"))["learning_rate"] == "0.02"


THIRD = 0.1 + 0.2  # 0.30000000000000004


@pytest.mark.parametrize(
    "wanted",
    [
        lesson(),
        TrainingConfig(model="MLP", sizes={"hidden_size": 32, "depth": 3}, batch_norm=True, dropout=THIRD),
        TrainingConfig(
            task="text", model="CharacterLSTM", sizes={"num_layers": 2}, clip=THIRD, seconds=1e300
        ),
        TrainingConfig(
            learning_rate=1.2345678901234567e-05,
            scheduler="MultiStep",
            milestones=tuple(range(1, 11)),
            augmentation=Augmentation(rotation=THIRD, flip=1.0),
        ),
        *(config for experiment in EXPERIMENTS.values() for _, config in experiment.runs()),
    ],
)
def test_a_config_set_in_the_controls_and_sent_as_a_link_is_the_same_config(wanted: TrainingConfig) -> None:
    there = settings(wanted)
    assert config(State(**there)) == wanted  # pyright: ignore[reportArgumentType]
    usual = vars(State())
    link = {name: CODECS[name].write(value) for name, value in there.items() if value != usual[name]}
    state = replace(State(), **{name: CODECS[name].read(text) for name, text in link.items()})
    assert config(state) == wanted


def test_what_a_task_or_a_network_does_not_know_is_left_out() -> None:
    state = State(
        task="reviews", model="TextClassifier", flip=0.5, hidden_size=7, dropout=0.3, batch_norm=True
    )
    made = config(state)
    assert (asdict(made.augmentation)["flip"], made.sizes, made.dropout, made.batch_norm) == (
        0,
        {},
        None,
        False,
    )
    assert not config(State(task="drawings", samples=100, batch_size=4, test=True)).test


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        *(
            ({"learning_rate": typed}, "learning_rate", "The learning rate must be a number above 0")
            for typed in ("0", "-0.1", "nan", "inf", "much", "", "1,500")
        ),
        ({"samples": 0}, "samples", "The number of samples must be a whole number from 1 to 1,000,000."),
        ({"samples": 10}, "batch_size", "A batch of 64 is larger than the data: 10 samples."),
        ({"epochs": -1}, "epochs", "The number of epochs must be a whole number from 1 to 10,000."),
        ({"dropout": 1.0}, "dropout", "The dropout must be a number from 0 to 0.95."),
        ({"rotation": 500.0}, "rotation", "The rotation in degrees must be a number from 0 to 180."),
        (
            {"scheduler": "MultiStep", "milestones": "4, 2"},
            "milestones",
            "The schedule's milestones must rise.",
        ),
        ({"milestones": "two"}, "milestones", "The schedule's milestones are epochs, such as 2, 4."),
    ],
)
def test_every_bad_setting_is_one_sentence_on_its_control(
    changes: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(BadSetting) as refusal:
        config(State(**changes))
    assert str(refusal.value).startswith(sentence)
    assert refusal.value.field == field


def test_milestones_may_have_any_mark_between_them() -> None:
    assert config(State(scheduler="MultiStep", milestones="2;4", epochs=5)).milestones == (2, 4)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("learning_rate", "1" * 25),
        ("learning_rate", "1\n"),
        ("samples", "1e3"),
        ("samples", "0"),
        ("dropout", "nan"),
        ("clip", "0"),
        ("model", "SimpleCNNDropout"),
        ("seeds", "2"),
        ("guess", "<b>"),
        ("part", "a/b"),
        ("part", "a" * 41),
        ("at", "-2"),
        ("compare", "../x"),
        ("compare", "-".join(f"{at:020x}" for at in range(MOST_RUNS + 1))),
        ("run", "../../etc/passwd"),
        ("view", "all"),
    ],
)
def test_what_no_link_of_the_lab_holds_is_refused(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        CODECS[name].read(text)


def test_runs_of_a_link_are_read_once_each_and_written_as_they_were() -> None:
    runs = CODECS["compare"].read(f"{FIRST}-{SECOND}-{FIRST}")
    assert runs == [FIRST, SECOND]
    assert CODECS["compare"].write(runs) == f"{FIRST}-{SECOND}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"http://host/training?run={FIRST}", [FIRST]),
        (f"see {FIRST} and {SECOND}, or {FIRST}", [FIRST, SECOND]),
        (f"{FIRST}0", []),
        ("../../etc/passwd", []),
        ("", []),
    ],
)
def test_runs_that_a_typed_text_names(text: str, found: list[str]) -> None:
    assert find_run_ids(text) == found
