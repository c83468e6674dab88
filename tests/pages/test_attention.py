"""The lab of self-attention: what attends, what the browser gets, and what the page says."""

import numpy as np
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.attention.patterns import entropy
from dlviz.data import digits, mnist
from dlviz.encoders import packaged
from dlviz.encoders.reading import read, tokens
from dlviz.trace import trace
from dlviz.ui.labs.attention.state import EXAMPLE
from tests.packed import messages
from tests.pages.conftest import Open

SEVEN = digits.normalise(mnist.digits("test")[0][:1])
RANDOM = {"weights": "random", "text": "dog bites man and man bites dog", "size": "12", "heads": "3"}


def stages(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "stages")
    return message


def says(app: AppTest) -> str:
    parts = [*app.subheader, *app.markdown, *app.caption, *app.info, *app.warning, *app.error]
    return " ".join(part.value for part in parts)


def test_words_go_through_berts_own_layer(opened: Open) -> None:
    app = opened("attention", layer="3", head="4")
    header, arrays = stages(app)
    encoder = packaged.encoder()
    reading = read(encoder, tokens(encoder, EXAMPLE))
    assert tuple(header["tokens"]) == reading.tokens.words
    np.testing.assert_allclose(arrays["x"], reading.hidden[2], atol=1e-6)
    np.testing.assert_allclose(arrays["pattern"], reading.attention[2, 4], atol=1e-5)
    assert "Trained: layer 3 of 6 of the BERT all-MiniLM-L6-v2, loaded into SelfAttention(384, 12)" in says(
        app
    )
    assert messages(app, "tiles") == []  # they would answer the question on the division
    undivided = opened("attention", layer="3", head="4", scaled="off")
    ((groups, shown),) = messages(undivided, "tiles")
    np.testing.assert_array_equal(shown["0"][0], arrays["pattern"])
    bits, largest = entropy(arrays["pattern"][None])[0], arrays["pattern"].max()
    assert groups["groups"][0]["note"] == f"{bits:.3g} bits, largest {largest:.3g}"
    names = [stage["name"] for stage in header["stages"]]
    assert names == ["x", "q", "k", "v", "products", "scaled", "pattern", "heads", "joined", "out", "added"]


def test_the_lesson_tells_the_truth_about_its_example(opened: Open) -> None:
    header, arrays = stages(opened("attention"))
    words = header["tokens"]
    row = arrays["pattern"][words.index("it")]
    assert (header["head"], row.argmax()) == (1, words.index("animal"))
    # It is what the page opens with: the product behind that weight.
    assert header["cell"] == ["products", words.index("it"), words.index("animal")]


def test_the_tasks_follow_what_is_on_screen(opened: Open) -> None:
    for chosen, question in (
        ({}, "How does a word decide where to look?"),
        ({"input": "digit"}, "Where does a network look to read a digit?"),
        (RANDOM, "What is there before anything has been learned?"),
    ):
        assert [header.value for header in opened("attention", **chosen).header] == [question]


def test_other_heads_are_laid_over_the_chosen_one(opened: Open) -> None:
    app = opened("attention", view="lines", laid="4.1.0", scale="own")
    _, arrays = stages(app)
    ((header, shown),) = messages(app, "looks")
    assert (header["heads"], header["limit"]) == ([1, 4, 0], 0)
    np.testing.assert_allclose(shown["patterns"], arrays["patterns"][[1, 4, 0]], atol=1e-3)
    ((itself, _),) = messages(opened("attention", view="lines", laid="1"), "looks")
    assert itself["heads"] == [1]


def test_what_an_intervention_moves_is_marked_and_told(opened: Open) -> None:
    app = opened("attention", **RANDOM, off="0.2")
    header, _ = stages(app)
    assert header["off"] == [0, 2]
    ((marks, shown),) = messages(app, "word_highlights")
    moves = shown["0"]
    assert marks["words"] == RANDOM["text"].split()
    assert marks["rows"][0]["alt"] == f"“{marks['words'][moves.argmax()]}” most, by {moves.max():.3g}"
    assert f"With heads 1, 3 off, outputs move by {moves.mean():.3g} of their length on average" in says(app)


def test_a_weight_is_set_first_where_the_outlined_cell_stands(opened: Open) -> None:
    app = opened("attention")
    stage, query, key = stages(app)[0]["cell"]
    (button,) = [button for button in app.button if button.label == "Intervene"]
    button.click().run()
    (toggle,) = [toggle for toggle in app.toggle if toggle.label == "Set one weight"]
    toggle.set_value(True).run()
    assert (stage, query, key) == ("products", 9, 2)
    assert "the weight of “it” on “animal” in head 2 set to 1" in says(app)


def test_a_digit_goes_through_the_whole_network(opened: Open) -> None:
    app = opened("attention", input="digit", block="2", head="3", pin="17", off="1")
    _, record = trace(weights.load("digit_transformer"), SEVEN)
    assert app.subheader[0].value.startswith("The network says 7 (")
    assert "untouched it says 7 (" in says(app)
    _, arrays = stages(app)
    np.testing.assert_allclose(arrays["x"], record["blocks.1.resid_pre"][0], atol=1e-6)
    ((header, over),) = messages(app, "patches")
    assert [panel["title"] for panel in header["panels"]] == [
        "Head 4, block 2",
        "Mean of the heads, block 2",
        "Rollout through all 3 blocks",
        "How far outputs move",
    ]
    assert header["pinned"] == 17
    pattern = record["blocks.1.attention.pattern"][0, 3, 17]
    np.testing.assert_allclose(over["weights"][0], pattern, atol=1e-6)
    np.testing.assert_allclose(over["digit"], mnist.digits("test")[0][0].numpy() / 255, atol=1e-6)


def test_reports_from_the_browser_are_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("attention")
    app.session_state["attention.stages"] = {"head": [3, 1], "pin": [5, 2], "cell": [6, 2, 4, 3]}
    app.run()
    header, _ = stages(app)
    assert (header["head"], header["pinned"], header["cell"]) == (3, 5, ["pattern", 2, 4])
    assert header["heard"] == 3
    app.session_state["attention.stages"] = {"head": [-7, 4], "pin": ["x", 5], "cell": [60, -2, 4, 6]}
    app.run()
    header, _ = stages(app)
    assert (header["head"], header["pinned"], header["cell"]) == (0, 5, ["pattern", 2, 4])


def test_the_questions_are_answered_from_the_run(opened: Open) -> None:
    app = opened("attention")
    app.session_state["attention.predict"] = True
    app.run()
    _, arrays = stages(app)
    spread = app.radio(key="attention.question.spread")
    encoder = packaged.encoder()
    bits = entropy(read(encoder, tokens(encoder, EXAMPLE)).attention[3])
    spread.set_value(f"Head {bits.argmin() + 1}").run()
    total = app.radio(key="attention.question.total")
    total.set_value(str(round(arrays["pattern"].sum()))).run()
    assert [success.value[:4] for success in app.success] == ["Yes.", "Yes."]
