import numpy as np
import pytest

from dlviz.data import digits
from dlviz.ui.components.unit.selection import VARIANTS, Selection, stage_shapes
from dlviz.ui.fields import codecs
from dlviz.ui.lab import LONGEST_VALUE
from dlviz.ui.labs.cnn.state import PANELS, State, most_channels, read_off, write_off

CODECS = codecs(State)
NONSENSE = [
    " ",
    "NaN",
    "-1",
    "1e9",
    "None",
    "True",
    "<script>alert(1)</script>",
    "![x](https://elsewhere.example/x.png)",
    "[here](javascript:alert(1))",
    "'; DROP TABLE runs; --",
    "../../../etc/passwd",
    "${7*7}{{7*7}}%s%n",
    "\x00",
    "\u202e٣٧💥",
    "conv_layers.3",
    "conv_layers.3:7:6:6:6",
    "conv_layers.3:64:0:0",
    "conv_layers.3:0:16:0",
    "conv_layers.3:-1:0:0",
    "conv_layers.3:٣:0:0",
    "conv_layers.12:0:0:0",
    "fc_layers.0:0",
    "input:0:0:0",
    "__class__:0",
    "conv_layers.1:",
    "conv_layers.1:32",
    "conv_layers.1:9-3",
    "conv_layers.1:0-999",
    "conv_layers.1:1,,2",
    "conv_layers.1:1;nothing:2",
    "fc_layers.4:100",
    "0-1",
    ":",
    "::::",
    "A" * 100_000,
    "9" * 100_000,
]


@pytest.mark.parametrize(
    ("off", "text"),
    [
        ({}, ""),
        ({"conv_layers.1": [3]}, "conv_layers.1:3"),
        ({"conv_layers.1": [0, 1, 2, 5, 7, 8]}, "conv_layers.1:0-2,5,7-8"),
        ({"fc_layers.2": [255], "conv_layers.8": [0, 127]}, "conv_layers.8:0,127;fc_layers.2:255"),
        ({"conv_layers.0": list(range(32))}, "conv_layers.0:0-31"),
    ],
)
def test_channels_switched_off_are_written_in_ranges_and_read_again(
    off: dict[str, list[int]], text: str
) -> None:
    assert write_off(off) == text
    assert read_off(text) == off


def test_all_but_one_of_any_stage_survives_an_address() -> None:
    for stage, count in most_channels().items():
        for kept in (0, count // 2, count - 1):
            off = {stage: [channel for channel in range(count) if channel != kept]}
            assert read_off(write_off(off)) == off


def test_any_set_of_channels_survives_an_address_and_fits_into_it() -> None:
    # No two neighbours: nothing joins to a range, so no set has a longer text.
    off = {stage: list(range(1, count, 2)) for stage, count in most_channels().items()}
    assert read_off(write_off(off)) == off
    assert len(write_off(off)) <= LONGEST_VALUE


def test_channels_named_twice_or_in_disorder_are_read_as_a_set() -> None:
    assert read_off("conv_layers.1:7,3,2-4,7") == {"conv_layers.1": [2, 3, 4, 7]}


def test_the_channels_that_can_be_switched_off_are_those_of_all_networks() -> None:
    counts = most_channels()
    known = [(stage, shape[0]) for name in VARIANTS for stage, shape in stage_shapes(name).items()]
    # The output's bars are the answer itself.
    assert counts.keys() == {stage for stage, _ in known} - {"fc_layers.4"}
    assert all(count == max(of for name, of in known if name == stage) for stage, count in counts.items())


@pytest.mark.parametrize("name", CODECS)
def test_no_field_takes_nonsense_or_stumbles_over_it(name: str) -> None:
    assert [text for text in NONSENSE if _allowed(name, text)] == []


def _allowed(name: str, text: str) -> bool:
    try:
        CODECS[name].read(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sample", 9999),
        ("weights", "both"),
        ("weights", "beside"),
        ("seed", 9999),
        ("scaling", "map"),
        ("select", Selection("fc_layers.4", 9, 0, 0)),
        ("select", Selection("conv_layers.0", 31, 27, 0)),
        ("select", Selection("conv_layers.11", 127, 3, 3)),
        ("off", {"conv_layers.1": [0, 1]}),
        ("shown", "difference"),
        *(("panel", panel) for panel in PANELS),
        ("target", "0"),
        ("stage", "conv_layers.1"),
        ("stage", "conv_layers.10"),
        ("target", "25"),
        ("photo", "own"),
        ("training", True),
        ("mask", 17),
    ],
)
def test_a_field_reads_what_it_writes(name: str, value: object) -> None:
    assert CODECS[name].read(CODECS[name].write(value)) == value


@pytest.mark.parametrize("name", sorted(CODECS.keys() - {"digit", "sample"}))
def test_a_default_is_an_allowed_value(name: str) -> None:
    usual = getattr(State(), name)
    assert CODECS[name].read(CODECS[name].write(usual)) == usual


def test_a_drawn_digit_fits_into_an_address() -> None:
    random = np.random.default_rng(0)
    pixels = np.zeros((28, 28), np.float32)
    # The hardest to compress that the paper can hold: noise all over MNIST's 20×20 box.
    pixels[4:24, 4:24] = random.integers(0, 256, (20, 20)) / 255
    text = digits.to_text(pixels)
    assert CODECS["digit"].read(text) == text
    np.testing.assert_array_equal(digits.from_text(text), pixels)
    assert len(text) < 1000
