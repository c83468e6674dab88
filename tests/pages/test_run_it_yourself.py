"""Every lab's script, run as a learner does: on its own, in a folder with the weights that a page offers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlviz.ui.labs import LABS
from tests.alone import run_alone
from tests.pages.conftest import Open

SITUATIONS = [
    ("mlp", {"sample": "0", "off": "1:3"}),
    ("mlp", {"sample": "0", "weights": "random", "shift": "3", "direction": "up"}),
    ("convolution", {}),
    ("cnn", {"sample": "0"}),
    ("cnn", {"sample": "0", "weights": "random"}),
    ("rnn", {}),
    ("rnn", {"input": "sentence", "networks": "rnn", "text": "the 🎉 was not good — ☃"}),
    ("rnn", {"input": "series", "what": "forget"}),
    ("gradients", {}),
    ("gradients", {"weights": "trained"}),
    ("text", {"text": "although the plot was boring, I loved the фильм 🎉"}),
    ("generate", {}),
    ("attention", {}),
    ("attention", {"weights": "random"}),
    ("attention", {"input": "digit"}),
    ("block", {}),
    ("block", {"input": "text"}),
    ("block", {"input": "words", "table": "text"}),
    ("block", {"part": "order"}),
    ("block", {"part": "write"}),
    ("depth", {"view": "regions", "steps": "3", "budget": "100"}),
    ("transfer", {"view": "own"}),
    ("depth", {"points": "20", "budget": "100", "large_depth": "2"}),
    ("landscape", {}),
    ("landscape", {"network": "plane", "layer": "0"}),
    ("landscape", {"view": "near"}),
    ("race", {"view": "stress", "stress": "hidden"}),
]
# Their scripts have tests of their own: transformers loads BERT, and a run's script needs the run's data.
# Fine-tuning has a call for a notebook instead, which tests/test_finetune_lab.py makes, and the race a script
# of each of its runs, which tests/test_race.py reads.
ELSEWHERE = {"bert", "finetune", "race", "training", "transfer"}


@dataclass
class Offered:
    """Files that a page offers for download."""

    script: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture
def offered(opened: Open, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Offered]:
    """What stands beside the code behind a lab's picture."""
    found = Offered()
    button = DeltaGenerator.download_button

    def note(self: object, label: str, data: object, file_name: str, *rest: object, **more: object) -> object:
        content = data() if callable(data) else data
        found.files[file_name] = content.encode() if isinstance(content, str) else content  # pyright: ignore
        if label.startswith("Run it yourself"):
            found.script = file_name
        return button(self, label, b"", file_name, *rest, **more)  # pyright: ignore

    def offered(lab: str, **query: str) -> Offered:
        app = opened(lab, **query)
        assert not app.error
        monkeypatch.setattr(st, "download_button", lambda *args, **how: note(st._main, *args, **how))
        app.session_state[f"{lab}.code"] = True
        app.run()
        return found

    return offered


def run_as_learner(found: Offered, folder: Path, encoding: str) -> str:
    """What the script prints into a file in this encoding, by the command that its first lines give."""
    for name, content in found.files.items():
        (folder / name).write_bytes(content)
    script = found.files[found.script].decode()
    assert "script.py" not in script
    (command,) = re.findall(rf"^.*?python ({re.escape(found.script)}.*)$", script, re.MULTILINE)
    arguments = command.split()
    assert {*arguments} == {*found.files}
    return run_alone(folder, *arguments, encoding=encoding).decode(encoding)


@pytest.mark.parametrize(("lab", "query"), SITUATIONS, ids=str)
def test_a_script_runs_alone_beside_the_weights_that_the_page_offers(
    offered: Callable[..., Offered], lab: str, query: dict[str, str], tmp_path: Path
) -> None:
    assert run_as_learner(offered(lab, **query), tmp_path, "cp1252").strip()


def test_every_lab_is_tried_here_or_elsewhere() -> None:
    assert {lab for lab, _ in SITUATIONS} | ELSEWHERE >= {lab.name for lab in LABS}
