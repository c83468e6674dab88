"""Pictures of the learner's own: from files, from the camera, from a set that was taken away."""

import contextlib
from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dlviz.data.pictures import MAX_BYTES, BadPicture
from dlviz.transfer.backbones import Backbone
from dlviz.transfer.files import BadZip, Refused, pack_set, read_files, unpack_set
from dlviz.transfer.picture_sets import (
    PICTURES,
    Picture,
    PictureSet,
    add_burst,
    add_single_pictures,
    count_room,
    encode_picture,
)
from dlviz.ui.components.camera import Burst, camera, newest_look
from dlviz.ui.components.class_map import class_map
from dlviz.ui.labs.transfer.own_classes.forward import Learned, answer
from dlviz.ui.labs.transfer.own_classes.own_set import BEFORE, change_set, is_embedded, read_set
from dlviz.ui.labs.transfer.own_classes.pictures import answered
from dlviz.ui.labs.transfer.state import LAB
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.text_format.quotes import quoted

TARGET, FIELD, DONE, REFUSED = (f"{LAB}.own.{name}" for name in ("target", "field", "done", "refused"))
CAMERA, BURST_TAKEN = f"{LAB}.own.camera", f"{LAB}.own.burst_taken"
SHOWN = 5  # refused files that are named; of more, their number is said


def add_files() -> None:
    """Offer to add pictures from files to one of the classes."""
    own = read_set()
    if not own.classes:
        return
    _take_files(_choose_class(own))
    _show_refused()


@st.fragment
def use_camera(backbone: Backbone, learned: Learned | None) -> None:
    """The camera: bursts for the class that is chosen, and an answer for its newest picture.

    Drawn again by itself for each new picture; a burst draws the whole page again.
    """
    own = read_set()
    if st.session_state.pop(BURST_TAKEN, False):
        st.rerun()
    place: int = st.session_state.get(TARGET, 0)
    if not 0 <= place < len(own.classes):
        return
    camera(CAMERA, place, quoted(own.classes[place].name), answers=learned is not None, receive=_take_burst)
    jpeg = newest_look(CAMERA)
    if jpeg and learned:
        try:
            picture = Picture(encode_picture(jpeg), 0)
        except BadPicture:
            return
        given = compute_once(
            f"{CAMERA}.answer", (learned, picture), lambda: answer(backbone, learned, picture)
        )
        class_map(f"{CAMERA}.map", answered(given), "The camera’s newest picture", side=224)


def _take_burst(burst: Burst) -> None:
    """Add the pictures of a burst; those that cannot be read are left out."""
    st.session_state[BURST_TAKEN] = True
    jpegs = []
    for jpeg in burst.jpegs:
        with contextlib.suppress(BadPicture):
            jpegs.append(encode_picture(jpeg))
    own, place = read_set(), burst.place
    if not jpegs or not 0 <= place < len(own.classes):
        return
    room = count_room(own)
    # Of a burst that does not fit, the first pictures are kept; with no room at all the set says so.
    change_set(lambda own: add_burst(own, place, jpegs[:room] or jpegs))
    LAB.update(own_shown=_last_of(read_set(), place))


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
    done: set[str] = st.session_state.setdefault(DONE, set())
    if not files and not done:
        return
    if not done:
        st.session_state[REFUSED] = []
    bar = st.progress(0.0) if len(files) > 1 else None
    for at, file in enumerate(files):
        # A run that ends early leaves the rest to the next one.
        if file.file_id not in done:
            if bar:
                bar.progress(at / len(files), f"Reading file {at + 1:,} of {len(files):,}")
            _take_file(place, file.name, file.getvalue())
            done.add(file.file_id)
            _let_go(file)
    st.session_state[FIELD] = number + 1
    st.session_state[DONE] = set()
    st.rerun()


def _let_go(file: UploadedFile) -> None:
    """Free a file that was read: Streamlit would keep its content until the session ends."""
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


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
            said = f"A set has at most {PICTURES:,} pictures. It is left out, as is all behind it in a zip."
            refused.append(Refused(read.name, said))
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
            "Nothing is kept after this session: take your pictures away as a zip, and bring it in again "
            "another day."
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
            if sum(len(picture.jpeg) for picture in own.pictures()) > MAX_BYTES:
                st.caption("The zip is larger than the 15 MB that can be brought in: remove pictures first.")
        number = st.session_state.setdefault(f"{FIELD}.set", 0)
        file = st.file_uploader(
            "A set that was taken away, or a zip with a folder for each class",
            key=f"{FIELD}.set.{number}",
        )
    if own.pictures() and not is_embedded():
        st.caption("A link to this view cannot hold these pictures.")
    if file:
        _bring_in(file.name, file.getvalue())
        _let_go(file)
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
