"""The learner's classes: their names, their pictures, and one switch each."""

import contextlib

import streamlit as st

from dlviz.transfer.embedded_sets import SETS
from dlviz.transfer.picture_sets import (
    CLASSES,
    NAME,
    BadName,
    PictureClass,
    PictureSet,
    add_class,
    enable_class,
    remove_class,
    remove_picture,
    rename_class,
)
from dlviz.transfer.thumbnails import make_sheet, name_jpeg
from dlviz.ui.components import events
from dlviz.ui.components.thumbnails import thumbnails
from dlviz.ui.labs.transfer.own_classes import own_set
from dlviz.ui.labs.transfer.own_classes.own_set import change_set, read_set
from dlviz.ui.labs.transfer.own_classes.state import EMPTY
from dlviz.ui.labs.transfer.state import LAB
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.text_format.quotes import quoted
from dlviz.ui.widget_key import key_showing, read_fired

KEY = f"{LAB}.own"


def choose_start() -> None:
    """Offer to begin with an embedded set, or with none."""
    with st.container(horizontal=True, gap="small"):
        for name, title in SETS.items():
            st.button(
                title,
                icon=":material/photo_library:",
                key=f"{KEY}.start.{name}",
                on_click=own_set.begin_anew,
                args=(name,),
            )
        st.button(
            "My own pictures",
            icon=":material/add_photo_alternate:",
            key=f"{KEY}.start.{EMPTY}",
            on_click=own_set.begin_anew,
            args=(EMPTY,),
            help="Begin with two classes without pictures.",
        )


def take_picks() -> None:
    """Show the picture that was clicked, before any of them is drawn."""
    before = 0
    for place, each in enumerate(read_set().classes):
        picked = events.numbers(_grid(place), "pick", 1)
        if picked and 0 <= picked[0] < len(each.pictures):
            LAB.update(own_shown=before + picked[0])
        before += len(each.pictures)


def show_classes() -> None:
    """Draw the classes, their pictures, and what can be changed of them."""
    own = read_set()
    own_set.show_problem()
    shown = LAB.read().own_shown
    first = 0
    columns = [column for _ in range(0, len(own.classes), 2) for column in st.columns(2, gap="small")]
    for place, (each, column) in enumerate(zip(own.classes, columns, strict=False)):
        with column:
            _show_class(place, each, shown - first)
        first += len(each.pictures)
    with st.container(horizontal=True):
        full = len(own.classes) >= CLASSES
        st.button(
            "Add a class",
            icon=":material/add:",
            key=f"{KEY}.add",
            on_click=_add,
            disabled=full,
            help=f"A set has at most {CLASSES} classes." if full else None,
        )
        if own_set.can_undo():
            st.button("Undo", icon=":material/undo:", key=f"{KEY}.undo", on_click=own_set.undo)


def _show_class(place: int, each: PictureClass, chosen: int) -> None:
    with st.container(border=True, gap="xxsmall"):
        name = key_showing(f"{KEY}.name.{place}", each.name)
        st.text_input(
            f"Name of class {place + 1}",
            max_chars=NAME,
            key=name,
            label_visibility="collapsed",
            on_change=_rename,
            args=(place, name),
        )
        if each.pictures:
            _show_pictures(place, each, chosen)
        else:
            st.caption("No pictures yet.")
        with st.container(horizontal=True, vertical_alignment="center"):
            on = key_showing(f"{KEY}.on.{place}", each.enabled)
            st.toggle(
                "Learn it",
                key=on,
                on_change=_enable,
                args=(place, on),
                help="Switched off, the class keeps its pictures, and the head does not learn it.",
            )
            st.button(
                "Remove",
                icon=":material/delete:",
                key=f"{KEY}.remove.{place}",
                type="tertiary",
                on_click=_remove,
                args=(place,),
                help=f"Remove {plain(quoted(each.name))} and its pictures.",
            )
            if 0 <= chosen < len(each.pictures):
                st.button(
                    "Remove the picture",
                    icon=":material/hide_image:",
                    key=f"{KEY}.remove_picture.{place}",
                    type="tertiary",
                    on_click=_remove_picture,
                    args=(place, chosen),
                    help="Remove the picture that is outlined.",
                )


def _show_pictures(place: int, each: PictureClass, chosen: int) -> None:
    jpegs = [picture.jpeg for picture in each.pictures]
    thumbnails(
        _grid(place),
        f"{quoted(each.name)}, {counted(len(jpegs), 'picture')}",
        [name_jpeg(jpeg) for jpeg in jpegs],
        compute_once(f"{KEY}.sheet.{place}", (each.pictures,), lambda: make_sheet(jpegs)),
        [f"picture {number}" for number in range(1, len(jpegs) + 1)],
        chosen if 0 <= chosen < len(jpegs) else -1,
    )


def _grid(place: int) -> str:
    return f"{KEY}.grid.{place}"


def _add() -> None:
    def add(own: PictureSet) -> PictureSet:
        for number in range(1, CLASSES + 1):
            with contextlib.suppress(BadName):
                return add_class(own, f"Class {number}")
        return own

    change_set(add)


def _rename(place: int, key: str) -> None:
    if (name := read_fired(key)) is not None:
        change_set(lambda own: rename_class(own, place, name))


def _enable(place: int, key: str) -> None:
    if (on := read_fired(key)) is not None:
        change_set(lambda own: enable_class(own, place, on))


def _remove(place: int) -> None:
    change_set(lambda own: remove_class(own, place), can_be_undone=True)


def _remove_picture(place: int, number: int) -> None:
    change_set(lambda own: remove_picture(own, place, number), can_be_undone=True)
