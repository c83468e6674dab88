"""Pictures of the learner's own: from files, from the camera, from a set that was taken away."""

from collections.abc import Sequence

import streamlit as st

from dlviz.transfer.files import BadZip, Refused, pack_set, read_files, unpack_set
from dlviz.transfer.picture_sets import PICTURES, PictureSet, add_single_pictures, count_room
from dlviz.ui.labs.transfer.own_classes.own_set import BEFORE, change_set, read_set
from dlviz.ui.labs.transfer.state import LAB
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted

TARGET, FIELD, SEEN, REFUSED = (f"{LAB}.own.{name}" for name in ("target", "field", "seen", "refused"))
SHOWN = 5  # refused files that are named; of more, their number is said


def add_pictures() -> None:
    """Offer to add pictures to one of the classes."""
    own = read_set()
    if not own.classes:
        return
    place = _choose_class(own)
    _take_files(place)
    _show_refused()


def _choose_class(own: PictureSet) -> int:
    """The place of the class that pictures are added to."""
    places = list(range(len(own.classes)))
    if st.session_state.get(TARGET) not in places:
        st.session_state[TARGET] = places[0]
    st.pills(
        "Add pictures to",
        places,
        format_func=lambda place: plain(own.classes[place].name),
        required=True,
        key=TARGET,
        wrap=True,
    )
    return st.session_state[TARGET]


def _take_files(place: int) -> None:
    """A field for files, emptied as soon as they are read: the browser and the server need not keep them."""
    number = st.session_state.setdefault(FIELD, 0)
    # Of any name: phones save pictures as .jfif, or without an ending, and the content tells what it is.
    files = st.file_uploader(
        "Pictures, or zips of pictures",
        accept_multiple_files=True,
        key=f"{FIELD}.{number}",
        help=f"Many at once, up to {PICTURES:,} in a set. They stay on the computer this app runs on.",
    )
    if not files:
        return
    seen: set[str] = st.session_state.setdefault(SEEN, set())
    if not seen:
        st.session_state[REFUSED] = []
    bar = st.progress(0.0) if len(files) > 1 else None
    for at, file in enumerate(files):
        # A run that ends early leaves the rest to the next one.
        if file.file_id not in seen:
            if bar:
                bar.progress(at / len(files), f"Reading file {at + 1:,} of {len(files):,}")
            _take_file(place, file.name, file.getvalue())
            seen.add(file.file_id)
    st.session_state[FIELD] = number + 1
    st.session_state[SEEN] = set()
    st.rerun()


def _take_file(place: int, name: str, content: bytes) -> None:
    room = count_room(read_set())
    jpegs: list[bytes] = []
    refused: list[Refused] = st.session_state.setdefault(REFUSED, [])
    for read in read_files([(name, content)]):
        if isinstance(read, Refused):
            refused.append(read)
        elif len(jpegs) < room:
            jpegs.append(read.jpeg)
        else:
            refused.append(Refused(read.name, f"A set has at most {PICTURES:,} pictures."))
            break
    if jpegs:
        change_set(lambda own: add_single_pictures(own, place, jpegs))
        LAB.update(own_shown=_last_of(read_set(), place))


def _last_of(own: PictureSet, place: int) -> int:
    """Number, among all pictures of the set, of a class's last one."""
    return sum(len(each.pictures) for each in own.classes[: place + 1]) - 1


def _show_refused() -> None:
    """A sentence for each file that could not be used, by its name."""
    refused: Sequence[Refused] = st.session_state.get(REFUSED, ())
    if not refused:
        return
    lines = [f"**{plain(each.name)}**: {each.why}" for each in refused[:SHOWN]]
    if rest := len(refused) - SHOWN:
        lines += [f"And {counted(rest, 'other file')}."] if rest > 0 else []
    st.warning("  \n".join(lines), icon=":material/broken_image:")


def offer_set() -> None:
    """Offer to take the whole set away, and to bring one in again."""
    own = read_set()
    with st.popover("Take away or bring in", icon=":material/folder_zip:", width="stretch"):
        st.caption(
            "Nothing is kept after this session, and no link can hold your pictures: take them away as a "
            "zip, and bring it in again another day."
        )
        if own.pictures():
            packed = f"{LAB}.own.packed"
            st.download_button(
                f"Take away {counted(len(own.pictures()), 'picture')}",
                lambda: pack_set(own),
                "my-classes.zip",
                "application/zip",
                key=packed,
                on_click="ignore",
            )
        number = st.session_state.setdefault(f"{FIELD}.set", 0)
        file = st.file_uploader(
            "A set that was taken away, or a zip with a folder for each class",
            key=f"{FIELD}.set.{number}",
        )
    if file:
        _bring_in(file.name, file.getvalue())
        st.session_state[f"{FIELD}.set"] = number + 1
        st.rerun()


def _bring_in(name: str, content: bytes) -> None:
    before = read_set()
    try:
        own, st.session_state[REFUSED] = unpack_set(content)
    except BadZip as problem:
        st.session_state[REFUSED] = [Refused(name, str(problem))]
        return
    change_set(lambda _: own)
    if before.pictures():
        st.session_state[BEFORE] = before
    LAB.update(own_shown=0)
