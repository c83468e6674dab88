"""State of training: a network, its optimizer, schedule and random numbers, batch by batch."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.models import layout
from dlviz.recurrence.gradients import with_forget_bias
from dlviz.training import optimizers, transfer
from dlviz.training.clock import Clock
from dlviz.training.config import TrainingConfig
from dlviz.training.measuring import Measured, flat, measure, share_of_most_frequent, spread
from dlviz.training.randomness import Stream
from dlviz.training.schedules import Schedule
from dlviz.training.state import BadState, Progress, State, Tensors
from dlviz.training.tasks import BadTask, Task
from dlviz.training.tasks.examples import unchanged

KNOWN = 1_000  # examples that were learned from and are measured after an epoch, as validation is


class Learned(NamedTuple):
    """Result of one batch.

    Args:
        loss: in nats.
        rate: learning rate of the batch.
        norm: of the gradient before clipping; None if it is not finite.
        seconds: of training so far.
    """

    loss: float
    rate: float
    norm: float | None
    seconds: float


class Learner:
    """Everything that changes while a run learns.

    Args:
        start: to resume from; without it the weights are drawn from the config's seed.
    Raises: BadTask if the machine has not the config's device; BadState if `start` is of another network.
    """

    def __init__(self, config: TrainingConfig, task: Task, start: State | None = None) -> None:
        if config.device == "cuda" and not torch.cuda.is_available():
            raise BadTask("This machine has no graphics card that PyTorch can use: choose the CPU.")
        self.config, self.task = config, task
        self.model = weights.build(task.class_name, task.arguments, config.seed)
        if config.forget_bias is not None:
            self.model = with_forget_bias(self.model, config.forget_bias)
        if config.start:
            transfer.start_from(self.model, config.start)
        self.model.to(config.device)
        layout.lay_out(self.model)
        self.optimizer = optimizers.build(config, self.model)
        self.steps = config.passes * len(task.training.split_in_order(config.batch_size))
        self.schedule = Schedule(config, self.steps)
        self.stream = Stream(config.seed, config.device)
        self.epoch_began = self.stream.states
        self.progress, self.best = Progress(), Tensors()
        if start is not None:
            self._resume(start)
        transfer.freeze(self.model, config, self.progress.epoch)
        self.clock = Clock(self.progress.seconds)

    def _resume(self, start: State) -> None:
        if (start.class_name, start.arguments) != (self.task.class_name, self.task.arguments):
            raise BadState("The checkpoint belongs to another network than this run's.")
        if not start.random:
            raise BadState("This checkpoint keeps the weights alone: a run cannot go on from it.")
        start.model()  # raises BadState with the first weight that does not fit
        self.model.load_state_dict(start.weights)
        optimizers.restore_state(self.optimizer, start.optimizer)
        self.best = start.best
        self.progress = Progress(**asdict(start.progress))
        if self.progress.ended == "done" and not self.config.patience:
            self.progress.ended = "" if self.progress.epoch <= self.config.epochs else "done"
        now, began = (
            {name.removeprefix(part): state for name, state in start.random.items() if name.startswith(part)}
            for part in ("now/", "epoch/")
        )
        self.stream.states, self.epoch_began = now, began
        self.schedule.catch_up(self.progress.step, self.progress.losses)

    @property
    def rate(self) -> float:
        """Learning rate of the next batch: the schedule's, scaled by the learner's changes."""
        return self.schedule.rate * self.progress.scale

    def change_rate(self, rate: float) -> None:
        """Learn at this rate now; the schedule goes on from it in proportion."""
        if self.schedule.rate > 0:
            self.progress.scale = rate / self.schedule.rate

    def facts(self) -> dict[str, object]:
        """Facts that are known before the first batch."""
        return {
            "parameters": sum(transfer.count_parameters(self.model)),
            "frozen": transfer.count_parameters(self.model)[1],
            "samples": len(self.task.training),
            "validation": 0 if self.task.test else len(self.task.measured),
            "test": len(self.task.measured) if self.task.test else 0,
            "steps_per_epoch": self.steps,
            "epochs": self.config.epochs,
            "network": self.task.class_name,
            "arguments": self.task.arguments,
            "classes": self.task.facts.get("classes", []),
            "chance": share_of_most_frequent(self.task.measured),
        }

    def order(self) -> list[Tensor]:
        """Rows (batch,) of each batch of this epoch; the same, however often they are asked for."""
        stream = Stream(self.config.seed, self.config.device)
        stream.states = self.epoch_began
        with stream.drawing():
            passes = [self.task.training.shuffle(self.config.batch_size) for _ in range(self.config.passes)]
        if not self.progress.place:
            self.stream = stream
            self.progress.epoch_start = self.clock.seconds
            transfer.freeze(self.model, self.config, self.progress.epoch)
        return [rows for batches in passes for rows in batches]

    def learn(self, rows: Tensor) -> "Learned":
        """Learn from the batch of rows (batch,), unless its loss is no finite number."""
        rate, began = self.rate, time.process_time()
        optimizers.set_rate(self.optimizer, rate)
        with self.stream.drawing(), torch.enable_grad():
            x, targets = self.task.training.batch(rows)
            logits, targets = flat(self._answer(x, learning=True), targets.to(self.config.device))
            loss = F.cross_entropy(logits, targets, label_smoothing=self.config.label_smoothing)
            value, norm = loss.item(), torch.tensor(torch.nan)
            if math.isfinite(value):
                self.optimizer.zero_grad()
                loss.backward()
                norm = self._clip()
                self.optimizer.step()
                self._count(value, logits, targets, len(rows))
        self.progress.processor_seconds += time.process_time() - began
        seconds = self.progress.seconds = self.clock.seconds
        return Learned(value, rate, norm.item() if norm.isfinite() else None, seconds)

    def _clip(self) -> Tensor:
        """Clip the gradient where the config says so, and return its norm before that."""
        if self.config.clip:
            return nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        gradients = [parameter.grad for parameter in self.model.parameters()]
        return nn.utils.get_total_norm([gradient for gradient in gradients if gradient is not None])

    def _count(self, loss: float, logits: Tensor, targets: Tensor, samples: int) -> None:
        progress = self.progress
        progress.loss += loss * len(targets)
        progress.right += int((logits.argmax(1) == targets).sum())
        progress.answers += len(targets)
        progress.samples += samples
        progress.step += 1
        progress.place += 1
        self.schedule.after_batch()

    def _answer(self, x: Tensor, learning: bool = False) -> Tensor:
        x = x.to(self.config.device)
        if x.dim() == 4:
            x = x.contiguous(memory_format=torch.channels_last)
        return self.model.train(learning)(x)

    def measure(self, stopped: Callable[[], bool]) -> Measured | None:
        """Measure the network on examples that it does not learn from; None if it is stopped meanwhile."""
        return measure(lambda x: self._answer(x).cpu(), self.task.measured, stopped)

    def measure_known(self, stopped: Callable[[], bool]) -> Measured | None:
        """Measure some that it learns from just as others are measured: unchanged, nothing silenced."""
        return measure(lambda x: self._answer(x).cpu(), unchanged(self.task.training), stopped, KNOWN)

    def measure_tested(self) -> Measured | None:
        """Measure the test data with the weights that the run keeps; None where they are not asked for."""
        if self.task.tested is None:
            return None
        return measure(lambda x: self._answer(x).cpu(), self.task.tested, lambda: False)

    def keep_gradients(self) -> None:
        """Keep histograms of the last batch's gradients."""
        if not self.progress.gradients:
            self.progress.gradients = spread(self.model, lambda parameter: parameter.grad)

    def weights_spread(self) -> dict[str, object]:
        """Histograms of the weights of each layer."""
        return spread(self.model, lambda parameter: parameter)

    def end_epoch(self, loss: float) -> bool:
        """Count the epoch, move the schedule on, and decide whether the run has ended.

        Args:
            loss: on what was measured. Test data decide nothing.
        Returns: true if it was the best epoch so far.
        """
        progress = self.progress
        known = None if self.task.test else loss
        best = self.keep_if_best(loss)
        progress.losses.append(known)
        self.schedule.after_epoch(known)
        if self.config.patience and progress.epoch - progress.best_epoch >= self.config.patience:
            progress.ended = "early"
        elif progress.epoch >= self.config.epochs:
            progress.ended = "done"
        self.epoch_began = self.stream.states
        progress.epoch, progress.place, progress.gradients = progress.epoch + 1, 0, {}
        progress.loss, progress.right, progress.answers, progress.samples = 0.0, 0, 0, 0
        return best

    def keep_if_best(self, loss: float) -> bool:
        """Keep the weights for early stopping if no epoch has had so low a loss; true if none has."""
        progress = self.progress
        best = not self.task.test and loss < min(
            (known for known in progress.losses if known is not None), default=torch.inf
        )
        if best:
            progress.best_epoch, progress.best_step = progress.epoch, progress.step
            if self.config.patience:
                self.best = self._weights()
        return best

    def restore_best(self, reason: str) -> None:
        """End the run for good with the best weights, where early stopping has kept them."""
        if self.best:
            self.model.load_state_dict(self.best)
            self.progress.ended = reason

    def _weights(self) -> Tensors:
        return {
            name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
            for name, tensor in self.model.state_dict().items()
        }

    def state(self) -> State:
        """Copy everything as it is now."""
        self.progress.seconds = self.clock.seconds
        # Before an epoch's first batch its order is still to be drawn.
        now = self.stream.states if self.progress.place else self.epoch_began
        return State(
            config=self.config,
            class_name=self.task.class_name,
            arguments=self.task.arguments,
            facts=self.task.facts,
            progress=Progress(**asdict(self.progress)),
            weights=self._weights(),
            best=self.best,
            optimizer=optimizers.copy_state(self.optimizer),
            random={
                f"{part}/{name}": state.clone()
                for part, states in (("now", now), ("epoch", self.epoch_began))
                for name, state in states.items()
            },
        )
