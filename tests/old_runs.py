"""Runs as an earlier version of the program has left them on the disk, and what their networks are asked."""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.data import digits, mnist, novels

RUNS = Path(__file__).parent / "fixtures" / "runs"
OWNER = "a-browser-of-the-first-version-0123456789-A"  # whose all of them are
# What each is called -> its id.
IDS = {
    json.loads(file.read_text(encoding="utf-8"))["name"]: file.parent.name
    for file in RUNS.glob("*/meta.json")
}


def copy_into(root: Path) -> None:
    """Lay copies of all of them into a store's folder."""
    shutil.copytree(RUNS, root, dirs_exist_ok=True)


def answer(model: nn.Module) -> np.ndarray:
    """The scores (classes,) of a network on what `question` asks; of a text, those after its last letter."""
    with torch.inference_mode():
        scores = model(question(type(model).__name__))[0]
    return (scores if scores.dim() == 1 else scores[-1]).numpy()


def question(class_name: str) -> Tensor:
    """Three words (1, 3), a beginning of letters (1, 7), or the first test digit, whole or as rows."""
    if class_name == "TextClassifier":
        return torch.tensor([[2, 3, 1]])
    if class_name == "CharacterLSTM":
        return novels.encode("It was ")[None]
    picture = digits.normalise(mnist.digits("test")[0][:1])  # (1, 1, 28, 28)
    return picture[:, 0] if class_name in ("SimpleRNN", "GRUModel", "LSTMModel") else picture
