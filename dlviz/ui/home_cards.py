"""Small pictures of the labs for the start page, each made by the lab's own code."""

from functools import lru_cache

import numpy as np

from dlviz.figures.montage import montage

SAMPLE = 0  # a test digit, a 7


@lru_cache(maxsize=1)
def hidden_units() -> np.ndarray:
    """The weights of the 24 hidden units of the MLP that a test digit lights most.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.ui.components.hidden_layer import full_colour
    from dlviz.ui.inputs.digit import test_digit
    from dlviz.ui.labs.mlp.forward import forward
    from dlviz.ui.labs.mlp.networks import load_network
    from dlviz.ui.labs.mlp.pictures import unit_pictures
    from dlviz.ui.labs.mlp.state import State

    pixels, _ = test_digit(SAMPLE)
    network = load_network(State())
    strongest = np.argsort(-forward(network, pixels, State()).activations(1), kind="stable")[:24]
    weights = unit_pictures(network, 1)
    return montage(weights[strongest] / full_colour(weights), 8, "diverging", zoom=4, gap=8)


@lru_cache(maxsize=1)
def edges() -> np.ndarray:
    """A photograph beside what the lesson's edge detector finds in it.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.convolution import convolve2d
    from dlviz.data import pictures
    from dlviz.kernels import KERNELS

    grey = pictures.grey(pictures.resize(pictures.photograph("chelsea"), 200))
    found = np.abs(convolve2d(grey, KERNELS["edge"]))
    height, width = found.shape
    dark = (1 - grey[1 : height + 1, 1 : width + 1])[None]
    return np.concatenate([montage(dark, 1, "ink"), montage(found[None], 1, "ink")], axis=1)


@lru_cache(maxsize=1)
def feature_maps() -> np.ndarray:
    """The 32 maps of SimpleCNN's first ReLU for a test digit.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.ui.inputs.digit import test_digit
    from dlviz.ui.labs.cnn.forward import forward
    from dlviz.ui.labs.cnn.networks import load_network
    from dlviz.ui.labs.cnn.state import State

    pixels, _ = test_digit(SAMPLE)
    record = forward(load_network("trained", State()), pixels, State()).record
    return montage(record["conv_layers.1"][0, :27], 9, "sequential", zoom=5, gap=8)


@lru_cache(maxsize=1)
def cell_states() -> np.ndarray:
    """The cell states of LSTMModel's first layer over the 28 rows of a test digit.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.recurrence.reading import read
    from dlviz.ui.inputs.digit import test_digit
    from dlviz.ui.labs.rnn.sequence import Sequence
    from dlviz.ui.server import model_cache as warm

    pixels, _ = test_digit(SAMPLE)
    values = read(warm.trained("digit_rows_lstm"), Sequence.from_digit(pixels).batch).layers["lstm.0"]
    maps = np.stack([values[name][:, :28].T for name in ("forget_gate", "cell", "hidden")])
    return montage(maps / np.abs(maps).max(axis=(1, 2), keepdims=True), 3, "diverging", zoom=8, gap=8)


@lru_cache(maxsize=1)
def vanishing() -> np.ndarray:
    """The gradients' sizes over 60 steps back: an RNN, an LSTM, and an LSTM with forget bias 3.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.ui.labs.gradients.forward import forward
    from dlviz.ui.labs.gradients.state import State

    plain, kept = (forward(State(steps=60, bias=bias)).flows for bias in (None, 3.0))
    norms = np.stack([plain["RNN"].hidden, plain["LSTM"].hidden, kept["LSTM"].hidden])[:, ::-1]
    # Twelve powers of ten from white to blue.
    shades = np.clip(1 + np.log10(np.maximum(norms, 1e-300)) / 12, 0, 1)
    return montage(np.repeat(shades[:, None], 6, axis=1), 1, "sequential", zoom=10, gap=8)


@lru_cache(maxsize=1)
def two_readers() -> np.ndarray:
    """Eight units of both readers' states over the words of an example.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.ui.labs.text.forward import forward
    from dlviz.ui.labs.text.networks import load_lab_network
    from dlviz.ui.labs.text.state import EXAMPLES

    network = load_lab_network()
    passed = forward(network, network.read(" ".join(EXAMPLES)))
    states = np.stack([passed.forward[:, :8].T, passed.backward[:, :8].T])
    return montage(states, 1, "diverging", zoom=6, gap=8)


