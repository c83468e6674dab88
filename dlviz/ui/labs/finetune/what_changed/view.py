"""The view itself, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.encoders import NoEncoder
from dlviz.finetuning import NoFineTuning
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.matrices import Matrix, matrices
from dlviz.ui.components.word_highlights import word_highlights
from dlviz.ui.labs.finetune.choice import choose_tuned
from dlviz.ui.labs.finetune.inputs import Chosen
from dlviz.ui.labs.finetune.lanes import Lane, solve_first_head
from dlviz.ui.labs.finetune.state import LAB, LONGEST_SENTENCE, State
from dlviz.ui.labs.finetune.what_changed import captions
from dlviz.ui.labs.finetune.what_changed.questions import main_question
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs import polling
from dlviz.ui.runs.fine_tuned import find_newest_checkpoint
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.ui.labs.finetune.what_changed.forward import Change, Read, Tuned

KEY = f"{LAB}.changed"
HEADS = 3  # that are drawn
PLAIN = {"displayModeBar": False}


def show(state: State) -> None:
    """Choose a fine-tuned encoder, and look at what has changed of it."""
    found = choose_tuned(state)
    if found is None:
        return
    lane, chosen = found
    run = lane.status.run
    model_cache.import_encoders()
    from dlviz.ui.labs.finetune.what_changed.forward import load_tuned, measure_change, read_parts

    asked = st.container()
    if not state.change_shown:
        with asked:
            _ask_first()
        st.button(
            "Measure what has changed",
            icon=":material/science:",
            key=f"{KEY}.measure",
            on_click=_show_results,
        )
    try:
        newest = find_newest_checkpoint(run)

        def load() -> Tuned:
            return load_tuned(newest, model_cache.bert(), solve_first_head(chosen))

        tuned = compute_once(f"{KEY}.tuned", (run, chosen), load)
        polling.notice_deletion(LAB, run)
        if state.change_shown:
            with st.spinner("Both encoders read the sentences, layer by layer: some seconds …"):
                # Before is the same for all that was fine-tuned on these sentences.
                before = compute_once(
                    f"{KEY}.before", (chosen,), lambda: read_parts(tuned.before, chosen.sentences)
                )

                def measure() -> Change:
                    after = read_parts(tuned.after, chosen.sentences)
                    return measure_change(tuned, chosen.sentences, before, after)

                change = compute_once(f"{KEY}.change", (tuned,), measure)
            with asked:
                _ask_first(change)
            show_layers(change)
            show_sentence_read(tuned, chosen, state, run)
            show_unlearned(change)
    except (NoFineTuning, NoEncoder, UnknownRun) as problem:
        st.error(plain(str(problem)), icon=":material/error:")
        return
    offer_files(tuned, lane)


def _show_results() -> None:
    LAB.update(change_shown=True)


def _ask_first(change: Change | None = None) -> None:
    waiting = "Your prediction is kept. Both encoders read the sentences."
    ask_before_result(LAB, main_question(change), "changed", waiting)


def show_layers(change: Change) -> None:
    """Draw how far the weights of each layer moved, how alike its vectors are, what a probe finds there."""
    from dlviz.figures.transfer import by_layer

    st.subheader("What changed, layer by layer", anchor=False)
    before, after = (right.mean(axis=1) for right in change.probes)
    measures: dict[str, tuple[str, str, Mapping[str, np.ndarray]]] = {
        "weights": (
            "How far the weights moved",
            "‖ΔW‖ / ‖W‖",
            {"fine-tuned": change.weights},
        ),
        "alike": ("How far the vectors moved", "1 − CKA", {"fine-tuned": 1 - change.alike}),
        "probes": ("What a linear probe gets right", "share of the test", {"before": before, "after": after}),
    }
    for column, (name, (title, axis, values)) in zip(st.columns(3), measures.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            told = "; ".join(
                f"{label}: {', '.join(number(value, '.3f') for value in each)}"
                for label, each in values.items()
            )
            st.plotly_chart(
                by_layer({label: each.tolist() for label, each in values.items()}, change.layers, axis),
                key=f"{KEY}.{name}",
                config=PLAIN,
                alt=f"{title}, from the embeddings up. {told}.",
            )
    show_sentence(f"{KEY}.weights.said", st.markdown, captions.describe_weights(change))
    show_sentence(f"{KEY}.probes.said", st.markdown, captions.describe_probes(change))


def show_sentence_read(tuned: Tuned, chosen: Chosen, state: State, run: str) -> None:
    """Ask for a sentence, and show its answer, contributions and the heads that moved, before and after."""
    st.subheader("One sentence, before and after", anchor=False)
    st.text_input("A sentence", key=LAB.key("sentence"), max_chars=LONGEST_SENTENCE)
    text = state.sentence
    if not text.strip():
        st.caption("Write a sentence, and both encoders read it.")
        return
    from dlviz.ui.labs.finetune.what_changed.forward import read_sentence

    read = compute_once(f"{KEY}.read", (tuned, text), lambda: read_sentence(tuned, text))
    classes = chosen.sentences.classes
    show_sentence(f"{KEY}.answer", st.markdown, plain(captions.describe_answer(read, classes)))
    show_contributions(read, classes)
    show_heads(read)
    link_heads(read, text, run)


def show_contributions(read: Read, classes: tuple[str, ...]) -> None:
    """Colour each token by what the answer loses without it, before and after, on one scale."""
    limit = float(max(np.abs(each).max() for each in read.contributions))
    rows = [
        (when, f"what “{classes[read.answer]}” loses when the token is masked", each)
        for when, each in zip(("Before", "After"), read.contributions, strict=True)
    ]
    word_highlights(f"{KEY}.words", read.tokens.words, rows, ("for the answer", "against it"), limit=limit)


def show_heads(read: Read) -> None:
    """Draw the heads whose attention moved most: before, after, and the difference."""
    show_sentence(f"{KEY}.heads.said", st.markdown, captions.describe_heads(read))
    names = read.tokens.words
    drawn = []
    for change in read.heads[:HEADS]:
        old, new = (reading.attention[change.layer, change.head] for reading in read.readings)
        title = f"Layer {change.layer + 1}, head {change.head + 1}"
        row = max(6.0, 200 / len(names))  # pixels
        shown = (("before", old, "sequential", 1.0), ("after", new, "sequential", 1.0))
        for when, values, scale, limit in (*shown, ("difference", new - old, "diverging", 0.0)):
            note = f"{number(100 * change.moved, '.1f')} % moved" if when == "difference" else ""
            alt = f"{title}, {when}: attention from each token, a row, to each token, a column."
            drawn.append(
                Matrix(f"{title}: {when}", note, values, alt, scale, limit, row, names, column="token")
            )
    for first in range(0, len(drawn), 3):
        matrices(f"{KEY}.heads.{first}", drawn[first : first + 3])
    st.caption(
        "A row is the token that looks, a column the token that it looks at, in the same order. In the "
        "difference blue is more attention than before, orange less."
    )


def link_heads(read: Read, text: str, run: str) -> None:
    """Link to the BERT lab with the heads that moved most, after fine-tuning and before it."""
    for change in read.heads[:HEADS]:
        name = f"Layer {change.layer + 1}, head {change.head + 1}"
        place = {"text": text, "layer": str(change.layer), "head": str(change.head)}
        with st.container(horizontal=True):
            st.page_link(
                "bert.py",
                label=f"{name} after fine-tuning: the BERT lab",
                icon=":material/arrow_forward:",
                query_params=place | {"tuned": run},
            )
            st.page_link(
                "bert.py",
                label=f"{name} before",
                icon=":material/arrow_forward:",
                query_params=place,
            )


def show_unlearned(change: Change) -> None:
    """Show what became of knowledge that the training had nothing to do with."""
    from dlviz.ui.labs.finetune.what_changed.forward import likeness_rows

    st.subheader("What was lost", anchor=False)
    show_sentence(f"{KEY}.lost", st.markdown, captions.describe_unlearned(change))
    table = [
        {"Cosine of": name, "Before": number(old, ".2f"), "After": number(new, ".2f")}
        for name, old, new in likeness_rows(change.unlearned)
    ]
    told = "; ".join(f"{row['Cosine of']}: {row['Before']}, {row['After']}" for row in table)
    st.table(table, hide_index=True, border="horizontal", alt=f"Cosines before and after. {told}.")


def offer_files(tuned: Tuned, lane: Lane) -> None:
    """Offer what has learned as a file, and the whole network as a folder that transformers loads."""
    name = lane.status.run[:6]

    def pack() -> bytes:
        from dlviz.finetuning.folder import pack_for_transformers

        return pack_for_transformers(tuned.after, tuned.heads[1], tuned.delta.classes)

    st.subheader("Take it away", anchor=False)
    with st.container(horizontal=True):
        st.download_button(
            "Only what has changed",
            lambda: tuned.delta.to_bytes(),
            f"{name}-delta.safetensors",
            on_click="ignore",
            icon=":material/download:",
            key=f"{KEY}.delta",
            help="A safetensors file in half precision. The BERT lab puts it back on its encoder; in Python "
            "`Delta.from_bytes(…).apply(encoder)` does.",
        )
        st.download_button(
            "The whole network",
            pack,
            f"{name}-fine-tuned.zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            key=f"{KEY}.whole",
            help="A folder that transformers’ `from_pretrained` loads: config, tokenizer and weights as "
            "safetensors, about 90 MB, with a script that answers for a sentence.",
        )
