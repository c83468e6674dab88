"""Answer of a run's newest network to the learner's own input: a drawing or a sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.bars import bars
from dlviz.ui.components.pad import Drawing
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.runs import checkpoints, evaluation_examples, sentences, vocabulary
from dlviz.ui.runs.checkpoints import Checkpoint
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

INVITATIONS = {"drawings": "Draw one of yours", "fashion": "Draw a piece of clothing"}
PROMPT, LENGTH = "It was ", 220  # of what is written, in characters
PANEL = f"{LAB}.panel.drawing"  # what was on the paper when a panel about it was drawn


def show_answer(run: LiveRun) -> None:
    """Ask the learner for an input that suits the run, and show the answer of its newest checkpoint."""
    kind = evaluation_examples.kind(run.config)
    if kind == "pictures" and run.config.task != "cifar10":
        st.fragment(key=f"{LAB}.drawing")(_explain_overflow)(_ask_about_drawing, run)
    elif kind == "sentences":
        _explain_overflow(_ask_about_sentence, run)
    elif kind == "sequences":
        _explain_overflow(_ask_about_sequence, run)
    elif kind == "text":
        _explain_overflow(_let_write, run)


def _explain_overflow(ask: Callable[[LiveRun], None], run: LiveRun) -> None:
    """Ask, and say so where the answer means nothing."""
    from dlviz.weights import BadWeights

    try:
        ask(run)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")


def newest_checkpoint(run: LiveRun) -> Checkpoint | None:
    """The newest checkpoint; None, with a sentence, if there is none to be read."""
    from dlviz.training.state import BadState

    steps = run.checkpoints
    if not steps:
        st.caption("The network answers as soon as the run has begun.")
        return None
    try:
        return checkpoints.load_checkpoint(run.run, steps[-1])
    except (BadState, UnknownRun) as problem:
        st.error(plain(str(problem)), icon=":material/broken_image:")
        return None


def draw_input(run: LiveRun) -> Drawing:
    """The pad for a run's network: with a test digit, or one of the pictures that the run is measured on."""
    task = run.config.task
    if task == "digits":
        return digit.digit_input(LAB)
    return digit.digit_input(LAB, INVITATIONS[task], surprises=False, example=_first_example(run))


def drawing_text(run: LiveRun, state: State) -> str:
    """The picture on the pad as text; empty for a test digit or an empty paper."""
    return state.digit or (_first_example(run) if state.sample >= 0 else "")


def panel_drawing(run: LiveRun) -> np.ndarray | None:
    """The drawing (28, 28) in [0, 1], for a panel about it; the page is drawn anew when it changes.

    None while nothing is drawn. The pad itself is drawn again alone, without the panel.
    """
    from dlviz.data.digits import from_text

    state = LAB.read()
    st.session_state[PANEL] = state.sample, state.digit
    if run.config.task == "digits" and state.sample >= 0:
        return digit.test_digit(state.sample)[0]
    text = drawing_text(run, state)
    return from_text(text) if text else None


def forget_drawing() -> None:
    """Let the paper change as it may: no panel is about it."""
    st.session_state.pop(PANEL, None)


def _show_in_panel() -> None:
    """Draw the page anew if a panel shows another drawing than the paper."""
    state = LAB.read()
    if st.session_state.get(PANEL, now := (state.sample, state.digit)) != now:
        st.rerun(scope="app")


def _first_example(run: LiveRun) -> str:
    """One of the run's own pictures as text, to begin with; empty for digits, or where none is here."""
    from dlviz.data.digits import to_text
    from dlviz.data.mnist import MissingData
    from dlviz.training.tasks import BadTask

    if run.config.task not in INVITATIONS:
        return ""
    try:
        pictures = evaluation_examples.pictures(run.run, run.config)  # (n, 28, 28) uint8
    except (MissingData, BadTask, UnknownRun):
        return ""
    drawn = next((each for each in pictures if each.any()), None)
    return "" if drawn is None else to_text(drawn / np.float32(255))


def _ask_about_drawing(run: LiveRun) -> None:
    drawing = draw_input(run)
    if drawing.final:
        _show_in_panel()
    checkpoint = newest_checkpoint(run)
    if checkpoint is None or drawing.pixels is None:
        return
    probabilities = checkpoints.predict(checkpoint, drawing.pixels)  # (classes,)
    when = sentences.training_so_far(run, checkpoint.step)
    group = Group(
        title=f"It says {checkpoint.classes[int(probabilities.argmax())]}",
        note=f"the network {when}",
        values=checkpoints.shuffle_as_learned(checkpoint, drawing.pixels)[None],
        scale="ink",
        alt="The drawing as the network reads it.",
        columns=1,
        cell=2,
    )
    tiles(f"{LAB}.answer", [group])
    bars(f"{LAB}.answer.bars", checkpoint.classes, probabilities)


def _ask_about_sentence(run: LiveRun) -> None:
    text = st.text_input("Your sentence", "I love this film", max_chars=300, key=f"{LAB}.sentence")
    checkpoint = newest_checkpoint(run)
    if checkpoint is None:
        return
    import torch

    from dlviz.data.sentiment import Vocabulary, tokenise

    known = Vocabulary(tuple(checkpoint.facts["vocabulary"]))  # pyright: ignore[reportArgumentType]
    if not (words := tokenise(text)):
        st.caption("Write a word or two.")
        return
    with torch.inference_mode():
        scores = checkpoint.model(torch.tensor([known.encode(words)]))  # (1, classes)
    probabilities = scores.softmax(1)[0].numpy()
    classes = vocabulary.class_names(run.config.task, checkpoint.classes)
    said = f"It says {classes[int(probabilities.argmax())]}"
    when = f"the network {sentences.training_so_far(run, checkpoint.step)}"
    bars(f"{LAB}.answer", classes, probabilities, said, when)
    if unknown := [word for word in words if word not in known]:
        st.caption(f"Words that it has never seen: {plain(', '.join(unknown[:8]))}.")


def _ask_about_sequence(run: LiveRun) -> None:
    from dlviz.data import memory

    usual = evaluation_examples.sequence(run.config, memory.TEST_SEED)
    text = st.text_input(
        "Your sequence",
        usual,
        max_chars=1 + memory.LONGEST,
        key=f"{LAB}.sequence",
        help=f"Letters from {memory.SYMBOLS[0]} to {memory.SYMBOLS[-1]}. The first is the answer.",
    )
    checkpoint = newest_checkpoint(run)
    if checkpoint is None:
        return
    import torch

    x = memory.encode(text)  # (1, steps, symbols)
    if not x.shape[1]:
        st.caption(f"Write letters from {memory.SYMBOLS[0]} to {memory.SYMBOLS[-1]}.")
        return
    with torch.inference_mode():
        probabilities = checkpoint.model(x).softmax(1)[0].numpy()
    said = f"It names {checkpoint.classes[int(probabilities.argmax())]}"
    when = f"the network {sentences.training_so_far(run, checkpoint.step)}"
    bars(f"{LAB}.answer", checkpoint.classes, probabilities, said, when)
    st.caption(f"The first of {x.shape[1]} symbols was {memory.decode(x[0, :1])}.")


def _let_write(run: LiveRun) -> None:
    checkpoint = newest_checkpoint(run)
    if checkpoint is None:
        return
    from dlviz.generation import generate

    written = generate(checkpoint.model, PROMPT, LENGTH, 0.7, None, 0)
    when = sentences.training_so_far(run, checkpoint.step)
    show_sentence(f"{LAB}.written", st.markdown, f"**What it writes after “{PROMPT.strip()}”**, {when}:")
    st.text(PROMPT + written.text)
