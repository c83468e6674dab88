"""The script of the lab of BERT prints the numbers on screen."""

import contextlib
import io

import dlviz.vision_operators  # noqa: F401  (before transformers)

import numpy as np
import pytest

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import entropy
from dlviz.encoders import packaged, reading
from dlviz.encoders.eager_attention import layer
from dlviz.scripts.labs import bert_script

ENCODER = packaged.encoder()
TEXT = 'the “waiter” wasn\'t $kind, and """\\n'


def printed(script: str) -> list[str]:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    return output.getvalue().splitlines()


@pytest.mark.parametrize("other", ["", "we liked him"])
@pytest.mark.parametrize("off", [[], [(0, 3), (2, 11)]])
def test_the_script_prints_the_head_and_all_entropies(other: str, off: list[tuple[int, int]]) -> None:
    edits = {name: edit for at, head in off for name, edit in drop_heads(layer(at), [head]).items()}
    tokens = reading.tokens(ENCODER, TEXT, other)
    read = reading.read(ENCODER, tokens, edits)
    lines = printed(bert_script(None, TEXT, other, (3, 5), off, ENCODER.limit))
    count = len(tokens)
    assert lines[0] == f"embeddings: (1, {count}, 384)"
    assert lines[1] == f"tokens: {list(zip(tokens.words, tokens.ids, strict=True))}"
    rows = [[float(value) for value in line.rpartition(": ")[2].split()] for line in lines[3 : 3 + count]]
    np.testing.assert_allclose(rows, read.attention[3, 5], atol=2e-5)
    bits = [[float(value) for value in line.split()] for line in lines[-6:]]
    np.testing.assert_allclose(bits, [entropy(pattern) for pattern in read.attention], atol=1e-3)
