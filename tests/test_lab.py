import json
from dataclasses import FrozenInstanceError, dataclass

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.ui import fields
from dlviz.ui.fields import Codec
from dlviz.ui.lab import Lab

NOT_UNDERSTOOD = "Part of the link was not understood and is left out: "


def labs() -> None:
    """Two labs that share the app; `session_state.open` says which one the learner has opened."""
    from dataclasses import dataclass

    import streamlit as st

    from dlviz.ui import fields
    from dlviz.ui.lab import Lab

    @dataclass(frozen=True)
    class State:
        seed: int = fields.integer(0, 9999, 0)
        kernel: str = fields.choice(["edge", "blur"], "edge")
        training: bool = fields.flag()

    lab = Lab(st.session_state.setdefault("open", "tea"), State)
    if "follow" in st.session_state:
        lab.follow(st.session_state.pop("follow"))
    if "follow with" in st.session_state:
        lab.follow_with(st.session_state.pop("follow with"))
    st.session_state["restored"] = lab.restore()
    st.session_state["anew"] = lab.just_opened()
    lab.show_notice()
    st.number_input("Seed", 0, 9999, key=lab.key("seed"))
    st.segmented_control("Kernel", ["edge", "blur"], required=True, key=lab.key("kernel"))
    st.toggle("Training", key=lab.key("training"))
    if st.session_state.get("left early"):
        st.stop()
    lab.publish(lab.read())


def opened(**query: str) -> AppTest:
    """The labs as a link with this query opens them."""
    app = AppTest.from_function(labs)
    app.query_params.update(query)
    return app.run()


def values(app: AppTest) -> tuple[object, object, object]:
    lab = app.session_state["open"]
    return tuple(app.session_state[f"{lab}.{name}"] for name in ("seed", "kernel", "training"))


def published(app: AppTest) -> dict[str, str]:
    """What the browser is told to write into the address."""
    told = json.loads(app.get("bidi_component")[0].proto.json)
    return {name: told[name] for name in ("path", "query")}


def go(app: AppTest, lab: str, query: str = "") -> AppTest:
    """The learner opens a lab through the navigation, or by a link with a query."""
    app.session_state["open"] = lab
    app.query_params.clear()
    app.query_params.update(dict(part.split("=") for part in query.split("&") if part))
    return app.run()


def test_an_address_without_a_query_gives_the_defaults_and_stays_short() -> None:
    app = opened()
    assert values(app) == (0, "edge", False)
    assert published(app) == {"path": "/tea", "query": ""}
    assert not app.info


def test_a_link_opens_the_situation_that_it_holds() -> None:
    app = opened(seed="17", kernel="blur", training="on")
    assert values(app) == (17, "blur", True)
    assert app.number_input[0].value == 17
    assert app.toggle[0].value
    assert published(app)["query"] == "kernel=blur&seed=17&training=on"
    assert not app.info


def test_what_differs_from_the_defaults_is_published() -> None:
    app = opened()
    app.number_input[0].set_value(41).run()
    assert published(app)["query"] == "seed=41"
    app.number_input[0].set_value(0).run()
    assert published(app)["query"] == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "inf",
        "-1",
        "10000",
        "1e3",
        "2.5",
        "0x10",
        "<script>alert(1)</script>",
        "![x](https://elsewhere.example/x.png)",
        "1; DROP TABLE runs",
        "../../etc/passwd",
        "\u202e\u0000💥",
        "9" * 100_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_a_value_that_is_not_allowed_is_left_out_and_never_repeated(text: str) -> None:
    app = opened(seed=text, kernel="blur")
    assert values(app) == (0, "blur", False)
    assert [info.value for info in app.info] == [f"{NOT_UNDERSTOOD}seed."]


def test_a_name_that_the_lab_does_not_know_is_never_repeated() -> None:
    app = opened(**{"<img src=x onerror=alert(1)>": "1", "__class__": "2", "seed": "3"})
    assert values(app) == (3, "edge", False)
    assert [info.value for info in app.info] == [f"{NOT_UNDERSTOOD}a name that this lab does not know."]


