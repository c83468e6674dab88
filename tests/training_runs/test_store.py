"""Runs on disk: readable whatever happened, found by their ids alone."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dlviz.paths import ROOT
from dlviz.training.runs import checkpoints, journal
from dlviz.training.runs.events import Event
from dlviz.training.runs.journal import DiskFull, Held, Journal
from dlviz.training.runs.servers import FOLDER
from dlviz.training.runs.store import Store, UnknownRun
from tests.training_runs.tiny_training import State


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def run(store: Store) -> str:
    return store.create('{"steps": 3}', "hash", "  My \n first run ")


def lying(store: Store) -> list[str]:
    """Names of what lies in the folder beside the servers' own."""
    return [path.name for path in store.root.iterdir() if path.name != FOLDER]


def batch(step: int, loss: float = 1.5) -> Event:
    return {"kind": "batch", "step": step, "loss": loss}


def test_a_run_is_found_by_its_id_also_by_another_store(store: Store, run: str) -> None:
    for found in (store, Store(store.root)):
        assert found.ids() == [run]
        assert found.config(run) == '{"steps": 3}'
        meta = found.meta(run)
        assert (meta.owner, meta.name, meta.pinned) == ("hash", "My first run", False)
    store.change(run, name="x" * 500)
    store.change(run, pinned=True)
    meta = Store(store.root).meta(run)
    assert (meta.name, meta.pinned) == ("x" * 80, True)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../runs",
        "a" * 20,
        "A" * 20,
        "0" * 19,
        "0" * 21,
        "0" * 20 + "\n",
        "/etc",
        "\0",
        "٣" * 20,
    ],
)
def test_what_is_no_id_of_a_run_is_a_sentence(store: Store, run: str, name: str) -> None:
    for ask in (store.folder, store.config, store.meta, store.read, store.last, store.size, store.delete):
        with pytest.raises(UnknownRun, match="There is no run of that name here"):
            ask(name)
    assert store.ids() == [run]


def test_a_path_out_of_the_folder_is_no_id_even_if_there_is_a_run(store: Store, run: str) -> None:
    for name in (f"../runs/{run}", f"{run}/../{run}", f"./{run}", f"{run}/"):
        with pytest.raises(UnknownRun):
            store.folder(name)


def test_events_are_read_whole_or_from_where_one_has_been(store: Store, run: str) -> None:
    assert store.read(run).events == []
    assert store.last(run) is None
    with Journal(store.folder(run)) as written:
        written.write(batch(1), batch(2))
        first = store.read(run)
        assert first.events == [batch(1), batch(2)]
        written.write(batch(3))
        second = store.read(run, first.offset)
    assert second.events == [batch(3)]
    assert store.read(run, second.offset).events == []
    assert store.last(run) == batch(3)


def test_the_last_event_is_found_however_long_it_is(store: Store, run: str) -> None:
    long: Event = {"kind": "epoch", "histogram": list(range(20_000))}
    with Journal(store.folder(run)) as written:
        written.write(*[batch(step) for step in range(1000)], long)
    assert store.last(run) == long


def test_a_half_written_line_is_not_read_and_not_written_on(store: Store, run: str) -> None:
    file = store.folder(run) / "events.jsonl"
    file.write_bytes(json.dumps(batch(1)).encode() + b'\n{"kind":"batch","st')
    before = store.read(run)
    assert before.events == [batch(1)]
    assert store.last(run) == batch(1)
    with Journal(store.folder(run)) as written:
        written.write(batch(2))
    assert store.read(run).events == [batch(1), batch(2)]
    assert store.read(run, before.offset).events == [batch(2)]


def test_what_a_failing_disk_left_in_place_of_a_line_is_skipped(store: Store, run: str) -> None:
    line = json.dumps(batch(1)).encode() + b"\n"
    (store.folder(run) / "events.jsonl").write_bytes(b"\0\0\0\n[1]\n" + line + b'{"no": "kind"}\n')
    assert store.read(run).events == [batch(1)]


def test_one_process_writes_a_run(store: Store, run: str) -> None:
    with Journal(store.folder(run)), pytest.raises(Held):
        Journal(store.folder(run))
    with Journal(store.folder(run)) as written:
        written.write(batch(1))
    assert store.read(run).events == [batch(1)]


