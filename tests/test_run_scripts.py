"""The scripts of the sequences' labs, with networks of other sizes than the project's own."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from dlviz import weights
from dlviz.contributions import leave_one_out
from dlviz.generation import generate
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import read
from dlviz.scripts.labs import generate_script, recurrent_script, text_script

NUMBER = r"-?\d+\.\d+"
NETWORKS = {
    "rnn": ("SimpleRNN", {"input_size": 28, "hidden_size": 3, "output_size": 4}),
    "gru": ("GRUModel", {"input_size": 28, "hidden_size": 5, "output_size": 10}),
    "lstm": ("LSTMModel", {"input_size": 28, "hidden_size": 6, "num_layers": 4, "output_size": 3}),
}


@pytest.fixture
def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """What a script prints that is given these weights in a file."""

    def printed(script: str, model: nn.Module) -> str:
        file = tmp_path / "weights.safetensors"
        save_file(model.state_dict(), file)
        monkeypatch.setattr(sys, "argv", ["script.py", str(file)])
        was = torch.is_grad_enabled()
        exec(compile(script, "script.py", "exec"), {})  # the very text that a learner runs
        torch.set_grad_enabled(was)
        return capsys.readouterr().out

    return printed


@pytest.mark.parametrize("name", NETWORKS)
def test_a_recurrent_network_of_any_depth_is_read_as_the_lab_reads_it(printed, name: str) -> None:
    class_name, arguments = NETWORKS[name]
    model = weights.build(class_name, {**arguments}, seed=3)
    x = torch.randn(1, 7, 28, generator=torch.Generator().manual_seed(1))
    layer = f"{name}.{arguments.get('num_layers', 1) - 1}"
    reading = read(model, x)
    text = printed(recurrent_script(model, "python script.py", x[0].numpy(), (layer, 2)), model)
    (head,) = re.findall(r"the head: (.*)", text)
    assert np.array(head.split(), float) == pytest.approx(reading.answers[-1], abs=1e-5)
    found = dict(re.findall(rf"unit 2, last step: (\w) = ({NUMBER})", text))
    shown = {QUANTITIES[what].symbol: values[-1, 2] for what, values in reading.layers[layer].items()}
    assert {symbol: float(value) for symbol, value in found.items()} == pytest.approx(shown, abs=1e-5)


def test_a_classifier_of_three_classes_is_told_by_their_names(printed) -> None:
    arguments: dict[str, object] = {"vocab_size": 9, "embed_dim": 3, "hidden_dim": 4, "output_dim": 3}
    model = weights.build("TextClassifier", arguments, seed=2)
    script = text_script(("a", "b", "c"), (2, 1, 8), ("it's", '"two"', "x = {y}"), (2, 0), "python script.py")
    text = printed(script, model)
    with torch.inference_mode():
        logits = model(torch.tensor([[2, 1, 8]]))[0]
    for name, logit in zip(("it's", '"two"', "x = {y}"), logits.tolist(), strict=True):
        assert f"{name}: logit {logit:.6f}"[:-2] in text
    assert "the margin x = {y} - it's falls" in text
    falls = np.array(re.findall(rf"^\d \w: ({NUMBER})$", text, re.MULTILINE), float)
    # Leaving out first, then the integrated gradients of the same three words.
    assert falls[:3] == pytest.approx(leave_one_out(model, [2, 1, 8], None, (2, 0)), abs=1e-5)
    assert len(falls) == 6


def test_a_writer_of_three_layers_writes_what_the_lab_shows(printed) -> None:
    arguments: dict[str, object] = {"vocab_size": 76, "embed_dim": 3, "hidden_size": 5, "num_layers": 3}
    model = weights.build("CharacterLSTM", arguments, seed=1)
    text = printed(
        generate_script("He said", 30, 0.9, None, 4, None, "python script.py x.safetensors"), model
    )
    assert text == generate(model, "He said", 30, 0.9, None, 4).text + "\n"
