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
from dlviz.ui.labs.finetune.state import LAB, LONGEST_SENTENCE, PLANES, State
from dlviz.ui.runs import polling
from dlviz.ui.runs.fine_tuned import find_newest_checkpoint
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent, probability
from dlviz.ui.text_format.quotes import quoted
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.finetuning.learning import Film as Frames
    from dlviz.finetuning.plane import Plane


def show(state: State) -> None:
    """Choose a fine-tuned network, and play how it moved the sentences, and the learner's own among them."""
    found = choose_tuned(state)
    if found is None:
        return
    lane, chosen = found
    run = lane.status.run
    st.text_input("Your own sentence in the film", key=LAB.key("sentence"), max_chars=LONGEST_SENTENCE)
    st.segmented_control(
        "The plane of the film",
        list(PLANES),
        format_func=PLANES.__getitem__,
        required=True,
        key=LAB.key("plane"),
        wrap=True,
    )
    text, made = state.sentence, (run, chosen, state.plane)
    try:
        newest = find_newest_checkpoint(run)
        shown, plane = compute_once(
            f"{LAB}.film.made", made, lambda: make_film(run, newest, chosen, state.plane)
        )
        if text.strip():
            files = service.shared().store.checkpoints(run)
            own = compute_once(
                f"{LAB}.film.own", (*made, text), lambda: follow(text, shown, plane, files, chosen)
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
    st.caption(plain(describe_plane(plane, state.plane, shown)))


def make_film(run: str, checkpoint: Path, chosen: Chosen, kind: str = "spread") -> tuple[Film, Plane]:
    """Make the film of a run, and the plane in which it is drawn.

    Args:
        kind: of plane, a key of `PLANES`.
    Raises: NoFineTuning if the checkpoint is gone or damaged.
    """
    model_cache.import_encoders()
    from dlviz.finetuning.delta import Delta
    from dlviz.finetuning.learning import read_film
    from dlviz.finetuning.plane import find_deciding_plane, find_fixed_plane

    kept = read_film(checkpoint)
    texts, labels = zip(*chosen.sentences.held, strict=True)
    classes, line = chosen.sentences.classes, None
    if kind == "head":
        head = Delta.from_checkpoint(checkpoint).weights["head.weight"].numpy()
        plane = find_deciding_plane(kept.features, head)
        line = find_line(plane, head, kept) if len(classes) == 2 else None
    else:
        plane = find_fixed_plane(kept.features)
    shares = softmax(kept.logits)
    points = plane.project(kept.features)
    return Film(
        run,
        kept.steps,
        points,
        shares.argmax(axis=2),
        np.array(labels),
        classes,
        texts,
        shares.max(axis=2).mean(axis=1),
        line,
    ), plane


def find_line(plane: Plane, head: np.ndarray, kept: Frames) -> float | None:
    """Find where the last head is undecided between two classes, on the plane's first axis.

    Args:
        head: (2, size), its weight; the axis is its direction.
    """
    slope = float((head[1] - head[0]) @ plane.directions[0])
    if not slope:
        return None
    margins = kept.logits[-1, :, 1] - kept.logits[-1, :, 0]
    places = plane.project(kept.features[-1])[:, 0]
    return float((places - margins / slope).mean())


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits (…, classes), of the same shape."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


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
    shares = softmax(logits)
    points = plane.project(np.array([read[step][0] for step in since.tolist()]))
    best = [probability(share) for share in shares.max(axis=1).tolist()]
    return Followed(points, logits.argmax(axis=1), best, since)


def list_changed(shown: Film) -> list[dict[str, str]]:
    """Rows of the sentences that are right at first alone, or at the end alone: the lost ones first."""
    first, last = (shown.answers[at] == shown.labels for at in (0, -1))
    return [
        {"": name, "Sentence": shown.texts[at], "Label": str(shown.classes[shown.labels[at]])}
        for name, rows in (("lost", first & ~last), ("won", last & ~first))
        for at in np.flatnonzero(rows).tolist()
    ]


def describe_film(shown: Film) -> str:
    """Say how many answers are right at first and at the end, and how sure the network is of its answers."""
    first, last = (shown.answers[at] == shown.labels for at in (0, -1))
    won, lost = int((last & ~first).sum()), int((first & ~last).sum())
    before, after = (percent(shown.sure[at]) for at in (0, -1))
    return (
        f"At first {first.sum()} of {len(first)} answers are right, at the end {last.sum()}. "
        f"Won on the way: {won}. Lost: {lost}. On average the network is {before} sure of its answers at "
        f"first, {after} at the end; {percent(last.mean())} are right."
    )


def describe_plane(plane: Plane, kind: str, shown: Film) -> str:
    """Say what the plane shows, and how much of what there is."""
    share, size = percent(plane.share), plane.middle.size
    if kind == "spread":
        return (
            "One plane for all frames: that in which the sentences differ most, before and after taken "
            f"together. It shows {share} of their variance. The head reads all {size} numbers, not these two."
        )
    if shown.line is None:
        return (
            "One plane for all frames: that in which the last head tells the labels apart best. It shows "
            f"{share} of the sentences’ variance."
        )
    first, second = (quoted(name) for name in shown.classes)
    return (
        f"One plane for all frames. From left to right: what the last head reads, from {first} to {second}; "
        "it is undecided on the dashed line. From bottom to top: where the sentences differ most beside "
        f"that. Both together are {share} of their variance."
    )
