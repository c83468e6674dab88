"""The view itself, from top to bottom."""

from functools import partial

import streamlit as st

from dlviz.scripts.transfer import transfer_snippet
from dlviz.ui import lesson
from dlviz.ui.labs.transfer.own_classes import inputs, own_set, questions
from dlviz.ui.labs.transfer.own_classes.backbone_choice import choose_backbone
from dlviz.ui.labs.transfer.own_classes.controls import choose_start, show_classes, take_picks
from dlviz.ui.labs.transfer.own_classes.forward import learn
from dlviz.ui.labs.transfer.own_classes.pictures import show_answer, show_planes, show_test
from dlviz.ui.labs.transfer.own_classes.shift import show_shift
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.weights import BadWeights


def show(state: State) -> None:
    """Draw the view."""
    own_set.start_with_chosen(state)
    take_picks()
    choose_start()
    left, right = st.columns([1, 2.4], gap="medium")
    with left, st.container(key="settings"):
        inputs.add_files()
        camera = st.container()
        inputs.offer_set()
        try:
            backbone = choose_backbone(state)
        except BadWeights as problem:
            st.error(str(problem), icon=":material/scale:")
            backbone = None
    with right:
        answered = st.container()  # above the classes: on a phone many of them would hide it
        show_classes()
        if backbone is None:
            return
        own = own_set.read_set()
        seen = own_set.see_all(backbone, own)  # JPEG -> features (channels,), and pixels
    learned = compute_once(f"{LAB}.own.learned", (backbone, own), lambda: learn(own, seen))
    with camera:
        inputs.use_camera(backbone, learned)
    with answered:
        if learned is None:
            st.info(
                "Give two classes a picture each, and switch both on: then the network tells them apart.",
                icon=":material/add_photo_alternate:",
            )
            return
        state = LAB.read()
        show_answer(backbone, learned, own, state)
    with right:
        show_test(learned)
        show_planes(learned, own, state)
    show_shift(backbone)
    ask = partial(
        compute_once, f"{LAB}.own.questions", (learned,), lambda: questions.questions(backbone, learned)
    )
    lesson.predict(LAB, ask)

    def offer_code() -> None:
        st.code(transfer_snippet(backbone, len(learned.examples.classes)), language="python")
        shown = min(state.own_shown, len(own.pictures()) - 1)
        script, files = questions.script(backbone, own, shown), questions.script_files(backbone, own)
        lesson.offer_script(questions.SCRIPT, script, files, packages=questions.packages(backbone))

    lesson.code(LAB, questions.shown_code, offer_code)
