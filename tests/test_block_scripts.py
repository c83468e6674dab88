"""The scripts to run oneself print what the lab of the transformer block shows."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.attention.order import compare, places, word_vectors
from dlviz.attention.stream import dropped, moments, sizes, stations
from dlviz.attention.writing import attend
from dlviz.data import digits, mnist, novels
from dlviz.models import CharTransformer
from dlviz.models.transformers import sinusoids
from dlviz.paths import WEIGHTS
from dlviz.scripts.attention import Blocks, attend_script, block_script
from dlviz.trace import trace
from tests.test_scripts import run

NUMBER = r"(-?\d+\.\d+)"
WORDS = ("dog", "bites", "<b>man</b>", "$man", "'")


def assert_prints(text: str, model: torch.nn.Module, x: torch.Tensor, shown: Blocks) -> None:
    """What a script has printed is what a trace of the model gives."""
    edits = dropped(shown.depth, shown.share, shown.dropout_seed) if shown.share else {}
    _, record = trace(model, x, edits)
    added = np.array(
        re.findall(rf"comes in {NUMBER}, attention adds {NUMBER}, feed-forward adds {NUMBER}", text), float
    )
    expected = sizes(record, shown.depth)[:, [0, 1, 6], shown.token]
    np.testing.assert_allclose(added, expected, rtol=1e-4)
    at = stations(record, shown.block)
    assert f"hidden units on: {(at['hidden'][shown.token] > 0).sum()} of" in text
    for number, before in ((1, "mid"), (2, "post")):
        (printed,) = re.findall(
            rf"norm{number}: mean {NUMBER}, variance {NUMBER}, unit {shown.unit + 1}: {NUMBER}", text
        )
        value = at[f"norm{number}"][shown.token, shown.unit]
        assert np.array(printed, float) == pytest.approx([*moments(at[before])[shown.token], value], abs=2e-4)


@pytest.mark.parametrize(("table", "width"), [("none", 16), ("sinusoidal", 32), ("text", 128), ("digit", 64)])
def test_words_through_random_blocks(table: str, width: int, tmp_path: Path) -> None:
    share = 0.3 if table == "none" else 0.0
    shown = Blocks("words", WORDS, table, 3, width, 4, 2, share, 7, 1, 2, 5)
    model = weights.build("TransformerStack", {"embed_size": width, "heads": 4, "depth": 2}, 3)
    file = {"text": "char_transformer", "digit": "digit_transformer"}.get(table)
    tables = {"none": torch.zeros(5, width), "sinusoidal": sinusoids(5, width)}
    if file:
        learned = weights.load(file).get_parameter("positions").detach()
        tables[table] = learned[1:6] if table == "digit" else learned[:5]
    vectors = word_vectors(WORDS, width, 3)
    order = places(WORDS, WORDS[::-1])
    arguments = [str(WEIGHTS / f"{file}.safetensors")] if file else []
    text = run(block_script(shown, None if share else order), tmp_path, *arguments)
    assert_prints(text, model, (vectors + tables[table])[None], shown)
    if not share:
        (difference,) = re.findall(rf"differs by up to {NUMBER}", text)
        expected = compare(model, vectors, order, tables[table]).largest
        assert float(difference) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_digit(share: float, tmp_path: Path) -> None:
    image = mnist.digits("test")[0][:1]
    model = weights.load("digit_transformer")
    given = digits.to_text(image[0].numpy() / 255)
    shown = Blocks("digit", given, "none", 0, 64, 4, 3, share, 5, 2, 17, 9)
    text = run(block_script(shown), tmp_path, str(WEIGHTS / "digit_transformer.safetensors"))
    assert_prints(text, model, digits.normalise(image), shown)
    if not share:
        assert "the digit is 7" in text


def test_a_text(tmp_path: Path) -> None:
    x = novels.encode("It is a truth")
    model = weights.load("char_transformer")
    shown = Blocks("text", x.tolist(), "none", 0, 128, 4, 4, 0.0, 0, 3, 12, 100)
    text = run(block_script(shown), tmp_path, str(WEIGHTS / "char_transformer.safetensors"))
    assert_prints(text, model, x[None], shown)
    with torch.inference_mode():
        assert f"number is {model(x[None])[0, -1].argmax()}" in text


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"), [(0.7, None, None), (1.0, 9, 0.8), (0.0, None, None)]
)
def test_writing(temperature: float, top_k: int | None, top_p: float | None, tmp_path: Path) -> None:
    prompt, count = 'He said, "' + "a " * 50, 40  # so that the context is passed
    model = weights.load("char_transformer")
    assert isinstance(model, CharTransformer)
    script = attend_script(prompt, count, temperature, top_k, 3, top_p, heads=4)
    text = run(script, tmp_path, str(WEIGHTS / "char_transformer.safetensors"))
    assert text == attend(model, prompt, count, temperature, top_k, 3, top_p).text + "\n"
