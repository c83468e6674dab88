"""Training as a plain generator of events: `for event in train(config): ...`."""

import math
from collections.abc import Iterator

from torch import Tensor

from dlviz.training.commands import Command, Steering, Unsteered, asked_rate
from dlviz.training.config import TrainingConfig
from dlviz.training.measuring import Measured
from dlviz.training.state import Progress, State
from dlviz.training.tasks import Own, fetch, prepare
from dlviz.training.trainer_state import Learner

Event = dict[str, object]

EARLY = (0, 1, 3, 10, 30, 100)  # steps of the first epoch after which a checkpoint is kept
PATIENCE = 0.5  # seconds that a paused run waits at once
SENTENCES = {
    "done": "All epochs are learned.",
    "stopped": "The run was stopped.",
    "early": "The validation loss has not fallen for {patience}: the weights of epoch {best} are back.",
    "diverged": "The run stopped: the loss is no longer a number.",
    "time": "The time budget is used up.",
}
BACK = " The weights of epoch {best} are back."
NOT_YET = " The best weights so far, of epoch {best}, come back when it ends by itself."


def train(
    config: TrainingConfig,
    steering: Steering | None = None,
    start: State | None = None,
    own: Own | None = None,
) -> Iterator[Event]:
    """Train as the config says, and yield what happens.

    Events are dictionaries of plain values under a `kind`: `download` where data come from elsewhere,
    `start`, `batch`, `epoch`, `rate`, `paused`, `resumed`, `checkpoint` (its `state` is a `State`) and at
    last `end`, whose `restored` is true if the last checkpoint holds not the last weights but the best. With
    early stopping on, the best are restored however the run ends, unless it is stopped: then it can resume.

    Args:
        steering: where commands come from; without it nobody interferes.
        start: a state to resume from. The events that follow are those that would have followed it.
        own: the learner's own data, for the tasks “drawings” and “table”.
    Raises: BadTask if the data cannot be learned from; BadState if `start` belongs to another network.
    """
    steering = steering or Unsteered()
    heard: list[Command] = []
    for done, total in fetch(config):
        heard += steering.commands()
        if any(command.get("do") == "stop" for command in heard):
            yield _end("stopped", Progress(), config)
            return
        yield {"kind": "download", "done": done, "total": total}
    learner = Learner(config, prepare(config, own), start)
    yield from _Run(learner, steering, heard, fresh=start is None).events()


def _end(reason: str, progress: Progress, config: TrainingConfig) -> Event:
    patience = "one epoch" if config.patience == 1 else f"{config.patience} epochs"
    better = bool(config.patience) and 0 < progress.best_step < progress.step
    restored = better and reason != "stopped"
    sentence = SENTENCES[reason]
    if better and reason != "early":
        sentence += BACK if restored else NOT_YET
    return {
        "kind": "end",
        "reason": reason,
        "step": progress.step,
        "best_epoch": progress.best_epoch,
        "best_step": progress.best_step,
        "restored": restored,
        "sentence": sentence.format(patience=patience, best=progress.best_epoch),
    }