def test_each_wrong_field_is_named_once() -> None:
    app = opened(seed="x", kernel="<b>", training="True", a="1", b="2")
    assert values(app) == (0, "edge", False)
    (said,) = app.info
    assert said.value.startswith(NOT_UNDERSTOOD)
    names = said.value.removeprefix(NOT_UNDERSTOOD).rstrip(".").split(", ")
    assert sorted(names) == ["a name that this lab does not know", "kernel", "seed", "training"]


def test_an_address_of_the_sessions_own_is_not_taken_for_a_new_link() -> None:
    app = opened()
    app.number_input[0].set_value(5).run()
    # The browser now has ?seed=5 in its address, and sends it with the next rerun.
    app.query_params["seed"] = "5"
    app.number_input[0].set_value(6).run()
    assert values(app)[0] == 6
    assert not app.session_state["anew"]


def test_the_link_that_opened_the_lab_does_not_undo_what_the_learner_changes() -> None:
    app = opened(seed="7")
    assert app.session_state["anew"]
    app.number_input[0].set_value(8).run()
    assert values(app)[0] == 8
    assert not app.session_state["anew"]


def test_another_link_in_the_same_session_replaces_the_whole_state() -> None:
    app = opened(seed="7", training="on")
    app.query_params.clear()
    app.query_params["kernel"] = "blur"
    app.run()
    assert values(app) == (0, "blur", False)
    assert app.session_state["anew"]


def test_a_notice_stays_until_the_lab_is_left() -> None:
    app = opened(seed="x")
    app.toggle[0].set_value(True).run()
    assert len(app.info) == 1
    assert not go(app, "coffee").info
    assert not go(app, "tea").info


def test_coming_back_to_a_lab_brings_its_last_state_back() -> None:
    app = opened(seed="7")
    app.segmented_control[0].set_value("blur").run()
    go(app, "coffee")
    assert values(app) == (0, "edge", False)
    go(app, "tea")
    assert values(app) == (7, "blur", False)
    assert app.number_input[0].value == 7
    assert app.session_state["anew"]
    assert published(app) == {"path": "/tea", "query": "kernel=blur&seed=7"}


def test_a_lab_left_while_it_still_computes_keeps_what_was_chosen() -> None:
    app = opened()
    app.session_state["left early"] = True
    app.number_input[0].set_value(41).run()
    assert not app.get("bidi_component")  # it never came to publish
    app.session_state["left early"] = False
    assert values(go(app, "coffee")) == (0, "edge", False)
    assert values(go(app, "tea")) == (41, "edge", False)


def test_going_back_in_the_browser_brings_the_last_state_back_though_it_was_never_published() -> None:
    app = opened(seed="7")
    app.number_input[0].set_value(8).run()
    app.session_state["left early"] = True
    app.number_input[0].set_value(9).run()
    app.session_state["left early"] = False
    go(app, "coffee")
    assert values(go(app, "tea", "seed=8"))[0] == 9  # where the address stood


def test_a_link_that_is_followed_again_opens_its_situation_again() -> None:
    app = opened(seed="7")
    go(go(app, "coffee"), "tea", "seed=8")
    assert values(go(go(app, "coffee"), "tea", "seed=7"))[0] == 7
    # The browser goes on to send the address that the page was opened with.
    app.number_input[0].set_value(9).run()
    assert values(app)[0] == 9
    assert published(app)["query"] == "seed=9"


def test_a_session_has_a_name_of_its_own_and_keeps_it() -> None:
    def name(app: AppTest) -> str:
        return json.loads(app.get("bidi_component")[0].proto.json)["session"]

    app = opened()
    assert name(app) == name(go(app, "coffee"))
    assert name(app) != name(opened())


def test_labs_keep_their_states_apart() -> None:
    app = opened(seed="7")
    go(app, "coffee", "seed=9")
    assert values(app)[0] == 9
    assert values(go(app, "tea"))[0] == 7


