"""The lab MLP without its page: its pass, its sentences, its questions, its script."""

import contextlib
import io

import numpy as np
import torch

from dlviz.ui.labs.mlp.captions import tell_share
from dlviz.ui.labs.mlp.forward import ForwardPass, forward
from dlviz.ui.labs.mlp.questions import questions, script
from dlviz.ui.labs.mlp.state import State


def test_the_pass_is_what_pytorch_makes_of_the_same_numbers() -> None:
    passed = forward(State(side=5, seed=3))
    assert passed.values.shape == (5, 5)
    np.testing.assert_array_equal(passed.relu, torch.relu(torch.from_numpy(passed.values)))


def test_the_zeros_are_counted() -> None:
    values = np.array([[-1, 2], [-3, -4]], np.float32)
    passed = ForwardPass(values, np.maximum(values, 0))
    assert tell_share(passed) == "ReLU has made 3 of 4 numbers 0."


def test_the_largest_number_stays_unless_all_are_negative() -> None:
    for values, answer in ((np.ones((2, 2)), "No"), (-np.ones((2, 2)), "Yes")):
        (question,) = questions(ForwardPass(values, np.maximum(values, 0)), State())
        assert question.answer == answer


def test_the_script_prints_the_numbers_on_screen() -> None:
    state, printed = State(side=2, seed=7), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(script(forward(state), state), {"__name__": "__main__"})
    assert printed.getvalue().endswith(f"{forward(state).relu}\n")
