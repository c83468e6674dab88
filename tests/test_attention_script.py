"""The script of the attention lab computes again what the lab shows, with each kind of weights."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from dlviz import weights
from dlviz.attention.vectors import random_vectors
from dlviz.data import digits, mnist
from dlviz.encoders import packaged
from dlviz.encoders.reading import tokens
from dlviz.encoders.self_attention import NAMES, entering, prefix, self_attention
from dlviz.models import SelfAttention
from dlviz.paths import WEIGHTS
from dlviz.scripts.attention import Attention, attention_script
from dlviz.trace import trace
from dlviz.ui.labs.attention.changes import Changes
from tests.test_scripts import run, run_here

Made = tuple[torch.nn.Module, Tensor, list[str] | int, list[str]]
LAYERS = ("queries", "keys", "values", "fc_out")


def of_chance() -> Made:
    model = weights.build("SelfAttention", {"embed_size": 12, "heads": 3}, seed=4)
    return model, random_vectors(["dog", "bites", "man", "and", "man", "bites", "dog"], 12, seed=4), 4, []


def of_a_digit() -> Made:
    model = weights.load("digit_transformer")
    _, record = trace(model, digits.normalise(mnist.digits("test")[0][:1]))
    names = [f"blocks.1.attention.{name}" for name in LAYERS]
    x = torch.tensor(record["blocks.1.resid_pre"])
    return (
        model.get_submodule("blocks.1.attention"),
        x,
        names,
        [str(WEIGHTS / "digit_transformer.safetensors")],
    )


def of_bert() -> Made:
    encoder = packaged.encoder()
    x = entering(encoder, tokens(encoder, "The river bank was muddy"), 3)
    names = [f"{prefix(3)}.{NAMES[name]}" for name in LAYERS]
    return self_attention(encoder, 3), x, names, [str(packaged.folder() / "model.safetensors")]


@pytest.mark.parametrize("made", [of_chance, of_a_digit, of_bert])
@pytest.mark.parametrize(
    "changes",
    [Changes(), Changes(causal=True, scaled=False, off=(0,), hidden=(1,), weight=(1, 4, 2, 0.6))],
    ids=["plain", "changed"],
)
def test_the_script_prints_the_pattern_and_the_output(
    made: Callable[[], Made], changes: Changes, tmp_path: Path
) -> None:
    model, x, names, files = made()
    assert isinstance(model, SelfAttention)
    edits = changes.edits("attention", model.head_dim, x.shape[1])
    out, record = trace(model, x, edits)
    told = Attention(
        model.heads,
        1,
        names,
        "",
        changes.causal,
        changes.scaled,
        changes.hidden,
        changes.off,
        changes.weight,
    )
    script = attention_script(x[0].numpy(), told)
    text = run(script, tmp_path, *files) if files else run_here(script)
    looks = np.array([line.split() for line in re.findall(r"looks: (.*)", text)], float)
    gets = np.array([line.split() for line in re.findall(r"gets: (.*)", text)], float)
    np.testing.assert_allclose(looks, record["attention.pattern"][0, 1], atol=1e-5)
    np.testing.assert_allclose(gets, out[0, :, :8], atol=1e-4)


def test_a_weight_alone_in_its_row_stays_whole_where_the_rest_is_nothing() -> None:
    x = 100 * random_vectors(["a", "b", "c"], 4, seed=1)
    told = Attention(1, 0, 0, scaled=False, weight=(0, 1, 0, 0.5))
    text = run_here(attention_script(x[0].numpy(), told))
    row = re.findall(r"token 2 looks: (.*)", text)[0].split()
    assert float(row[0]) == 0.5
    assert sum(map(float, row)) == pytest.approx(1, abs=1e-5)


def test_the_script_is_short_and_stands_alone() -> None:
    script = attention_script(np.zeros((3, 4), np.float32), Attention(2, 0, 1))
    assert script.count("\n") <= 70
    assert "dlviz" not in script
