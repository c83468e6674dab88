"""Training of an arm as a plain generator of events: `for event in learn(network, learned, held): ...`."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.finetuning import NoFineTuning
from dlviz.finetuning.network import BATCH, FineTuned, Network
from dlviz.finetuning.texts import Texts, sort_by_length
from dlviz.transfer.heads import solve_head

Event = dict[str, object]
Tensors = dict[str, Tensor]

FRAMES = 13  # of a film
DECAY = 0.03  # of the head that training begins with
CLIP = 1.0  # norm of a gradient, at the most
MEAN, SQUARE = "/mean", "/square"  # of the gradients so far, in the optimizer
WEIGHTS, OPTIMIZER, FILM = "weights/", "optimizer/", "film/"


@dataclass(frozen=True)
class Plan:
    """Plan of a training.

    Args:
        epochs: passes through the texts.
        batch: texts of a step.
        rate: highest learning rate: it rises to it over the first tenth of the steps, then falls to zero.
        seed: of the order of the texts.
        frames: of the film: how often what is held out is measured, evenly over the steps.
    """

    epochs: int = 4
    batch: int = 16
    rate: float = 3e-4
    seed: int = 0
    frames: int = FRAMES


@dataclass(frozen=True, eq=False)
class Film:
    """Frames of what a network makes of the held-out texts, again and again while it learns.

    Args:
        steps: (frames,) int64, after which each frame was taken.
        features: (frames, texts, size) float32, what the head reads.
        logits: (frames, texts, classes) float32.
    """

    steps: np.ndarray
    features: np.ndarray
    logits: np.ndarray


@dataclass(frozen=True, eq=False)
class State:
    """A training at one of its steps: only what learns, what its optimizer keeps, and the film so far.

    Args:
        step: steps done.
        seconds: of training so far.
        facts: of the network, as a file's metadata.
        weights: name -> what learns.
        optimizer: name -> averages of the gradient and of its square; empty of one that is only looked at.
        film: its parts, features in half precision.
    """

    step: int
    seconds: float
    facts: Mapping[str, str]
    weights: Tensors
    optimizer: Tensors
    film: Tensors

    def lean(self) -> "State":
        """Keep what is enough to look at, but not to resume from."""
        half = {name: each.half() for name, each in self.weights.items()}
        return replace(self, weights=half, optimizer={})

    def save(self, path: Path) -> None:
        """Write the state whole or not at all. Raises: OSError."""
        parts = {WEIGHTS: self.weights, OPTIMIZER: self.optimizer, FILM: self.film}
        tensors = {at + name: each.contiguous() for at, part in parts.items() for name, each in part.items()}
        temporary = path.with_name(f".{path.name}.part")
        try:
            save_file(
                tensors, temporary, {**self.facts, "step": str(self.step), "seconds": str(self.seconds)}
            )
            temporary.replace(path)
        except (OSError, SafetensorError) as error:
            temporary.unlink(missing_ok=True)
            raise OSError(*error.args) from error

    @classmethod
    def load(cls, path: Path) -> "State":
        """Read the state that `save` wrote.

        Raises: NoFineTuning if the file is missing, damaged or something else.
        """
        try:
            with safe_open(path, framework="pt") as content:
                facts = dict(content.metadata())
                tensors = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
            step, seconds = int(facts.pop("step")), float(facts.pop("seconds"))
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise NoFineTuning(f"The checkpoint {path.name} is missing, cut or damaged.") from error
        parts = [
            {name.removeprefix(at): each for name, each in tensors.items() if name.startswith(at)}
            for at in (WEIGHTS, OPTIMIZER, FILM)
        ]
        return cls(step, seconds, facts, *parts)


def read_film(path: Path) -> Film:
    """Read the film of a training from its newest checkpoint, and nothing else of it.

    Raises: NoFineTuning if the file is missing, damaged or something else.
    """
    try:
        with safe_open(path, framework="np") as content:
            steps, features, logits = (
                content.get_tensor(f"{FILM}{name}") for name in ("steps", "features", "logits")
            )
    except (SafetensorError, OSError) as error:
        raise NoFineTuning(f"The checkpoint {path.name} is missing, cut or damaged.") from error
    return Film(steps, features.astype(np.float32), logits.astype(np.float32))


def begin_with_solved_head(network: FineTuned, learned: Texts, decay: float = DECAY) -> None:
    """Give a network the head that is best on its frozen features, so that training begins from there.

    Source: Kumar et al. 2022, "Fine-Tuning can Distort Pretrained Features": a head drawn at random would
        spoil, in the first steps, what the encoder knows.
    """
    features, _ = look(network, learned)
    head = solve_head(features.numpy(), learned.labels.numpy(), network.head.out_features, decay)
    with torch.no_grad():
        network.head.weight.copy_(torch.from_numpy(head.weight))
        network.head.bias.copy_(torch.from_numpy(head.bias))


@torch.no_grad()
def look(network: Network, texts: Texts) -> tuple[Tensor, Tensor]:
    """Features (count, size) and logits (count, classes) of texts."""
    rows = sort_by_length(texts.entering, BATCH)
    features = torch.cat([network.features(texts.batch(each)[0]) for each in rows])
    features = features[torch.argsort(torch.cat(rows))]
    return features, network.head(features)


def learn(
    network: Network,
    learned: Texts,
    held: Texts,
    plan: Plan,
    facts: Mapping[str, str] | None = None,
    start: State | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Train what learns of a network, and yield what happens.

    Events are dictionaries of plain values under a `kind`: `start`, `batch` with the `loss` of each step,
    `epoch` with `loss` and `accuracy` on what is held out (not only at an epoch's end, so its number has a
    fraction), `checkpoint` with a `state` after each epoch, and at last `end`.

    Args:
        learned, held: texts that the network itself has read.
        facts: written into each checkpoint.
        start: to resume from; the events that follow are those that would have followed it.
        stopped: asked before each step; once it is true, the training ends after a checkpoint.
    Raises: NoFineTuning if `start` belongs to another network.
    """
    yield from _Training(network, learned, held, plan, dict(facts or {}), start).events(stopped)