@lru_cache(maxsize=1)
def written() -> np.ndarray:
    """The chances of the 76 characters, while the network writes 232 of them.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.generation import generate
    from dlviz.ui.inputs.sampling import PROMPT
    from dlviz.ui.server import model_cache as warm

    raw = generate(warm.trained("novel_lstm"), PROMPT, 232, 0.6, None, 0).raw
    return montage(np.sqrt(raw.T)[None], 1, "sequential", zoom=4)


@lru_cache(maxsize=1)
def patterns() -> np.ndarray:
    """All heads of DigitTransformer's three blocks at a test digit: who looks at whom among 49 patches.

    Returns: (height, width, 3) uint8.
    """
    import torch

    from dlviz.data.digits import normalise
    from dlviz.trace import trace
    from dlviz.ui.inputs.digit import test_digit
    from dlviz.ui.server import model_cache as warm

    pixels, _ = test_digit(SAMPLE)
    _, record = trace(warm.trained("digit_transformer"), normalise(torch.from_numpy(pixels)[None]))
    maps = [values[0] for name, values in record.items() if name.endswith("attention.pattern")]
    shades = np.concatenate(maps) / np.concatenate(maps).max(axis=(1, 2), keepdims=True)
    return montage(np.sqrt(shades), 6, "sequential", zoom=4, gap=8)


@lru_cache(maxsize=1)
def looks_back() -> np.ndarray:
    """Attention of the twelve heads in CharTransformer's last three blocks, character by character.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.attention.stream import patterns
    from dlviz.trace import trace
    from dlviz.ui.labs.block.forward import read_text
    from dlviz.ui.labs.block.state import TEXT
    from dlviz.ui.server import model_cache as warm

    _, record = trace(warm.trained("char_transformer"), read_text(TEXT).x)
    maps = patterns(record, 4)[1:].reshape(12, len(TEXT), len(TEXT))
    return montage(maps / maps.max(axis=(1, 2), keepdims=True), 6, "sequential", zoom=4, gap=8)


@lru_cache(maxsize=1)
def heads_of_bert() -> np.ndarray:
    """The first 18 heads of the packaged BERT, each by its largest weight, on the lab's first example.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.encoders import reading
    from dlviz.ui.labs.bert.state import EXAMPLES
    from dlviz.ui.server import model_cache as warm

    encoder = warm.bert()
    patterns = reading.read(encoder, reading.tokens(encoder, next(iter(EXAMPLES)))).attention
    shown = patterns.reshape(-1, *patterns.shape[2:])[:18]
    return montage(shown / shown.max(axis=(1, 2), keepdims=True), 9, "sequential", zoom=9, gap=8)


@lru_cache(maxsize=1)
def changed_digits() -> np.ndarray:
    """Nine test digits, and what augmentation makes of them in three epochs.

    Returns: (height, width, 3) uint8.
    """
    import torch

    from dlviz.data import mnist
    from dlviz.training.augmentation import preview
    from dlviz.training.config import Augmentation

    digits = mnist.digits("test")[0][:9, None].float() / 255
    how = Augmentation(rotation=25, shift=0.12, erasing=0.3, noise=0.04)
    rows = [digits, *(preview(digits, how, seed) for seed in range(3))]
    return montage(torch.cat(rows)[:, 0].numpy(), 9, "ink", zoom=5, gap=8)


@lru_cache(maxsize=1)
def few_digits() -> np.ndarray:
    """Nine examples of each digit from 5 to 9: all that the networks of the lab get to learn from.

    Returns: (height, width, 3) uint8.
    """
    import torch

    from dlviz.data import mnist

    images, labels = mnist.digits("train")
    few = torch.cat([images[labels == digit][:9] for digit in range(5, 10)])
    return montage(few.numpy() / 255, 9, "ink", zoom=5, gap=8)


@lru_cache(maxsize=1)
def ten_examples() -> np.ndarray:
    """Ten examples of each digit: those of the smallest race's first seed.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.data import mnist
    from dlviz.training.tasks.few_examples import draw_examples
    from dlviz.training.tasks.preparation import HELD_OUT

    images, labels = (split[:-HELD_OUT] for split in mnist.digits("train"))
    drawn = images[draw_examples(labels, 10, 1)]  # digit after digit
    return montage(drawn.numpy() / 255, 20, "ink", zoom=4, gap=4)


