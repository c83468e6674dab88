"""A film of the held-out sentences, frame by frame, while a network learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.encoders import NoEncoder
from dlviz.finetuning import NoFineTuning
from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.film import Film, Followed, film
from dlviz.ui.labs.finetune import lanes
from dlviz.ui.labs.finetune.choice import choose_tuned
from dlviz.ui.labs.finetune.inputs import Chosen
from dlviz.ui.labs.finetune.state import LAB, LONGEST_SENTENCE, State
from dlviz.ui.runs import polling
from dlviz.ui.runs.fine_tuned import find_newest_checkpoint
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent, probability
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.finetuning.plane import Plane


def show(state: State) -> None:
    """Choose a fine-tuned network, and play how it moved the sentences, and the learner's own among them."""
    found = choose_tuned(state)
    if found is None:
        return
    lane, chosen = found
    run = lane.status.run
    st.text_input("Your own sentence in the film", key=LAB.key("sentence"), max_chars=LONGEST_SENTENCE)
    text = state.sentence
    try:
        newest = find_newest_checkpoint(run)
        shown, plane = compute_once(f"{LAB}.film.made", (run, chosen), lambda: make_film(run, newest, chosen))
        if text.strip():
            files = service.shared().store.checkpoints(run)
            own = compute_once(
                f"{LAB}.film.own", (run, chosen, text), lambda: follow(text, shown, plane, files, chosen)
            )
            shown = replace(shown, own=own)
    except (NoFineTuning, NoEncoder, UnknownRun) as problem:
        st.error(plain(str(problem)), icon=":material/error:")
        return
    polling.notice_deletion(LAB, run)
    film(f"{LAB}.film", shown)
    show_sentence(f"{LAB}.film.said", st.markdown, plain(describe_film(shown)))
    if changed := list_changed(shown):
        with st.expander("Sentences that were won or lost", icon=":material/swap_vert:"):
            st.dataframe(changed, hide_index=True)
    st.caption(
        "One plane for all frames: that in which the sentences differ most, before and after taken together. "
        f"It shows {percent(plane.share)} of their variance. The head reads all 384 numbers, not these two."
    )


def make_film(run: str, checkpoint: Path, chosen: Chosen) -> tuple[Film, Plane]:
    """Make the film of a run, and the plane in which it is drawn.

    Raises: NoFineTuning if the checkpoint is gone or damaged.
    """
    model_cache.import_encoders()
    from dlviz.finetuning.learning import read_film
    from dlviz.finetuning.plane import find_fixed_plane

    kept = read_film(checkpoint)
    plane = find_fixed_plane(kept.features)
    texts, labels = zip(*chosen.sentences.held, strict=True)
    answers, classes = kept.logits.argmax(axis=2), chosen.sentences.classes
    points = plane.project(kept.features)
    return Film(run, kept.steps, points, answers, np.array(labels), classes, texts), plane


def follow(text: str, shown: Film, plane: Plane, files: Mapping[int, Path], chosen: Chosen) -> Followed:
    """Follow a sentence through a film: in each frame as the newest checkpoint until then reads it.

    Args:
        files: the run's checkpoints by their step; before the first one the encoder is frozen.
    Raises: NoFineTuning if a checkpoint is gone, damaged or of another encoder; NoEncoder.
    """
    read = {0: lanes.answer_frozen(chosen, text)}
    from dlviz.finetuning.delta import Delta
    from dlviz.finetuning.learning import look

    for step, file in files.items():
        network = Delta.from_checkpoint(file).apply(model_cache.bert())
        features, logits = look(network, network.read([text], [0]))
        read[step] = features[0].numpy(), logits[0].numpy()
    since = np.array([max(step for step in read if step <= frame) for frame in shown.steps.tolist()])
    logits = np.array([read[step][1] for step in since.tolist()])
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    points = plane.project(np.array([read[step][0] for step in since.tolist()]))
    best = [probability(share) for share in shares.max(axis=1).tolist()]
    return Followed(points, logits.argmax(axis=1), best, since)


def list_changed(shown: Film) -> list[dict[str, str]]:
    """Rows of the sentences that are named rightly at first alone, or at last alone: the lost ones first."""
    first, last = (shown.answers[at] == shown.labels for at in (0, -1))
    return [
        {"": name, "Sentence": shown.texts[at], "Label": str(shown.classes[shown.labels[at]])}
        for name, rows in (("lost", first & ~last), ("won", last & ~first))
        for at in np.flatnonzero(rows).tolist()
    ]


def describe_film(shown: Film) -> str:
    """Say how many sentences were named rightly at first and at last, and how many answers changed."""
    first, last = (shown.answers[at] == shown.labels for at in (0, -1))
    won, lost = int((last & ~first).sum()), int((first & ~last).sum())
    return (
        f"At first {first.sum()} of {len(first)} are named rightly, at last {last.sum()}. "
        f"Won on the way: {won}. Lost: {lost}."
    )