class _Training:
    def __init__(
        self,
        network: Network,
        learned: Texts,
        held: Texts,
        plan: Plan,
        facts: dict[str, str],
        start: State | None,
    ) -> None:
        self.network, self.learned, self.held, self.plan, self.facts = network, learned, held, plan, facts
        self.own = network.learning()
        self.optimizer = torch.optim.AdamW(self.own.values(), lr=plan.rate, weight_decay=0.01)
        self.steps = -(-len(learned) // plan.batch)
        self.whole = self.steps * plan.epochs
        looks = np.linspace(0, self.whole, min(plan.frames, self.whole + 1))
        self.looks = set(looks.round().astype(int).tolist())
        self.step, self.before, self.fresh = 0, 0.0, start is None
        self.frames: dict[str, list[Tensor]] = {"steps": [], "features": [], "logits": []}
        if start is not None:
            self._resume(start)
        self.began = perf_counter()

    def _resume(self, start: State) -> None:
        shapes = {name: each.shape for name, each in self.own.items()}
        if {name: each.shape for name, each in start.weights.items()} != shapes or not start.optimizer:
            raise NoFineTuning("The checkpoint belongs to another training, or cannot be gone on from.")
        with torch.no_grad():
            for name, each in self.own.items():
                each.copy_(start.weights[name])
                self.optimizer.state[each] = {
                    "step": torch.tensor(float(start.step)),
                    "exp_avg": start.optimizer[name + MEAN].clone(),
                    "exp_avg_sq": start.optimizer[name + SQUARE].clone(),
                }
        self.step, self.before = start.step, start.seconds
        self.frames = {name: list(each) for name, each in start.film.items()}

    @property
    def seconds(self) -> float:
        return self.before + perf_counter() - self.began

    def events(self, stopped: Callable[[], bool]) -> Iterator[Event]:
        if self.fresh:
            yield {"kind": "start", **self._describe()}
            if 0 in self.looks:
                yield self._measure()
        reason = "done"
        while self.step < self.whole:
            epoch, place = divmod(self.step, self.steps)
            for rows in self.learned.order(self.plan.batch, self.plan.seed, epoch)[place:]:
                if stopped():
                    yield self._checkpoint()
                    yield self._end("stopped", "The training was stopped.")
                    return
                event = self._learn(rows)
                if not math.isfinite(float(str(event["loss"]))):
                    yield self._end("diverged", "The training stopped: the loss is no longer a number.")
                    return
                yield event
                if self.step in self.looks:
                    yield self._measure()
            yield self._checkpoint()
        yield self._end(reason, "All epochs are learned.")

    def _describe(self) -> Event:
        counts = np.bincount(self.held.labels.numpy())
        return {
            "parameters": sum(each.numel() for each in self.own.values()),
            "samples": len(self.learned),
            "validation": len(self.held),
            "steps_per_epoch": self.steps,
            "epochs": self.plan.epochs,
            "chance": float(counts.max() / counts.sum()),
            "classes": json.loads(self.facts.get("classes", "[]")),
        }

    def _learn(self, rows: Tensor) -> Event:
        # Adam's first steps are as long as its later ones, however little it has seen: without a slow start
        # they undo what the encoder knows.
        warm = min(1.0, (self.step + 1) / max(1.0, self.whole / 10))
        rate = self.plan.rate * warm * (1 - self.step / self.whole)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with torch.enable_grad():
            entering, labels = self.learned.batch(rows)
            logits = self.network.head(self.network.features(entering))
            loss = F.cross_entropy(logits, labels)
            self.optimizer.zero_grad()
            loss.backward()
            norm = nn.utils.clip_grad_norm_(self.own.values(), CLIP)
            self.optimizer.step()
        self.step += 1
        return {
            "kind": "batch",
            "step": self.step,
            "epoch": 1 + (self.step - 1) // self.steps,
            "loss": loss.item(),
            "rate": rate,
            "norm": norm.item(),
            "seconds": self.seconds,
        }

    def _measure(self) -> Event:
        """Measure what is held out, and add a frame to the film."""
        features, logits = look(self.network, self.held)
        self.frames["steps"].append(torch.tensor(self.step))
        self.frames["features"].append(features.half())
        self.frames["logits"].append(logits)
        return {
            "kind": "epoch",
            "step": self.step,
            "epoch": self.step / self.steps,
            "loss": float(F.cross_entropy(logits, self.held.labels)),
            "accuracy": float((logits.argmax(1) == self.held.labels).float().mean()),
            "seconds": self.seconds,
        }

    def _checkpoint(self) -> Event:
        optimizer = {}
        for name, each in self.own.items():  # before the first step the optimizer keeps nothing yet
            for part, kept in ((MEAN, "exp_avg"), (SQUARE, "exp_avg_sq")):
                optimizer[name + part] = self.optimizer.state[each].get(kept, torch.zeros_like(each)).clone()
        state = State(
            self.step,
            self.seconds,
            self.facts,
            {name: each.detach().clone() for name, each in self.own.items()},
            optimizer,
            {name: torch.stack(each) for name, each in self.frames.items() if each},
        )
        return {"kind": "checkpoint", "step": self.step, "epoch": self.step // self.steps, "state": state}

    def _end(self, reason: str, sentence: str) -> Event:
        return {"kind": "end", "reason": reason, "step": self.step, "sentence": sentence}
