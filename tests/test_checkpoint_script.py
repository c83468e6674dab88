"""The time machine's script, on weights that were taken away, against the networks themselves."""

import contextlib
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import memory
from dlviz.scripts.checkpoint import checkpoint_script, indices, picture, symbols
from tests.alone import run_alone
from tests.test_snapshot import SIZES

LEVELS = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.float32)
COLOURS = np.random.default_rng(1).integers(0, 256, (3, 32, 32)).astype(np.float32)
READ = [2, 5, 3]
BY_ROWS = ("SimpleRNN", "GRUModel", "LSTMModel")
NETWORKS: dict[str, tuple[str, dict[str, object]]] = {
    **{name: (name, sizes) for name, sizes in SIZES.items()},
    "MLP, normed": ("MLP", {"hidden_size": 40, "depth": 2, "batch_norm": True}),
    "ColourCNN, normed": ("ColourCNNBatchNorm", {}),
    "LSTMModel, symbols": (
        "LSTMModel",
        {"input_size": 8, "hidden_size": 9, "num_layers": 1, "output_size": 8},
    ),
}


def network(class_name: str, arguments: dict[str, object], seed: int) -> torch.nn.Module:
    """With norms that have seen something."""
    model = weights.build(class_name, arguments, seed)
    generator = torch.Generator().manual_seed(seed)
    for name, buffer in model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            buffer.copy_(torch.rand(buffer.shape, generator=generator) + 0.5)
    return model


def asked_of(class_name: str, arguments: dict[str, object]) -> tuple[str, torch.Tensor]:
    """The script's lines, and the network's own input."""
    if class_name in ("TextClassifier", "CharacterLSTM"):
        return indices(READ), torch.tensor([READ])
    if arguments.get("input_size") == len(memory.SYMBOLS):
        return symbols(READ), torch.eye(len(memory.SYMBOLS))[READ][None]
    levels = COLOURS if class_name.startswith("Colour") else LEVELS
    x = ((torch.from_numpy(levels) / 255 - 0.5) / 0.5)[None]
    if class_name.startswith("Colour") or class_name in BY_ROWS:
        return picture(levels / 255), x
    return picture(levels / 255), x[None]


@pytest.mark.parametrize(("class_name", "arguments"), NETWORKS.values(), ids=NETWORKS)
def test_the_script_says_what_the_network_says_at_each_checkpoint(
    class_name: str, arguments: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, x = asked_of(class_name, arguments)
    models = [network(class_name, arguments, seed) for seed in (1, 2)]
    files = [tmp_path / f"{seed}.safetensors" for seed in (1, 2)]
    for model, file in zip(models, files, strict=True):
        weights.save(model, arguments, {}, file)
    classes = [f"<{at}>" for at in range(10)]
    monkeypatch.setattr(sys, "argv", ["script.py", *map(str, files)])
    text = io.StringIO()
    with contextlib.redirect_stdout(text), torch.inference_mode():
        exec(checkpoint_script(class_name, arguments, classes, told), {})
    for model, file in zip(models, files, strict=True):
        with torch.inference_mode():
            shares = model(x).flatten(0, -2)[-1].softmax(0)
        (line,) = re.findall(rf"^{file.name}: (.*)$", text.getvalue(), re.MULTILINE)
        said = {int(at): float(share) for at, share in re.findall(r"<(\d+)> ([\d.]+)", line)}
        assert next(iter(said)) == int(shares.argmax())
        assert said == pytest.approx({at: float(shares[at]) for at in said}, abs=2e-6)
    name, before = next((name, each) for name, each in models[0].state_dict().items() if each.dim() > 1)
    moved = (models[1].state_dict()[name] - before).norm() / before.norm()
    assert f"  {name}: {moved:.4f}" in text.getvalue()


def test_the_script_runs_by_itself_where_there_is_no_dlviz(tmp_path: Path) -> None:
    told, _ = asked_of("SimpleCNN", {})
    arguments: dict[str, object] = {"num_classes": 10}
    weights.save(network("SimpleCNN", arguments, 1), arguments, {}, tmp_path / "step-3.safetensors")
    (tmp_path / "script.py").write_text(
        checkpoint_script("SimpleCNN", arguments, list("0123456789"), told), encoding="utf-8"
    )
    printed = run_alone(tmp_path, "script.py", "step-3.safetensors").decode()
    assert re.fullmatch(r"step-3\.safetensors: (\d 0\.\d{6}(, |\n)){5}", printed)
