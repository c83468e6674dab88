import re
from collections import Counter
from math import exp
from pathlib import Path

import pytest

from dlviz.data import reviews
from dlviz.data.minimal_pairs import minimal_pairs
from dlviz.data.reviews import Review, labelled
from dlviz.data.sentiment import hand_written
from tools import pack_reviews


def review(text: str, name: str = "film-1", kind: str = "film", rating: float = 2.0) -> Review:
    return Review(name, kind, "training", rating, text)


def test_test_part_is_balanced_over_the_kinds_and_large_enough():
    sizes = [len(labelled("test", kind)) for kind in reviews.KINDS]
    assert sizes == [550, 572, 550]
    assert [len(labelled("validation", kind)) for kind in reviews.KINDS] == [350, 350, 350]
    assert len(labelled("training")) == 12_683


def test_rating_of_half_a_point_is_neutral():
    assert [review("fine", rating=rating).label for rating in (-0.51, -0.5, 0, 0.5, 0.51)] == [
        0,
        None,
        None,
        None,
        1,
    ]


def test_names_are_unique_and_no_text_stands_twice():
    found = reviews.reviews()
    assert len({each.name for each in found}) == len(found) == 17_402
    assert len({tuple(pack_reviews.words(each.text)) for each in found}) == len(found)


def test_sentences_of_a_product_review_are_in_one_part():
    parts: dict[str, set[str]] = {}
    for each in reviews.reviews():
        if each.kind == "product":
            parts.setdefault(each.name.split("_")[0], set()).add(each.part)
    assert max(map(len, parts.values())) == 1


def test_texts_are_clean():
    text = "\n".join(each.text for each in reviews.reviews())
    assert not re.search(r"&\w+;|@anonymous|https?:|\t|  |\x80|Ã|Â", text)
    assert not pack_reviews.STRONG.search(text)


def test_sentences_written_are_read_again(tmp_path: Path):
    found = (
        review('Señor, "this" isn\'t bad at all.', rating=1.25),
        review("so sad :(", "tweet-2", "tweet", -3.0),
    )
    reviews.write(found, tmp_path / "some.tsv.gz")
    assert reviews.reviews(tmp_path / "some.tsv.gz") == found


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("'Stock up on silver bullets.'", "Stock up on silver bullets."),
        ("'Conan' is 'fun'", "'Conan' is 'fun'"),
        ("fanatics    or backyard sheds    the same", "fanatics - or backyard sheds - the same"),
        (
            "RT @anonymous: stopped traffic &amp; more wrecks http://url_removed",
            "stopped traffic & more wrecks",
        ),
        ("Today I'm #grateful", "Today I'm grateful"),
    ],
)
def test_text_is_cleaned(raw: str, cleaned: str):
    assert pack_reviews.clean(raw) == cleaned


def test_rude_short_repeated_and_naming_texts_are_left_out():
    texts = ("Holy shit, no.", "Great!", "a true delight", "...a true delight!", "Passable and shiny swank")
    kept, reasons = pack_reviews.drop([*map(review, texts), review("Hi Damien, thanks", kind="tweet")])
    assert [each.text for each in kept] == ["a true delight", "Passable and shiny swank"]
    assert reasons == Counter(
        {
            "strong language": 1,
            "fewer than two words": 1,
            "the same words as another": 1,
            "a person's name or number": 1,
        }
    )


def test_near_duplicates_and_sentences_of_one_review_form_groups():
    found = [
        review("Stupid rain. Stupid treadmill hell.", "tweet-1", "tweet"),
        review("it broke after a day", "product-7_1", "product"),
        review("Stupid rain! Especially stupid treadmill hell!", "tweet-2", "tweet"),
        review("the lens is sharp", "product-7_2", "product"),
        review("Stupid snow and a broken lift.", "tweet-3", "tweet"),
    ]
    groups = pack_reviews.group(found)
    assert sorted(sorted(each.name for each in group) for group in groups) == [
        ["product-7_1", "product-7_2"],
        ["tweet-1", "tweet-2"],
        ["tweet-3"],
    ]


def test_a_group_is_never_divided():
    groups = [[review(f"{a} {b}", f"film-{a}{b}") for b in range(3)] for a in range(400)]
    parts: dict[str, set[str]] = {}
    for each in pack_reviews.split(groups):
        parts.setdefault(each.text.split()[0], set()).add(each.part)
    assert max(map(len, parts.values())) == 1
    counts = Counter(part for found in parts.values() for part in found)
    assert counts == {"test": 184, "validation": 117, "training": 99}


def test_everyday_sentences_are_nearly_balanced_and_in_no_other_set():
    everyday = reviews.everyday()
    assert Counter(label for _, label in everyday) == {0: 78, 1: 72}
    others = {tuple(pack_reviews.words(each.text)) for each in reviews.reviews()}
    others |= {tuple(pack_reviews.words(text)) for text, _ in hand_written()}
    assert [text for text, _ in everyday if tuple(pack_reviews.words(text)) in others] == []


def test_generated_sentences_are_half_positive_and_in_no_set_to_judge_by():
    generated = reviews.generated_targets()
    assert Counter(share > 0.5 for _, share in generated) == {True: 1_488, False: 1_512}
    kept = [text for text, _ in (*reviews.everyday(), *hand_written())]
    kept += [text for pair in minimal_pairs() for text in (pair.positive, pair.negative)]
    others = {tuple(pack_reviews.words(text)) for text in kept}
    assert [text for text, _ in generated if tuple(pack_reviews.words(text)) in others] == []


def test_targets_are_probabilities_that_follow_the_ratings():
    targets = reviews.targets("validation")
    assert [share > 0.5 for _, share in targets] == [label == 1 for _, label in labelled("validation")]
    ratings = {each.text: each.rating for each in reviews.reviews()}
    assert all(share == pytest.approx(1 / (1 + exp(-2 * ratings[text]))) for text, share in targets)