def test_a_run_is_held_by_another_process_until_that_is_killed(store: Store, run: str) -> None:
    hold = (
        "import sys, pathlib, dlviz.training.runs.journal as j; held = j.Journal(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", f"{hold}; print(flush=True); input()", str(store.folder(run))]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(Held, match=run):
            Journal(store.folder(run))
        process.kill()
    with Journal(store.folder(run)) as written:
        written.write(batch(1))
    assert store.read(run).events == [batch(1)]


def test_a_journal_brings_no_deleted_run_back(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path / "deleted")
    assert not (tmp_path / "deleted").exists()


def test_a_full_disk_leaves_whole_events_and_room_for_the_last_words(
    store: Store, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Journal(store.folder(run)) as written:
        written.reserve()
        written.write(batch(1))
        full = FullFile(written._file, store.folder(run) / journal.RESERVE, room=10)
        monkeypatch.setattr(written, "_file", full)
        with pytest.raises(DiskFull):
            written.write(batch(2))
        assert full.written == 10  # a part of the line was
        assert store.read(run).events == [batch(1)]
        written.last_words({"kind": "end", "reason": "full"})
    assert [event["kind"] for event in store.read(run).events] == ["batch", "end"]


class FullFile:
    """A file on a disk with little room, until the reserve is given up."""

    def __init__(self, file, reserve: Path, room: int) -> None:
        self.file, self.reserve, self.room, self.written = file, reserve, room, 0
        self.fileno, self.truncate, self.close = file.fileno, file.truncate, file.close

    def write(self, data: bytes) -> int:
        if not self.reserve.exists():
            return self.file.write(data)
        if self.written == self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.written += self.file.write(data[: self.room - self.written])
        return self.written


def test_a_run_that_finds_no_room_is_not_half_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(DiskFull):
        store.create("{}", "hash", "")
    assert lying(store) == []


def test_a_run_appears_with_all_that_it_needs_or_not_at_all(store: Store) -> None:
    run = store.create("{}", "hash", "", lambda folder: (folder / "own.csv").write_text("text,label"))
    assert (store.folder(run) / "own.csv").read_text() == "text,label"

    def failing(folder: Path) -> None:
        raise ValueError("The table has no rows.")

    with pytest.raises(ValueError, match="no rows"):
        store.create("{}", "hash", "", failing)
    assert lying(store) == [run]


def test_what_a_crash_left_half_made_or_half_deleted_is_swept_away(store: Store, run: str) -> None:
    for rest in (".new-" + run, ".gone-" + run):
        (store.root / rest).mkdir()
    assert store.ids() == [run]
    store.sweep()
    assert lying(store) == [run]


def test_a_damaged_folder_is_a_sentence(store: Store, run: str) -> None:
    (store.folder(run) / "meta.json").write_text('{"owner": "hash"')
    (store.folder(run) / "config.json").unlink()
    for ask in (Store(store.root).meta, store.config):
        with pytest.raises(UnknownRun, match="damaged"):
            ask(run)


def test_a_deleted_run_is_gone(store: Store, run: str) -> None:
    store.delete(run)
    assert store.ids() == lying(store) == []
    with pytest.raises(UnknownRun):
        store.meta(run)


def write_checkpoints(store: Store, run: str, steps: range, **more: object) -> None:
    with Journal(store.folder(run)) as written:
        writer = checkpoints.Writer(written)
        for step in steps:
            writer.write({"kind": "checkpoint", "step": step, **more}, State(step, 0.5, 0.1))


def test_old_checkpoints_are_kept_to_look_at_and_the_last_two_to_go_on_from(store: Store, run: str) -> None:
    write_checkpoints(store, run, range(1, 6))
    lean = {step: json.loads(file.read_text())["lean_one"] for step, file in store.checkpoints(run).items()}
    assert lean == {1: True, 2: True, 3: True, 4: False, 5: False}


def test_there_are_never_too_many_checkpoints(store: Store, run: str) -> None:
    write_checkpoints(store, run, range(1, 200), best_step=40)
    steps = list(store.checkpoints(run))
    assert len(steps) == checkpoints.MOST
    assert steps[: checkpoints.FIRST] == list(range(1, checkpoints.FIRST + 1))
    assert 40 in steps
    assert steps[-2:] == [198, 199]


def test_a_superseded_checkpoint_does_not_count(store: Store, run: str) -> None:
    write_checkpoints(store, run, range(1, 6))
    with Journal(store.folder(run)) as written:
        written.write({"kind": "continued", "step": 3})
    assert list(store.checkpoints(run)) == [1, 2, 3]
    checkpoints.drop_later(store.folder(run), 3)
    assert list(checkpoints.on_disk(store.folder(run))) == [1, 2, 3]
