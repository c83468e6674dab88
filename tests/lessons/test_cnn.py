"""What the lesson on convolutional networks claims, from the trained network on MNIST's test digits."""

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import nn

from dlviz import batch_norm, weights
from dlviz.arithmetic import WeightedSum, explain_unit
from dlviz.data import digits, mnist
from dlviz.dream import Target, dream, normalised
from dlviz.receptive_field import receptive_field
from dlviz.trace import trace
from dlviz.ui.batch_norm.forward import answer, norm_channel
from dlviz.ui.components.wall import stages
from dlviz.ui.labs.cnn.dropout import answers_under_masks
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass, forward, lead, lit_unit
from dlviz.ui.labs.cnn.networks import load_network
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.labs.cnn.switching_off import effects, off_until_it_tips

IMAGES, _ = mnist.digits("test")
TRAINED, NORMED = weights.load("simple_cnn"), weights.load("simple_cnn_batch_norm")
SAMPLES = range(20)
CONV_2 = "conv_layers.3"


def pixels(sample: int) -> np.ndarray:
    return IMAGES[sample].numpy().astype(np.float32) / 255


def passed(drawing: np.ndarray, state: State | None = None) -> ForwardPass:
    state = state or State()
    return forward(load_network("trained", state), drawing, state)


def test_rubbing_out_tips_the_answer() -> None:
    """From below or from above, row by row, while there is any ink; a 1 stays a 1."""
    tipped = 0
    for sample in SAMPLES:
        drawing, answer = pixels(sample), passed(pixels(sample)).predicted
        rows = np.flatnonzero(drawing.any(axis=1))
        row_numbers = np.arange(28)[:, None]
        rubbed = [
            np.where(keep, drawing, 0) for row in rows[1:] for keep in (row_numbers < row, row_numbers >= row)
        ]
        tipped += any(passed(each).predicted != answer for each in rubbed)
    assert tipped > 15


def test_products_add_up_to_the_pixel() -> None:
    through = passed(pixels(0))
    unit = lit_unit(through)
    arithmetic = explain_unit(through.model, through.record, unit.stage, unit.unit)
    assert isinstance(arithmetic, WeightedSum)
    assert arithmetic.inputs.shape == (32, 3, 3)
    value = through.record[unit.stage][0][unit.unit]
    assert arithmetic.products.sum() + arithmetic.bias == pytest.approx(value, abs=1e-4)


def test_begins_lit() -> None:
    for sample in SAMPLES:
        through = passed(pixels(sample))
        unit = lit_unit(through)
        assert through.record["conv_layers.4"][0][unit.unit] == through.record[CONV_2][0].max() > 0


