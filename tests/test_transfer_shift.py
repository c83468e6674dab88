import json
from typing import Any

import numpy as np
import pytest

from dlviz.data.emoji import ARTISTS, EACH, FOLDER, SIDE, emoji, names
from dlviz.transfer.embedded_sets import EMOJI, load_set
from dlviz.transfer.shift import COUNTS, DRAWS, TESTED, Disagreement, Point, compare_answers, measure_shift
from dlviz.ui.labs.transfer.own_classes.shift import judge, tell

GENERATOR = np.random.default_rng(0)


def test_both_artists_have_drawn_every_emoji_of_every_class() -> None:
    assert len(names()) == 8
    assert {len(each) for each in names().values()} == {EACH}
    assert len({name for each in names().values() for name in each}) == 8 * EACH
    for artist in ARTISTS:
        pictures = emoji(artist)
        assert pictures.shape == (8, EACH, SIDE, SIDE, 3)
        # Each has ink on white paper, and none is another one's.
        assert ((pictures < 250).any(axis=-1).mean(axis=(2, 3)) > 0.05).all()
        assert len({each.tobytes() for each in pictures.reshape(-1, SIDE, SIDE, 3)}) == 8 * EACH


def test_artists_draw_the_same_things_in_their_own_ways() -> None:
    first, second = (emoji(artist).astype(float) for artist in ARTISTS)
    difference = np.abs(first - second).mean(axis=(2, 3, 4))
    assert (difference > 0).all()
    # The grapes of one are more like the grapes of the other than like its lemon.
    fruit = list(names()).index("Fruit and vegetables")
    assert difference[fruit, 0] < np.abs(first[fruit, 0] - second[fruit, 2]).mean()


def test_licences_lie_beside_the_sheets() -> None:
    licence = (FOLDER / "LICENCE.md").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "CC BY 4.0" in licence
    assert json.loads((FOLDER / "names.json").read_text(encoding="utf-8")) == names()


@pytest.mark.parametrize("artist", list(ARTISTS))
def test_a_set_of_emoji_has_every_second_one_each_a_burst_of_its_own(artist: str) -> None:
    own = load_set(artist)
    assert [each.name for each in own.classes] == list(names())
    assert {len(each.pictures) for each in own.classes} == {EMOJI}
    assert len({picture.burst for picture in own.pictures()}) == 8 * EMOJI
    second = own.classes[2].pictures[1].pixels().astype(float)
    drawn = emoji(artist)[2, 2].astype(float)
    # The file is larger and a JPEG: its colours are still those of the emoji, on the whole.
    np.testing.assert_allclose(second.mean(axis=(0, 1)), drawn.mean(axis=(0, 1)), atol=2)


def test_what_is_the_same_for_both_artists_is_learned_and_what_only_one_has_is_not() -> None:
    classes = np.repeat(np.eye(3)[:, None], EACH, 1)  # (3, EACH, 3): the class alone
    points = [*measure_shift(classes, classes, counts=(1, 5))]
    assert [(point.draw, point.count) for point in points] == [(d, c) for d in range(DRAWS) for c in (1, 5)]
    assert all(point.same.all() and point.other.all() for point in points)
    # The other artist's classes have changed places: whoever learned from it is always wrong.
    swapped = [*measure_shift(classes, classes[[1, 2, 0]], counts=(5,))]
    assert all(point.same.all() and not point.other.any() for point in swapped)


def test_an_artist_that_is_harder_is_not_taken_for_a_shift() -> None:
    # Of each class every fifth emoji by one artist looks like one of the next class.
    clear = np.repeat(np.eye(4)[:, None], EACH, 1)
    unclear = clear.copy()
    unclear[:, ::5] = np.roll(np.eye(4), 1, axis=0)[:, None]
    found = [*measure_shift(unclear, clear, counts=(15,))]
    assert all((point.same == point.other).all() for point in found)
    assert np.mean([point.other for point in found]) == 0.8


def test_each_emoji_is_tested_once_and_never_by_a_head_that_has_learned_it() -> None:
    # Each emoji is a direction of its own: learned by heart, nothing of it helps with the others. One that
    # a head had learned, its own artist's or the other's, would be named right.
    alone = np.eye(2 * EACH).reshape(2, EACH, -1)
    points = [*measure_shift(alone, alone, counts=(COUNTS[-1],))]
    assert sum(len(point.same) for point in points) == 2 * EACH
    for point in points:
        # All get the same answer, which is right for one class of two.
        assert point.same.mean() == point.other.mean() == 0.5


