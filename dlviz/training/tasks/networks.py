"""Which class of `dlviz.models` a config's network is, and with which arguments."""

from dlviz.training.config import TrainingConfig, network_sizes

ROWS = ("SimpleRNN", "GRUModel", "LSTMModel")  # these read a picture row by row
CONVOLUTIONAL = ("SimpleCNN", "ColourCNN")


def for_pictures(
    config: TrainingConfig, classes: int, shape: tuple[int, int, int]
) -> tuple[str, dict[str, object]]:
    """The network's class and arguments for pictures of a shape (colours, height, width)."""
    colours, height, width = shape
    if config.model in CONVOLUTIONAL:
        return _convolutional(config, classes)
    arguments: dict[str, object] = {**network_sizes(config)}
    if config.model in ROWS:
        return config.model, {"input_size": width, **arguments, "output_size": classes}
    if config.model == "MLP":
        arguments |= {"input_size": colours * height * width, "batch_norm": config.batch_norm}
    if config.dropout is not None:
        arguments["dropout"] = config.dropout
    return config.model, {**arguments, "num_classes": classes}


def _convolutional(config: TrainingConfig, classes: int) -> tuple[str, dict[str, object]]:
    """The plain network, or the variant with batch norm or another dropout."""
    arguments: dict[str, object] = {"num_classes": classes}
    if config.dropout is not None:
        arguments["dropout"] = config.dropout
    if config.batch_norm:
        return f"{config.model}BatchNorm", arguments
    if config.model == "SimpleCNN" and config.dropout is not None:
        return "SimpleCNNDropout", arguments
    return config.model, arguments


def for_sentences(config: TrainingConfig, classes: int, words: int) -> tuple[str, dict[str, object]]:
    """The network's class and arguments for sentences over a vocabulary."""
    return config.model, {"vocab_size": words, **network_sizes(config), "output_dim": classes}


def for_characters(config: TrainingConfig, characters: int) -> tuple[str, dict[str, object]]:
    """The network's class and arguments for text over an alphabet."""
    return config.model, {"vocab_size": characters, **network_sizes(config)}
