import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlviz import weights
from dlviz.dropout import trace_in_training
from dlviz.trace import switch_off, trace
from dlviz.ui.components.unit import message
from dlviz.ui.components.unit.selection import Selection, stage_shapes
from tests.packed import unpack

MODEL = weights.build("SimpleCNN", {}, seed=1)
PIXELS = torch.rand(28, 28, generator=torch.Generator().manual_seed(2))
DIGIT = (PIXELS[None, None] - 0.5) / 0.5
LOGITS, RECORD = trace(MODEL, DIGIT)
STATE = MODEL.state_dict()
Message = tuple[dict, dict[str, np.ndarray]]


def sent(unit: str, record: dict[str, np.ndarray] = RECORD) -> Message:
    """What the browser is sent for a unit, given as text."""
    return unpack(message(MODEL, record, PIXELS.numpy(), Selection.from_text(unit)))


def number(text: str) -> float:
    """The value of a number as it is printed, with a true minus sign."""
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(
    ("stage", "source"),
    [
        ("conv_layers.0", "input"),
        ("conv_layers.3", "conv_layers.2"),
        ("conv_layers.6", "conv_layers.5"),
    ],
)
@pytest.mark.parametrize("at", ["first", "middle", "last"])
def test_numbers_of_a_convolution_equal_conv2d(stage: str, source: str, at: str) -> None:
    channels, height, width = stage_shapes()[stage]
    row, col = {"first": (0, 0), "middle": (height // 2, width // 3), "last": (height - 1, width - 1)}[at]
    header, arrays = sent(f"{stage}:{channels - 1}:{row}:{col}")
    weight, biases = STATE[f"{stage}.weight"], STATE[f"{stage}.bias"]
    maps = torch.from_numpy(RECORD[source])
    expected = F.conv2d(maps, weight, biases, padding=1)[0, channels - 1, row, col].item()

    window = F.pad(maps[0], (1, 1, 1, 1))[:, row : row + 3, col : col + 3]
    assert arrays["inputs"].tolist() == window.tolist()
    assert arrays["weights"].tolist() == weight[channels - 1].tolist()
    inside = F.pad(torch.ones(height, width), (1, 1, 1, 1))[row : row + 3, col : col + 3]
    assert arrays["padded"].tolist() == (1 - inside).int().tolist()
    products = (arrays["inputs"].astype(float) * arrays["weights"]).sum((1, 2))
    np.testing.assert_allclose(arrays["sums"], products, rtol=1e-6, atol=1e-9)
    bias = biases[channels - 1].item()
    assert arrays["sums"].sum(dtype=float) + bias == pytest.approx(expected, abs=1e-6)
    assert number(header["value"]) == pytest.approx(expected, abs=1e-6)
    assert header["parts"]["strongest"] == np.abs(products).argmax()


def test_equation_of_a_convolution_is_written_with_its_numbers() -> None:
    header, arrays = sent("conv_layers.3:7:4:9")
    (total, summands), plus, (bias, _), equals, (value, _) = header["terms"]
    assert summands == "sum of 32 channel sums"
    assert (plus, equals) == (["+", ""], ["=", ""])
    assert number(total) == pytest.approx(arrays["sums"].sum(dtype=float), rel=5e-3)
    assert number(bias) == pytest.approx(STATE["conv_layers.3.bias"][7].item(), rel=5e-3)
    assert np.float32(number(value)) == RECORD["conv_layers.3"][0, 7, 4, 9]
    assert header["sentence"].startswith("Pixel (4, 9) of map 7 of conv 2: 288 products sum to ")


def test_first_layer_tells_paper_from_padding() -> None:
    _, arrays = sent("conv_layers.0:0:0:0")
    assert arrays["inputs"][0, 0].tolist() == [0, 0, 0]
    notes = sent("conv_layers.0:0:0:0")[0]["notes"]
    assert ["paper is −1" in note for note in notes] == [True, False]
    assert ["padding" in note for note in notes] == [False, True]
    assert not any("padding" in note for note in sent("conv_layers.0:0:5:5")[0]["notes"])


def test_numbers_of_max_pooling_equal_max_pool2d() -> None:
    source = torch.from_numpy(RECORD["conv_layers.7"])
    value, index = F.max_pool2d(source, 2, return_indices=True)
    header, arrays = sent("conv_layers.8:5:2:1")
    assert arrays["window"].tolist() == source[0, 5, 4:6, 2:4].tolist()
    row, col = header["parts"]["winner"]
    assert (4 + row) * 7 + 2 + col == index[0, 5, 2, 1]
    assert np.float32(number(header["value"])) == value[0, 5, 2, 1].numpy()
    assert header["parts"]["unused"] == [[6], [6]]
    assert sent("conv_layers.5:5:2:1")[0]["parts"]["unused"] == [[], []]


def test_relu_of_a_negative_value_is_written_as_the_larger_of_it_and_0() -> None:
    channel, row, col = np.unravel_index(RECORD["conv_layers.0"][0].argmin(), (32, 28, 28))
    header, _ = sent(f"conv_layers.1:{channel}:{row}:{col}")
    before = RECORD["conv_layers.0"].min()
    assert header["parts"]["point"] == [before, 0]
    assert number(header["terms"][0][0].removeprefix("max(0, ")[:-1]) == pytest.approx(before, rel=5e-3)
    assert header["value"] == "0"


def test_numbers_of_a_hidden_unit_equal_linear_map_by_map() -> None:
    weight, bias = STATE["fc_layers.1.weight"], STATE["fc_layers.1.bias"]
    header, arrays = sent("fc_layers.1:17")
    assert arrays["inputs"].shape == arrays["weights"].shape == (128, 3, 3)
    expected = F.linear(torch.from_numpy(RECORD["fc_layers.0"]), weight, bias)[0, 17].item()
    assert arrays["sums"].sum(dtype=float) + bias[17].item() == pytest.approx(expected, abs=1e-6)
    assert number(header["value"]) == pytest.approx(expected, abs=1e-6)


def test_numbers_of_the_output_equal_linear_and_softmax() -> None:
    header, arrays = sent("fc_layers.4:3")
    assert arrays["inputs"].shape == (256, 1, 1)
    bias = STATE["fc_layers.4.bias"][3].item()
    assert arrays["sums"].sum(dtype=float) + bias == pytest.approx(LOGITS[0, 3].item(), abs=1e-6)
    rows = header["softmax"]
    np.testing.assert_allclose(rows["probabilities"], F.softmax(LOGITS, 1)[0], rtol=1e-5)
    np.testing.assert_allclose(np.log(rows["exponentials"]), LOGITS[0] - rows["largest"], atol=1e-6)
    np.testing.assert_allclose(np.divide(rows["exponentials"], rows["total"]), rows["probabilities"])
    assert "softmax" not in sent("fc_layers.1:3")[0]


def test_dropout_is_told_as_silenced_kept_or_unchanged() -> None:
    _, record = trace_in_training(MODEL, DIGIT, seed=0)
    before, after = record["fc_layers.2"][0], record["fc_layers.3"][0]
    silenced, kept = (np.flatnonzero((before > 0) & chosen)[0] for chosen in (after == 0, after > 0))
    assert [text for text, _ in sent(f"fc_layers.3:{silenced}", record)[0]["terms"]][1:] == [
        "×",
        "0",
        "=",
        "0",
    ]
    assert sent(f"fc_layers.3:{kept}", record)[0]["terms"][2] == ["2", "dropout"]
    assert "training only" in sent(f"fc_layers.3:{kept}")[0]["sentence"]


def test_unit_that_was_switched_off_says_what_was_computed_and_what_goes_on() -> None:
    _, record = trace(MODEL, DIGIT, {"conv_layers.3": switch_off([7])})
    header, _ = sent("conv_layers.3:7:4:9", record)
    assert header["value"] == "0"
    assert header["edited"].startswith("Switched off: the layer computed ")
    assert number(header["terms"][-1][0]) == pytest.approx(RECORD["conv_layers.3"][0, 7, 4, 9], abs=1e-6)
    assert sent("conv_layers.3:6:4:9", record)[0]["edited"] == ""


def test_chain_runs_from_the_drawing_to_the_unit_with_the_box_it_sees() -> None:
    header, arrays = sent("conv_layers.5:9:0:6")
    squares = header["squares"]
    names = ["input", *(f"conv_layers.{index}" for index in range(6))]
    assert [square["name"] for square in squares] == names
    assert arrays["square.0"].tolist() == PIXELS.tolist()
    assert squares[0]["box"] == [0, 7, 21, 28]
    assert squares[0]["around"] == [-3, 7, 21, 31]
    assert squares[-1]["box"] == [0, 1, 6, 7]
    assert squares[-1]["unit"] == [9, 0, 6]


def contributions(stage: str, unit: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """What each value of the stage before adds to a unit: its products, and their sum for each channel."""
    before = {"conv_layers.3": "conv_layers.2", "conv_layers.6": "conv_layers.5"}[stage]
    channel, row, col = unit
    window = np.pad(RECORD[before][0], ((0, 0), (1, 1), (1, 1)))[:, row : row + 3, col : col + 3]
    products = window * STATE[f"{stage}.weight"][channel].numpy()
    return products, products.sum(axis=(1, 2))


@pytest.mark.parametrize("unit", ["conv_layers.8:100:2:2", "conv_layers.6:57:3:3", "fc_layers.4:3"])
def test_way_leads_through_what_contributes_most(unit: str) -> None:
    header, arrays = sent(unit)
    squares = {square["name"]: square for square in header["squares"]}
    for index, square in enumerate(header["squares"][1:], 1):
        values = RECORD[square["name"]][0]
        expected = values if values.ndim == 1 else values[square["unit"][0]]
        assert arrays[f"square.{index}"].ravel().tolist() == expected.ravel().tolist()
    for stage in {"conv_layers.3", "conv_layers.6"} & squares.keys():
        read = {"conv_layers.3": "conv_layers.2", "conv_layers.6": "conv_layers.5"}[stage]
        if read not in squares:
            continue
        products, sums = contributions(stage, squares[stage]["unit"])
        channel, row, col = squares[read]["unit"]
        assert channel == np.abs(sums).argmax()
        at = (row - squares[stage]["unit"][1] + 1, col - squares[stage]["unit"][2] + 1)
        assert np.abs(products[channel][at]) == pytest.approx(np.abs(products[channel]).max())


def test_way_stays_on_a_map_where_channels_are_kept_apart() -> None:
    squares = {square["name"]: square["unit"] for square in sent("conv_layers.6:57:3:3")[0]["squares"]}
    assert squares["conv_layers.3"] == squares["conv_layers.4"]
    assert squares["conv_layers.4"][0] == squares["conv_layers.5"][0]
    assert squares["conv_layers.0"][0] == squares["conv_layers.1"][0] == squares["conv_layers.2"][0]
    pooled, source = squares["conv_layers.5"], squares["conv_layers.4"]
    assert RECORD["conv_layers.4"][0][tuple(source)] == RECORD["conv_layers.5"][0][tuple(pooled)]


def test_way_leads_through_the_map_that_is_chosen() -> None:
    selection = Selection.from_text("conv_layers.6:57:3:3")
    for part in (4, 36):
        header, _ = unpack(message(MODEL, RECORD, PIXELS.numpy(), selection, part=part))
        channels = {square["name"]: square["unit"][0] for square in header["squares"][1:]}
        assert channels["conv_layers.5"] == channels["conv_layers.4"] == channels["conv_layers.3"] == part


def test_box_lies_within_its_margin_wherever_the_unit_is() -> None:
    for stage, shape in list(stage_shapes().items())[:9]:
        for row, col in [(0, 0), (0, shape[2] - 1), (shape[1] - 1, shape[2] - 1)]:
            header, arrays = sent(f"{stage}:0:{row}:{col}")
            for index, square in enumerate(header["squares"]):
                height, width = arrays[f"square.{index}"].shape
                top, bottom, left, right = square["around"]
                assert min(top, left) >= -square["margin"]
                assert bottom <= height + square["margin"]
                assert right <= width + square["margin"]


def test_units_of_vectors_have_one_square_a_shape_and_see_everything() -> None:
    squares = sent("fc_layers.4:3")[0]["squares"]
    assert [square["size"] for square in squares] == [
        "28×28",
        "32×28×28",
        "32×14×14",
        "64×14×14",
        "64×7×7",
        "128×7×7",
        "128×3×3",
        "256",
        "10",
    ]
    assert [square["maps"] for square in squares] == [True] * 7 + [False] * 2
    assert squares[-2]["box"] == [0, 16, 0, 16]
    assert squares[-1]["box"] == [3, 4, 0, 1]
    assert sent("fc_layers.3:17")[0]["squares"][-2]["box"] == [1, 2, 1, 2]


@pytest.mark.parametrize("unit", [f"{stage}" + ":0" * len(shape) for stage, shape in stage_shapes().items()])
def test_message_of_every_stage_is_small_and_says_its_value(unit: str) -> None:
    data = message(MODEL, RECORD, PIXELS.numpy(), Selection.from_text(unit))
    header, _ = unpack(data)
    stage, *position = unit.split(":")
    assert len(data) < 40_000
    assert np.float32(number(header["value"])) == RECORD[stage][0][tuple(map(int, position))]


def test_source_maps_of_a_sum_are_all_sent_for_their_colours() -> None:
    _, arrays = sent("conv_layers.3:7:4:9")
    np.testing.assert_allclose(arrays["sources"], RECORD["conv_layers.2"][0], rtol=1e-3, atol=1e-6)
    assert "sources" not in sent("conv_layers.0:7:4:9")[1]
    assert "sources" not in sent("fc_layers.4:7")[1]
