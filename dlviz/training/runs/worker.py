"""A process that trains one run: started early, so that it is warm when it is named a run.

python -m dlviz.training.runs.worker
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dlviz.training.runs import checkpoints, events
from dlviz.training.runs.command_reader import CommandReader
from dlviz.training.runs.events import Event
from dlviz.training.runs.journal import DiskFull, Journal
from dlviz.training.runs.store import CONFIG, find_named, tail

NICENESS = 10
ASIDE = {
    "server": "The server has ended. This run can go on from its last checkpoint.",
    "place": "Paused while others waited, this run has made room for them. It can go on when you like.",
}
FAILED = "This run failed with an error of the program, which the server's log tells."
MEMORY = "The machine has not enough memory for this run: take a smaller network or smaller batches."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trainer:
    """Interface of the loop for a worker: to read a run's folder and a checkpoint, and to train.

    `train` takes the result of `read`, a reader of commands, and, if the run resumes, the result of `load`,
    which raises `bad_state`; `explained` are the errors whose message is a sentence for the learner.
    """

    read: Callable[[Path], Any]
    load: Callable[[Path], Any]
    train: Callable[..., Iterator[Event]]
    bad_state: type[Exception]
    explained: tuple[type[Exception], ...]


def main(prepare: Callable[[], Trainer]) -> None:
    """Get warm, train the run that is named on standard input, and end; end too when the input ends."""
    if sys.platform != "win32":
        os.nice(NICENESS)
    commands = CommandReader(sys.stdin.buffer, give_up=partial(os._exit, 1))
    trainer = prepare()
    run = commands.wait_for_run()
    code = work(Path(run), trainer, commands) if run else 0
    logging.shutdown()
    # At once: taking the interpreter down would keep the next run waiting.
    os._exit(code)


def work(folder: Path, trainer: Trainer, commands: CommandReader) -> int:
    """Train a run, from its last whole checkpoint if it has one, and return the process's exit code.

    Whatever happens, the run's last event says how it ended. If even that finds no room, the code says it.
    """
    try:
        journal = Journal(folder)
    except DiskFull:
        log.error("the run %s found no room on the disk", folder.name)
        return events.NO_ROOM
    with journal:
        try:
            journal.reserve()
            writer = checkpoints.Writer(journal)
            for event in _train(journal, trainer, commands):
                _record(journal, writer, event, commands)
            return 0
        except Exception as error:
            return _report_failure(journal, error, trainer.explained)


def _train(journal: Journal, trainer: Trainer, commands: CommandReader) -> Iterator[Event]:
    given = trainer.read(journal.folder)
    past = events.current(tail(journal.folder).events)
    measures = find_named((journal.folder / CONFIG).read_text(encoding="utf-8")) in events.MEASURED
    told: list[Event] = [{"kind": "note", "sentence": commands.note}] if commands.note else []
    if not past or measures:  # what it has measured is read with its config
        journal.write(*told)
        return trainer.train(given, commands)
    step, state, notes = _newest_checkpoint(journal.folder, events.steps(past), trainer)
    journal.write({"kind": "continued", "step": step}, *told, *notes)
    checkpoints.drop_later(journal.folder, step)
    return trainer.train(given, commands, state)


def _newest_checkpoint(
    folder: Path, steps: list[int], trainer: Trainer
) -> tuple[int | None, Any, list[Event]]:
    """Find the last whole checkpoint: its step and state, or None; and a note if later ones are damaged."""
    damaged: list[int] = []
    for step in reversed(steps):
        try:
            return (
                step,
                trainer.load(checkpoints.path(folder, step)),
                _note(damaged, f"the one after step {step:,}"),
            )
        except (trainer.bad_state, OSError):
            damaged.append(step)
    return None, None, _note(damaged, "the beginning")


def _note(damaged: list[int], instead: str) -> list[Event]:
    if not damaged:
        return []
    named = " and ".join(f"that after step {step:,}" for step in damaged)
    sentence = f"A checkpoint is damaged ({named}), so the run goes on from {instead}."
    return [{"kind": "note", "sentence": sentence}]


def _record(journal: Journal, writer: checkpoints.Writer, event: Event, commands: CommandReader) -> None:
    if "state" in event:
        state: Any = event.pop("state")
        writer.write(event, state)
    elif event["kind"] == "end" and event["reason"] == "stopped" and commands.aside:
        journal.last_words(events.interruption(commands.aside, ASIDE[commands.aside]))
    elif event["kind"] == "end":
        journal.last_words(event)
    else:
        journal.write(event)


def _report_failure(journal: Journal, error: Exception, explained: tuple[type[Exception], ...]) -> int:
    """Say in the run what has gone wrong."""
    run = journal.folder.name
    if isinstance(error, DiskFull):
        log.error("the run %s found no room on the disk", run)
        event = events.disk_full()
    elif isinstance(error, explained):
        log.error("the run %s failed: %s", run, error)
        event = events.ending("failed", str(error))
    else:
        log.error("the run %s failed", run, exc_info=error)
        event = events.ending("failed", MEMORY if isinstance(error, MemoryError) else FAILED)
    try:
        journal.last_words(event)
    except DiskFull:
        return events.NO_ROOM
    return 0


def _trainer() -> Trainer:
    """Prepare the loop, with all that its first step would wait for."""
    import torch

    from dlviz.finetuning import NoFineTuning
    from dlviz.training.config import TrainingConfig
    from dlviz.training.examples_curve import CurveConfig, measure_curve, read_points
    from dlviz.training.fine_tuning import FineTuningConfig, fine_tune, read_sentences
    from dlviz.training.loop import train
    from dlviz.training.loss_surface import SurfaceConfig, measure_surface
    from dlviz.training.sentences_curve import SentencesCurveConfig, measure_sentences_curve
    from dlviz.training.state import BadState, State
    from dlviz.training.tasks import BadTask, own

    torch.set_num_threads(1)
    layer = torch.nn.Linear(1, 1)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.zeros(1, 1)).sum().backward()
    optimizer.step()

    def read(folder: Path) -> Callable[..., Iterator[Event]]:
        text = (folder / CONFIG).read_text(encoding="utf-8")
        try:
            past = tail(folder).events
            done = {(way, count) for way, count, _ in read_points(past)}
            match find_named(text):
                case "curve":
                    return partial(measure_curve, CurveConfig.from_json(text), done=done)
                case "sentences":
                    given = SentencesCurveConfig.from_json(text)
                    return partial(measure_sentences_curve, given, done=done)
                case "surface":
                    return partial(measure_surface, SurfaceConfig.from_json(text), folder.parent, past=past)
                case "finetuning":
                    tuned = FineTuningConfig.from_json(text)
                    return partial(fine_tune, tuned, read_sentences(tuned, folder))
            config = TrainingConfig.from_json(text)
        except ValueError as error:
            raise BadTask(str(error)) from error
        return partial(train, config, own=own.read(config.task, folder))

    def begin(given: Callable[..., Iterator[Event]], *others: Any) -> Iterator[Event]:
        return given(*others)

    def load(path: Path) -> Any:
        if find_named((path.parents[1] / CONFIG).read_text(encoding="utf-8")) == events.FINETUNING:
            from dlviz.finetuning.learning import State as Tuned  # late: others need no transformers

            try:
                return Tuned.load(path)
            except NoFineTuning as error:
                raise BadState(str(error)) from error
        state = State.load(path)
        if not state.random:
            raise BadState(f"The checkpoint {path.name} can be looked at, but not gone on from.")
        return state

    return Trainer(read, load, begin, BadState, (BadState, BadTask))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(_trainer)
