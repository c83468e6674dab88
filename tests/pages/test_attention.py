"""The lab of self-attention: what attends, what the browser gets, and what the page says."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.attention.patterns import entropy, rollout
from dlviz.data import digits, mnist
from dlviz.encoders import packaged
from dlviz.encoders.reading import read, tokens
from dlviz.models import SelfAttention
from dlviz.models.attention import causal_mask
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


def built(seed: int = 0, size: int = 12, heads: int = 3) -> SelfAttention:
    model = weights.build("SelfAttention", {"embed_size": size, "heads": heads}, seed)
    assert isinstance(model, SelfAttention)
    return model


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
    names = [stage["name"] for stage in header["stages"]]
    assert names == ["x", "q", "k", "v", "products", "scaled", "pattern", "heads", "joined", "out"]


def test_the_lesson_tells_the_truth_about_its_example(opened: Open) -> None:
    header, arrays = stages(opened("attention"))
    words = header["tokens"]
    row = arrays["pattern"][words.index("it")]
    assert (header["head"], row.argmax()) == (1, words.index("animal"))
    # It is what the page opens with: the product behind that weight.
    assert header["cell"] == ["products", words.index("it"), words.index("animal")]


def test_each_matrix_follows_from_the_one_before(opened: Open) -> None:
    header, arrays = stages(opened("attention", **RANDOM, head="2", seed="5"))
    root = np.sqrt(header["headDim"])
    assert header["headDim"] == 4
    np.testing.assert_allclose(arrays["products"], arrays["q"] @ arrays["k"].T, atol=1e-5)
    np.testing.assert_allclose(arrays["scaled"], arrays["products"] / root, atol=1e-6)
    np.testing.assert_allclose(arrays["pattern"], softmax(arrays["scaled"], axis=1), atol=1e-6)
    np.testing.assert_allclose(arrays["heads"], arrays["pattern"] @ arrays["v"], atol=1e-5)
    np.testing.assert_array_equal(arrays["joined"][:, 8:], arrays["heads"])
    with torch.inference_mode():
        out = built(seed=5)(torch.tensor(arrays["x"])[None])[0].numpy()
    np.testing.assert_allclose(arrays["out"], out, atol=1e-6)


@pytest.mark.parametrize(
    ("stage", "layer"), [("q", "queries"), ("k", "keys"), ("v", "values"), ("out", "fc_out")]
)
def test_a_chosen_cell_of_a_linear_layer_comes_with_its_weights(opened: Open, stage: str, layer: str) -> None:
    header, arrays = stages(opened("attention", **RANDOM, head="1", cell=f"{stage}.2.3"))
    column = 3 if stage == "out" else 4 + 3
    linear = built().get_submodule(layer)
    assert isinstance(linear, torch.nn.Linear)
    np.testing.assert_array_equal(arrays["weights"], linear.weight[column].detach().numpy())
    source = arrays["joined" if stage == "out" else "x"]
    assert arrays[stage][2, 3] == pytest.approx(source[2] @ arrays["weights"] + header["bias"], abs=1e-5)


def test_a_causal_mask_shows_minus_infinity_and_leaves_zeros_above_the_diagonal(opened: Open) -> None:
    header, arrays = stages(opened("attention", **RANDOM, causal="on"))
    assert "masked" in [stage["name"] for stage in header["stages"]]
    assert np.isneginf(arrays["masked"][np.triu_indices(7, 1)]).all()
    assert not np.triu(arrays["pattern"], 1).any()
    with torch.inference_mode():
        out = built()(torch.tensor(arrays["x"])[None], causal_mask(7))[0].numpy()
    np.testing.assert_allclose(arrays["out"], out, atol=1e-6)


def test_without_the_division_the_entropy_falls_and_both_are_told(opened: Open) -> None:
    divided, plain = opened("attention"), opened("attention", scaled="off")
    bits = [entropy(stages(app)[1]["pattern"][None])[0] for app in (divided, plain)]
    assert bits[1] < bits[0] / 2
    for app in (divided, plain):
        assert f"{bits[0]:.3g} bits on average, without the division {bits[1]:.3g}." in says(app)
        assert "the softmax saturates" in says(app)
    header, arrays = stages(plain)
    np.testing.assert_allclose(arrays["pattern"], softmax(arrays["products"], axis=1), atol=1e-5)
    assert [stage["symbol"] for stage in header["stages"] if stage["name"] == "scaled"] == ["no ÷ √32"]


def test_a_head_of_one_number_is_not_divided_at_all_and_it_is_said(opened: Open) -> None:
    app = opened("attention", weights="random", heads="12", size="12")
    assert "A head of one number is divided by 1, which changes nothing." in says(app)
    header, arrays = stages(app)
    assert header["headDim"] == 1
    np.testing.assert_array_equal(arrays["scaled"], arrays["products"])


def test_both_softmaxes_stand_beside_each_other_under_the_same_mask(opened: Open) -> None:
    app = opened("attention", **RANDOM, head="1", causal="on", hidden="2", off="0", edit="on", query="4")
    _, arrays = stages(app)
    ((header, shown),) = messages(app, "tiles")
    visible = np.tril(np.ones((7, 7), bool))
    visible[:, 2] = False
    for index, scores in enumerate((arrays["products"] / 2, arrays["products"])):
        expected = softmax(np.where(visible, scores, -np.inf), axis=1)
        np.testing.assert_allclose(shown[str(index)][0], expected, atol=1e-6)
        assert header["groups"][index]["note"] == f"{entropy(expected[None])[0]:.3g} bits"


def test_the_page_says_what_the_trained_weights_were_not_trained_with(opened: Open) -> None:
    assert "as they were in training" not in says(opened("attention"))
    assert "trained without" in says(opened("attention", causal="on"))
    assert "not divided, as they were in training" in says(opened("attention", input="digit", scaled="off"))
    assert "trained without" not in says(opened("attention", **RANDOM, causal="on"))


def test_heads_switched_off_are_columns_of_fc_out_set_to_zero(opened: Open) -> None:
    app = opened("attention", **RANDOM, off="0.2")
    _, arrays = stages(app)
    model = built()
    x = torch.tensor(arrays["x"])[None]
    with torch.inference_mode():
        before = model(x)[0].numpy()
        model.fc_out.weight[:, [0, 1, 2, 3, 8, 9, 10, 11]] = 0
        after = model(x)[0].numpy()
    np.testing.assert_allclose(arrays["out"], after, atol=1e-6)
    moves = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
    ((header, shown),) = messages(app, "marks")
    np.testing.assert_allclose(shown["0"], moves, atol=1e-5)
    assert header["rows"][0]["alt"].startswith(f"“{RANDOM['text'].split()[moves.argmax()]}” most")
    assert f"With heads 1, 3 off, outputs move by {moves.mean():.3g} of their length on average" in says(app)


def test_a_set_weight_leaves_its_row_with_the_sum_one_and_says_so(opened: Open) -> None:
    edit = {"edit": "on", "edit_head": "1", "query": "3", "key": "0", "weight": "80", "head": "1"}
    app = opened("attention", **RANDOM, **edit)
    _, arrays = stages(app)
    old = stages(opened("attention", **RANDOM, head="1"))[1]["pattern"][3]
    row = arrays["pattern"][3]
    assert (row[0], row.sum()) == (pytest.approx(0.8), pytest.approx(1))
    assert row[1:] == pytest.approx(old[1:] / old[1:].sum() * 0.2, abs=1e-6)
    assert f"set to 0.8 (it was {old[0]:.3g}) and the rest of its row scaled" in says(app)


def test_a_weight_is_set_first_where_the_outlined_cell_stands(opened: Open) -> None:
    app = opened("attention")
    stage, query, key = stages(app)[0]["cell"]
    (toggle,) = [toggle for toggle in app.toggle if toggle.label == "Set one weight"]
    toggle.set_value(True).run()
    assert (stage, query, key) == ("products", 9, 2)
    assert "the weight of “it” on “animal” in head 2 set to 1" in says(app)


def test_a_masked_token_is_looked_at_by_nobody(opened: Open) -> None:
    app = opened("attention", **RANDOM, hidden="1.4")
    _, arrays = stages(app)
    assert not arrays["pattern"][:, [1, 4]].any()
    assert arrays["pattern"].sum(axis=1) == pytest.approx(1)
    assert "With “bites”, “man” masked" in says(app)


def test_a_digit_goes_through_the_whole_network_and_interventions_move_its_answer(opened: Open) -> None:
    app = opened("attention", input="digit", block="1", off="0.1.2.3")
    model = weights.load("digit_transformer")
    plain, record = trace(model, SEVEN)
    attention = model.get_submodule("blocks.0.attention")
    assert isinstance(attention, SelfAttention)
    attention.fc_out.weight.data.zero_()
    with torch.inference_mode():
        changed = model(SEVEN)[0].softmax(0)
    assert app.subheader[0].value.startswith(f"The network says {changed.argmax()} (")
    assert f"untouched it says {plain.argmax()} (" in says(app)
    assert "With all heads off" in says(app)
    _, arrays = stages(app)
    np.testing.assert_allclose(arrays["x"], record["blocks.0.resid_pre"][0], atol=1e-6)
    ((header, over),) = messages(app, "patches")
    assert header["panels"][3]["title"] == "How far outputs move"
    assert over["weights"][3].max() > 0.1


@pytest.mark.parametrize("pin", [0, 17])
def test_the_attention_over_the_digit_is_the_pinned_tokens_and_the_rollout(opened: Open, pin: int) -> None:
    app = opened("attention", input="digit", block="2", head="3", pin=str(pin))
    _, record = trace(weights.load("digit_transformer"), SEVEN)
    patterns = [record[f"blocks.{block}.attention.pattern"][0] for block in range(3)]
    ((header, arrays),) = messages(app, "patches")
    expected = [patterns[1][3, pin], patterns[1][:, pin].mean(axis=0), rollout(patterns)[pin]]
    np.testing.assert_allclose(arrays["weights"], expected, atol=1e-6)
    np.testing.assert_allclose(arrays["digit"], mnist.digits("test")[0][0].numpy() / 255, atol=1e-6)
    assert header["pinned"] == pin


def test_random_words_without_positions_are_a_set(opened: Open) -> None:
    one = stages(opened("attention", weights="random", text="dog bites man"))[1]["out"]
    other = stages(opened("attention", weights="random", text="man bites dog"))[1]["out"]
    np.testing.assert_allclose(one, other[::-1], atol=1e-6)


def test_berts_table_under_random_weights(opened: Open) -> None:
    app = opened("attention", weights="random", vectors="table", text="the river bank", heads="16", head="15")
    header, arrays = stages(app)
    assert header["tokens"] == ["the", "river", "bank"]
    ids = tokens(packaged.encoder(), "the river bank").ids[1:-1]
    table = packaged.encoder().model.get_input_embeddings()(torch.tensor(ids)).numpy()
    np.testing.assert_array_equal(arrays["x"], table)
    assert header["headDim"] == 24
    assert "Random weights, seed 0: SelfAttention(384, 16), never trained" in says(app)
    assert "The scores differ so little that it hardly matters." in says(app)


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
    by_text = {radio.label: radio for radio in app.radio}
    spread = next(
        radio for text, radio in by_text.items() if text.startswith("Which head looks at the fewest")
    )
    encoder = packaged.encoder()
    bits = entropy(read(encoder, tokens(encoder, EXAMPLE)).attention[3])
    spread.set_value(f"Head {bits.argmin() + 1}").run()
    total = next(radio for radio in app.radio if radio.label.startswith("What do all weights"))
    total.set_value(str(round(arrays["pattern"].sum()))).run()
    assert [success.value[:4] for success in app.success] == ["Yes.", "Yes."]
