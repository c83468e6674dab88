"""A BERT's layers as the lesson's SelfAttention: the same weights under the lesson's names."""

import torch
from torch import Tensor

from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import Tokens, inputs
from dlviz.models.attention import SelfAttention

# The lesson's layer -> the end of its name in a BERT.
NAMES = {
    "queries": "self.query",
    "keys": "self.key",
    "values": "self.value",
    "fc_out": "output.dense",
}


def prefix(layer: int) -> str:
    """Beginning of the names of a BERT layer's attention."""
    return f"encoder.layer.{layer}.attention"


def self_attention(encoder: Encoder, layer: int) -> SelfAttention:
    """Attention of one layer, counted from 0, as a SelfAttention(hidden, heads) that shares its weights.

    Raises: ValueError if the encoder is no BERT.
    """
    with torch.device("meta"):  # nothing is drawn or kept of what the encoder's weights replace
        model = SelfAttention(encoder.hidden, encoder.heads)
    theirs = encoder.model.state_dict()
    try:
        state = {
            f"{ours}.{kind}": theirs[f"{prefix(layer)}.{name}.{kind}"]
            for ours, name in NAMES.items()
            for kind in ("weight", "bias")
        }
    except KeyError as error:
        raise ValueError(f"{encoder.name} has no {error}: it is no BERT of that depth") from error
    model.load_state_dict(state, assign=True)
    return model.eval().requires_grad_(False)


@torch.inference_mode()
def entering(encoder: Encoder, read: Tokens, layer: int) -> Tensor:
    """Input of a layer, counted from 0, when the encoder reads these tokens: (1, token, hidden)."""
    return encoder.model(**inputs(encoder, read), output_hidden_states=True).hidden_states[layer]
