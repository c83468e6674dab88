"""Letter frequencies: distributions, and costs counted by hand and by the novels."""

import numpy as np
import pytest

from dlviz.data import novels
from dlviz.data.letter_frequencies import costs, held_out_costs, pair_bits, single_bits


def test_both_are_distributions_and_nothing_is_impossible() -> None:
    assert (2.0 ** -single_bits()).sum() == pytest.approx(1)
    np.testing.assert_allclose((2.0 ** -pair_bits()).sum(axis=1), 1)


def test_they_are_the_counts_of_the_novels() -> None:
    learned = novels.parts()[0]
    q, u, e = map(novels.ALPHABET.index, "que")
    assert 2 ** -single_bits()[e] == pytest.approx(learned.count("e") / len(learned), rel=1e-3)
    assert 2 ** -pair_bits()[q, u] == pytest.approx(learned.count("qu") / learned.count("q"), rel=0.05)


def test_a_texts_cost_is_the_mean_of_its_characters() -> None:
    t, h, e = map(novels.ALPHABET.index, "the")
    assert costs("the") == pytest.approx(
        ((single_bits()[h] + single_bits()[e]) / 2, (pair_bits()[t, h] + pair_bits()[h, e]) / 2)
    )
    assert costs("the", 2) == pytest.approx((single_bits()[e], pair_bits()[h, e]))


def test_the_letter_before_helps_on_chapters_that_were_not_counted() -> None:
    single, pairs = held_out_costs()
    assert (round(single, 2), round(pairs, 2)) == (4.47, 3.53)
