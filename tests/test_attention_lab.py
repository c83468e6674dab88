"""The Self-attention lab's passes, sentences, questions and fields, without a page."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import softmax

from dlviz import weights
from dlviz.attention.patterns import entropy, rollout
from dlviz.data import digits, mnist
from dlviz.encoders import packaged
from dlviz.encoders.reading import tokens
from dlviz.models import SelfAttention
from dlviz.models.attention import causal_mask
from dlviz.trace import trace
from dlviz.ui.fields import codecs
from dlviz.ui.labs.attention import captions, networks, pictures
from dlviz.ui.labs.attention.changes import Changes, possible_changes
from dlviz.ui.labs.attention.forward import ForwardPass, forward
from dlviz.ui.labs.attention.questions import main_question, questions, script_name, shown_code
from dlviz.ui.labs.attention.sequences import TokenSequence, split_digit, split_text
from dlviz.ui.labs.attention.state import EXAMPLE, State
from dlviz.ui.labs.block import state as block_state
from dlviz.ui.runs.loaded_network import LoadedNetwork

SEVEN = digits.normalise(mnist.digits("test")[0][:1])
PIXELS = mnist.digits("test")[0][0].numpy().astype(np.float32) / 255
WORDS = "dog bites man and man bites dog"
CLASSES = tuple(map(str, range(10)))


def random_pass(text: str = WORDS, **chosen: object) -> tuple[ForwardPass, State]:
    """Words through random weights."""
    state = State(weights="random", **chosen)  # pyright: ignore[reportArgumentType]
    size = 384 if state.reads_table else state.size
    network = networks.make_random(size, state.heads, state)
    return passed_with(network, split_text(text, state), state), state


def bert_pass(**chosen: object) -> tuple[ForwardPass, State]:
    """The lesson's example through a layer of BERT."""
    state = State(**chosen)  # pyright: ignore[reportArgumentType]
    return passed_with(networks.load_bert_layer(state.layer), split_text(EXAMPLE, state), state), state


def digit_pass(**chosen: object) -> tuple[ForwardPass, State]:
    """A test digit, a 7, through DigitTransformer."""
    state = State(input="digit", **chosen)  # pyright: ignore[reportArgumentType]
    file = "digit_transformer"
    loaded = LoadedNetwork(weights.load(file), "Trained on digits.", CLASSES, f"{file}.safetensors")
    return passed_with(networks.open_block(loaded, state.block), split_digit(PIXELS), state), state


def passed_with(network: networks.AttentionNetwork, sequence: TokenSequence, state: State) -> ForwardPass:
    changes, refusals = possible_changes(sequence, network.attention.heads, state)
    assert refusals == []
    return forward(network, sequence, changes, state)


def untouched_model(passed: ForwardPass) -> SelfAttention:
    """A model with the same random weights, which a test may change."""
    attention = passed.network.attention
    sizes: dict[str, object] = {"embed_size": attention.heads * attention.head_dim, "heads": attention.heads}
    model = weights.build("SelfAttention", sizes, 0)
    assert isinstance(model, SelfAttention)
    return model


def outputs(model: SelfAttention, passed: ForwardPass, mask: torch.Tensor | None = None) -> np.ndarray:
    with torch.inference_mode():
        return model(torch.tensor(passed.steps.x)[None], mask)[0].numpy()


def test_each_matrix_follows_from_the_one_before() -> None:
    passed, state = random_pass(head=2)
    header, arrays = pictures.message(passed, state)
    assert header["headDim"] == passed.steps.head_dim == 4
    np.testing.assert_allclose(arrays["products"], arrays["q"] @ arrays["k"].T, atol=1e-5)
    np.testing.assert_allclose(arrays["scaled"], arrays["products"] / 2, atol=1e-6)
    np.testing.assert_allclose(arrays["pattern"], softmax(arrays["scaled"], axis=1), atol=1e-6)
    np.testing.assert_allclose(arrays["heads"], arrays["pattern"] @ arrays["v"], atol=1e-5)
    np.testing.assert_array_equal(arrays["joined"][:, 8:], arrays["heads"])
    np.testing.assert_allclose(arrays["out"], outputs(untouched_model(passed), passed), atol=1e-6)
    np.testing.assert_allclose(arrays["added"], arrays["out"] + arrays["x"], atol=1e-6)
    np.testing.assert_allclose(arrays["patterns"], passed.steps.pattern, atol=1e-3)


