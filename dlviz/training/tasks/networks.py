"""Class of `dlviz.models` that a config trains, and its arguments."""

from dlviz.networks import DRAWING, NETWORKS
from dlviz.training.config import TrainingConfig, network_sizes


def reads_rows(config: TrainingConfig) -> bool:
    """True if the config's network reads a picture row by row."""
    return NETWORKS[config.model].reads == "rows"


def picture_network(
    config: TrainingConfig, classes: int, shape: tuple[int, int, int]
) -> tuple[str, dict[str, object]]:
    """Class and arguments of the network for pictures of a shape (colours, height, width)."""
    colours, height, width = shape
    spec = NETWORKS[config.model]
    arguments: dict[str, object] = {**network_sizes(config)}
    if spec.sized_by_class:
        arguments = {name: size for name, size in config.sizes.items() if size != spec.sizes[name].usual}
    if reads_rows(config):
        return config.model, {"input_size": width, **arguments, "output_size": classes}
    if config.dropout is not None:
        arguments["dropout"] = config.dropout
    arguments["num_classes"] = classes
    if spec.flattens:
        arguments |= {"input_size": colours * height * width, "batch_norm": config.batch_norm}
    if spec.cuts and (read := {"colours": colours, "side": height}) != DRAWING:
        arguments |= read
    if config.batch_norm and spec.batch_norm_variant:
        return spec.batch_norm_variant, arguments
    if config.dropout is not None and spec.dropout_variant:
        return spec.dropout_variant, arguments
    return config.model, arguments


def sequence_network(config: TrainingConfig, symbols: int) -> tuple[str, dict[str, object]]:
    """Class and arguments of the network for sequences of symbols, one of which is the answer."""
    return config.model, {"input_size": symbols, **network_sizes(config), "output_size": symbols}


def sentence_network(config: TrainingConfig, classes: int, words: int) -> tuple[str, dict[str, object]]:
    """Class and arguments of the network for sentences over a vocabulary."""
    return config.model, {"vocab_size": words, **network_sizes(config), "output_dim": classes}


def character_network(config: TrainingConfig, characters: int) -> tuple[str, dict[str, object]]:
    """Class and arguments of the network for text over an alphabet."""
    return config.model, {"vocab_size": characters, **network_sizes(config)}
