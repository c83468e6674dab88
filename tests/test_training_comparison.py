"""Runs that are compared: their labels, what is said of them, and what is left out."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from dlviz.questions import Choice
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.labs.training.compare import captions
from dlviz.ui.labs.training.compare.comparison import Comparison, compare, settings
from dlviz.ui.labs.training.compare.table import differing_settings
from dlviz.ui.runs import live_run, polling, together
from dlviz.ui.runs.together import NO_CURVE
from tests.pages.training_lab import SMALL, batch, epoch, start, tell
from tests.training_runs.idle import MINE, Launcher

Told = Callable[..., str]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The server's runs, whose queue never begins."""
    made = Service(Store(tmp_path), Launcher(), at_a_time=0)
    monkeypatch.setattr(service, "_shared", made)
    live_run.forget_runs()
    yield made
    made.close()


@pytest.fixture
def told(runs: Service) -> Told:
    """Makes a run that has told of one epoch: its id."""

    def told(name: str = "", loss: float = 1.0, validation: int = 5000, **config: Any) -> str:
        run = runs.submit(replace(SMALL, **config), MINE, name)
        tell(runs, run, start(validation=validation), batch(1), batch(2), epoch(1, loss))
        return run

    return told


def ended(compared: Comparison, **reasons: str) -> Comparison:
    """The comparison as if its runs had ended: label -> reason, `done` for all others."""
    groups = [
        [
            replace(member, status=replace(member.status, state="ended", place=None, reason=reason))
            for member in group
            if (reason := reasons.get(label, "done"))
        ]
        for label, group in zip(compared.labels, compared.groups, strict=True)
    ]
    return replace(compared, groups=groups)


def test_unnamed_runs_are_called_by_what_is_their_own(told: Told) -> None:
    compared = compare([told(), told(learning_rate=0.1)])
    assert compared.labels == ["Run A · learning rate 0.001", "Run B · learning rate 0.1"]
    many = compare([told(), told(learning_rate=0.1, epochs=4, batch_size=32)])
    assert many.labels == ["Run A", "Run B"]


def test_names_are_shortened_where_they_are_alike_and_told_apart_where_they_are_the_same(told: Told) -> None:
    seeds = [told(f"twins · seed {seed} · Race", seed=seed) for seed in (0, 1)]
    compared = compare([*seeds, told("other · Race", epochs=4)])
    assert compared.labels == ["twins", "other"]
    assert [len(group) for group in compared.groups] == [2, 1]
    assert settings(compared.groups[0])["seed"] == "0, 1"
    assert compare([told("try"), told("try", epochs=4)]).labels == ["try", "try (B)"]


def test_what_cannot_be_compared_is_left_out_with_a_sentence(runs: Service, told: Told) -> None:
    damaged, imported, mine = told("damaged"), runs.submit(SMALL, MINE), told("mine")
    (runs.store.folder(damaged) / "config.json").write_text("{", encoding="utf-8")
    tell(runs, imported, start(brought=True))
    compared = compare([damaged, imported, mine, "0" * 20, "1" * 20])
    assert compared.labels == ["mine"]
    damage, curve, unknown = compared.problems
    assert damage == "A run is left out. The run's description is no JSON."
    assert curve == f"A run is left out. {NO_CURVE}"
    assert unknown.startswith("2 runs are left out. There is no run of that name here")


def test_losses_of_different_tasks_are_not_ranked(told: Told) -> None:
    said = captions.verdict(compare([told("one", 0.1), told("two", 0.9, task="fashion")]), "loss")
    assert "one: Handwritten digits; two: Clothes (Fashion-MNIST)" in said
    assert "The losses of different tasks cannot be compared" in said
    assert "lowest" not in said


def test_a_caution_for_own_data_and_for_other_held_out_examples(told: Told) -> None:
    drawings = [told("one", task="drawings"), told("two", task="drawings", epochs=4)]
    assert captions.caution(compare(drawings)) == captions.OWN_DATA_CAUTION
    assert captions.caution(compare(drawings[:1])) == ""
    few, many = told("few"), told("many", samples=20_000, validation=2000)
    assert "the same: 2,000 and 5,000 held-out examples." in captions.caution(compare([few, many]))
    assert captions.caution(compare([few, told("more", epochs=4)])) == ""


def test_the_best_is_known_when_all_have_come_to_their_own_end(told: Told) -> None:
    compared = compare([told("slow", 0.5), told("fast", 0.25, epochs=4)])
    assert compared.leaders("loss") == []
    assert ended(compared).leaders("loss") == ["fast"]
    assert ended(compared, slow="stopped").leaders("loss") == []
    assert (ended(compared, slow="stopped").settled, ended(compared).finished) == (True, True)


