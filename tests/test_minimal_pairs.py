from collections import Counter

from dlviz.data.minimal_pairs import DIFFERENCES, minimal_pairs


def test_differences_have_equally_many_pairs_and_no_sentence_stands_twice():
    pairs = minimal_pairs()
    assert Counter(pair.difference for pair in pairs) == dict.fromkeys(DIFFERENCES, 48)
    sentences = [text for pair in pairs for text in (pair.positive, pair.negative)]
    assert len(set(sentences)) == 288


def test_contrasts_of_one_pair_have_the_same_words_where_the_parts_only_change_places():
    pairs = [pair for pair in minimal_pairs() if pair.positive.startswith("although")]
    assert len(pairs) == 12
    for pair in pairs:
        assert Counter(pair.positive.replace(",", "").split()) == Counter(
            pair.negative.replace(",", "").split()
        )
