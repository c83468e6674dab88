import copy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.explain import Faithfulness, faithfulness, grad_cam, occlusion, saliency
from dlviz.trace import keep_only, recording, switch_off
from tests.networks import Stack

MODEL = weights.load("simple_cnn")
DIGITS = digits.normalise(mnist.digits("test")[0][:20])
SEVEN = DIGITS[:1]  # The first test digit is a 7.
LAST = "conv_layers.7"
HALF = list(range(32))
METHODS: dict[str, Callable[..., np.ndarray]] = {
    "Grad-CAM": partial(grad_cam, stage=LAST),
    "saliency": saliency,
    "occlusion": partial(occlusion, window=7, stride=7),
}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """As in the server: PyTorch's own threads, eight times over on two cores, wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def without_half(model: nn.Module) -> nn.Module:
    """The model with zeros for weights and biases of half of the second convolution: ReLU gives 0 there."""
    model = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in model.get_submodule("conv_layers.3").parameters():
            parameter[HALF] = 0
    return model


@pytest.mark.parametrize("stage", ["conv_layers.0", "conv_layers.5", LAST, "conv_layers.8"])
@pytest.mark.parametrize("target", [7, 2])
def test_grad_cam_is_the_papers_formula(stage: str, target: int) -> None:
    with recording() as kept:
        logits = MODEL(SEVEN.clone().requires_grad_())
    maps = kept[stage]
    (gradient,) = torch.autograd.grad(logits[0, target], maps)
    heat = (gradient.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
    assert stage != LAST or heat.any()
    expected = F.interpolate(heat, (28, 28), mode="bilinear")[0, 0].detach()
    got = grad_cam(MODEL, SEVEN, target, stage)
    assert got.dtype == np.float32
    assert got == pytest.approx(expected.numpy(), abs=1e-5)


def test_saliency_is_the_size_of_the_gradient() -> None:
    x = SEVEN.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(MODEL(x)[0, 2], x)
    assert saliency(MODEL, SEVEN, 2) == pytest.approx(gradient[0, 0].abs().numpy(), abs=1e-5)


@pytest.mark.parametrize(("window", "stride"), [(5, 2), (7, 7), (4, 3)])
def test_occlusion_is_the_mean_fall_of_the_logit_over_the_squares_that_cover_a_pixel(
    window: int, stride: int
) -> None:
    falls, squares = np.zeros((28, 28)), np.zeros((28, 28))
    starts = range(0, 28 - window + stride, stride)  # The last square may stand out of the drawing.
    with torch.inference_mode():
        for row in starts:
            for col in starts:
                covered = SEVEN.clone()
                here = slice(row, row + window), slice(col, col + window)
                covered[0, 0][here] = -1
                falls[here] += (MODEL(SEVEN) - MODEL(covered))[0, 7].item()
                squares[here] += 1
    assert occlusion(MODEL, SEVEN, 7, window, stride) == pytest.approx(falls / squares, abs=1e-4)


def test_squares_that_leave_gaps_or_do_not_fit_are_refused_in_a_sentence() -> None:
    for window, stride in ((3, 4), (29, 1), (5, 0)):
        with pytest.raises(ValueError, match="cannot cover the drawing"):
            occlusion(MODEL, SEVEN, 7, window, stride)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_what_is_explained_is_the_network_with_the_learners_interventions(
    method: Callable[..., np.ndarray],
) -> None:
    edited = method(MODEL, SEVEN, 7, edits={"conv_layers.4": switch_off(HALF)})
    assert edited == pytest.approx(method(without_half(MODEL), SEVEN, 7), abs=1e-5 * float(edited.max()))
    assert edited != pytest.approx(method(MODEL, SEVEN, 7), abs=1e-1 * float(edited.max()))


def test_grad_cam_of_a_stage_with_channels_switched_off_comes_from_the_others_alone() -> None:
    off = grad_cam(MODEL, SEVEN, 7, LAST, {LAST: switch_off(list(range(64)))})
    others = grad_cam(MODEL, SEVEN, 7, LAST, {LAST: keep_only(list(range(64, 128)))})
    assert off == pytest.approx(others, abs=1e-6)
    nothing = grad_cam(MODEL, SEVEN, 7, LAST, {LAST: keep_only([])})
    assert not nothing.any()


def test_eight_threads_explaining_with_one_model_get_what_one_alone_gets() -> None:
    jobs = [
        (method, x[None], target) for method in METHODS.values() for x in DIGITS[:10] for target in (3, 7)
    ]
    alone = [method(MODEL, x, target) for method, x, target in jobs]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda job: job[0](MODEL, *job[1:]), jobs))
    for expected, got in zip(alone, together, strict=True):
        assert got == pytest.approx(expected, abs=1e-5)


def test_explaining_leaves_the_model_and_the_drawing_as_they_were() -> None:
    x = SEVEN.clone()
    for method in METHODS.values():
        method(MODEL, x, 7)
    assert torch.equal(x, SEVEN)
    assert not x.requires_grad
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in MODEL.modules())
    assert all(parameter.grad is None for parameter in MODEL.parameters())


@pytest.mark.parametrize(
    ("stage", "words"), [("conv_layers.9", "There is no stage"), ("fc_layers.1", "gives no maps")]
)
def test_grad_cam_of_a_stage_without_maps_is_refused_in_a_sentence(stage: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        grad_cam(MODEL, SEVEN, 7, stage)


def test_unknown_intervention_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"conv_layers\.99"):
        saliency(MODEL, SEVEN, 7, edits={"conv_layers.99": switch_off([0])})


# Two by two pixels, three of them ink; only the first speaks, for class 0: its logit is twice the pixel.
INK = torch.tensor([[[[1.0, 1.0], [1.0, -1.0]]]])
WITH, WITHOUT = 1 / (1 + np.exp(-2)), 1 / (1 + np.exp(2))


def first_pixel_speaks() -> nn.Module:
    model = Stack(nn.Flatten(), nn.Linear(4, 2, bias=False))
    model.load_state_dict({"layers.1.weight": torch.tensor([[2.0, 0, 0, 0], [0, 0, 0, 0]])})
    return model


def blank_a_quarter(heat: list[list[float]], draws: int = 20, seed: int = 0) -> Faithfulness:
    return faithfulness(first_pixel_speaks(), INK, 0, np.array(heat), 0.25, draws, seed)


def test_blanking_the_pixel_that_speaks_is_measured_against_random_ones() -> None:
    result = blank_a_quarter([[9, 1], [2, 3]], draws=400)
    assert (result.pixels, result.ink_pixels) == (1, 1)
    assert result.before == pytest.approx(WITH)
    assert result.blanked == pytest.approx(WITHOUT)
    assert (result.random.low, result.random.high) == pytest.approx((WITHOUT, WITH))
    assert (result.random_ink.low, result.random_ink.high) == pytest.approx((WITHOUT, WITH))
    assert result.beaten == round(400 * (result.random_ink.mean - WITHOUT) / (WITH - WITHOUT))
    # One of four pixels, and one of three of ink, matters: four standard deviations are below 0.08.
    assert result.random.mean == pytest.approx((3 * WITH + WITHOUT) / 4, abs=0.08)
    assert result.random_ink.mean == pytest.approx((2 * WITH + WITHOUT) / 3, abs=0.08)


def test_heat_on_the_background_blanks_nothing_and_neither_does_its_fair_rival() -> None:
    result = blank_a_quarter([[0, 0], [0, 1]])
    assert (result.pixels, result.ink_pixels) == (1, 0)
    assert result.blanked == result.random_ink.low == result.random_ink.high == result.before
    assert result.random.low == pytest.approx(WITHOUT)


def test_among_pixels_of_equal_heat_chance_decides_by_the_seed() -> None:
    blanked = [blank_a_quarter([[0, 0], [0, 0]], seed=seed, draws=1).blanked for seed in range(20)]
    assert min(blanked) == pytest.approx(WITHOUT)
    assert max(blanked) == pytest.approx(WITH)
    assert blank_a_quarter([[0, 0], [0, 0]], seed=3) == blank_a_quarter([[0, 0], [0, 0]], seed=3)


def test_a_tenth_of_a_drawing_is_78_pixels_and_the_background_of_a_field_matters_to_none() -> None:
    heat = np.zeros((28, 28))
    heat[:4] = 1  # Above the digit.
    result = faithfulness(MODEL, SEVEN, 7, heat)
    assert (result.pixels, result.ink_pixels) == (78, 0)
    assert result.blanked == pytest.approx(result.before, abs=1e-6)


def test_interventions_enter_the_probabilities() -> None:
    heat, edits = saliency(MODEL, SEVEN, 7), {"conv_layers.4": switch_off(HALF)}
    result = faithfulness(MODEL, SEVEN, 7, heat, edits=edits)
    with torch.inference_mode(), recording(edits):
        expected: Tensor = MODEL(SEVEN).softmax(1)[0, 7]
    assert result.before == pytest.approx(expected.item(), abs=1e-6)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_blanking_what_a_method_calls_important_hurts_more_than_blanking_random_pixels(
    method: Callable[..., np.ndarray],
) -> None:
    results = []
    for x in DIGITS.split(1):
        said = int(MODEL(x).argmax())
        results.append(faithfulness(MODEL, x, said, method(MODEL, x, said)))
    blanked = np.mean([result.blanked for result in results])
    assert blanked < np.mean([result.random.mean for result in results]) - 0.1