def test_it_is_said_which_runs_were_stopped_and_where(told: Told) -> None:
    twins = [told(f"twins · seed {seed}", seed=seed) for seed in (0, 1)]
    compared = compare([*twins, told("one", epochs=4), told("two", epochs=5)])
    stopped = ended(compared, twins="stopped", one="stopped")
    assert captions.stopped(stopped) == (
        "Stopped before the end: twins (2 of 2 seeds), one (after step 2 of 6)."
    )
    assert captions.stopped(ended(compared)) == ""
    assert together.failures(stopped.labelled) == []
    failed = ended(compared, two="failed")
    assert together.failures(failed.labelled) == [f"two: {compared.members[-1].status.sentence}"]


def test_six_runs_that_the_server_left_are_one_sentence_and_so_is_a_full_disk(told: Told) -> None:
    runs = [told(name, epochs=epochs) for epochs, name in enumerate("abcdef", 1)]
    compared = compare(runs)
    left = [("server", "The server has ended."), ("server", "Its turn had not come.")]
    reasons = [*left, *left, ("full", "The disk is full."), ("full", "The disk is full.")]
    states = {"server": "interrupted", "full": "ended"}
    groups = [
        [
            replace(member, status=replace(member.status, state=states[reason], reason=reason, sentence=said))
            for member in group
        ]
        for group, (reason, said) in zip(compared.groups, reasons, strict=True)
    ]
    assert together.failures(replace(compared, groups=groups).labelled) == [
        "e and f: The disk is full.",
        "The server ended before these runs did: a, b, c and d. Each can go on from where it stood.",
    ]
    (alone,) = together.failures(replace(compared, groups=groups[:1], labels=["a"]).labelled)
    assert alone == "a: The server has ended."


def test_how_far_all_of_them_are(told: Told) -> None:
    compared = compare([told("one"), told("two", epochs=4)])
    assert compared.share_done == pytest.approx(1 / 3)  # two steps of the six that both have planned
    assert ended(compared).share_done == 1
    assert together.progress(ended(compared).statuses) == "2 of 2 runs have ended"


@pytest.mark.parametrize(
    ("states", "can_go_on", "seconds"),
    [
        (["ended", "running"], [False, False], 1.5),
        (["ended", "waiting"], [False, False], 1.5),
        (["ended", "ended"], [False, True], polling.RESTING),
        (["ended", "interrupted"], [False, True], polling.RESTING),
        (["ended", "ended"], [False, False], None),
        ([], [], None),
    ],
)
def test_how_often_runs_are_looked_at(
    told: Told, states: list[str], can_go_on: list[bool], seconds: float | None
) -> None:
    (status,) = compare([told()]).statuses
    statuses = [
        replace(status, state=state, can_go_on=able) for state, able in zip(states, can_go_on, strict=True)
    ]
    assert together.choose_interval(statuses, 1.5) == seconds


def test_a_setting_that_does_not_apply_is_a_dash_in_the_table() -> None:
    runs = EXPERIMENTS["schedules"].runs()
    rows = differing_settings({label: asdict(config) for label, config in runs})
    by_run = {row.pop("Run"): row for row in rows}
    assert by_run["constant"] == {
        "Schedule": "None",
        "Step every … epochs": "–",
        "Factor": "–",
        "Warm-up steps": "–",
    }
    assert by_run["exponential"]["Factor"] == "0.5"
    assert by_run["exponential"]["Step every … epochs"] == "–"
    assert by_run["warm-up"]["Warm-up steps"] == "60"


@pytest.mark.parametrize(
    ("leaders", "seeds", "right", "said"),
    [
        (["Adam"], 3, ["Adam"], "Adam does best."),
        (["Adam"], 1, ["Adam"], "Adam does best. With one seed each, that may be luck."),
        (["RMSprop", "Adam"], 3, ["Adam", "RMSprop"], "RMSprop and Adam are within luck of each other."),
    ],
)
def test_a_prediction_is_judged_as_the_seeds_allow(
    leaders: list[str], seeds: int, right: list[str], said: str
) -> None:
    asked = Choice(
        name="best", text="", options=["Adam", "SGD", "RMSprop"], answer=None, hints=[], because=""
    )
    assert together.answer_with_leaders(asked, []) == asked
    answered = together.answer_with_leaders(asked, leaders, seeds)
    assert sorted(each for each in asked.options if answered.judge(each).right) == right
    assert answered.because == said


def test_only_what_differs_is_in_the_table() -> None:
    rows = differing_settings(
        {
            "*a*": {"learning_rate": 0.001, "epochs": 3, "augmentation": {"flip": 0.5}},
            "b": {"learning_rate": 0.02, "epochs": 3, "augmentation": {"flip": 0.0}},
        }
    )
    assert rows == [
        {"Run": r"\*a\*", "Learning rate": "0.001", "Flip": "0.5"},
        {"Run": "b", "Learning rate": "0.02", "Flip": "0"},
    ]
