"""Everything that a run needs to resume as if it had never stopped, in one safetensors file."""

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from dlviz import weights
from dlviz.training.config import TrainingConfig

Tensors = dict[str, Tensor]


class BadState(RuntimeError):
    """A checkpoint cannot be read or does not fit; the message says why in a sentence."""


@dataclass
class Progress:
    """Progress of a run.

    Args:
        step, epoch: batches learned from so far, and the epoch that the next one belongs to, from 1.
        place: batches of this epoch already learned from.
        loss, right, answers, samples: sums over this epoch so far: of losses times answers, and counts.
        seconds, epoch_start: of training so far, and as this epoch began; pauses not counted.
        processor_seconds: of a processor that the batches so far have taken; others may have had it between.
        scale: factor of the learner's changes to the schedule's rate.
        losses: of the validation set, one an epoch; None where there is none.
        best_epoch, best_step: those of the least validation loss; 0 before there is one.
        gradients: histograms of the epoch's last gradients, once it has been learned from whole.
        ended: reason why the run has ended for good; empty if it has not.
    """

    step: int = 0
    epoch: int = 1
    place: int = 0
    loss: float = 0.0
    right: int = 0
    answers: int = 0
    samples: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    epoch_start: float = 0.0
    scale: float = 1.0
    losses: list[float | None] = field(default_factory=list)
    best_epoch: int = 0
    best_step: int = 0
    gradients: dict[str, object] = field(default_factory=dict)
    ended: str = ""


@dataclass(frozen=True)
class State:
    """A run at one of its steps.

    Args:
        config: of the run.
        class_name, arguments: of its network, as `weights.build` takes them.
        facts: the meaning of its answers: the names of its classes, the words that it knows.
        progress: of the run.
        weights: of the network at this step.
        best: the weights with the least validation loss, where early stopping keeps them.
        optimizer: name -> tensor: the optimizer's state of each parameter.
        random: states of the run's random numbers, now and as the epoch began.
    """

    config: TrainingConfig
    class_name: str
    arguments: dict[str, object]
    facts: dict[str, object]
    progress: Progress
    weights: Tensors
    best: Tensors
    optimizer: Tensors
    random: Tensors

    def model(self) -> nn.Module:
        """Build the network as it was at this step, in evaluation mode.

        Raises: BadState if the weights do not fit the network.
        """
        try:
            return weights.fit(weights.Weights(self.class_name, self.arguments, {}, self.weights))
        except weights.BadWeights as error:
            raise BadState(f"The checkpoint does not fit its network. {error}") from error

    def lean(self) -> "State":
        """Keep the weights alone, a third of the size: enough to look at, but not to resume from."""
        return replace(self, best={}, optimizer={}, random={})

    def save(self, path: Path) -> None:
        """Write one file: whole or not at all, whatever happens meanwhile.

        Raises: OSError, for one if the disk is full; then no file is left behind.
        """
        parts = {part: getattr(self, part) for part in PARTS}
        metadata = {
            "class": self.class_name,
            "arguments": json.dumps(self.arguments),
            "facts": json.dumps(self.facts),
            "config": self.config.to_json(),
            "progress": json.dumps(asdict(self.progress)),
            "checksums": json.dumps({part: _checksum(own) for part, own in parts.items()}),
        }
        tensors = {f"{part}/{name}": tensor for part, own in parts.items() for name, tensor in own.items()}
        _write(save(tensors, metadata), path)

    @classmethod
    def load(cls, path: Path) -> "State":
        """Read the state that `save` wrote.

        Raises: BadState if the file is missing, cut, damaged or something else.
        """
        try:
            return cls(**_read(path))
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise BadState(f"The checkpoint {path.name} is missing, cut or damaged.") from error


PARTS = ("weights", "best", "optimizer", "random")


def _read(path: Path) -> dict:
    """Read the parts of a state. Raises: much, if the file is anything else."""
    with safe_open(path, framework="pt") as content:
        facts = content.metadata()
        tensors = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
    parts: dict[str, Tensors] = {part: {} for part in PARTS}
    for name, tensor in tensors.items():
        part, _, own = name.partition("/")
        parts[part][own] = tensor
    if json.loads(facts["checksums"]) != {part: _checksum(own) for part, own in parts.items()}:
        raise ValueError("the tensors are not those that were written")
    return {
        "config": TrainingConfig.from_json(facts["config"]),
        "class_name": facts["class"],
        "arguments": json.loads(facts["arguments"]),
        "facts": json.loads(facts["facts"]),
        "progress": Progress(**json.loads(facts["progress"])),
        **parts,
    }


def _checksum(tensors: Mapping[str, Tensor]) -> int:
    total = 0
    for name in sorted(tensors):
        total = zlib.crc32(tensors[name].numpy().tobytes(), zlib.crc32(name.encode(), total))
    return total


def _write(content: bytes, path: Path) -> None:
    """Write into a temporary file, to the disk, and only then under its name."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
