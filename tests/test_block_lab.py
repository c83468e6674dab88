"""The Transformer block lab's passes, sentences, questions and fields, without a page."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.attention.order import compare, word_vectors
from dlviz.attention.stream import dropped, moments, sizes, stations
from dlviz.attention.writing import attend
from dlviz.data import digits, mnist, novels
from dlviz.models import CharTransformer
from dlviz.models.transformers import sinusoids
from dlviz.questions import Choice
from dlviz.trace import trace
from dlviz.ui.fields import codecs
from dlviz.ui.labs.attention import state as attention_state
from dlviz.ui.labs.block import captions, pictures
from dlviz.ui.labs.block.forward import (
    ForwardPass,
    OrderPass,
    WritingPass,
    compare_orders,
    forward,
    match_orders,
    read_digit,
    read_text,
    read_words,
    split_words,
    write_text,
)
from dlviz.ui.labs.block.networks import load_network, load_writer
from dlviz.ui.labs.block.questions import main_question, questions, script_name, shown_code
from dlviz.ui.labs.block.state import State
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache

SEVEN = mnist.digits("test")[0][:1]
PIXELS = SEVEN[0].numpy().astype(np.float32) / 255
WORDS = ("dog", "bites", "man")
SHOWN = ("in", "attention", "mid", "norm1", "dropout1", "hidden", "forward", "post", "norm2", "out")


def words_pass(words: tuple[str, ...] = WORDS, **chosen: object) -> tuple[ForwardPass, State]:
    state = State(network="words", **chosen)  # pyright: ignore[reportArgumentType]
    return forward(load_network(state), read_words(words, state), state), state


def digit_pass(**chosen: object) -> tuple[ForwardPass, State]:
    state = State(network="digit", **chosen)  # pyright: ignore[reportArgumentType]
    classes = tuple(map(str, range(10)))
    model = weights.load("digit_transformer")
    network = LoadedNetwork(model, "Trained on digits.", classes, "digit_transformer.safetensors")
    return forward(network, read_digit(PIXELS), state), state


def text_pass(text: str, **chosen: object) -> tuple[ForwardPass, State]:
    state = State(**chosen)  # pyright: ignore[reportArgumentType]
    return forward(load_writer(), read_text(text), state), state


def order_pass(other: tuple[str, ...] = WORDS[::-1], **chosen: object) -> tuple[OrderPass, State]:
    state = State(part="order", **chosen)  # pyright: ignore[reportArgumentType]
    return compare_orders(match_orders(WORDS, other), state), state


def writing_pass(**chosen: object) -> tuple[WritingPass, State]:
    state = State(part="write", **{"length": 20, "draw_seed": 2, **chosen})  # pyright: ignore[reportArgumentType]
    return write_text(load_writer(), state), state


def stack(embed_size: int, heads: int, depth: int, seed: int) -> torch.nn.Module:
    return weights.build("TransformerStack", {"embed_size": embed_size, "heads": heads, "depth": depth}, seed)


def assert_is_the_trace(
    passed: ForwardPass, state: State, model: torch.nn.Module, x: torch.Tensor, edits: dict | None = None
) -> None:
    """The pass, and what is sent of it, is what a trace of the plain model gives."""
    _, record = trace(model, x, edits or {})
    expected = stations(record, passed.block)
    _, arrays = pictures.message(passed, state)
    for name in SHOWN:
        np.testing.assert_allclose(passed.stations[name], expected[name], atol=1e-5)
        np.testing.assert_allclose(arrays[name], expected[name], atol=2e-2, rtol=2e-3)
    np.testing.assert_allclose(arrays["sizes"], sizes(record, len(passed.patterns)), rtol=1e-5)
    pattern = record[f"blocks.{passed.block}.attention.pattern"][0]
    np.testing.assert_allclose(passed.patterns[passed.block], pattern, atol=1e-6)
    np.testing.assert_allclose(arrays["pattern"], pattern.mean(0), atol=1e-6)


def by_name(asked: list[Choice]) -> dict[str, Choice]:
    assert all(question.answer in question.options for question in asked)
    return {question.name: question for question in asked}


def test_words_go_through_random_blocks_and_it_is_said_that_they_are() -> None:
    passed, state = words_pass(seed=5, width=16, heads=2, depth=6, block=3, table="sinusoidal")
    x = word_vectors(WORDS, 16, 5) + sinusoids(3, 16)
    assert_is_the_trace(passed, state, stack(16, 2, 6, 5), x[None])
    assert captions.answer(passed, state) == ""
    assert captions.provenance(passed, state) == (
        "Random vectors and random blocks, seed 5: nobody has trained them, so what they do means nothing "
        "yet. Sinusoidal positions were added to the words."
    )


@pytest.mark.parametrize("words", [("dog",), ("one", "one")])
def test_one_word_is_enough(words: tuple[str, ...]) -> None:
    passed, state = words_pass(words, width=16, heads=16, depth=1)
    assert_is_the_trace(passed, state, stack(16, 16, 1, 0), word_vectors(words, 16, 0)[None])


def test_a_digit_goes_through_the_trained_network() -> None:
    passed, state = digit_pass(block=1, token=0)
    assert_is_the_trace(passed, state, weights.load("digit_transformer"), digits.normalise(SEVEN))
    assert captions.answer(passed, state) == "DigitTransformer reads a 7: > 99.9 %"
    np.testing.assert_array_equal(pictures.message(passed, state)[1]["digit"], PIXELS)


def test_a_text_is_looked_back_upon_and_its_last_character_answers() -> None:
    passed, state = text_pass("It is a", block=2)
    model, x = weights.load("char_transformer"), novels.encode("It is a")[None]
    assert_is_the_trace(passed, state, model, x)
    assert passed.given.tokens == ("I", "t", "␣", "i", "s", "␣", "a")
    assert passed.token == 6
    assert not np.triu(passed.patterns, 1).any()
    with torch.inference_mode():
        share = model(x)[0, -1].softmax(0).max().item()
    assert captions.answer(passed, state).endswith(f": {100 * share:.1f} %")


def test_dropout_at_work_silences_what_its_seed_says() -> None:
    passed, state = words_pass(dropout="50", dropout_seed=3, depth=2, width=16)
    x = word_vectors(WORDS, 16, 0)[None]
    assert_is_the_trace(passed, state, stack(16, 4, 2, 0), x, dropped(2, 0.5, 3))
    assert (passed.stations["dropout1"] == 0).sum() > 10
    told = captions.provenance(passed, state)
    assert told.endswith("Dropout at work: 50 % of the values silenced, seed 3.")
    told = captions.provenance(*digit_pass(dropout="30"))
    assert told == (
        "Trained on digits. Dropout at work: 30 % of the values silenced, seed 0; "
        "this network was trained with 10 %."
    )
    assert captions.provenance(*text_pass("a", dropout="30")).endswith("was trained without any.")


def test_a_layernorms_numbers_are_the_tokens_own() -> None:
    passed, state = digit_pass(block=2)
    _, arrays = pictures.message(passed, state)
    for number, before in ((1, "mid"), (2, "post")):
        sent = arrays[f"moments{number}"]
        np.testing.assert_allclose(sent[:, :2], moments(arrays[before]), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(sent[:, 2], 0, atol=1e-5)
        np.testing.assert_allclose(sent[:, 3], 1, atol=1e-3)
        divided = (arrays[before] - sent[:, :1]) / np.sqrt(sent[:, 1:2] + 1e-5)
        scaled = divided * arrays[f"scale{number}"] + arrays[f"shift{number}"]
        np.testing.assert_allclose(arrays[f"norm{number}"], scaled, atol=1e-4)


def test_what_is_not_there_is_not_looked_at() -> None:
    passed, _ = words_pass(block=7, head=15, token=40, unit=200, pin=40, depth=2, width=16, heads=2)
    assert (passed.block, passed.head, passed.token, passed.unit, passed.pinned) == (1, 1, 0, 15, -1)


@pytest.mark.parametrize(
    ("text", "words", "remark"),
    [
        ("", (), "There is no word: write a few. What was read last stays."),
        ("  \n ", (), "There is no word: write a few. What was read last stays."),
        ("<b>dog</b> & 🐕 собака", ("<b>dog</b>", "&", "🐕", "собака"), ""),
        ("word " * 10_000, ("word",) * 24, "Of your 10,000 words the first 24 are read."),
        ("w" * 500, ("w" * 59 + "…",), ""),
        ("a " * 60_000, ("a",) * 24, "Of your more than 50,000 words the first 24 are read."),
    ],
)
def test_strange_words_are_read_as_far_as_they_can_be(text: str, words: tuple[str, ...], remark: str) -> None:
    assert split_words(text) == (words, remark)


def test_without_positions_both_orders_give_the_same_vectors() -> None:
    passed, state = order_pass()
    expected = compare(stack(32, 4, 3, 0), word_vectors(WORDS, 32, 0), [2, 1, 0], torch.zeros(3, 32))
    np.testing.assert_allclose(passed.compared.one, expected.one, atol=1e-5)
    assert passed.compared.largest < 1e-5
    assert captions.order_headline(passed, state) == "Both orders give every word the same vector"
    assert captions.largest_difference(passed, state).endswith("what rounding leaves")
    assert captions.order_headline(*order_pass(WORDS)) == "Both orders are the same: move a word"


@pytest.mark.parametrize(
    ("table", "file", "first"),
    [("text", "char_transformer", 0), ("digit", "digit_transformer", 1), ("sinusoidal", "", 0)],
)
def test_with_positions_the_order_counts(table: str, file: str, first: int) -> None:
    passed, state = order_pass(table=table)
    positions = sinusoids(128, 32)
    if file:  # a trained network's own
        positions = weights.load(file).get_parameter("positions").detach()[first:]
    np.testing.assert_allclose(passed.table, positions, atol=1e-6)
    width = positions.shape[1]
    expected = compare(stack(width, 4, 3, 0), word_vectors(WORDS, width, 0), [2, 1, 0], positions)
    np.testing.assert_allclose(passed.compared.two, expected.two, atol=1e-5)
    assert f"differ by up to {expected.largest:.3g}" in captions.order_headline(passed, state)
    assert f"{width} numbers a word" in captions.order_provenance(passed, state)


def test_one_block_of_one_head_is_counted_so() -> None:
    told = captions.order_provenance(*order_pass(depth=1, heads=1))
    assert "seed 0, 1 block of 1 head, 32 numbers a word" in told


def test_small_and_negative_numbers_have_a_true_minus_sign() -> None:
    made = (text_pass("It is", token=token, block=block) for token in range(5) for block in (0, 1))
    told = " ".join(told for one in made for told in captions.station_alternatives(*one).values())
    assert "−" in told
    assert "-" not in told
    assert "10⁻" in captions.largest_difference(*order_pass())
    passed, state = digit_pass()
    passed.stations["mid"] = -passed.stations["in"]
    direction = by_name(questions(passed, state))["direction"]
    assert direction.because == "The cosine of both vectors is −1.000."


def test_a_phones_capital_is_the_same_word() -> None:
    orders = match_orders(("dog", "bites", "man"), ("Man", "bites", "Dog"))
    assert orders.places == (2, 1, 0)
    assert orders.other == ("Man", "bites", "Dog")
    assert not match_orders(("dog", "bites"), ("Dog", "Bites")).differ


def test_the_second_dropout_leads_to_the_next_block() -> None:
    first, _ = text_pass("It is a truth", dropout="50", block=0)
    second, state = text_pass("It is a truth", dropout="50", block=1)
    _, arrays = pictures.message(first, state)
    np.testing.assert_array_equal(first.stations["out"], second.stations["in"])
    np.testing.assert_allclose(arrays["out"], first.stations["out"], atol=2e-2, rtol=2e-3)
    assert np.linalg.norm(first.stations["norm2"][-1]) != pytest.approx(
        np.linalg.norm(arrays["out"][-1]), abs=0.05
    )


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (State(part="order", words="a b"), attention_state.State(text="a b")),
        (State(text="It is"), attention_state.State(text="It is")),
        (State(network="digit", sample=5, block=1), attention_state.State(input="digit", sample=5, block=2)),
    ],
)
def test_the_lab_before_opens_with_the_same_input(here: State, there: attention_state.State) -> None:
    known = codecs(attention_state.State)
    assert (
        attention_state.State(**{name: known[name].read(text) for name, text in here.onward.items()}) == there
    )


@pytest.mark.parametrize(
    ("prompt", "read", "told"),
    [
        ("", "\n", "Without a prompt"),
        ("🎉", "\n", "None of these characters is in its alphabet"),
        ("<script>alert(1)</script>", "scriptalert(1)script", "Left out"),
        ("ab" * 6000, "ab" * 64, "Of 12,000 characters the last 128 are read."),
    ],
)
def test_a_strange_prompt_is_read_as_far_as_it_can_be(prompt: str, read: str, told: str) -> None:
    passed, _ = writing_pass(prompt=prompt, length=1)
    assert passed.written.prompt == read
    assert passed.remark.startswith(told)


def test_the_text_is_the_plain_networks_and_says_what_it_costs() -> None:
    passed, state = writing_pass(temperature="0.8", top_k="5", top_p="0.9")
    model = weights.load("char_transformer")
    assert isinstance(model, CharTransformer)
    expected = attend(model, state.prompt, 20, 0.8, 5, 2, 0.9)
    assert passed.written.text == expected.text
    np.testing.assert_allclose(passed.written.attention, expected.attention, atol=1e-6)
    own, read = expected.bits[len(state.prompt) :].mean(), expected.bits[1 : len(state.prompt)].mean()
    told = captions.surprise(passed, state)
    assert f"costs CharTransformer {own:.2f} bits a character, your prompt {read:.2f};" in told
    assert model_cache.result("char_transformer") in told


def test_the_questions_inside_the_block_are_answered_from_the_pass() -> None:
    passed, state = digit_pass(block=1, token=5)
    _, record = trace(weights.load("digit_transformer"), digits.normalise(SEVEN))
    attention, forwarded = sizes(record, 3)[1, [1, 6], 5]
    at = stations(record, 1)
    on = (at["hidden"][5] > 0).mean()
    one, two = at["in"][5], at["mid"][5]
    cosine = one @ two / np.linalg.norm(one) / np.linalg.norm(two)
    asked = by_name(questions(passed, state))
    assert {name: question.answer for name, question in asked.items()} == {
        "adds": "Attention" if attention > forwarded else "The feed-forward network",
        "on": ["Less than a quarter", "A quarter to a half", "More than half"][
            int(np.digitize(on, (0.25, 0.5)))
        ],
        "direction": "Nearly the same direction" if cosine > 0.9 else "Another direction",
    }


@pytest.mark.parametrize("table", ["none", "sinusoidal", "digit"])
def test_the_questions_on_the_order_are_answered_by_the_blocks(table: str) -> None:
    asked = by_name(questions(*order_pass(table=table)))
    assert asked["without"].answer == "The same"
    assert list(asked) == ["without"]


def test_the_main_question_is_answered_by_the_blocks_with_positions_and_under_dropout() -> None:
    moved = main_question(*order_pass(table="none"))
    assert moved is not None
    assert moved.answer == "Another one"
    assert moved.text.startswith("“bites” stands at the same place in both orders.")
    assert main_question(*order_pass(table="sinusoidal")) is None
    passed, state = digit_pass()
    silenced = main_question(passed, state)
    assert silenced is not None
    edits = dropped(3, 0.5, state.dropout_seed)
    before, after = (
        int(trace(weights.load("digit_transformer"), digits.normalise(SEVEN), each)[0].argmax())
        for each in ({}, edits)
    )
    assert silenced.answer == ("It stays" if before == after else "It changes")
    assert f"Before it was {before} (" in silenced.because
    assert main_question(*digit_pass(dropout="50")) is None


def test_the_questions_on_the_text_are_answered_from_text_and_facts() -> None:
    passed, state = writing_pass()
    block = passed.written.attention[..., -1].mean(axis=(0, 2)).argmax()
    bits = {
        name: model_cache.measured(name)["bits_per_character"]["held_out"]
        for name in ("char_transformer", "novel_lstm")
    }
    better = "CharTransformer" if bits["char_transformer"] < bits["novel_lstm"] else "CharacterLSTM"
    asked = by_name(questions(passed, state))
    assert (asked["before"].answer, asked["better"].answer) == (f"Block {block + 1}", better)


def test_of_weights_that_do_not_say_what_they_reach_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_cache, "measured", lambda _: {})
    assert list(by_name(questions(*writing_pass(length=1)))) == ["first", "before"]


def test_each_part_shows_its_own_code() -> None:
    made = [words_pass(), order_pass(), writing_pass(length=1)]
    assert [shown_code(*each)[0].__name__ for each in made] == [
        "TransformerBlock",
        "compare",
        "CharTransformer",
    ]
    assert [script_name(*each) for each in made] == [
        "dlviz_block_stream.py",
        "dlviz_block_order.py",
        "dlviz_block_write.py",
    ]


@pytest.mark.parametrize(
    ("field", "text"),
    [("depth", "7"), ("heads", "3"), ("width", "20"), ("dropout", "99"), ("table", "x"), ("digit", "!")],
)
def test_nonsense_in_an_address_is_refused(field: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        codecs(State)[field].read(text)


def test_a_link_holds_as_much_of_a_text_as_is_read() -> None:
    fields = codecs(State)
    assert fields["words"].write("a " * 100) == " ".join(["a"] * 24)
    assert fields["text"].write("ab" * 50) == "ab" * 32
    assert fields["prompt"].write("ab" * 100) == "ab" * 64
    assert (fields["width"].read("64"), fields["width"].write(64)) == (64, "64")