@pytest.mark.parametrize(
    ("stage", "layer"), [("q", "queries"), ("k", "keys"), ("v", "values"), ("out", "fc_out")]
)
def test_a_chosen_cell_of_a_linear_layer_comes_with_its_weights(stage: str, layer: str) -> None:
    passed, state = random_pass(head=1, cell=(stage, 2, 3))
    header, arrays = pictures.message(passed, state)
    linear = untouched_model(passed).get_submodule(layer)
    assert isinstance(linear, torch.nn.Linear)
    column = 3 if stage == "out" else 4 + 3
    np.testing.assert_array_equal(arrays["weights"], linear.weight[column].detach().numpy())
    source = arrays["joined" if stage == "out" else "x"]
    assert arrays[stage][2, 3] == pytest.approx(source[2] @ arrays["weights"] + header["bias"], abs=1e-5)


def test_a_cell_that_is_not_there_gives_way_to_the_strongest_weight_between_two_words() -> None:
    passed, state = random_pass("the river bank", cell=("pattern", 20, 20))
    pattern = passed.steps.pattern[passed.head].copy()
    np.fill_diagonal(pattern, 0)
    query, key = np.argwhere(pattern == pattern.max())[0]
    assert pictures.selected_cell(passed, state) == ("products", query, key)
    pinned, state = random_pass("the river bank", pin=2)
    strongest = pinned.steps.pattern[pinned.head, 2].argmax()
    assert pictures.selected_cell(pinned, state) == ("products", 2, strongest)


def test_a_causal_mask_shows_minus_infinity_and_leaves_zeros_above_the_diagonal() -> None:
    passed, _ = random_pass(causal=True)
    masked = pictures.shown_matrices(passed)["masked"]
    assert np.isneginf(masked[np.triu_indices(7, 1)]).all()
    assert not np.triu(passed.steps.pattern, 1).any()
    expected = outputs(untouched_model(passed), passed, causal_mask(7))
    np.testing.assert_allclose(passed.steps.out, expected, atol=1e-6)
    assert "masked" not in pictures.shown_matrices(random_pass()[0])


def test_without_the_division_the_entropy_falls_and_both_are_told() -> None:
    divided, undivided = bert_pass(), bert_pass(scaled=False)
    bits = [float(entropy(passed.steps.pattern)[1]) for passed, _ in (divided, undivided)]
    assert bits[1] < bits[0] / 2
    for passed, state in (divided, undivided):
        told = captions.saturation(passed, state)
        assert f"{bits[0]:.3g} bits on average, without the division {bits[1]:.3g}." in told
        assert "the softmax saturates" in told
    passed, _ = undivided
    expected = softmax(passed.steps.products, axis=2)
    np.testing.assert_allclose(passed.steps.pattern, expected, atol=1e-5)
    assert captions.step(passed, "scaled")["symbol"] == "no ÷ √32"


def test_a_head_of_one_number_is_not_divided_at_all_and_it_is_said() -> None:
    passed, state = random_pass(heads=12)
    assert "A head of one number is divided by 1, which changes nothing." in captions.saturation(
        passed, state
    )
    np.testing.assert_array_equal(passed.steps.scaled, passed.steps.products)


@pytest.mark.parametrize("vectors", ["table", "random"])
def test_one_word_is_enough(vectors: str) -> None:
    passed, state = random_pass("dog", vectors=vectors, heads=1, pin=0, causal=True)
    assert passed.steps.pattern.tolist() == [[[1.0]]]
    assert "A word alone has little to look at" in passed.sequence.remark
    told = captions.saturation(passed, state)
    assert told == "There is one token to look at: it gets all the weight either way."


def test_both_softmaxes_are_under_the_same_mask() -> None:
    passed, _ = random_pass(head=1, causal=True, hidden=(2,), off=(0,), edit=True, query=4)
    visible = np.tril(np.ones((7, 7), bool))
    visible[:, 2] = False
    for scaled, scores in ((True, passed.steps.products / 2), (False, passed.steps.products)):
        expected = softmax(np.where(visible, scores, -np.inf), axis=2)
        np.testing.assert_allclose(passed.scales[scaled], expected, atol=1e-6)
        assert captions.bits_of_scales(passed)[scaled] == pytest.approx(entropy(expected)[1], abs=1e-5)