def test_the_sign_test_is_exact() -> None:
    assert Disagreement(0, 5).chance == 2 / 32
    assert Disagreement(5, 0).chance == 2 / 32
    assert Disagreement(1, 5).chance == 2 * (1 + 6) / 64
    assert Disagreement(3, 3).chance == Disagreement(0, 0).chance == 1


def test_heads_disagree_where_only_one_is_right() -> None:
    first, second = np.array([True, True, False, True]), np.array([True, False, True, False])
    assert compare_answers(first, second) == Disagreement(2, 1)
    assert not Disagreement(2, 1).shows_first_better
    assert Disagreement(9, 1).shows_first_better
    assert not Disagreement(1, 9).shows_first_better


def points(both: int, only_same: int, only_other: int) -> list[Point]:
    """Points of all draws, of 160 tested emoji so many named right by both heads, or by one alone."""
    same, other = np.zeros(8 * EACH, bool), np.zeros(8 * EACH, bool)
    same[: both + only_same] = True
    other[:both] = other[both + only_same : both + only_same + only_other] = True
    size = 8 * TESTED
    parts = [slice(draw * size, (draw + 1) * size) for draw in range(DRAWS)]
    return [Point(COUNTS[-1], draw, same[part], other[part]) for draw, part in enumerate(parts)]


def test_the_verdict_tells_what_it_costs_to_learn_from_the_other_artist() -> None:
    free = {"features": points(93, 14, 12), "pixels": points(34, 36, 16)}
    said = tell(free, "noto")
    assert "tested on 160 emoji by Google (Noto)" in said
    assert "66.9 % are named right when learned from the same artist" in said
    assert "65.6 % when learned from Twitter (Twemoji)" in said
    assert "14 emoji are right for the first head alone, 12 for the second alone: within luck" in said
    assert "43.8 % and 31.2 %" in said
    assert "36 emoji are right for the first head alone, 16 for the second alone:" in said
    assert "luck alone is as uneven in 0.78 % of cases" in said
    assert "features beat pixels" in said
    assert judge(free) == "same"
    costly = {"features": points(60, 40, 10), "pixels": points(60, 40, 10)}
    assert "features beat pixels" not in tell(costly, "twemoji")
    assert judge(costly) == "worse"
    assert judge({"features": points(20, 60, 5), "pixels": points(20, 5, 5)}) == "chance"


def test_a_measurement_that_is_ended_in_the_middle_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dlviz.ui.labs.transfer.own_classes import shift

    read = []

    def features(backbone: object, pictures: list[np.ndarray]) -> np.ndarray:
        read.append(len(pictures))
        return np.array([each.mean(axis=(0, 1)) for each in pictures], np.float32)

    class Ended(Exception):
        """Another report of the browser ends the run."""

    def end_after_five(share: float, text: str) -> None:
        if len(read) == 5:
            raise Ended

    monkeypatch.setattr(shift, "compute_features", features)
    backbone: Any = object()
    with pytest.raises(Ended):
        shift.measure(backbone, "noto", end_after_five)
    shift.measure(backbone, "noto")
    assert sum(read) == 2 * 8 * EACH


def test_nothing_but_the_artist_and_the_network_decides_a_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dlviz.ui.labs.transfer.own_classes import shift

    read = []

    def features(backbone: object, pictures: list[np.ndarray]) -> np.ndarray:
        read.append(len(pictures))
        return np.array([each.mean(axis=(0, 1)) for each in pictures], np.float32)

    monkeypatch.setattr(shift, "compute_features", features)
    backbone: Any = object()
    shares: list[float] = []
    first = shift.measure(backbone, "noto", lambda share, text: shares.append(share))
    assert sum(read) == 2 * 8 * EACH
    assert len(first["features"]) == len(first["pixels"]) == len(COUNTS) * DRAWS
    assert all(0 <= share <= 1 for share in shares)
    assert shift.measure(backbone, "noto") is first
    second = shift.measure(backbone, "twemoji")
    assert sum(read) == 2 * 8 * EACH  # each picture was read once
    # The same emoji are tested, the artists having changed places.
    assert [point.draw for point in second["pixels"]] == [point.draw for point in first["pixels"]]
