"""The script of the lab of BERT prints the numbers on screen, run as a learner runs it."""

from pathlib import Path

import dlviz.vision_operators  # noqa: F401  (before transformers)

import numpy as np
import pytest

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import entropy
from dlviz.encoders import hub, packaged, reading
from dlviz.encoders.eager_attention import layer
from dlviz.encoders.loading import Encoder
from dlviz.ui.labs.bert.forward import forward
from dlviz.ui.labs.bert.questions import script, script_name
from dlviz.ui.labs.bert.state import Heads, State
from tests import encoder_folders
from tests.alone import run_alone

TEXT = 'the “waiter” wasn\'t $kind, and """\\n'


def printed(text: str, folder: Path) -> list[str]:
    """What the script prints, redirected into a file on a Windows code page, in a folder of its own."""
    file = folder / script_name(None, State())  # pyright: ignore[reportArgumentType]
    file.write_text(text, encoding="utf-8")
    assert f"python {file.name}" in text
    # The script itself opens its output as UTF-8.
    return run_alone(folder, file.name, encoding="cp1252", transformers=True).decode("utf-8").splitlines()


def check(encoder: Encoder, texts: tuple[str, str], off: Heads, folder: Path) -> None:
    state = State(layer=1, head=1, off=off)
    passed = forward(encoder, texts, state)
    edits = {name: edit for at, head in off for name, edit in drop_heads(layer(at), [head]).items()}
    read = reading.read(encoder, passed.tokens, edits)
    folder.mkdir()
    lines = printed(script(passed, state), folder)
    count = len(passed.tokens)
    assert lines[0] == f"embeddings: (1, {count}, {encoder.hidden})"
    assert [f", {each})" in lines[1] for each in passed.tokens.ids] == [True] * count
    rows = [[float(value) for value in line.rpartition(": ")[2].split()] for line in lines[3 : 3 + count]]
    np.testing.assert_allclose(rows, read.attention[1, 1], atol=2e-5)
    bits = [[float(value) for value in line.split()] for line in lines[-encoder.layers :]]
    np.testing.assert_allclose(bits, [entropy(pattern) for pattern in read.attention], atol=1e-3)


@pytest.mark.parametrize(("other", "off"), [("", ()), ("we liked him", ((0, 3), (2, 11)))])
def test_the_script_prints_the_head_and_all_entropies(other: str, off: Heads, tmp_path: Path) -> None:
    check(packaged.encoder(), (TEXT, other), off, tmp_path / "own")


@pytest.mark.parametrize("kind", ["distilbert", "albert", "modernbert", "deberta-v2", "roberta"])
def test_the_script_of_another_model_with_a_head_off_prints_its_numbers(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    if kind == "distilbert":
        encoder_folders.distilbert(folder)
    elif kind == "roberta":
        encoder_folders.roberta(folder, "the cat sat on a mat")
    else:
        encoder_folders.of_kind(folder, kind)
    encoder = hub.from_folder(str(folder))
    off: Heads = ((0, 1),) if encoder.editable else ()
    check(encoder, ("the cats sat", "a mat"), off, tmp_path / "own")