def test_trained_weights_say_what_they_were_not_trained_with() -> None:
    for chosen, told in (
        ({}, ""),
        ({"causal": True}, " A causal mask is on, though it was trained without."),
        ({"scaled": False}, " Its scores are not divided here; in training they were."),
    ):
        passed, state = bert_pass(**chosen)
        assert captions.provenance(passed, state) == (
            "Trained: layer 4 of 6 of the BERT all-MiniLM-L6-v2, loaded into SelfAttention(384, 12). "
            f"X is what enters that layer in BERT: what its layer 3 gives.{told}"
        )
    passed, state = digit_pass(causal=True)
    assert captions.provenance(passed, state) == (
        "Trained on digits. Shown is block 2 of 3, SelfAttention(64, 4). "
        "A causal mask is on, though it was trained without."
    )
    passed, state = random_pass(causal=True, scaled=False, seed=5)
    assert captions.provenance(passed, state) == (
        "Random weights, seed 5: SelfAttention(12, 3), never trained. "
        "X: random too, one for each word; without positions."
    )


def test_heads_switched_off_are_columns_of_fc_out_set_to_zero() -> None:
    passed, state = random_pass(off=(0, 2, 11))  # there is no twelfth head
    model = untouched_model(passed)
    before = outputs(model, passed)
    model.fc_out.weight.data[:, [0, 1, 2, 3, 8, 9, 10, 11]] = 0
    after = outputs(model, passed)
    np.testing.assert_allclose(passed.untouched.out, before, atol=1e-6)
    np.testing.assert_allclose(passed.steps.out, after, atol=1e-6)
    moves = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
    np.testing.assert_allclose(passed.moves, moves, atol=1e-5)
    most = int(moves.argmax())
    assert captions.intervention_effect(passed, state) == (
        f"With heads 1, 3 off, outputs move by {moves.mean():.3g} of their length on average, "
        f"that of “{WORDS.split()[most]}” most: by {moves[most]:.3g}."
    )


def test_a_set_weight_leaves_its_row_with_the_sum_one_and_says_so() -> None:
    passed, _ = random_pass(edit=True, edit_head=1, query=3, key=0, weight=80)
    old, row = passed.untouched.pattern[1, 3], passed.steps.pattern[1, 3]
    np.testing.assert_array_equal(old, random_pass()[0].steps.pattern[1, 3])
    assert (row[0], row.sum()) == (pytest.approx(0.8), pytest.approx(1))
    assert row[1:] == pytest.approx(old[1:] / old[1:].sum() * 0.2, abs=1e-6)
    told = captions.interventions(passed)
    assert told.startswith("the weight of “and” on “dog” in head 2 set to 0.8")
    assert f"(it was {old[0]:.3g}) and the rest of its row scaled" in told


def test_a_masked_token_is_looked_at_by_nobody() -> None:
    passed, _ = random_pass(hidden=(1, 4))
    assert not passed.steps.pattern[..., [1, 4]].any()
    assert passed.steps.pattern.sum(axis=2) == pytest.approx(1)
    assert captions.interventions(passed) == "“bites”, “man” masked"


def test_nobody_is_left_without_a_key() -> None:
    state = State(weights="random", causal=True, hidden=(0,), off=(1,))
    changes, refusals = possible_changes(split_text(WORDS, state), 3, state)
    assert changes == Changes(causal=True, off=(1,))
    assert refusals == ["Nothing would be left for “dog” to look at, so no token is masked."]


@pytest.mark.parametrize(
    ("query", "key", "refusal"),
    [
        (1, 4, "“bites” may not look at “man”: that weight is masked, and stays 0."),
        (0, 0, "“dog” can look at one token alone: that weight stays 1."),
    ],
)
def test_a_weight_that_cannot_be_set_says_why(query: int, key: int, refusal: str) -> None:
    state = State(weights="random", causal=True, edit=True, query=query, key=key)
    changes, refusals = possible_changes(split_text(WORDS, state), 3, state)
    assert changes == Changes(causal=True)
    assert refusals == [refusal]


