"""The weights of the sequences reach what their files say, measured again."""

import re
from collections.abc import Callable

import pytest
import torch

from dlviz import weights
from dlviz.data import digits, mnist, novels
from dlviz.paths import WEIGHTS
from dlviz.training import char_transformer, fitting, novel, waves


def result(name: str) -> str:
    return weights.read(WEIGHTS / f"{name}.safetensors").facts["result"]


@pytest.mark.parametrize(("name", "least"), [("digit_rows_lstm", 9_800), ("digit_rows_rnn", 9_000)])
def test_digits_read_row_by_row_are_named_as_often_as_the_file_says(name: str, least: int) -> None:
    images, labels = mnist.digits("test")
    right = fitting.count_right(
        weights.load(name), fitting.split_in_order(digits.normalise(images)[:, 0], labels)
    )
    said = re.match(r"([\d,]+) of 10,000", result(name))
    assert said
    # Another processor may round another way and turn a digit that lies on the line.
    assert right == pytest.approx(int(said[1].replace(",", "")), abs=3)
    assert right >= least


@pytest.mark.parametrize("name", ["waves_lstm", "waves_rnn"])
@pytest.mark.parametrize("kind", ["sines", "pulses", "trends"])
def test_forecasts_miss_by_as_much_as_the_file_says_and_beat_the_guess(name: str, kind: str) -> None:
    own, same = waves.errors(weights.load(name), kind)
    assert f"{kind} {own:.3f} against {same:.3f}" in result(name)
    assert own < same


@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("novel_lstm", novel.bits_per_character),
        ("char_transformer", char_transformer.bits_per_character),
    ],
)
def test_a_novels_network_is_as_surprised_as_its_file_says(
    name: str, measure: Callable[[torch.nn.Module, str], float]
) -> None:
    _, held_out = novels.parts()
    said = re.match(r"([\d.]+) bits a character", result(name))
    assert said
    assert measure(weights.load(name), held_out) == pytest.approx(float(said[1]), abs=2e-3)


def test_the_digit_transformer_names_as_many_digits_as_its_file_says() -> None:
    images, labels = mnist.digits("test")
    some = slice(0, 2_000)  # all of them take a minute
    batches = fitting.split_in_order(digits.normalise(images[some]), labels[some])
    right = fitting.count_right(weights.load("digit_transformer"), batches)
    said = re.match(r"([\d,]+) of 10,000", result("digit_transformer"))
    assert said
    assert right / 2_000 == pytest.approx(int(said[1].replace(",", "")) / 10_000, abs=0.01)
    assert right / 2_000 >= 0.975
