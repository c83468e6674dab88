"""One run in a worker, without the process: goes on bit for bit, and always says how it ended."""

import errno
import json
import logging
import os
from pathlib import Path

import pytest

from dlviz.training.commands import Command
from dlviz.training.runs import checkpoints
from dlviz.training.runs.command_reader import CommandReader
from dlviz.training.runs.events import disk_full
from dlviz.training.runs.store import Store
from dlviz.training.runs.worker import FAILED, MEMORY, work
from tests.training_runs.tiny_training import TRAINER, Config, State


class Scripted:
    """Steers as told: command lists, one each time that the training asks; then nothing."""

    def __init__(self, *turns: list[Command], aside: str | None = None) -> None:
        self.turns, self.aside, self.note = list(turns), aside, ""

    def commands(self) -> list[Command]:
        return self.turns.pop(0) if self.turns else []

    def wait(self, seconds: float) -> None:
        return None


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


def trained(store: Store, config: Config | str, *turns: list[Command], aside: str | None = None) -> str:
    """A run with this config, trained as far as it gets with these commands."""
    run = store.create(config if isinstance(config, str) else config.to_json(), "hash", "")
    again(store, run, *turns, aside=aside)
    return run


def again(store: Store, run: str, *turns: list[Command], aside: str | None = None) -> None:
    steering: CommandReader = Scripted(*turns, aside=aside)  # pyright: ignore[reportAssignmentType]
    assert work(store.folder(run), TRAINER, steering) == 0


def losses(store: Store, run: str) -> dict[object, object]:
    told = [(event["step"], event["loss"]) for event in store.events(run) if event["kind"] == "batch"]
    assert len(dict(told)) == len(told)  # no step twice
    return dict(told)


def quiet(turns: int) -> list[list[Command]]:
    return [[] for _ in range(turns)]


STOP: list[Command] = [{"do": "stop"}]


def test_a_run_is_trained_and_written_down(store: Store) -> None:
    run = trained(store, Config(steps=12, every=5))
    kinds = [event["kind"] for event in store.read(run).events]
    assert kinds == [
        "start",
        *["batch"] * 5,
        "checkpoint",
        *["batch"] * 5,
        "checkpoint",
        *["batch"] * 2,
        "end",
    ]
    assert list(store.checkpoints(run)) == [5, 10]
    assert not any("state" in event for event in store.read(run).events)
    assert not (store.folder(run) / "reserve").exists()


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(store: Store) -> None:
    whole = trained(store, Config(steps=20))
    parts = trained(store, Config(steps=20), *quiet(7), STOP)
    assert list(losses(store, parts)) == [*range(1, 8)]
    again(store, parts, *quiet(6), STOP)
    again(store, parts)
    assert losses(store, parts) == losses(store, whole)
    ends = [event["reason"] for event in store.events(parts) if event["kind"] == "end"]
    assert ends == ["done"]


def test_events_after_the_last_checkpoint_are_superseded(store: Store) -> None:
    run = trained(store, Config(steps=13, every=5))
    # As a crash in step 13 leaves it.
    file = store.folder(run) / "events.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]) + lines[-1][:9])
    before = store.read(run)
    again(store, run)
    assert [event["step"] for event in before.events if event["kind"] == "batch"][-3:] == [11, 12, 13]
    new = store.read(run, before.offset).events
    assert [(event["kind"], event.get("step")) for event in new[:2]] == [("continued", 10), ("batch", 11)]
    assert losses(store, run) == losses(store, trained(store, Config(steps=13)))


def test_a_learning_rate_changed_on_the_way_stays_changed(store: Store) -> None:
    change: list[Command] = [{"do": "rate", "value": 0.3}]
    whole = trained(store, Config(), *quiet(3), change)
    parts = trained(store, Config(), *quiet(3), change, *quiet(4), STOP)
    again(store, parts)
    assert losses(store, parts) == losses(store, whole) != losses(store, trained(store, Config()))


