import pytest
from streamlit.testing.v1 import AppTest

from dlviz.ui.components.unit.selection import VARIANTS, Selection, read_report, stage_shapes


@pytest.mark.parametrize(
    "text", ["conv_layers.3:7:4:9", "conv_layers.8:127:2:2", "fc_layers.1:17", "fc_layers.4:9"]
)
def test_selection_is_the_same_after_text_and_back(text: str) -> None:
    assert Selection.from_text(text).to_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "conv_layers.3",
        "conv_layers.3:7:4",
        "conv_layers.3:7:4:9:0",
        "conv_layers.3:64:4:9",
        "conv_layers.3:7:16:9",
        "conv_layers.3:-1:4:9",
        "conv_layers.3:+7:4:9",
        "conv_layers.3: 7:4:9",
        "conv_layers.3:7.0:4:9",
        "conv_layers.3:٣:4:9",
        "conv_layers.3:" + "9" * 5000 + ":0:0",
        "fc_layers.4:100",
        "fc_layers.1:17:0:0",
        "fc_layers.0:3",
        "input:0:4:9",
        "conv_layers.12:0:0:0",
        "__class__:0",
    ],
)
def test_text_that_names_no_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Selection.from_text(text)


def test_every_corner_of_every_stage_is_a_unit_and_one_beyond_is_none() -> None:
    assert next(iter(stage_shapes())) == "conv_layers.0"
    for stage, shape in [each for name in VARIANTS for each in stage_shapes(name).items()]:
        last = ([size - 1 for size in shape] + [0, 0])[:3]
        unit = Selection.checked(stage, *last)
        assert unit.unit == tuple(size - 1 for size in shape)
        assert unit.within(shape)
        for axis in range(3):
            beyond = [position + (index == axis) for index, position in enumerate(last)]
            assert not Selection(stage, *beyond).within(shape)
    with pytest.raises(ValueError, match="has no unit"):
        Selection.checked("conv_layers.0", 31, 32, 0)


GIVEN = Selection("conv_layers.3", 7, 4, 9)


def test_unit_chosen_in_the_browser_is_taken() -> None:
    assert read_report(["fc_layers.1", 17, 0, 0, 1_700_000_000_000], GIVEN) == Selection(
        "fc_layers.1", 17, 0, 0
    )


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        7,
        "conv_layers.3",
        {"stage": "conv_layers.3"},
        [],
        ["conv_layers.3", 1, 2],
        ["conv_layers.3", 1, 2, 3],
        ["conv_layers.3", 1, 2, 3, 4, 5],
        ["conv_layers.3", 1, 2, 16, 0],
        ["conv_layers.3", -1, 2, 3, 0],
        ["conv_layers.3", True, 2, 3, 0],
        ["conv_layers.3", 1.0, 2, 3, 0],
        ["conv_layers.3", "1", 2, 3, 0],
        ["conv_layers.3", None, 2, 3, 0],
        ["fc_layers.4", 3, 1, 0, 0],
        [["conv_layers.3"], 1, 2, 3, 0],
        [None, 1, 2, 3, 0],
    ],
    ids=str,
)
def test_nonsense_from_the_browser_leaves_the_given_unit(nonsense: object) -> None:
    assert read_report(nonsense, GIVEN) == GIVEN


def asks_twice() -> None:
    import streamlit as st

    from dlviz.ui.components.unit.selection import Selection, take_selection

    given = Selection("conv_layers.0", 0, 0, 0)
    st.session_state["units"] = [
        take_selection("picture", given).to_text(),
        take_selection("picture", given).to_text(),
    ]


def test_choice_arrives_once_so_that_another_part_of_the_page_can_choose_next() -> None:
    app = AppTest.from_function(asks_twice)
    app.session_state["picture"] = {"selection": ["fc_layers.1", 17, 0, 0, 1]}
    assert app.run().session_state["units"] == ["fc_layers.1:17", "conv_layers.0:0:0:0"]
    app.session_state["picture"] = {"selection": ["fc_layers.1", 17, 0, 0, 2]}
    assert app.run().session_state["units"][0] == "fc_layers.1:17"
