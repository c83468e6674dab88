"""The view My own classes: whatever is given to it, a sentence says what is wrong, and nothing is lost."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

from dlviz.transfer.backbones import Backbone
from dlviz.transfer.files import pack_set
from dlviz.transfer.picture_sets import PICTURES, Picture, PictureSet, add_single_pictures, enable_class
from dlviz.ui.labs.transfer.own_classes import own_set
from dlviz.ui.labs.transfer.own_classes.forward import Seen
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights
from tests.pages.conftest import Open
from tests.transfer_pictures import COLOURS, coloured_set, jpeg

KEY = "transfer.own"


@pytest.fixture
def empty(opened: Open) -> AppTest:
    """The view with two classes and no picture."""
    return opened("transfer", view="own", own_start="none", own_shown="0")


def own(app: AppTest) -> PictureSet:
    return app.session_state[f"{KEY}.set"]


def counts(app: AppTest) -> list[int]:
    return [len(each.pictures) for each in own(app).classes]


def give(app: AppTest, *files: tuple[str, bytes], to: int = 0) -> AppTest:
    """Drop files onto the field, for a class."""
    app.session_state[f"{KEY}.target"] = to
    return app.file_uploader[0].set_value([(*file, "") for file in files]).run()


def start_with(app: AppTest, own: PictureSet) -> AppTest:
    app.session_state[f"{KEY}.set"] = own
    return app.run()


def messages_on(app: AppTest) -> str:
    return " ".join(each.value for each in (*app.error, *app.warning, *app.info))


def test_two_classes_with_a_picture_each_are_told_apart_at_once(empty: AppTest) -> None:
    assert "Give two classes a picture each" in messages_on(empty)
    give(empty, ("one.jpg", jpeg(COLOURS["red"])))
    assert "Give two classes a picture each" in messages_on(empty)
    give(empty, ("two.jpg", jpeg(COLOURS["blue"])), to=1)
    assert counts(empty) == [1, 1]
    assert "“Class 2”" in " ".join(each.value for each in empty.subheader)
    assert not messages_on(empty)


def test_a_bad_file_among_good_ones_is_named_and_the_others_stay(empty: AppTest) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("good.jpg", jpeg(COLOURS["green"]))
        archive.writestr("../evil.jpg", jpeg(COLOURS["green"], 1))
    give(
        empty,
        ("red.jpg", jpeg(COLOURS["red"])),
        ("torn *picture*.jpg", jpeg(COLOURS["red"], 1)[:900]),
        ("some.zip", packed.getvalue()),
    )
    assert counts(empty) == [2, 0]
    (warning,) = empty.warning
    assert "**torn \\*picture\\*.jpg**: The picture is damaged" in warning.value
    assert "**../evil.jpg**: Its path leads out of the zip" in warning.value
    # The field is empty again, and what it held is not read twice.
    empty.run()
    assert counts(empty) == [2, 0]
    give(empty, ("blue.jpg", jpeg(COLOURS["blue"])))
    assert not empty.warning


def test_the_server_lets_go_of_files_that_it_has_read(
    empty: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    freed: list[str] = []
    monkeypatch.setattr(
        MemoryUploadedFileManager, "remove_file", lambda self, session_id, file_id: freed.append(file_id)
    )
    give(empty, ("one.jpg", jpeg(COLOURS["red"])), ("no picture", b"text"))
    assert len(set(freed)) == 2


def test_a_full_set_takes_what_fits_and_says_so(empty: AppTest) -> None:
    own = add_single_pictures(coloured_set(1, 1), 0, [jpeg(COLOURS["red"])] * (PICTURES - 4))
    own = enable_class(enable_class(own, 0, False), 1, False)  # nothing to learn: it would take a while
    start_with(empty, own)
    files = [(f"{seed}.jpg", jpeg(COLOURS["red"], seed)) for seed in (7, 8)]
    give(empty, *files)
    assert sum(counts(empty)) == PICTURES
    assert "**8.jpg**: A set has at most 1,000 pictures." in empty.warning[0].value


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "The class has no name: write one."),
        ("class 1", "There is a class named “class 1” already: choose another name."),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_the_old_one_stays(
    empty: AppTest, name: str, sentence: str
) -> None:
    empty.text_input[1].set_value(name).run()
    assert [error.value for error in empty.error] == [sentence]
    assert [each.value for each in empty.text_input[:2]] == ["Class 1", "Class 2"]
    empty.text_input[1].set_value("cups").run()
    assert not empty.error
    assert own(empty).classes[1].name == "cups"


def test_markup_is_a_name_like_any_other(opened: Open) -> None:
    app = opened("transfer", view="own", own_start="none", own_shown="0")
    start_with(app, coloured_set(1, 1))
    app.text_input[0].set_value("<b>*cup*</b>").run()
    assert own(app).classes[0].name == "<b>*cup*</b>"
    assert "\\*cup\\*" in " ".join(each.value for each in app.subheader)


def test_what_is_removed_comes_back(empty: AppTest) -> None:
    before = coloured_set(1, 2)
    start_with(empty, before)
    empty.button(key=f"{KEY}.remove.1").click().run()
    assert [each.name for each in own(empty).classes] == ["red", "blue"]
    empty.button(key=f"{KEY}.undo").click().run()
    assert own(empty) == before
    empty.button(key=f"{KEY}.remove_picture.0").click().run()
    assert counts(empty) == [1, 2, 2]
    empty.button(key=f"{KEY}.undo").click().run()
    assert own(empty) == before


def test_a_class_that_is_switched_off_keeps_its_pictures(empty: AppTest) -> None:
    start_with(empty, coloured_set(1, 1))
    empty.toggle[0].set_value(False).run()
    assert counts(empty) == [1, 1, 1]
    learned = empty.session_state[f"{KEY}.learned"][1]
    assert learned.examples.classes == ("green", "blue")


def test_a_set_that_was_taken_away_comes_back_and_can_be_undone(empty: AppTest) -> None:
    before, other = coloured_set(2, 1), coloured_set(1, 1)
    start_with(empty, other)
    empty.file_uploader[1].upload("my-classes.zip", pack_set(before)).run()
    assert own(empty) == before
    empty.file_uploader[1].upload("broken.zip", b"PK nothing").run()
    assert "**broken.zip**: The file is no zip, or it is damaged." in empty.warning[0].value
    assert own(empty) == before


def test_beginning_anew_can_be_undone_and_other_links_open_their_own_set(opened: Open) -> None:
    app = opened("transfer", view="own", own_start="none", own_shown="0")
    mine = coloured_set(1, 1)
    start_with(app, mine)
    app.button(key=f"{KEY}.start.none").click().run()
    assert counts(app) == [0, 0]
    app.button(key=f"{KEY}.undo").click().run()
    assert own(app) == mine


def test_without_the_networks_weights_the_pictures_stay(
    empty: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise BadWeights("The weights file efficientnet_lite0.safetensors is missing.")

    monkeypatch.setattr(model_cache, "embedded_backbone", fail)
    give(empty, ("one.jpg", jpeg(COLOURS["red"])))
    assert counts(empty) == [1, 0]
    assert "is missing" in empty.error[0].value


def test_the_flattering_test_stands_beside_the_honest_one(empty: AppTest) -> None:
    start_with(empty, coloured_set(2, 3))
    assert len(empty.metric) == 1
    empty.toggle(key="transfer.own_flattering").set_value(True).run()
    assert [metric.value for metric in empty.metric] == ["100.0 %", "100.0 %"]
    assert any("had others of their own burst" in caption.value for caption in empty.caption)


def test_an_embedded_set_is_read_once_for_all_sessions(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def count_and_see(backbone: Backbone, pictures: Sequence[Picture]) -> dict[bytes, Seen]:
        read.extend(pictures)
        return {each.jpeg: Seen(*np.full((2, backbone.channels), len(read), np.float32)) for each in pictures}

    monkeypatch.setattr(own_set, "_embedded_seen", {})
    monkeypatch.setattr(own_set, "see", count_and_see)
    first, second = (opened("transfer", view="own", own_start="twemoji") for _ in range(2))
    assert read == own(first).pictures() == own(second).pictures()
    # A picture of the learner's own is read for that learner alone.
    give(second, ("one.jpg", jpeg(COLOURS["red"])))
    assert len(read) == len(own(first).pictures()) + 1
    assert not first.exception
    assert not second.exception
