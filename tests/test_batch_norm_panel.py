"""The numbers and sentences of the panel on batch norm, against plain networks."""

import copy
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.figures import distributions
from dlviz.ui.batch_norm import captions
from dlviz.ui.batch_norm.forward import (
    DRAWS,
    Answers,
    Channel,
    answer,
    compare_statistics,
    draw_companions,
    first_draw,
    fold_norms,
    norm_channel,
)
from dlviz.ui.batch_norm.state import BATCHES, BatchNormFields
from dlviz.ui.fields import codecs
from tests import kept_runs

POOL = mnist.digits("test")[0][:400].numpy()
PIXELS = POOL[247].astype(np.float32) / 255
BATCH = POOL[:6].astype(np.float32) / 255
MODEL = weights.load("simple_cnn_batch_norm")
MLP = kept_runs.network("MLP", 10, depth=2, batch_norm=True).eval()
NAMES = [str(digit) for digit in range(10)]


def traces_of(figure: go.Figure) -> list[Any]:
    """The traces of a figure."""
    return list(figure.data)


def test_companions_are_others_and_the_same_for_the_same_draw() -> None:
    drawn = draw_companions(400, 32, 3)
    assert len({*drawn.tolist()}) == 31
    assert np.array_equal(drawn, draw_companions(400, 32, 3))
    assert not np.array_equal(drawn, draw_companions(400, 32, 4))
    assert sorted(draw_companions(3, 32, 0).tolist()) == [0, 1, 2]  # a small pool
    assert [first_draw(draw) for draw in (0, 19, 20, 47)] == [0, 0, 20, 40]


def test_answers_are_those_of_pytorch_in_training_mode_beside_the_drawn_companions() -> None:
    found = answer(MODEL, PIXELS, POOL, 4, 20, {})
    twin = copy.deepcopy(MODEL).train()
    twin.get_submodule("fc_layers.3").eval()  # the dropout
    x = torch.from_numpy(PIXELS)[None]
    others = torch.from_numpy(POOL[draw_companions(400, 4, 22)]) / 255
    with torch.inference_mode():
        expected = twin(digits.normalise(torch.cat([x, others])))[0].numpy()
        evaluation = MODEL(digits.normalise(x))[0].numpy()
    np.testing.assert_allclose(found.among[2], expected, atol=1e-4)
    np.testing.assert_allclose(found.evaluation, evaluation, atol=1e-5)
    assert found.among.shape == (DRAWS, 10)


def test_a_batch_of_one_has_one_answer_or_none() -> None:
    alone = answer(MODEL, PIXELS, POOL, 1, 0, {})
    assert alone.among.shape == (1, 10)
    text = captions.answers(alone, 1, 7, NAMES, "digit")
    assert "A batch of one has no companions" in text
    assert "now **2**, and 4 is" in text
    refused = answer(MLP, PIXELS, POOL, 1, 0, {})
    assert refused.among.shape == (0, 10)
    assert "PyTorch refuses a batch of one" in captions.answers(refused, 1, 0, NAMES, "digit")


