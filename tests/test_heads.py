"""What the browser gets of attention: small patterns in bytes, the large one exactly."""

import numpy as np
import pytest

from dlviz.ui.components.heads import Picture, message, thumbnails
from tests.packed import unpack

RANDOM = np.random.default_rng(0).dirichlet(np.ones(9), size=(2, 3, 9)).astype(np.float32)


def picture(**more) -> Picture:
    return Picture(list("abcdefghi"), RANDOM[0, 1], "Title", "what it shows", **more)


def test_a_small_pattern_is_256_steps_of_its_own_largest_weight() -> None:
    small = thumbnails(RANDOM)
    assert small.shape == (2, 3, 9, 9)
    largest = RANDOM.max(axis=(2, 3), keepdims=True)
    assert abs(small / 255 * largest - RANDOM).max() <= largest.max() / 510 + 1e-6
    assert (small.max(axis=(2, 3)) == 255).all()


@pytest.mark.parametrize(("tokens", "size"), [(64, 64), (65, 33), (128, 64), (129, 43), (256, 64)])
def test_larger_patterns_are_pooled_to_at_most_64_values_a_side(tokens: int, size: int) -> None:
    patterns = np.zeros((1, 1, tokens, tokens), np.float32)
    patterns[0, 0, tokens - 1, 1] = 0.5
    small = thumbnails(patterns)
    assert small.shape == (1, 1, size, size)
    assert np.argwhere(small[0, 0] == 255).tolist() == [[size - 1, 1 // -(-tokens // 64)]]
    assert np.count_nonzero(small) == 1


def test_on_a_common_scale_255_is_the_limit_in_all_patterns() -> None:
    small = thumbnails(RANDOM, 1.0)
    assert abs(small / 255 - RANDOM).max() <= 1 / 510 + 1e-6
    even = thumbnails(np.full((1, 2, 7, 7), 1 / 7, np.float32), 1.0)
    assert (even == round(255 / 7)).all()


def test_a_pattern_of_nothing_is_nothing() -> None:
    assert not thumbnails(np.zeros((1, 1, 3, 3), np.float32)).any()


def test_the_large_pattern_travels_exactly_and_the_header_says_the_rest() -> None:
    header, arrays = unpack(message(picture(small=RANDOM, ids=list(range(9)), shown=(0, 1), pinned=2), 7))
    assert np.array_equal(arrays["large"], RANDOM[0, 1])
    assert np.array_equal(arrays["small"], thumbnails(RANDOM))
    assert (header["tokens"], header["ids"]) == (list("abcdefghi"), list(range(9)))
    assert (header["shown"], header["pinned"], header["heard"]) == ([0, 1], 2, 7)
    assert header["segments"] == [0] * 9


def test_a_large_pattern_can_stand_alone() -> None:
    assert [*unpack(message(picture()))[1]] == ["large"]


def test_128_tokens_of_72_heads_are_less_than_a_megabyte() -> None:
    patterns = np.random.default_rng(0).random((6, 12, 128, 128)).astype(np.float32)
    whole = Picture(["token"] * 128, patterns[0, 0], "", "", small=patterns, ids=[30_000] * 128)
    assert len(message(whole)) < 400_000
