import base64
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz.data.digits import prepare
from dlviz.ui.components import pad
from dlviz.ui.components.pad import REMEMBERED, Drawing, Placed

Read = Callable[..., Drawing]


def script() -> None:
    import streamlit as st

    from dlviz.ui.components.pad import pad, surprise_asked

    st.session_state["early"] = surprise_asked("pad")
    st.session_state["drawing"] = pad("pad", st.session_state.get("given"))


@pytest.fixture(scope="module")
def page() -> AppTest:
    return AppTest.from_function(script).run()


@pytest.fixture
def read(page: AppTest) -> Read:
    """Gives the drawing of a page that has placed some digits in turn, and then got a report."""

    def read(report: object, *given: Placed) -> Drawing:
        page.session_state["pad"], page.session_state["pad.placed"] = None, {}
        for placed in given or (None,):
            page.session_state["given"] = placed
            page.run()
        page.session_state["pad"] = {"drawing": report}
        page.run()
        assert not page.exception
        return page.session_state["drawing"]

    return read


def packed(bitmap: np.ndarray) -> str:
    return base64.b64encode(np.packbits(bitmap).tobytes()).decode()


def seven() -> np.ndarray:
    bitmap = np.zeros((168, 168), np.uint8)
    bitmap[30:44, 40:125] = 1
    bitmap[44:140, 100:115] = 1
    return bitmap


def placed(name: str, grey: int = 255) -> Placed:
    pixels = np.zeros((28, 28), np.float32)
    pixels[4:24, 13:16] = grey / 255
    return Placed(name, pixels, f"test digit {name}")


INK = packed(seven())


def test_pad_that_nobody_has_touched_is_empty() -> None:
    drawing = AppTest.from_function(script).run().session_state["drawing"]
    assert (drawing.pixels, drawing.source, drawing.version) == (None, "empty", 0)


def test_ink_becomes_the_digit_that_prepare_makes_of_the_bitmap(read: Read) -> None:
    drawing = read({"version": 3, "final": False, "seen": None, "ink": INK})
    assert drawing.pixels is not None
    assert np.array_equal(drawing.pixels, prepare(seven()))
    assert (drawing.source, drawing.final, drawing.version) == ("drawn", False, 3)


def test_bits_lie_row_by_row_with_the_first_pixel_highest(read: Read) -> None:
    # Two bytes by hand: row 0, pixels 0 … 15, of which 0 to 3 and 15 are ink.
    text = base64.b64encode(bytes([0b1111_0000, 0b0000_0001]) + bytes(168 * 21 - 2)).decode()
    bitmap = np.zeros((168, 168), np.uint8)
    bitmap[0, [0, 1, 2, 3, 15]] = 1
    drawing = read({"version": 1, "final": True, "ink": text})
    assert drawing.pixels is not None
    assert np.array_equal(drawing.pixels, prepare(bitmap))


@pytest.mark.parametrize(
    "report",
    [
        "text",
        7,
        [1, 2],
        {},
        {"ink": INK},
        {"version": 1, "final": True},
        {"version": 1, "final": True, "ink": ""},
        {"version": 1, "final": True, "ink": INK[:-4]},
        {"version": 1, "final": True, "ink": INK + "AAAA"},
        {"version": 1, "final": True, "ink": "?" * len(INK)},
        {"version": 1, "final": True, "ink": "é" * len(INK)},
        {"version": 1, "final": True, "ink": packed(np.zeros((168, 168), np.uint8))},
        {"version": 1, "final": True, "ink": 12},
        {"version": 1, "final": True, "ink": [INK]},
        {"version": 1, "final": "yes", "ink": INK},
        {"version": "1", "final": True, "ink": INK},
        {"version": -1, "final": True, "ink": INK},
        {"version": 2**60, "final": True, "ink": INK},
        {"version": 1.5, "final": True, "ink": INK},
        {"version": 1, "final": True, "placed": "never placed"},
        {"version": 1, "final": True, "placed": {"id": 1}},
    ],
    ids=lambda report: str(report)[:60],
)
def test_nonsense_is_an_empty_pad(read: Read, report: object) -> None:
    drawing = read(report)
    assert drawing.pixels is None
    assert drawing.source == "empty"


def test_state_that_is_no_mapping_is_an_empty_pad(page: AppTest) -> None:
    page.session_state["pad"] = "text"
    page.run()
    assert not page.exception
    assert page.session_state["drawing"].source == "empty"


def test_placed_digit_is_passed_on_to_the_last_bit(read: Read) -> None:
    digit = placed("a", 77)
    drawing = read(None, digit)
    assert drawing.pixels is digit.pixels
    assert (drawing.source, drawing.placed) == ("placed", digit)


def test_placed_digit_counts_until_the_browser_has_seen_it(read: Read) -> None:
    stale = {"version": 8, "final": True, "seen": "a", "ink": INK}
    assert read(stale, placed("a"), placed("b")).source == "placed"


def test_ink_counts_once_the_browser_has_seen_the_placed_digit(read: Read) -> None:
    drawn_over = {"version": 9, "final": True, "seen": "b", "ink": INK}
    drawing = read(drawn_over, placed("a"), placed("b"))
    assert drawing.source == "drawn"
    assert drawing.placed is None


def test_paper_cleared_after_a_placed_digit_is_empty(read: Read) -> None:
    assert read({"version": 9, "final": True, "seen": "a", "ink": ""}, placed("a")).source == "empty"


def test_undo_brings_an_older_placed_digit_back_exactly(read: Read) -> None:
    first = placed("a", 77)
    drawing = read({"version": 9, "final": True, "seen": "b", "placed": "a"}, first, placed("b"))
    assert drawing.placed is first
    assert drawing.pixels is first.pixels


def test_no_more_digits_are_remembered_than_undo_can_go_back_to(read: Read) -> None:
    given = [placed(str(number)) for number in range(REMEMBERED + 1)]
    newest = given[-1].id
    assert read({"version": 1, "final": True, "seen": newest, "placed": "1"}, *given).placed is given[1]
    assert read({"version": 1, "final": True, "seen": newest, "placed": "0"}, *given).source == "empty"


def test_surprise_is_told_before_the_pad_is_drawn_and_once(page: AppTest) -> None:
    page.session_state["pad.asked"] = 0
    page.run()
    assert page.session_state["early"] == 0
    page.run()
    assert page.session_state["early"] is None


@pytest.mark.parametrize(
    ("report", "asked"), [(3, 3), (0, 0), (True, None), ("nonsense", None), (None, None)]
)
def test_surprise_is_kept_until_a_run_comes_as_far_as_the_pad(
    monkeypatch: pytest.MonkeyPatch, report: object, asked: int | None
) -> None:
    state: dict[str, object] = {"pad": {"surprise": report}}
    monkeypatch.setattr(pad.st, "session_state", state)
    pad._ask_for_surprise("pad")
    assert state.get("pad.asked") == asked