def test_a_lead_worked_out_by_hand_and_its_sentence() -> None:
    among = np.array([[0, 5, 1], [0, 2, 6], [1, 3, 0]], np.float32)
    found = Answers(np.array([1, 4, 2], np.float32), among, 40)
    assert found.predicted == 1
    assert found.lead == 2
    assert found.leads.tolist() == [4, -4, 2]
    text = captions.answers(found, 4, 41, ["a", "b", "c"], "drawing")
    assert text == (
        "In evaluation mode your drawing is **b**, whatever stands beside it, ahead by 2 logits. In training "
        "mode, beside these 3 others, it is now **c**, and b is 4 behind. Over 3 draws of companions its "
        "lead goes from −4 to 4: 2 of them give **b**."
    )
    never = captions.answers(Answers(found.evaluation, among[1:2], 40), 4, 40, ["a", "b", "c"], "drawing")
    assert never.endswith("none of them gives **b**.")
    assert captions.describe_leads(found, ["a", "b", "c"]).endswith("4, −4, 2. In evaluation mode it is 2.")


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("model", "norm"), [(MODEL, "conv_layers.5"), (MLP, "layers.6")])
def test_the_arithmetic_on_screen_makes_after_of_before(
    model: torch.nn.Module, norm: str, training: bool
) -> None:
    channel = norm_channel(model, BATCH, norm, 3, training, {})
    expected = (channel.before - channel.mean) * channel.factor + channel.beta
    np.testing.assert_allclose(channel.after, expected, atol=1e-4)
    assert len(channel.before) == 6 * channel.places
    if training:
        assert channel.mean == pytest.approx(channel.before.mean(), abs=1e-5)
    else:
        assert channel.mean == model.get_buffer(f"{norm}.running_mean")[3].item()
    assert (channel.item, channel.norm) == (("map", 2) if norm.startswith("conv") else ("unit", 2))


def test_the_kept_statistics_are_near_those_of_the_data() -> None:
    for norm in ("conv_layers.1", "conv_layers.5", "conv_layers.9"):
        kept, measured = compare_statistics(MODEL, POOL, norm)
        assert np.median(abs(kept.mean - measured.mean) / measured.spread) < 0.1
        assert np.median(abs(kept.spread / measured.spread - 1)) < 0.1


@pytest.mark.parametrize(("model", "norm"), [(MODEL, "conv_layers.9"), (MLP, "layers.2")])
def test_folding_changes_the_weights_and_no_answer(model: torch.nn.Module, norm: str) -> None:
    folded = fold_norms(model, BATCH, norm, 5)
    np.testing.assert_allclose(folded.folded_weights, folded.weights * folded.factor, rtol=1e-5)
    layer = model.get_submodule(norm)
    mean, shift = layer.get_buffer("running_mean")[5].item(), layer.get_parameter("bias")[5].item()
    assert folded.folded_bias == pytest.approx((folded.bias - mean) * folded.factor + shift, abs=1e-5)
    assert folded.difference < 1e-3 < abs(folded.logits).max()


def test_a_channel_that_is_the_same_everywhere_is_drawn() -> None:
    flat = np.zeros(12, np.float32)
    channel = Channel(0, "map", 1, True, flat, flat, 12, 0.0, 0.0, 1.0, 0.0, 1e-5)
    bars = traces_of(distributions.before_and_after(channel.before, channel.after))
    assert [sum(each.y) for each in bars] == [1, 1]
    assert "spread 0 (of these 12 values), or rather by √(variance + ε) = 0.00316" in captions.normed(channel)
    assert "ε" not in captions.normed(norm_channel(MODEL, BATCH, "conv_layers.1", 3, True, {}))


def test_histograms_share_their_bins_and_hold_all_values() -> None:
    before, after = np.linspace(-3, -1, 50), np.linspace(0, 5, 70)
    one, other = traces_of(distributions.before_and_after(before, after))
    assert np.array_equal(one.x, other.x)
    assert [sum(one.y), sum(other.y)] == pytest.approx([1, 1])
    assert one.x[np.flatnonzero(one.y)].max() < other.x[np.flatnonzero(other.y)].min()


def test_the_chosen_draw_is_marked_among_the_dots() -> None:
    (dots,) = traces_of(distributions.leads(np.array([1.0, -2, 3]), 2.5, "4", 20, 1))
    assert list(dots.x) == [20, 21, 22]
    assert list(dots.marker.symbol) == ["circle", "diamond", "circle"]


def test_fields_take_batches_that_are_offered_alone() -> None:
    read = codecs(BatchNormFields)["norm_batch"].read
    assert [read(str(batch)) for batch in BATCHES] == [*BATCHES]
    for wrong in ("3", "64", "-1", "x", ""):
        with pytest.raises(ValueError, match=r".*"):
            read(wrong)
