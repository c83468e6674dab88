"""The view Same budget, six depths of the page Depth: reports of its picture, and the address."""

import zlib
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.ui.labs.depth.state import VIEWS
from tests.pages.conftest import Open

PLANE = "depth.plane"


def report(page: AppTest, name: str, value: object) -> AppTest:
    page.session_state[PLANE] = {name: value}
    return page.run()


def texts(page: AppTest) -> str:
    return " ".join(element.value for element in (*page.subheader, *page.info, *page.warning))


def steps(page: AppTest) -> int:
    return page.session_state["depth.cohort"][1].cohort.steps


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_opens(opened: Open, view: str) -> None:
    page = opened("depth", view=view)
    assert page.segmented_control(key="depth.view").value == view


def test_networks_learn_when_the_browser_asks_and_the_address_says_how_far(opened: Open) -> None:
    page = opened("depth", points="20", budget="100")
    assert "press Play" in texts(page)
    report(page, "tick", [-1, 1])
    learned = steps(page)
    assert learned > 0
    report(page, "tick", [-1, 1])  # the same report again, with another control's
    assert steps(page) == learned
    report(page, "tick", [1, 2])
    assert steps(page) == learned + 1
    report(page, "tick", [0, 3])
    assert page.session_state["published.depth"] == f"budget=100&points=20&steps={learned + 1}"
    report(page, "tick", [-2, 4])
    assert steps(page) == 0
    assert page.session_state["published.depth"] == "budget=100&points=20"


def test_a_link_opens_where_it_stands_and_another_choice_begins_again(opened: Open) -> None:
    page = opened("depth", points="20", budget="100", steps="7")
    assert steps(page) == 0
    for number in range(7):
        report(page, "tick", [-1, number + 1])
        if steps(page) == 7:
            break
    assert steps(page) == 7
    page.segmented_control(key="depth.activation").set_value("tanh").run()
    assert steps(page) == 0
    assert page.session_state["depth.steps"] == 0


def test_points_are_placed_and_a_network_is_chosen(opened: Open) -> None:
    page = opened("depth", pattern="own")
    assert "No points yet" in texts(page)
    report(page, "tick", [-1, 1])
    assert steps(page) == 0
    places = list(page.main.children)
    report(page, "own", ["AAA__-", 2])
    assert list(page.main.children) == places  # what moves on the page is made anew in the browser
    assert page.session_state["depth.own"] == "AAA__-"
    assert "fewer than 20 points" in texts(page)
    report(page, "shown", [5, 2, 3])
    assert (page.session_state["depth.large_depth"], page.session_state["depth.large_seed"]) == (6, 2)
    assert "large_depth=6" in page.session_state["published.depth"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tick", "x"),
        ("tick", [-1]),
        ("tick", [[], 1]),
        ("tick", [10**9, 1]),
        ("own", ["<b>", 1]),
        ("own", [3, 1]),
        ("own", "AAA"),
        ("shown", [6, 0, 1]),
        ("shown", [0, -1, 1]),
        ("shown", [True, 0, 1]),
    ],
    ids=str,
)
def test_a_nonsense_report_changes_nothing(opened: Open, name: str, value: Any) -> None:
    page = opened("depth", pattern="own", own="AAA__-", budget="100")
    before = page.session_state["published.depth"]
    report(page, name, value)
    assert page.session_state["published.depth"] == before


def test_a_redraw_costs_few_bytes(opened: Open) -> None:
    page = opened("depth", points="2000", budget="5000")
    report(page, "tick", [1, 1])
    (sent,) = [
        each.proto.bytes for each in page.get("bidi_component") if "cohort" in each.proto.component_name
    ]
    assert len(sent) < 60_000
    assert len(zlib.decompress(sent)) < 60_000


def test_who_leaves_while_networks_learn_finds_them_as_they_were(opened: Open) -> None:
    page = opened("depth", points="20", budget="100")
    report(page, "tick", [1, 1])
    assert page.session_state["saved.depth"]["steps"] == 1
    page.query_params.clear()
    page.switch_page("convolution.py").run()
    page.switch_page("depth.py").run()
    assert steps(page) == page.session_state["depth.steps"] == 1


def test_a_link_to_fewer_steps_begins_again(opened: Open) -> None:
    page = opened("depth", points="20", budget="100")
    report(page, "tick", [1, 1])
    report(page, "tick", [1, 2])
    assert steps(page) == 2
    page.query_params.update(steps="1", points="20", budget="100", large_seed="1")
    page.run()
    assert steps(page) == 0