def test_what_was_chosen_for_more_tokens_and_heads_is_left_out() -> None:
    state = State(weights="random", edit=True, query=30, hidden=(20,), off=(11,), pin=20, head=11)
    changes, refusals = possible_changes(split_text(WORDS, state), 3, state)
    assert (changes, refusals) == (Changes(), [])
    passed, _ = random_pass(pin=20, head=11)
    assert (passed.pinned, passed.head) == (-1, 2)


def test_a_digit_is_read_by_the_whole_network_with_and_without_the_intervention() -> None:
    passed, state = digit_pass(block=1, off=(0, 1, 2, 3))
    model = weights.load("digit_transformer")
    untouched, record = trace(model, SEVEN)
    np.testing.assert_allclose(passed.steps.x, record["blocks.0.resid_pre"][0], atol=1e-6)
    assert passed.logits is not None
    assert passed.logits_before is not None
    np.testing.assert_allclose(passed.logits_before, untouched[0], atol=1e-5)
    attention = model.get_submodule("blocks.0.attention")
    assert isinstance(attention, SelfAttention)
    attention.fc_out.weight.data.zero_()
    with torch.inference_mode():
        changed = model(SEVEN)[0]
    np.testing.assert_allclose(passed.logits, changed, atol=1e-5)
    told = captions.intervention_effect(passed, state)
    share = 100 * changed.softmax(0).max()
    assert told.startswith("With all heads off, outputs move by")
    assert f"The network says {changed.argmax()} ({share:.1f} %)" in told
    assert f"untouched it says {untouched.argmax()} (" in told


@pytest.mark.parametrize("pin", [-1, 17])
def test_the_attention_over_the_digit_is_the_pinned_tokens_and_the_rollout(pin: int) -> None:
    passed, state = digit_pass(block=2, head=3, pin=pin, off=(1,))
    untouched, _ = digit_pass(block=2, head=3, pin=pin)
    _, record = trace(weights.load("digit_transformer"), SEVEN)
    patterns = [record[f"blocks.{block}.attention.pattern"][0] for block in range(3)]
    at = max(pin, 0)
    expected = [patterns[1][3, at], patterns[1][:, at].mean(axis=0), rollout(patterns)[at]]
    panels = pictures.digit_panels(untouched, state)
    np.testing.assert_allclose([panel.weights for panel in panels], expected, atol=1e-6)
    where = "itself" if pin < 0 else "the class token"
    assert panels[0].note == f"{expected[0][0]:.2g} on {where}"
    *_, moves = pictures.digit_panels(passed, state)
    assert moves.title == "How far outputs move"
    np.testing.assert_array_equal(moves.weights, passed.moves)


def test_random_words_without_positions_are_a_set() -> None:
    one, other = (random_pass(text)[0].steps.out for text in ("dog bites man", "man bites dog"))
    np.testing.assert_allclose(one, other[::-1], atol=1e-6)


def test_berts_table_under_random_weights() -> None:
    passed, state = random_pass("the river bank", vectors="table", heads=16, head=15)
    ids = tokens(packaged.encoder(), "the river bank").ids[1:-1]
    table = packaged.encoder().model.get_input_embeddings()(torch.tensor(ids)).numpy()
    assert passed.sequence.tokens == ("the", "river", "bank")
    np.testing.assert_array_equal(passed.steps.x, table)
    assert passed.steps.head_dim == 24
    assert "SelfAttention(384, 16), never trained. X: BERT’s word embeddings" in captions.provenance(
        passed, state
    )
    assert "The scores differ so little that it hardly matters." in captions.saturation(passed, state)


def test_very_many_words_are_cut_and_it_is_said() -> None:
    read = split_text("word " * 10_000, State())
    assert len(read) == 34
    assert read.remark == "Of your 10,000 words and word pieces the first 32 are read."
    assert len(split_text("word " * 10_000, State(weights="random"))) == 32


def test_a_very_long_word_is_cut() -> None:
    read = split_text("x" * 3000 + " dog", State(weights="random"))
    assert read.tokens == ("x" * 59 + "…", "dog")


def test_markup_stays_text_and_other_scripts_are_read() -> None:
    read = split_text("<script>x</script> 😀 привет 猫", State())
    assert read.tokens[1:4] == ("<", "script", ">")
    assert "[UNK]" in read.tokens
    assert "BERT does not know every word" in read.remark
    random = split_text("<b>bold</b> 😀 привет 猫", State(weights="random"))
    assert random.tokens == ("<b>bold</b>", "😀", "привет", "猫")


