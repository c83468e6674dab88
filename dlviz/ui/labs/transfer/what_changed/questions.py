"""Guesses before anything is measured, questions about what was measured, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import captions
from dlviz.ui.labs.transfer.what_changed.forward import OLD_TASKS, Change, TunedNetwork
from dlviz.ui.labs.transfer.what_changed.state import BELOW, KEPT
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.runs.loaded_network import pack_weights, packaged_files
from dlviz.ui.text_format.markdown import plain

SCRIPT = "dlviz_fine_tuning.py"
NO_PICTURE = np.zeros((28, 28), np.float32)


def ask_for_guesses() -> list[DeltaGenerator]:
    """Let the learner predict which layer changes most, and how much is kept; the places for the answers."""
    left, right = st.columns(2)
    left.radio(
        "Your guess: which layer’s weights does fine-tuning change most, for their size?",
        list(BELOW),
        index=None,
        format_func=BELOW.__getitem__,
        horizontal=True,
        key=LAB.key("guess_layer"),
    )
    right.radio(
        "Your guess: how much of its old task does it still get right?",
        list(KEPT),
        index=None,
        format_func=lambda name: KEPT[name][0],
        horizontal=True,
        key=LAB.key("guess_kept"),
    )
    return [left.empty(), right.empty()]


def answer_guesses(places: Sequence[DeltaGenerator], change: Change | None, state: State) -> None:
    """Answer the guesses from what was measured.

    Args:
        change: of the tuned network; None before it is measured.
    """
    guesses = (state.guess_layer, captions.judge_layer), (state.guess_kept, captions.judge_kept)
    for place, (guess, judge) in zip(places, guesses, strict=True):
        if guess is None:
            continue
        if change is None:
            place.caption("Your guess is kept. The network answers.")
            continue
        right, sentence = judge(guess, change)
        colour, icon = ("green", "check") if right else ("orange", "lightbulb")
        place.markdown(f":{colour}[:material/{icon}: {plain(sentence)}]")


def questions(changes: Mapping[str, Change]) -> list[Question]:
    """Questions on what was measured."""
    similar = changes["tuned"].similar
    least = min(similar, key=similar.__getitem__)
    asked = [
        Question(
            "least_alike",
            "For the same test pictures: which layer’s values are least like those before fine-tuning?",
            list(BELOW.values()),
            BELOW[least],
            "A layer reads what the layers before it give: their changes add to its own.",
            "CKA: " + ", ".join(f"{BELOW[layer]} {value:.2f}" for layer, value in similar.items()) + ".",
        )
    ]
    if "frozen" in changes and len(changes["frozen"].equal) == len(BELOW):
        asked.append(
            Question(
                "twin",
                "The frozen twin under its old head: how many pictures of the old task get another answer?",
                ["None", "A few", "Most"],
                "None",
                "Which of the weights that this answer is computed from has training moved?",
                "Every weight that the answer is computed from is the same, bit for bit.",
            )
        )
    return asked


def shown_code() -> Sequence[Callable]:
    """Functions that measure."""
    from dlviz.training import transfer
    from dlviz.transfer import changes

    return [transfer.put_old_head_back, changes.measure_weight_changes, changes.linear_cka]


def script_files(loaded: Mapping[str, TunedNetwork]) -> ScriptFiles:
    """Weights before and after, in the order in which the script reads them."""
    start = loaded["tuned"].config.start
    after = {
        f"{way}.safetensors": partial(pack_weights, network.model.state_dict())
        for way, network in loaded.items()
    }
    return {**packaged_files(f"{start}.safetensors"), **after}


def script(loaded: Mapping[str, TunedNetwork], pixels: np.ndarray | None) -> str:
    """A script of plain PyTorch that measures the weights, and asks the old head about the picture."""
    from dlviz import weights
    from dlviz.scripts.labs import fine_tuning_script

    start = loaded["tuned"].config.start
    return fine_tuning_script(
        NO_PICTURE if pixels is None else pixels,
        weights.load(start),
        captions.name_classes(*OLD_TASKS[start]),
        " ".join(["python script.py", *script_files(loaded)]),
    )