def test_fields_grow() -> None:
    through = passed(pixels(0))
    sides = []
    for stage in (
        "conv_layers.0",
        "conv_layers.2",
        CONV_2,
        "conv_layers.5",
        "conv_layers.6",
        "conv_layers.8",
    ):
        middle = (through.record[stage].shape[2] // 2,) * 2
        top, bottom = receptive_field(through.model, through.record, stage, *middle)["input"].rows
        sides.append(bottom - top)
    assert sides == sorted(set(sides))
    assert sides[0] == 3


def test_one_map_seldom_tips() -> None:
    stays = 0
    for sample in SAMPLES:
        _, without = effects(CacheKey.of(passed(pixels(sample)), pixels(sample)), CONV_2)
        strongest = passed(pixels(sample)).record[CONV_2][0].max(axis=(1, 2)).argmax()
        stays += without[strongest].argmax() == passed(pixels(sample)).predicted
    assert stays >= len(SAMPLES) - 1


def test_many_maps_tip() -> None:
    counts = set()
    for sample in SAMPLES:
        off, tips = off_until_it_tips(CacheKey.of(passed(pixels(sample)), pixels(sample)), CONV_2, [])
        assert tips
        counts.add(len(off))
    assert min(counts) > 1
    assert max(counts) < 64
    assert len(counts) > 5  # it depends on the digit


def test_relu_leaves_no_negative_number() -> None:
    record = passed(pixels(0)).record
    for before, after in (("conv_layers.0", "conv_layers.1"), (CONV_2, "conv_layers.4")):
        assert record[before].min() < 0
        np.testing.assert_array_equal(record[after], np.maximum(record[before], 0))


def test_convolutions_alone_are_one() -> None:
    """Without ReLU the sum of two pictures gives the sum of the two results."""
    both = nn.Sequential(nn.Conv2d(1, 4, 3, bias=False), nn.Conv2d(4, 2, 3, bias=False))
    one, other = torch.from_numpy(pixels(0))[None, None], torch.from_numpy(pixels(1))[None, None]
    with torch.inference_mode():
        torch.testing.assert_close(both(one + other), both(one) + both(other), atol=1e-5, rtol=1e-5)
        both.insert(1, nn.ReLU())
        assert (both(one + other) - both(one) - both(other)).abs().max() > 1e-3


def test_last_row_falls_away() -> None:
    through = passed(pixels(0))
    assert through.record["conv_layers.7"].shape[2:] == (7, 7)
    assert through.record["conv_layers.8"].shape[2:] == (3, 3)
    pooled = explain_unit(through.model, through.record, "conv_layers.8", (0, 0, 0))
    assert pooled.unused_rows == (6,)  # pyright: ignore[reportAttributeAccessIssue]


def test_probabilities_add_up_to_one() -> None:
    assert passed(pixels(3)).probabilities.sum() == pytest.approx(1, abs=1e-6)


def test_lead_moves_where_the_probability_stands() -> None:
    before = passed(pixels(0))
    after = passed(pixels(0), State(off={CONV_2: [10]}))
    assert min(each.probabilities[7] for each in (before, after)) > 0.999
    assert float(lead(before.logits, 7)) - float(lead(after.logits, 7)) > 1


def test_dot_is_called_a_digit_with_confidence() -> None:
    paper = Image.new("L", (168, 168))
    ImageDraw.Draw(paper).ellipse((76, 76, 92, 92), fill=1)
    prepared = digits.prepare(np.array(paper, np.uint8))
    assert prepared is not None
    assert prepared.sum() > 100  # a dot is scaled as every digit is
    assert passed(prepared).probabilities.max() > 0.9


def test_dropout_silences_half_and_doubles_the_others() -> None:
    record = passed(pixels(0), State(training=True)).record
    before, after = (record[f"fc_layers.{index}"][0] for index in (2, 3))
    lit = before > 0
    silenced = lit & (after == 0)
    assert 0.3 < silenced.sum() / lit.sum() < 0.7
    np.testing.assert_array_equal(after[lit & ~silenced], 2 * before[lit & ~silenced])


def test_parameters_are_counted() -> None:
    assert sum(stage.parameters for stage in stages(TRAINED)) == 390_410


def test_masks_average_to_evaluation() -> None:
    for sample in SAMPLES[:5]:
        key = CacheKey.of(passed(pixels(sample)), pixels(sample))
        answers, at_rest = answers_under_masks(key)
        error = answers.std(axis=0) / np.sqrt(len(answers))
        assert np.all(abs(answers.mean(axis=0) - at_rest) < 4 * error)


def test_norm_leaves_beta_and_gamma() -> None:
    pictures = IMAGES[:8].numpy().astype(np.float32) / 255
    for norm in batch_norm.norms(NORMED):
        for number in range(5):
            channel = norm_channel(NORMED, pictures, norm, number, training=True, edits={})
            assert channel.after.mean() == pytest.approx(channel.beta, abs=1e-3)
            assert channel.after.std() == pytest.approx(abs(channel.gamma), rel=1e-2)


def test_companions_move_the_answer() -> None:
    """Between 20 draws of companions the lead varies, and the more, the fewer companions there are."""
    pool, luck = IMAGES.numpy(), []
    for sample in SAMPLES[:4]:
        leads = [answer(NORMED, pixels(sample), pool, batch, 0, {}).leads for batch in (2, 8, 32)]
        luck.append([each.std() for each in leads])
    pairs, eights, full = np.mean(luck, axis=0)
    assert pairs > 1.3 * eights > 1.3 * 1.3 * full
    assert min(min(each) for each in luck) > 0.1  # logits
    odd = answer(NORMED, pixels(247), pool, 2, 0, {})
    assert 0 < (odd.leads < 0).sum() < len(odd.leads)  # another digit wins beside some


def test_companions_move_nothing_in_evaluation() -> None:
    x = digits.normalise(IMAGES[:32])
    with torch.inference_mode():
        torch.testing.assert_close(NORMED(x)[:1], NORMED(x[:1]), atol=1e-4, rtol=1e-5)


def test_dreams_go_beyond_real_digits() -> None:
    """Some maps of each of the last two convolutions, against their largest values on the first digits."""
    inputs = digits.normalise(IMAGES[:300])
    _, record = trace(TRAINED, inputs)
    beyond = []
    for stage, middle in ((CONV_2, (7, 7)), ("conv_layers.6", (3, 3))):
        for channel in (3, 25):
            *_, dreams = dream(TRAINED, Target(stage, channel, middle), (1, 28, 28), starts=1, steps=48)
            beyond.append(float(dreams.values[0]) > record[stage][:, channel].max())
    assert sum(beyond) >= 3


def test_still_pixels_convince_others_less() -> None:
    """The mean probability of the digit that is dreamed of, over some digits."""
    convinced = {}
    for ways in (True, False):
        own, other = [], []
        for digit in (0, 2, 3):
            target = Target("fc_layers.4", digit)
            *_, dreams = dream(TRAINED, target, (1, 28, 28), fourier=ways, moved=ways, starts=3, steps=48)
            with torch.inference_mode():
                for network, kept in ((TRAINED, own), (NORMED, other)):
                    kept += network(normalised(dreams.pictures)).softmax(1)[:, digit].tolist()
        assert min(own) > 0.999
        convinced[ways] = np.mean(other)
    assert convinced[True] > convinced[False] + 0.1