@dataclass(frozen=True)
class Fields:
    whole: int = fields.integer(-5, 5, 0)
    one: str = fields.choice(["a b", "c&d"], "a b")
    key: str = fields.choice({"tall": 1, "small": 2}, "small")
    off: bool = fields.flag()
    on: bool = fields.flag(True)
    word: str = fields.text("")
    many: dict[str, int] = fields.coded({}, lambda text: {text: 1}, lambda value: ";".join(value))  # pyright: ignore[reportAssignmentType]


CODECS = fields.codecs(Fields)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("whole", -5, "-5"),
        ("one", "c&d", "c&d"),
        ("key", "tall", "tall"),
        ("off", True, "on"),
        ("on", False, "off"),
        ("word", "ü", "ü"),
        ("many", {"a": 1}, "a"),
    ],
)
def test_a_field_reads_what_it_writes(name: str, value: object, text: str) -> None:
    codec: Codec = CODECS[name]
    assert codec.write(value) == text
    assert codec.read(text) == value


def test_each_state_has_a_default_of_its_own_where_it_could_be_changed() -> None:
    assert Fields().many == {}
    assert Fields().many is not Fields().many


def test_a_state_is_restored_as_its_own_type() -> None:
    app = opened(seed="17")
    restored = app.session_state["restored"]
    assert (restored.seed, restored.kernel, restored.training) == (17, "edge", False)
    with pytest.raises(FrozenInstanceError):
        restored.seed = 3


def test_a_changed_field_is_in_the_state_at_once_and_in_the_link() -> None:
    def page() -> None:
        from dlviz.ui.lab import Lab
        from tests.test_lab import Fields

        lab = Lab("tea", Fields)
        lab.restore()
        state = lab.update(whole=3, word="x")
        assert state == lab.read() == Fields(whole=3, word="x")
        lab.publish(state)

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert published(app)["query"] == "whole=3&word=x"


def test_a_field_that_the_state_lacks_is_no_key_and_cannot_be_changed() -> None:
    lab = Lab("tea", Fields)
    assert lab.key("whole") == "tea.whole"
    with pytest.raises(KeyError):
        lab.key("hole")
    with pytest.raises(TypeError):
        lab.update(hole=1)


def test_a_published_query_is_encoded() -> None:
    def page() -> None:
        from dlviz.ui.lab import Lab
        from tests.test_lab import Fields

        lab = Lab("tea", Fields)
        lab.publish(lab.restore())

    app = AppTest.from_function(page)
    app.query_params["word"] = "a&b=<c> ü"
    assert published(app.run())["query"] == "word=a%26b%3D%3Cc%3E+%C3%BC"


@pytest.mark.parametrize(
    ("query", "expected"),
    [("seed=5", (5, "edge", False)), ("", (0, "edge", False)), ("seed=x&kernel=blur", (0, "blur", False))],
)
def test_a_link_is_followed_on_the_page_itself_even_one_that_is_known(
    query: str, expected: tuple[object, ...]
) -> None:
    app = opened(seed="5")
    app.number_input[0].set_value(6).run()
    app.session_state["follow"] = query
    app.run()
    assert values(app) == expected
    assert app.session_state["anew"]
    assert len(app.info) == ("x" in query)


def test_a_followed_change_leaves_the_other_fields_as_they_are() -> None:
    app = opened(seed="5", training="on")
    app.session_state["follow with"] = {"kernel": "blur", "seed": "-1"}
    app.run()
    assert values(app) == (0, "blur", True)
    assert [info.value for info in app.info] == [f"{NOT_UNDERSTOOD}seed."]


def test_a_link_is_changed_in_some_fields_whatever_the_lab_opens_with() -> None:
    @dataclass(frozen=True)
    class State:
        seed: int = fields.integer(0, 9999, 0)
        training: bool = fields.flag()

    lab = Lab("tea", State, training=True)
    assert lab.change_query({"seed": "3", "training": "off"}, seed=4) == {"seed": "4", "training": "off"}
    assert lab.change_query({}, training=False) == {"training": "off"}