class _Run:
    def __init__(self, learner: Learner, steering: Steering, heard: list[Command], fresh: bool) -> None:
        self.learner, self.steering, self.heard, self.fresh = learner, steering, heard, fresh
        self.progress = learner.progress
        self.reason = self.progress.ended
        self.paused = False

    def events(self) -> Iterator[Event]:
        if self.fresh:
            yield {"kind": "start", **self.learner.facts()}
            yield self._checkpoint()
        while not self.reason:
            yield from self._epoch()
        if self.reason == "diverged" and self.learner.best and not self.progress.ended:
            yield self._checkpoint()
        yield _end(self.reason, self.progress, self.learner.config) | self._tested()

    def _tested(self) -> Event:
        """Results on test data that have decided nothing, where the config asks for them."""
        measured = self.learner.measure_tested() if self.reason in ("done", "early", "time") else None
        if measured is None or not math.isfinite(measured.loss):
            return {}
        return {"test_loss": measured.loss, "test_accuracy": measured.accuracy}

    def _epoch(self) -> Iterator[Event]:
        """Train on the rest of this epoch, and measure it."""
        for rows in self.learner.order()[self.progress.place :]:
            yield from self._obey()
            if not self.reason:
                yield from self._batch(rows)
            if self.reason == "stopped":
                yield self._checkpoint()
            if self.reason == "time":
                yield from self._out_of_time()
            if self.reason:
                return
        yield from self._end_of_epoch()

    def _batch(self, rows: Tensor) -> Iterator[Event]:
        learned = self.learner.learn(rows)
        if not math.isfinite(learned.loss):
            self.reason = "diverged"
            return
        progress = self.progress
        yield {"kind": "batch", "step": progress.step, "epoch": progress.epoch, **learned._asdict()}
        whole = progress.place == self.learner.steps
        # After a gradient that is no number, neither are the weights.
        if progress.epoch == 1 and progress.step in EARLY and not whole and learned.norm is not None:
            yield self._checkpoint()
        if self._late() and not whole:
            self.reason = "time"

    def _end_of_epoch(self) -> Iterator[Event]:
        self.learner.keep_gradients()
        measured, known = self._measure()
        if measured is None or known is None:
            self.reason = "stopped"
            yield self._checkpoint()
        elif not math.isfinite(measured.loss):
            self.reason = "diverged"
        else:
            event = self._epoch_event(measured, known)
            event["best"] = self.learner.end_epoch(measured.loss)
            self.reason = self.progress.ended or ("time" if self._late() else "")
            yield event
            yield self._checkpoint()

    def _out_of_time(self) -> Iterator[Event]:
        """Measure the epoch that is cut short as it stands."""
        self.learner.keep_gradients()
        measured, known = self._measure()
        if measured is not None and known is not None and math.isfinite(measured.loss):
            event = self._epoch_event(measured, known)
            yield {**event, "best": self.learner.keep_if_best(measured.loss), "partial": True}
        self.progress.gradients = {}
        yield self._checkpoint()

    def _measure(self) -> tuple[Measured | None, Measured | None]:
        """Measure what is held out, then some that was learned from; None for what a stop came before."""
        measured = self.learner.measure(self._stop_heard)
        return measured, None if measured is None else self.learner.measure_known(self._stop_heard)

    def _epoch_event(self, measured: Measured, known: Measured) -> Event:
        progress, seconds = self.progress, self.learner.clock.seconds
        test = self.learner.task.test
        return {
            "kind": "epoch",
            "epoch": progress.epoch,
            "step": progress.step,
            "train_loss": progress.loss / progress.answers,
            "train_accuracy": progress.right / progress.answers,
            "known_loss": known.loss if math.isfinite(known.loss) else None,
            "known_accuracy": known.accuracy,
            "loss": None if test else measured.loss,
            "accuracy": None if test else measured.accuracy,
            "test_loss": measured.loss if test else None,
            "test_accuracy": measured.accuracy if test else None,
            "rate": self.learner.rate,
            "seconds": seconds,
            "processor_seconds": progress.processor_seconds,
            "samples_per_second": progress.samples / max(progress.seconds - progress.epoch_start, 1e-9),
            "wrong": measured.wrong,
            "confusion": measured.confusion,
            "histograms": {"weights": self.learner.weights_spread(), "gradients": progress.gradients},
        }

    def _checkpoint(self) -> Event:
        if self.reason not in ("", "stopped"):
            self.learner.restore_best(self.reason)
        progress = self.progress
        return {
            "kind": "checkpoint",
            "step": progress.step,
            "epoch": progress.epoch - 1 if progress.place == 0 else progress.epoch,
            "best_step": progress.best_step,
            "state": self.learner.state(),
        }

    def _late(self) -> bool:
        return (
            self.learner.config.seconds is not None
            and self.learner.clock.seconds >= self.learner.config.seconds
        )

    def _stop_heard(self) -> bool:
        """True if a stop has come in; other commands are obeyed after the measurement."""
        self.heard += self.steering.commands()
        return any(command.get("do") == "stop" for command in self.heard)

    def _obey(self) -> Iterator[Event]:
        """Do what has been asked for, and wait as long as the run is paused."""
        yield from self._follow()
        while self.paused and not self.reason:
            self.steering.wait(PATIENCE)
            yield from self._follow()

    def _follow(self) -> Iterator[Event]:
        heard, self.heard = self.heard + self.steering.commands(), []
        for command in heard:
            asked = command.get("do")
            if asked == "stop":
                self.reason = "stopped"
            elif asked == "pause" and not self.paused:
                yield self._pause(True)
            elif asked == "resume" and self.paused:
                yield self._pause(False)
            elif rate := asked_rate(command, self.learner.rate):
                yield self._change_rate(rate)

    def _pause(self, paused: bool) -> Event:
        self.paused = paused
        if paused:
            self.learner.clock.stop()
        else:
            self.learner.clock.go_on()
        return {"kind": "paused" if paused else "resumed", "step": self.progress.step}

    def _change_rate(self, rate: float) -> Event:
        old = self.learner.rate
        self.learner.change_rate(rate)
        # The factor too: from the rates alone it follows but for its last bit.
        scale = self.progress.scale
        return {
            "kind": "rate",
            "step": self.progress.step,
            "old": old,
            "new": self.learner.rate,
            "scale": scale,
        }
