"""Deltas: only what fine-tuning changed, in a safetensors file, to be put on the same encoder again."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from dlviz.encoders.loading import Encoder
from dlviz.finetuning import NoFineTuning
from dlviz.finetuning.arms import Arm
from dlviz.finetuning.learning import State
from dlviz.finetuning.network import FineTuned

NOT_ONE = "This file holds no fine-tuning that was saved here."


@dataclass(frozen=True, eq=False)
class Delta:
    """All that a fine-tuned network does not share with its encoder.

    Args:
        encoder: name of the encoder; mark: its `fingerprint`.
        arm: what has learned.
        classes: names of the answers, in order.
        weights: name -> what has learned, as `FineTuned.learning` names it.
    """

    encoder: str
    mark: str
    arm: Arm
    classes: tuple[str, ...]
    weights: Mapping[str, Tensor]

    @property
    def facts(self) -> dict[str, str]:
        """All but the weights, as a safetensors file's metadata."""
        return {
            "encoder": self.encoder,
            "mark": self.mark,
            "arm": json.dumps(asdict(self.arm)),
            "classes": json.dumps(self.classes),
        }

    @classmethod
    def from_parts(cls, facts: Mapping[str, str], weights: Mapping[str, Tensor]) -> "Delta":
        """Make a delta of what `facts` and `weights` gave.

        Raises: NoFineTuning if they are anything else.
        """
        try:
            arm, classes = Arm(**json.loads(facts["arm"])), tuple(map(str, json.loads(facts["classes"])))
            return cls(str(facts["encoder"]), str(facts["mark"]), arm, classes, weights)
        except (KeyError, TypeError, ValueError) as error:
            raise NoFineTuning(NOT_ONE) from error

    def to_bytes(self, half: bool = True) -> bytes:
        """Content of a safetensors file that holds only what has changed.

        Args:
            half: true for half precision, half the size; each number is then rounded to three digits.
        """
        kind = torch.float16 if half else torch.float32
        return save({name: each.to(kind).contiguous() for name, each in self.weights.items()}, self.facts)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Delta":
        """Read a file that `to_bytes` wrote.

        Raises: NoFineTuning with one sentence if it is anything else.
        """
        try:
            weights = load(content)
            # It has been read whole, so its header is one: its length in eight bytes, then JSON.
            header: Any = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
            facts = header.get("__metadata__") or {}
        except (SafetensorError, ValueError, TypeError) as error:
            raise NoFineTuning(NOT_ONE) from error
        return cls.from_parts(facts, weights)

    @classmethod
    def from_checkpoint(cls, path: Path) -> "Delta":
        """Read what has learned by a checkpoint of a training.

        Raises: NoFineTuning if the file is missing, damaged or something else.
        """
        state = State.load(path)
        return cls.from_parts(state.facts, {name: each.float() for name, each in state.weights.items()})

    def apply(self, encoder: Encoder) -> FineTuned:
        """Put what has learned on the encoder, which is shared, not changed.

        Raises: NoFineTuning if the encoder is another than that which was fine-tuned, by name; or if what has
            learned does not fit it.
        """
        if fingerprint(encoder) != self.mark:
            raise NoFineTuning(
                f"This fine-tuning was made for the encoder {self.encoder}; {encoder.name} has other "
                "weights, so it cannot be put on it."
            )
        network = FineTuned(encoder, self.arm, len(self.classes))
        own = network.learning()
        if set(own) != set(self.weights) or any(own[name].shape != self.weights[name].shape for name in own):
            raise NoFineTuning(f"The fine-tuning for {self.encoder} is not whole, or has other shapes.")
        with torch.no_grad():
            for name, each in own.items():
                each.copy_(self.weights[name])
        return network


def take_delta(network: FineTuned, classes: tuple[str, ...]) -> Delta:
    """Copy what has learned of a network.

    Args:
        classes: names of its answers.
    """
    weights = {name: each.detach().clone() for name, each in network.learning().items()}
    return Delta(network.encoder.name, fingerprint(network.encoder), network.arm, classes, weights)


def fingerprint(encoder: Encoder) -> str:
    """Fingerprint of an encoder's weights: of the first numbers of each."""
    digest = hashlib.sha256()
    for name, each in encoder.model.named_parameters():
        digest.update(name.encode() + each.detach().flatten()[:64].numpy().tobytes())
    return digest.hexdigest()[:16]