def test_the_questions_are_answered_from_the_pass() -> None:
    passed, state = bert_pass(head=4)
    answers = {question.name: question.answer for question in questions(passed, state)}
    bits = entropy(passed.steps.pattern)
    assert answers == {
        "symmetric": "Not for all",
        "total": "14",
        "spread": f"Head {bits.argmin() + 1}",
    }
    assert all(question.answer in question.options for question in questions(passed, state))


def test_the_main_question_is_answered_by_the_entropies_of_both_softmaxes() -> None:
    passed, state = bert_pass(head=4)
    question = main_question(passed, state)
    assert question is not None
    products = torch.tensor(passed.steps.products[4])
    divided, plain = (entropy((products / by).softmax(-1).numpy()).mean() for by in (32**0.5, 1))
    assert question.answer == ("Sharper" if plain < divided else "More even")
    assert f"{divided:.3g} bits with the division, {plain:.3g} without" in question.because
    assert main_question(*bert_pass(scaled=False)) is None


def test_what_the_block_adds_is_what_it_goes_on_with() -> None:
    passed, _ = digit_pass(block=3)
    _, record = trace(weights.load("digit_transformer"), SEVEN)
    added = pictures.shown_matrices(passed)["added"]
    np.testing.assert_allclose(added, record["blocks.2.resid_mid"][0], atol=1e-5)


def test_weights_share_one_scale_unless_each_is_to_have_its_own() -> None:
    limits = [pictures.message(*random_pass(scale=scale))[0]["limit"] for scale in ("common", "own")]
    assert limits == [1, 0]


def test_heads_that_look_at_cls_and_at_sep_are_told_apart() -> None:
    kinds = {kind for layer in (2, 4) for _, kind, _ in captions.heads_captions(*bert_pass(layer=layer))}
    assert "[CLS]" in kinds
    assert "[CLS] or [SEP]" not in kinds
    special = TokenSequence(("[CLS]", "a", "[SEP]"))
    passed, state = bert_pass()
    pattern = np.zeros((12, 3, 3), np.float32)
    pattern[:, :, 2] = 1
    passed = replace(passed, sequence=special, steps=replace(passed.steps, pattern=pattern))
    assert {kind for _, kind, _ in captions.heads_captions(passed, state)} == {"[SEP]"}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (
            State(text="Man bites dog"),
            block_state.State(network="words", words="Man bites dog", other="dog bites Man"),
        ),
        (
            State(input="digit", sample=7, block=3),
            block_state.State(network="digit", sample=7, block=2),
        ),
    ],
)
def test_the_next_lab_opens_with_the_same_input(here: State, there: block_state.State) -> None:
    known = codecs(block_state.State)
    read = {name: known[name].read(text) for name, text in here.onward.items()}
    assert block_state.State(**read) == there


def test_one_head_is_not_asked_which_is_sharpest() -> None:
    asked = [question.name for question in questions(*random_pass("dog bites man", heads=1))]
    assert asked == ["symmetric", "total"]


def test_the_code_shown_is_what_ran() -> None:
    names = [{code.__name__ for code in shown_code(*made())} for made in (random_pass, bert_pass, digit_pass)]
    assert all("SelfAttention" in each for each in names)
    assert [("self_attention" in each, "DigitTransformer" in each) for each in names] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert script_name(*random_pass()) == "dlviz_attention.py"


@pytest.mark.parametrize(
    ("field", "text"),
    [("off", "1.1"), ("hidden", "x"), ("cell", "pattern.99.0"), ("cell", "nothing.1.1"), ("cell", "q.1")],
)
def test_nonsense_in_an_address_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        codecs(State)[field].read(text)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("off", "0.11", (0, 11)),
        ("hidden", "", ()),
        ("cell", "products.9.2", ("products", 9, 2)),
        ("cell", "", None),
        ("scaled", "off", False),
    ],
)
def test_a_field_travels_as_a_short_text(field: str, text: str, value: object) -> None:
    codec = codecs(State)[field]
    assert codec.read(text) == value
    if value is not None:
        assert codec.write(value) == text
