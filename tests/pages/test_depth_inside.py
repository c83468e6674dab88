"""The views Inside one and Regions of the Depth lab, as Streamlit runs them."""

import pytest

from dlviz.plane.networks import ACTIVATIONS
from dlviz.ui.labs.depth.regions import captions
from tests.packed import messages
from tests.pages.conftest import Open

FEW = {"steps": "3", "large_depth": "2", "budget": "100"}


def test_a_unit_is_chosen_changed_and_switched_off(opened: Open) -> None:
    page = opened("depth", view="inside", **FEW)
    report = {"unit": [3, 1], "switch": [1, 2], "weight": [4, 2.5, 3], "place": [500, -200, 4]}
    page.session_state["depth.inside.network"] = report
    page.run()
    header, arrays = messages(page, "plane_network")[0]
    assert (header["unit"], header["off"], header["place"]) == (3, [1], [0.625, -0.25])
    assert arrays["parameters"][4] == 2.5
    assert dict(header["learned"])[4] != 2.5
    assert arrays["point_made"][1] == 0
    assert "weights=4%3A2.5" in page.session_state["published.depth"]
    page.button(key="depth.undo").click().run()
    header, arrays = messages(page, "plane_network")[0]
    assert (header["off"], header["learned"]) == ([], [])
    assert arrays["parameters"][4] != 2.5


@pytest.mark.parametrize(
    "report",
    [
        {"unit": [99_999, 1]},
        {"unit": "x"},
        {"weight": [-1, 0.5, 1]},
        {"weight": [4, float("nan"), 1]},
        {"weight": [4, "2", 1]},
        {"switch": [-1, 1]},
        {"place": [9999, 0, 1]},
    ],
    ids=str,
)
def test_nonsense_from_the_browser_changes_nothing(opened: Open, report: dict[str, object]) -> None:
    page = opened("depth", view="inside", **FEW)
    before = messages(page, "plane_network")[0][0]
    page.session_state["depth.inside.network"] = report
    page.run()
    after = messages(page, "plane_network")[0][0]
    assert {**after, "heard": 0} == {**before, "heard": 0}


def test_changes_go_with_the_network_in_which_they_were_made(opened: Open) -> None:
    page = opened("depth", view="inside", weights="4:2.5", off="1", unit="3", **FEW)
    assert messages(page, "plane_network")[0][0]["off"] == [1]
    page.segmented_control(key="depth.large_seed").set_value(1).run()
    assert page.session_state["depth.weights"] == {}
    assert messages(page, "plane_network")[0][0]["off"] == []


@pytest.mark.parametrize("view", ["inside", "regions"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"budget": "20", "large_depth": "6"}, "too small"),
        ({"pattern": "own"}, None),
        ({"weights": "4999:100,0:-100", "off": "0-1999", "unit": "1999", "place": "1.25,-1.25"}, None),
    ],
    ids=str,
)
def test_links_to_what_there_is_not_open_safely(
    opened: Open, view: str, query: dict[str, str], said: str | None
) -> None:
    page = opened("depth", view=view, **{**FEW, **query})
    assert not page.error
    assert not said or any(said in each.value for each in page.warning)


@pytest.mark.parametrize("activation", sorted({*ACTIVATIONS} - {"relu"}))
def test_regions_are_for_relu_alone(opened: Open, activation: str) -> None:
    page = opened("depth", view="regions", activation=activation, **FEW)
    assert captions.WITHOUT[activation] in [each.value for each in page.info]


def test_the_sawtooth_is_trained_at_a_press(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlviz.ui.labs.depth.regions.sawtooth.STEPS", 3)
    page = opened("depth", view="regions", **FEW)
    page.button(key="depth.sawtooth.train").click().run()
    assert any("for 3 steps from 5 seeds" in each.value for each in page.markdown)
    page.session_state["depth.code"] = page.session_state["depth.predict"] = True
    page.run()
    assert len(page.code) == 4


def test_changes_of_a_link_to_what_the_network_lacks_are_left_out_and_told(opened: Open) -> None:
    few = {"budget": "20", "points": "2", "large_depth": "1", "steps": "1"}
    page = opened("depth", view="inside", weights="4999:1,0:2", off="1,1999", **few)
    assert any(each.value.endswith("is left out: weights, off.") for each in page.info)
    assert page.session_state["depth.weights"] == {0: 2.0}
    assert page.session_state["depth.off"] == [1]
