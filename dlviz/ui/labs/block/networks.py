"""Networks of the Transformer block lab: two trained ones, that of a training run, and random blocks."""

from functools import lru_cache

import torch
from torch import Tensor, nn

from dlviz import weights
from dlviz.data.novels import ALPHABET
from dlviz.models.transformers import sinusoids
from dlviz.ui.labs.block.state import LAB, State
from dlviz.ui.runs import digit_transformer
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache

# A network, and the table of positions that it has learned -> the name of its weights.
FILES = {"digit": "digit_transformer", "text": "char_transformer"}
PLACES = 128  # of a table that nobody has learned
ADDED = {
    "none": "No positions",
    "sinusoidal": "Sinusoidal positions",
    "text": "The positions that CharTransformer has learned",
    "digit": "The positions that DigitTransformer has learned",
}


def load_network(state: State) -> LoadedNetwork:
    """The network that reads what the learner has chosen.

    Raises: BadWeights if its weights are missing or damaged, or the run has none that fit.
    """
    match state.network:
        case "digit":
            return digit_transformer.load_network(LAB, state.weights, state.run)
        case "text":
            return load_writer()
    return LoadedNetwork(
        make_blocks(state),
        f"Random vectors and random blocks, seed {state.seed}: nobody has trained them, so what they do "
        f"means nothing yet. {ADDED[state.table]} were added to the words.",
    )


def load_writer() -> LoadedNetwork:
    """The trained CharTransformer.

    Raises: BadWeights if its weights are missing or damaged.
    """
    file = FILES["text"]
    provenance = (
        "CharTransformer, trained on two novels by Jane Austen, each character looking only back: "
        f"{model_cache.result(file)}."
    )
    return LoadedNetwork(model_cache.trained(file), provenance, tuple(ALPHABET), f"{file}.safetensors")


def make_blocks(state: State) -> nn.Module:
    """Untrained blocks as the learner wants them, shared by all sessions."""
    return _blocks(state.embed_size, state.heads, state.depth, state.seed)


@lru_cache(maxsize=32)
def _blocks(embed_size: int, heads: int, depth: int, seed: int) -> nn.Module:
    return weights.build("TransformerStack", {"embed_size": embed_size, "heads": heads, "depth": depth}, seed)


def position_table(state: State) -> Tensor:
    """(places, embed): the chosen positional encoding, as many places as the learned ones have.

    Raises: BadWeights if a learned table's weights are missing or damaged.
    """
    match state.table:
        case "text":
            return _learned_positions("text")
        case "digit":
            return _learned_positions("digit")[1:]  # the class token's place is no place in the picture
        case "sinusoidal":
            return sinusoids(PLACES, state.embed_size)
    return torch.zeros(PLACES, state.embed_size)


def _learned_positions(table: str) -> Tensor:
    return model_cache.trained(FILES[table]).get_parameter("positions").detach()