def damage(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def test_a_checkpoint_cut_in_half_is_passed_over_for_the_one_before(store: Store) -> None:
    run = trained(store, Config(), *quiet(12), STOP)
    damage(store.checkpoints(run)[12])
    again(store, run)
    assert losses(store, run) == losses(store, trained(store, Config()))
    (note,) = [event["sentence"] for event in store.events(run) if event["kind"] == "note"]
    assert note == (
        "A checkpoint is damaged (that after step 12), so the run goes on from the one after step 10."
    )


def test_without_a_whole_checkpoint_a_run_begins_again(store: Store) -> None:
    run = trained(store, Config(), *quiet(12), STOP)
    for file in store.checkpoints(run).values():
        damage(file)
    again(store, run)
    told = store.events(run)
    assert [event["kind"] for event in told[:3]] == ["continued", "note", "start"]
    assert str(told[1]["sentence"]).endswith("so the run goes on from the beginning.")
    assert losses(store, run) == losses(store, trained(store, Config()))


def test_what_a_crash_left_of_a_checkpoint_is_removed(store: Store) -> None:
    run = trained(store, Config(), *quiet(12), STOP)
    rest = checkpoints.path(store.folder(run), 14).with_name(".14.safetensors.7.part")
    rest.write_bytes(b"half")
    again(store, run)
    assert not rest.exists()


@pytest.mark.parametrize(
    ("config", "sentence", "traced"),
    [
        (Config(fault="data").to_json(), "Row 3 has no label.", False),
        (Config(fault="memory").to_json(), MEMORY, True),
        (Config(fault="bug").to_json(), FAILED, True),
        ('{"steps": 0}', "There must be a step.", False),
        ('{"stairs": 3}', FAILED, True),
    ],
)
def test_what_fails_ends_with_a_sentence_and_a_traceback_tells_of_errors_of_the_program_alone(
    store: Store, config: str, sentence: str, traced: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "dlviz"):
        run = trained(store, config)
    assert store.last(run) == {"kind": "end", "reason": "failed", "sentence": sentence}
    assert [record.exc_info is not None for record in caplog.records] == [traced]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_ends_the_run_with_a_sentence_and_it_can_go_on(
    store: Store, error: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def save(self: State, path: Path) -> None:
        if self.step > 5:
            raise OSError(error, os.strerror(error))
        path.write_text(json.dumps(vars(self)))

    with monkeypatch.context() as disk:
        disk.setattr(State, "save", save)
        run = trained(store, Config())
    assert store.last(run) == disk_full()
    assert "Delete runs that you no longer need (under My runs)" in str(disk_full()["sentence"])
    assert [record.exc_info for record in caplog.records] == [None]
    assert list(store.checkpoints(run)) == [5]
    again(store, run)
    assert losses(store, run) == losses(store, trained(store, Config()))


@pytest.mark.parametrize("reason", ["server", "place"])
def test_a_run_that_must_make_way_is_interrupted_and_not_stopped(store: Store, reason: str) -> None:
    run = trained(store, Config(), *quiet(3), STOP, aside=reason)
    last = store.last(run)
    assert last is not None
    assert (last["kind"], last["reason"]) == ("interrupted", reason)
    again(store, run)
    assert losses(store, run) == losses(store, trained(store, Config()))


def test_another_reason_to_end_is_the_runs_own_even_then(store: Store) -> None:
    run = trained(store, Config(steps=3), aside="server")
    last = store.last(run)
    assert last is not None
    assert (last["kind"], last["reason"]) == ("end", "done")


def test_a_worker_is_steered_by_lines_until_they_end() -> None:
    given_up: list[bool] = []
    lines = [b'{"run": "/folder"}\n', b'{"do": "pause"}\n', b'{"do": "aside"}\n', b'{"do": "ra']
    steering = CommandReader(iter(lines), give_up=lambda: given_up.append(True))
    assert steering.wait_for_run() == "/folder"
    told: list[Command] = []
    while len(told) < 3:
        steering.wait(5)
        told += steering.commands()
    assert told == [{"do": "pause"}, {"do": "stop"}, {"do": "stop"}]
    assert steering.aside == "place"


def test_a_worker_without_a_run_ends_with_the_server() -> None:
    steering = CommandReader(iter([]), give_up=lambda: None)
    assert steering.wait_for_run() is None
    assert steering.aside == "server"
