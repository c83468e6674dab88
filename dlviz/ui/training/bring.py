"""Weights that a learner brings in: checked key by key, and kept as a run that the labs can open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints, service
from dlviz.training.runs.journal import EVENTS, DiskFull
from dlviz.training.runs.owner import hashed
from dlviz.ui import owner
from dlviz.ui.training.state import LAB, put
from dlviz.ui.training.watched import BROUGHT

if TYPE_CHECKING:
    from dlviz.weights import Weights

PROBLEM = f"{LAB}.brought"
# Network -> the task whose input it reads, and its name in a config.
READS = {
    "SimpleCNN": ("digits", "SimpleCNN"),
    "SimpleCNNBatchNorm": ("digits", "SimpleCNN"),
    "MLP": ("digits", "MLP"),
    "SimpleRNN": ("digits", "SimpleRNN"),
    "GRUModel": ("digits", "GRUModel"),
    "LSTMModel": ("digits", "LSTMModel"),
    "DigitTransformer": ("digits", "DigitTransformer"),
    "ColourCNN": ("cifar10", "ColourCNN"),
    "ColourCNNBatchNorm": ("cifar10", "ColourCNN"),
    "CharacterLSTM": ("text", "CharacterLSTM"),
}


def show() -> None:
    """A field for a file, folded away."""
    with st.expander("Bring in weights of your own", icon=":material/upload_file:"):
        st.markdown(
            "A `state_dict` of one of these networks, saved as safetensors or with `torch.save`. It is "
            "checked key by key, nothing in the file is ever run, and then it is kept like a run, for the "
            "labs to open."
        )
        st.selectbox("Its network", list(READS), key=f"{LAB}.class_name")
        st.file_uploader(
            "A file of at most 15 MB",
            ["safetensors", "pt", "pth"],
            key=f"{LAB}.weights",
            on_change=_taken,
        )
        if problem := st.session_state.get(PROBLEM):
            st.error(problem, icon=":material/scale:")


def _taken() -> None:
    from dlviz.training.imports import BadUpload, open_weights

    st.session_state.pop(PROBLEM, None)
    if (file := st.session_state[f"{LAB}.weights"]) is None:
        return
    try:
        given = open_weights(file.getvalue(), st.session_state[f"{LAB}.class_name"])
        put("run", kept(given, owner.token()))
        put("view", "train")
    except (BadUpload, DiskFull) as problem:
        st.session_state[PROBLEM] = str(problem)


def kept(given: Weights, token: str) -> str:
    """A run that holds these weights and has nothing left to do: its id. Raises: BadUpload, DiskFull."""
    from dlviz.training.imports import BadUpload

    task, model = READS[given.class_name]
    if task == "text":
        from dlviz.data.novels import ALPHABET

        if given.arguments["vocab_size"] != len(ALPHABET):
            raise BadUpload(
                f"The network must know the novels’ {len(ALPHABET)} characters, no more and no less."
            )
    config = TrainingConfig(task=task, model=model)
    store = service.shared().store
    return store.create(
        config.to_json(),
        hashed(token),
        f"Brought in: {given.class_name}",
        lambda folder: _write(folder, config, given),
    )


def _write(folder: Path, config: TrainingConfig, given: Weights) -> None:
    from dlviz.training.state import Progress, State

    size = given.arguments.get("num_classes", given.arguments.get("output_size", 0))
    facts: dict[str, object] = {"classes": [str(at) for at in range(int(str(size)))]}
    state = State(config, given.class_name, given.arguments, facts, Progress(), given.state, {}, {}, {})
    (folder / checkpoints.FOLDER).mkdir()
    state.save(checkpoints.path(folder, 0))
    start = {"kind": "start", "brought": True, "network": given.class_name, **facts}
    checkpoint = {"kind": "checkpoint", "step": 0, "epoch": 0}
    end = {"kind": "end", "reason": "done", "step": 0, "sentence": BROUGHT}
    lines = [json.dumps(event) + "\n" for event in (start, checkpoint, end)]
    (folder / EVENTS).write_text("".join(lines), encoding="utf-8")
