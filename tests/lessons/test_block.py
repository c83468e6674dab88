"""What the lesson of the Transformer block lab claims, computed from what the lab opens with."""

import numpy as np
import pytest

from dlviz.data import novels
from dlviz.ui.labs.block.state import TEXT, State
from tests.test_block_lab import digit_pass, order_pass, text_pass, words_pass, writing_pass

BLOCKS = range(4)  # of CharTransformer


def added(block: int) -> tuple[float, float]:
    """Sizes of what attention and the feed-forward network add to the text's last character."""
    passed, _ = text_pass(TEXT, block=block)
    assert passed.token == len(TEXT) - 1
    attention, forward = (np.linalg.norm(passed.stations[name][-1]) for name in ("attention", "forward"))
    return float(attention), float(forward)


def test_attention_adds_more_in_blocks_1_to_3() -> None:
    assert all(attention > 1.2 * forward for attention, forward in map(added, BLOCKS[:3]))


def test_the_feed_forward_network_adds_more_in_block_4() -> None:
    attention, forward = added(3)
    assert forward > 1.5 * attention


def test_after_the_division_every_token_has_mean_0_and_variance_1() -> None:
    for block in BLOCKS:
        norm = text_pass(TEXT, block=block)[0].norms[0]
        np.testing.assert_allclose(norm.after, [[0, 1]] * len(TEXT), atol=1e-3)
        assert np.ptp(norm.before, axis=0).min() > 0.01


def test_dropout_silences_about_half_and_doubles_the_rest() -> None:
    passed, _ = text_pass(TEXT, dropout="50")
    before, after = (passed.stations[name][passed.token] for name in ("norm1", "dropout1"))
    kept = after != 0
    assert len(after) == 128
    assert kept.mean() == pytest.approx(0.5, abs=0.1)
    np.testing.assert_allclose(after[kept], 2 * before[kept], rtol=1e-5)


def expected(dropout: str, seed: int = 0) -> int:
    """The number of the character that the network expects after the text."""
    passed, _ = text_pass(TEXT, dropout=dropout, dropout_seed=seed)
    assert passed.probabilities is not None
    return int(passed.probabilities.argmax())


def test_under_dropout_the_text_network_expects_something_else() -> None:
    assert expected("0") not in [expected("50", seed) for seed in range(4)]


def test_the_feed_forward_network_adds_more_to_the_class_token() -> None:
    for block in range(3):
        passed, _ = digit_pass(block=block)
        assert passed.token_name == "class"
        stations = passed.stations
        assert np.linalg.norm(stations["forward"][0]) > np.linalg.norm(stations["attention"][0])


def test_in_block_3_the_class_token_looks_most_at_patch_3_4() -> None:
    passed, _ = digit_pass(block=2)
    assert passed.given.tokens[passed.patterns[2].mean(axis=0)[0].argmax()] == "3,4"


def test_a_little_dropout_leaves_the_seven_much_of_it_does_not() -> None:
    read = {
        share: [
            digit_pass(dropout=share, dropout_seed=seed)[0].probabilities.argmax()  # pyright: ignore[reportOptionalMemberAccess]
            for seed in range(4)
        ]
        for share in ("10", "50")
    }
    assert read["10"] == [7, 7, 7, 7]
    assert set(read["50"]) > {7}


def test_untrained_norms_multiply_by_1_and_add_0() -> None:
    passed, _ = words_pass()
    for norm in passed.norms:
        assert (set(norm.scale), set(norm.shift)) == ({1.0}, {0.0})


def test_equal_words_have_equal_rows() -> None:
    passed, state = words_pass(("dog",) * 3, block=2)
    assert state.table == "none"
    assert np.ptp(passed.stations["out"], axis=0).max() < 1e-5


def test_positions_make_equal_words_differ() -> None:
    passed, _ = words_pass(("dog",) * 3, block=2, table="sinusoidal")
    assert np.ptp(passed.stations["out"], axis=0).max() > 0.1


def test_without_positions_only_rounding_differs() -> None:
    passed, state = order_pass()
    assert state.table == State().table == "none"
    assert 0 < passed.compared.largest < 1e-5


def test_with_positions_the_word_that_stays_differs_too_but_least() -> None:
    passed, _ = order_pass(table="sinusoidal")
    dog, bites, man = np.abs(passed.compared.difference).max(axis=1)
    assert 0.01 < bites < min(dog, man) / 2


def test_neighbouring_places_are_alike() -> None:
    for table in ("sinusoidal", "text"):
        places = order_pass(table=table)[0].table
        directions = places / np.linalg.norm(places, axis=1, keepdims=True)
        alike = directions @ directions[0]
        assert alike[1] > 0.6
        assert alike[-1] < 0.4


def opening_text() -> tuple[np.ndarray, str, int, np.ndarray]:
    """What the network writes at first: its attention, prompt and text, the prompt's length, and bits."""
    written = writing_pass(**{name: getattr(State(), name) for name in ("length", "draw_seed")})[0].written
    return written.attention, written.prompt + written.text, len(written.prompt), written.bits


def test_first_letters_cost_more_bits() -> None:
    _, text, read, bits = opening_text()
    written = range(read, len(text))
    first = [bits[at] for at in written if text[at].isalpha() and not text[at - 1].isalpha()]
    within = [bits[at] for at in written if text[at].isalpha() and text[at - 1].isalpha()]
    assert np.mean(first) > 3 * np.mean(within)


def share_on(block: int, head: int, wanted: str) -> float:
    """The share of a head's attention, counted from 1, on one character, on average over what is written."""
    attention, text, read, _ = opening_text()
    context = attention.shape[-1]
    rows = attention[:, block - 1, head - 1]
    seen = [np.array(list(text[: read + at].rjust(context)[-context:])) for at in range(len(rows))]
    return float(np.mean([row[before == wanted].sum() for row, before in zip(rows, seen, strict=True)]))


def test_head_2_of_block_2_looks_at_line_breaks() -> None:
    assert share_on(2, 2, "\n") > 0.7


def test_head_1_of_block_2_looks_at_the_last_space() -> None:
    spaces = [share_on(2, head, " ") for head in (1, 2, 3, 4)]
    assert spaces.index(max(spaces)) == 0
    attention, text, read, _ = opening_text()
    rows = attention[:, 1, 0]
    last = [row[-1 - (read + at - 1 - text.rfind(" ", 0, read + at))] for at, row in enumerate(rows)]
    assert np.mean(last) > 0.8 * max(spaces)


def test_bits_are_logarithms_of_probabilities() -> None:
    written = writing_pass(length=20)[0].written
    read = len(written.prompt)
    given = [row[novels.ALPHABET.index(each)] for row, each in zip(written.raw, written.text, strict=True)]
    np.testing.assert_allclose(written.bits[read:], -np.log2(given), atol=1e-4)
    assert -np.log2(0.5) == 1  # a coin
