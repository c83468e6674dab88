"""“Run it yourself”: short plain-PyTorch scripts that compute again what a page shows.

Values enter a script only as literals of numbers, texts and lists of these.
"""

from collections.abc import Mapping, Sequence
from string import Template

import numpy as np
from torch import nn

from dlviz.convolution import PADDING_MODES, check_kernel
from dlviz.data import digits, novels
from dlviz.models import SimpleCNN
from dlviz.paths import ASSETS
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import recurrent
from dlviz.scripts.literals import constructor, packed

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
    """A script that prints a network's logits and probabilities for a digit, and one unit's arithmetic.

    Args:
        pixels: (28, 28) or (3, 32, 32) float in [0, 1], taken at eight bits.
        selected: layer and unit, such as `("conv_layers.3", (0, 7, 7))`.
        seed: of random weights, as `weights.build` draws them; without it the script loads the weights
            file that it is given on the command line.
        switched_off: layer -> channels set to zero.
        dropout_seed: of the silenced units, as in `dropout.trace_in_training`; without it none are.
        model: SimpleCNN or a variant of it, whose layers are written out; the lesson's by default.
        names: of its classes.
        weights_file: its name; empty where the weights are random.
    """
    name, unit = selected or ("", ())
    needed = f" {weights_file}" if seed is None else ""
    return _fill(
        "simple_cnn",
        **constructor(model or SimpleCNN()),
        file=repr(weights_file),
        names=repr(list(map(str, names))),
        usage=f"python script.py{needed}",
        pixels=repr(digits.to_text(pixels)),
        selected=repr((str(name), tuple(map(int, unit)))) if selected else "None",
        seed=_number(seed),
        switched_off=repr(
            {str(layer): list(map(int, channels)) for layer, channels in (switched_off or {}).items()}
        ),
        dropout_seed=_number(dropout_seed),
    )


def convolution_script(
    image: np.ndarray,
    kernel: np.ndarray,
    padding: int = 0,
    padding_mode: str = "zero",
    stride: int = 1,
    dilation: int = 1,
) -> str:
    """A script that prints the shape and values of a kernel laid over a picture.

    Args:
        image: (height, width) float.
        kernel: (kernel height, kernel width) float.
        padding: rows and columns put on every side, made of zeros or from the picture by `padding_mode`:
            zero, reflect or replicate.
        stride, dilation: of the kernel's positions and of its values.
    Raises: ValueError if the kernel is empty or not finite, or the padding mode is unknown.
    """
    return _fill(
        "convolution",
        shape=repr(tuple(map(int, image.shape))),
        image=repr(packed(image)),
        kernel=repr(check_kernel(kernel).astype(float).tolist()),
        padding=_number(padding),
        padding_mode=repr(_torch_padding(padding_mode)),
        stride=_number(stride),
        dilation=_number(dilation),
    )


def recurrent_script(
    model: nn.Module,
    usage: str,
    x: np.ndarray,
    selected: tuple[str, int],
    held: Sequence[Held] = (),
) -> str:
    """A script that reads a sequence step by step with trained weights, and prints one unit's gates.

    Args:
        model: a SimpleRNN, LSTMModel or GRUModel; the script loads its weights from a file.
        usage: how the script is called with that file.
        x: (steps, input) float32.
        selected: layer and unit, such as `("lstm.1", 17)`.
        held: what an intervention holds.
    """
    name, layers = recurrent(model)
    return _fill(
        "recurrent",
        title=type(model).__name__,
        usage=usage,
        shape=repr(tuple(map(int, x.shape))),
        x=repr(packed(x)),
        kind=repr(name.upper()),
        layers=_number(layers.num_layers),
        hidden=_number(layers.hidden_size),
        layer=_number(_index(selected[0])),
        held=repr([_held_literal(*each) for each in held]),
        unit=_number(selected[1]),
    )


def _held_literal(layer: str, quantity: str, value: float, steps: range, units: list[int] | None) -> tuple:
    symbol = QUANTITIES[quantity].symbol
    return _index(layer), symbol, float(value), steps.start, steps.stop, units and list(units)


def gradients_script(
    steps: int, hidden_size: int, seed: int, trained: bool, bias: float | None, gain: float
) -> str:
    """A script that prints how much of the gradient arrives at the last and first step in three networks.

    Args:
        steps, hidden_size, seed: of the sequence, of the networks, of both.
        trained: whether it loads the memory task's weights files, named on its command line.
        bias: of the LSTM's forget gates; None leaves them.
        gain: by which the RNN's recurrent weights are multiplied.
    """
    files = "".join(f" memory_{kind}.safetensors" for kind in ("rnn", "lstm", "gru"))
    return _fill(
        "gradients",
        usage=f"python script.py{files if trained else ''}",
        steps=_number(steps),
        hidden=_number(hidden_size),
        seed=_number(seed),
        trained=repr(bool(trained)),
        bias=repr(None if bias is None else float(bias)),
        gain=repr(float(gain)),
    )


def text_script(
    words: Sequence[str], indices: Sequence[int], classes: Sequence[str], pair: tuple[int, int], usage: str
) -> str:
    """A script that prints a text classifier's answer, and what each word does to it when left out.

    Args:
        words, indices: of the text, in order.
        pair: of classes, whose margin it speaks of.
        usage: how the script is called with the weights file.
    """
    return _fill(
        "text",
        usage=usage,
        words=repr(list(map(str, words))),
        indices=repr(list(map(int, indices))),
        classes=repr(list(map(str, classes))),
        pair=repr((int(pair[0]), int(pair[1]))),
    )


def generate_script(
    prompt: str, count: int, temperature: float, top_k: int | None, seed: int, top_p: float | None, usage: str
) -> str:
    """A script that writes `count` characters after a prompt, as `generation.generate` does.

    Args:
        prompt: in the novels' alphabet.
        usage: how the script is called with the weights file.
    """
    return _fill(
        "generate",
        usage=usage,
        alphabet=repr(novels.ALPHABET),
        prompt=repr(str(prompt)),
        count=_number(count),
        temperature=repr(float(temperature)),
        top_k=_number(top_k),
        top_p=repr(None if top_p is None else float(top_p)),
        seed=_number(seed),
    )


def bert_script(
    model: str | None,
    text: str,
    other: str,
    head: tuple[int, int],
    off: Sequence[tuple[int, int]],
    limit: int,
) -> str:
    """A script that prints an encoder's tokens, one head's attention and the entropy of all heads.

    Args:
        model: an id on the hub or a folder; None for the packaged BERT.
        text, other: the texts; the second may be empty.
        head: layer and head that are printed.
        off: layers and heads that are switched off, in a BERT.
        limit: the most tokens.
    """
    return _fill(
        "bert",
        model=repr(model),
        text=repr(str(text)),
        other=repr(str(other)),
        layer=_number(head[0]),
        head=_number(head[1]),
        off=repr([(int(layer), int(each)) for layer, each in off]),
        limit=_number(limit),
    )


def _index(layer: str) -> int:
    """1 for `lstm.1`."""
    return int(layer.rsplit(".", 1)[1])


def _torch_padding(mode: str) -> str:
    if mode not in PADDING_MODES:
        raise ValueError(f"There is no padding {mode!r}; there are {', '.join(PADDING_MODES)}.")
    return PADDING_MODES[mode]


def _fill(name: str, **literals: str) -> str:
    template = (ASSETS / "scripts" / f"{name}.py.txt").read_text(encoding="utf-8")
    return Template(template).substitute(literals)


def _number(value: int | None) -> str:
    return "None" if value is None else repr(int(value))
