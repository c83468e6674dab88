"""The learner's own input through the run's newest network: a drawing, a sentence, or what it writes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.inputs import digit
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import checkpoints, evaluation_examples, sentences
from dlviz.ui.runs.checkpoints import Checkpoint
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

MOST = 5  # answers shown
PROMPT, WRITTEN = "It was ", 220


def show(run: LiveRun) -> None:
    """What the newest checkpoint makes of the learner's own input."""
    kind = evaluation_examples.kind(run.config)
    if kind == "pictures" and run.config.task != "cifar10":
        st.fragment(key=f"{LAB}.drawing")(_asked)(_drawn, run)
    elif kind == "sentences":
        _asked(_sentence, run)
    elif kind == "text":
        _asked(_text, run)


def _asked(ask: Callable[[LiveRun], None], run: LiveRun) -> None:
    """Ask, and say so where the answer is none."""
    from dlviz.weights import BadWeights

    try:
        ask(run)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")


def newest(run: LiveRun) -> Checkpoint | None:
    """The network of the newest checkpoint; None, with a sentence, if there is none to be read."""
    from dlviz.training.state import BadState

    steps = run.checkpoints
    if not steps:
        st.caption("The network answers as soon as the run has begun.")
        return None
    try:
        return checkpoints.load_checkpoint(run.run, steps[-1])
    except (BadState, UnknownRun) as problem:
        st.error(str(problem), icon=":material/broken_image:")
        return None


def _drawn(run: LiveRun) -> None:
    with st.container(key="paper-beside"):
        drawing = digit.current(LAB)
    trained = newest(run)
    if trained is None or drawing.pixels is None:
        return
    probabilities = checkpoints.predict(trained, drawing.pixels)
    order = probabilities.argsort()[::-1][:MOST]
    names = trained.classes
    best = names[order[0]]
    group = Group(
        title=f"It says {best}",
        note=f"the network {sentences.training_so_far(run, trained.step)}",
        values=drawing.pixels[None],
        scale="ink",
        alt=f"{sentences.training_so_far(run, trained.step)}: "
        + ", ".join(f"{names[at]} {percent(float(probabilities[at]))}" for at in order),
        columns=1,
        cell=2,
        rows=tuple((names[at], float(probabilities[at]), percent(float(probabilities[at]))) for at in order),
    )
    tiles(f"{LAB}.answer", [group])


def _sentence(run: LiveRun) -> None:
    text = st.text_input("Your sentence", "I love this film", max_chars=300, key=f"{LAB}.sentence")
    trained = newest(run)
    if trained is None:
        return
    import torch

    from dlviz.data.sentiment import Vocabulary, tokenise

    known = Vocabulary(tuple(trained.facts["vocabulary"]))  # pyright: ignore[reportArgumentType]
    if not (words := tokenise(text)):
        st.caption("Write a word or two.")
        return
    with torch.inference_mode():
        probabilities = trained.model(torch.tensor([known.encode(words)])).softmax(1)[0].numpy()
    best = int(probabilities.argmax())
    said = f"{plain(trained.classes[best])}: {percent(float(probabilities[best]))}"
    st.metric(f"It says, {sentences.training_so_far(run, trained.step)}", said)
    if unknown := [word for word in words if word not in known]:
        st.caption(f"Words that it has never seen: {plain(', '.join(unknown[:8]))}.")


def _text(run: LiveRun) -> None:
    trained = newest(run)
    if trained is None:
        return
    from dlviz.generation import generate

    written = generate(trained.model, PROMPT, WRITTEN, 0.7, None, 0)
    st.markdown(
        f"**What it writes after “{PROMPT.strip()}”**, {sentences.training_so_far(run, trained.step)}:"
    )
    st.text(PROMPT + written.text)