@lru_cache(maxsize=1)
def reviews_in_a_plane() -> np.ndarray:
    """Reviews that are held out, as BERT sees them before and after fine-tuning, in one plane.

    Returns: (height, width, 3) uint8.
    """
    from PIL import Image, ImageDraw

    from dlviz.encoders.geometry import fixed_plane
    from dlviz.figures.theme import NEGATIVE, POSITIVE
    from dlviz.training.fine_tuning import draw_reviews
    from dlviz.ui.server import model_cache

    encoder = model_cache.bert()
    from dlviz.encoders import sentiment
    from dlviz.finetuning.frozen import read_pooled

    texts, labels = zip(*draw_reviews(50, 0).held, strict=True)
    both = [read_pooled(each, texts).features["mean"] for each in (encoder, sentiment.encoder())]
    points, _ = fixed_plane(np.stack(both), range(len(texts)))
    points *= 0.46 / np.abs(points).max(axis=(1, 2), keepdims=True)
    side, dot = 240, 6
    canvas = Image.new("RGB", (2 * side, side), "white")
    pen = ImageDraw.Draw(canvas)
    for at, found in enumerate(points):
        for (x, y), label in zip((found + 0.5) * side + [at * side, 0], labels, strict=True):
            pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=(NEGATIVE, POSITIVE)[label][3])
    pen.line((side, 0, side, side), fill="lightgrey", width=2)
    return np.asarray(canvas)


@lru_cache(maxsize=1)
def optimizers_race() -> np.ndarray:
    """The loss over two weights of the MLP, low is dark, and the ways of five optimizers over it.

    Returns: (height, width, 3) uint8.
    """
    from PIL import Image, ImageDraw

    from dlviz.figures.theme import RUNS
    from dlviz.ui.labs.landscape.state import State
    from dlviz.ui.labs.landscape.two_weights.forward import choose_weights, measure, race
    from dlviz.ui.labs.landscape.two_weights.networks import load_trained

    state, (width, height) = State(), (448, 240)
    trained = load_trained(state.network)
    surface = measure(trained, state.layer, choose_weights(trained, state), state.reach)
    depth = np.log(surface.losses[::-1] / surface.losses.min())
    picture = montage((1 - depth / depth.max())[None], 1, "sequential")
    canvas = Image.fromarray(picture).resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(canvas)
    across, up = (axis[-1] - axis[0] for axis in (surface.first, surface.second))
    for colour, taken in zip(RUNS, race(surface, state.start, state.rate).walks.values(), strict=False):
        x = (taken.values[:, 0] - surface.first[0]) / across * width
        y = height - (taken.values[:, 1] - surface.second[0]) / up * height
        draw.line([*zip(x.tolist(), y.tolist(), strict=True)], fill=colour, width=3, joint="curve")
    return np.asarray(canvas)


@lru_cache(maxsize=1)
def boundaries() -> np.ndarray:
    """The plane as networks of six depths and one budget see it after 300 steps on two spirals.

    Returns: (height, width, 3) uint8.
    """
    from dlviz.ui.labs.depth.cohort import start_learning
    from dlviz.ui.labs.depth.same_budget.forward import forward
    from dlviz.ui.labs.depth.state import State

    learning = start_learning(State(activation="tanh", points=200))
    while learning.cohort.steps < 300:
        learning.step()
    return montage(forward(learning, 0, 0).small[:, 0] / 127.5 - 1, 6, "diverging", zoom=5, gap=8)
