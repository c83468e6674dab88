"""An encoder like BERT, its last layers trained further: what changed in them, and a head over the mean."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
)
from transformers.modeling_outputs import SequenceClassifierOutput

from dlviz import weights
from dlviz.encoders.loading import Encoder
from dlviz.weights import BadWeights, Weights

LAYER, HEAD = "encoder.layer.", "head."


class MeanPooledConfig(BertConfig):
    """Sizes of a `MeanPooled`."""

    model_type = "mean-pooled-bert"


class MeanPooled(BertForSequenceClassification):
    """BERT with a linear layer over the mean of its tokens' last vectors, in place of its pooler's answer."""

    config_class = MeanPooledConfig

    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]  (fewer arguments, the rest by name)
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        **given: Any,
    ) -> SequenceClassifierOutput:
        """Logits (batch, classes) of token numbers (batch, token), or of their vectors `inputs_embeds`.

        Args:
            attention_mask: (batch, token), 1 for tokens, 0 for padding.
            given: what else BERT takes.
        """
        vectors = self.bert(input_ids, attention_mask, **given).last_hidden_state
        return SequenceClassifierOutput(logits=self.classifier(pool_mean(vectors, attention_mask)))


# The pipeline asks only for models that it knows.
AutoModelForSequenceClassification.register(MeanPooledConfig, MeanPooled)


def pool_mean(vectors: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean of a text's vectors: (batch, hidden) of (batch, token, hidden).

    Args:
        mask: (batch, token), 0 for padding, which does not count; None if there is none.
    Source: Reimers and Gurevych 2019, "Sentence-BERT".
    """
    if mask is None:
        return vectors.mean(dim=1)
    weight = mask.unsqueeze(2).to(vectors.dtype)
    return (vectors * weight).sum(dim=1) / weight.sum(dim=1)


def copy_last_layers(encoder: Encoder, fixed: int) -> BertModel:
    """Copy an encoder but for its first `fixed` layers and its embeddings, which both share."""
    shared = [encoder.model.embeddings, *_layers(encoder.model)[:fixed]]
    known = {id(each): each for part in shared for each in (part, *part.parameters(), *part.buffers())}
    return cast(BertModel, copy.deepcopy(encoder.model, known))


def assemble(model: BertModel, head: nn.Linear, classes: Sequence[str]) -> MeanPooled:
    """Put an encoder and a head (hidden → classes) together as transformers' pipeline wants them.

    Args:
        classes: names of the answers, in order.
    """
    names = dict(enumerate(classes))
    config = MeanPooledConfig.from_dict(
        model.config.to_dict()
        | {"model_type": MeanPooledConfig.model_type, "id2label": names}
        | {"label2id": {name: at for at, name in names.items()}}
    )
    with torch.device("meta"):  # nothing is drawn or kept of what the next line replaces
        whole = MeanPooled(config)
    whole.bert, whole.classifier = model, head
    return whole.eval().requires_grad_(False)


def save(
    model: MeanPooled, encoder: Encoder, fixed: int, facts: Mapping[str, str], file: Path
) -> dict[str, Tensor]:
    """Write what a network changed in the encoder's layers from `fixed` on, in half precision, and its head.

    Returns: what was written, by name.
    """
    before = dict(encoder.model.named_parameters())
    state = {
        name: (after - before[name]).detach().half().contiguous()
        for name, after in model.bert.named_parameters()
        if any(name.startswith(f"{LAYER}{at}.") for at in range(fixed, encoder.layers))
    }
    state |= {f"{HEAD}{name}": each.detach() for name, each in model.classifier.named_parameters()}
    arguments = {
        "encoder": encoder.name,
        "fixed": fixed,
        "classes": list((model.config.id2label or {}).values()),
    }
    metadata = {"class": type(model).__name__, "arguments": json.dumps(arguments), **facts}
    save_file(state, file, metadata=metadata)
    return state


@torch.inference_mode(False)
def load(encoder: Encoder, file: Path) -> MeanPooled:
    """Add what a file changed to a copy of the encoder's last layers; all else is the encoder's own.

    Raises: BadWeights if the file is missing or damaged, is no such file, or was made for another encoder.
    """
    return apply(encoder, weights.read(file), file.name)


def apply(encoder: Encoder, changes: Weights, name: str) -> MeanPooled:
    """Add what changed to a copy of the encoder's last layers.

    Args:
        name: of the file, for what is raised.
    Raises: BadWeights if it is no change of an encoder, or of another encoder.
    """
    made_for = changes.arguments.get("encoder")
    if changes.class_name != MeanPooled.__name__ or not made_for:
        raise BadWeights(f"{name} holds no fine-tuned encoder.")
    if made_for != encoder.name:
        raise BadWeights(f"{name} was made for the encoder {made_for}: it cannot be put on {encoder.name}.")
    fixed, classes = cast(int, changes.arguments["fixed"]), cast(list[str], changes.arguments["classes"])
    model = copy_last_layers(encoder, fixed)
    head = nn.Linear(encoder.hidden, len(classes))
    own = {name: each for name, each in model.named_parameters() if name in changes.state}
    heads = {f"{HEAD}{name}": each for name, each in head.named_parameters()}
    expected = own | heads
    if changes.state.keys() != expected.keys() or any(
        changes.state[key].shape != each.shape for key, each in expected.items()
    ):
        raise BadWeights(f"{name} does not fit {encoder.name}: its layers have other names or shapes.")
    with torch.no_grad():
        for key, each in own.items():
            each.copy_(each + changes.state[key].float())
        for key, each in heads.items():
            each.copy_(changes.state[key])
    return assemble(model, head, classes)


def _layers(model: nn.Module) -> Any:
    return cast(Any, model).encoder.layer
