import json
from typing import Any

import numpy as np
import pytest

from dlviz.data.emoji import ARTISTS, EACH, FOLDER, SIDE, emoji, names
from dlviz.transfer.embedded_sets import EMOJI, load_set
from dlviz.transfer.shift import COUNTS, DRAWS, TESTED, Point, measure_shift
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
    points = [*measure_shift(classes, classes, counts=(1, 5), draws=2)]
    assert points == [Point(count, draw, 1.0, 1.0) for draw in (0, 1) for count in (1, 5)]
    # The other artist's classes have changed places.
    swapped = [*measure_shift(classes, classes[[1, 2, 0]], counts=(5,), draws=2)]
    assert [(point.same, point.other) for point in swapped] == [(1.0, 0.0)] * 2


def test_no_tested_emoji_is_among_the_examples() -> None:
    # Each emoji is a direction of its own: learned by heart, nothing of it helps with the others.
    alone = np.eye(2 * EACH).reshape(2, EACH, -1)
    other = GENERATOR.permutation(alone.reshape(2 * EACH, -1)).reshape(alone.shape)
    (point,) = measure_shift(alone, other, counts=(EACH - TESTED,), draws=1)
    assert point.same == 0.5  # all the same answer, which is right for one class of two


def points(same: float, other: float, spread: float = 0.0) -> list[Point]:
    return [Point(COUNTS[-1], draw, same, other + spread * (-1) ** draw) for draw in range(DRAWS)]


def test_the_verdict_tells_what_holds_for_the_other_artist() -> None:
    clear = {"features": points(0.7, 0.65), "pixels": points(0.42, 0.33)}
    said = tell(clear, "noto")
    assert "70.0 % of the emoji by Google (Noto) and 65.0 % of those by Twitter (Twemoji)" in said
    assert "42.0 % and 33.0 %" in said
    assert "harder in all 5 draws" in said
    assert "Features beat raw pixels there in all 5 draws" in said
    assert "2 times in 32" in said or "1 time in 16" in said
    assert judge(clear) == "worse"
    luck = {"features": points(0.65, 0.65, 0.01), "pixels": points(0.7, 0.7)}
    said = tell(luck, "twemoji")
    assert "harder in 2 of 5 draws: within luck" in said
    assert "beat" not in said
    assert judge(luck) == "same"
    assert judge({"features": points(0.7, 0.125), "pixels": points(0.4, 0.1)}) == "chance"


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
