"""My own classes: the head, its answers and maps, two tests of it, and which pictures are like which."""

import base64
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from PIL import Image

from dlviz.data.pictures import photograph
from dlviz.scripts.transfer import transfer_snippet
from dlviz.transfer.backbones import load_embedded
from dlviz.transfer.features import compute_features, measure_drift
from dlviz.transfer.heads import Head
from dlviz.transfer.neighbours import find_all_nearest, find_nearest
from dlviz.transfer.picture_sets import Examples, Picture, enable_class
from dlviz.transfer.splits import Accuracy
from dlviz.transfer.thumbnails import SMALL, make_sheet, name_jpeg
from dlviz.ui.components import camera
from dlviz.ui.labs.transfer.own_classes import captions, forward, questions
from dlviz.ui.labs.transfer.own_classes.forward import Answer, Learned, Measured
from tests.alone import run_alone
from tests.transfer_pictures import COLOURS, coloured_set, jpeg

NONE = np.empty(0, np.int64)


def learned_of(labels: list[int], bursts: list[int], features: np.ndarray) -> Learned:
    """A head that was never solved, on features of pictures that nobody looks at."""
    pictures = tuple(Picture(b"%d" % place, burst) for place, burst in enumerate(bursts))
    names = tuple(f"class {label}" for label in range(max(labels) + 1))
    examples = Examples(names, pictures, np.array(labels), np.array(bursts))
    return Learned(examples, features, features, Head(np.empty((0, 0)), np.empty(0)))


def measured(right: int, count: int, copies: int = 0, untested: tuple[int, ...] = ()) -> Measured:
    """A test of one draw."""
    share = np.array([right / count if count else np.nan])
    return Measured(Accuracy(right, count, share, untested), copies, count)


@pytest.fixture(scope="module")
def learned() -> Learned:
    own = coloured_set(1, 2)
    found = forward.learn(own, forward.see(load_embedded(), own.pictures()))
    assert found
    return found


@pytest.fixture(scope="module")
def given(learned: Learned) -> Answer:
    return forward.answer(load_embedded(), learned, Picture(jpeg(COLOURS["green"], 99), 0))


def test_each_map_of_an_answer_adds_up_to_its_logit_minus_its_bias(learned: Learned, given: Answer) -> None:
    assert given.maps.shape == (3, 5, 5)
    np.testing.assert_allclose(given.maps.sum(axis=(1, 2)), given.logits - given.bias, atol=1e-6)
    features = compute_features(load_embedded(), [given.picture.pixels()])
    np.testing.assert_allclose(learned.head.logits(features)[0], given.logits, atol=1e-5)
    assert given.classes[given.probabilities.argmax()] == "green"


def test_an_answer_tells_whether_the_head_has_learned_from_the_picture(
    learned: Learned, given: Answer
) -> None:
    assert not given.learned_from
    known = learned.examples.pictures[0]
    again = forward.answer(load_embedded(), learned, Picture(known.jpeg, 77))
    assert again.learned_from


def test_a_head_needs_two_classes_that_are_switched_on() -> None:
    own = coloured_set(1, 1)
    seen = forward.see(load_embedded(), own.pictures())
    own = enable_class(own, 1, False)
    found = forward.learn(own, seen)
    assert found
    assert found.examples.classes == ("red", "blue")
    assert forward.learn(enable_class(own, 0, False), seen) is None


def test_a_test_at_random_counts_near_copies_and_one_on_bursts_has_none() -> None:
    generator = np.random.default_rng(0)
    labels, bursts = [0] * 8 + [1] * 8, [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4
    found = learned_of(labels, bursts, generator.random((16, 4)))
    honest, random = forward.measure_on_bursts(found), forward.measure_at_random(found)
    # Five draws of a burst of each class, and of two of eight pictures of each.
    assert (honest.accuracy.tested, honest.copies) == (5 * 8, 0)
    assert (random.accuracy.tested, random.copies) == (5 * 4, 5 * 4)
    assert 8 <= honest.different <= 16
    alone = forward.measure_at_random(learned_of(labels, list(range(16)), generator.random((16, 4))))
    assert alone.copies == 0


def test_neighbours_of_all_pictures_are_those_of_each_but_never_of_its_burst() -> None:
    vectors = np.random.default_rng(1).random((9, 5)).astype(np.float32)
    found = find_all_nearest(vectors, np.arange(9), 4)
    for place in range(9):
        np.testing.assert_array_equal(found[place], find_nearest(vectors, place, 4)[0])
    line = np.array([[0.0], [1.0], [3.0], [7.0]], np.float32)
    np.testing.assert_array_equal(
        find_all_nearest(line, np.array([0, 0, 1, 1]), 3), [[2, 3, -1], [2, 3, -1], [1, 0, -1], [1, 0, -1]]
    )


def test_shares_of_neighbours_of_the_own_class_by_hand() -> None:
    # Each has three others, fewer than the five that are looked for: all of them count.
    found = learned_of([0, 0, 1, 1], [0, 1, 2, 3], np.array([[0.0], [1.0], [2.5], [9.0]]))
    likeness = forward.compare(found, found.features)
    assert likeness.same == pytest.approx(1 / 3)
    assert forward.chance_of_same(found) == pytest.approx(1 / 3)
    assert likeness.shown == pytest.approx(1)
    lonely = learned_of([0, 1], [0, 0], np.array([[0.0], [1.0]]))
    assert np.isnan(forward.compare(lonely, lonely.features).same)
    assert np.isnan(forward.chance_of_same(lonely))


def test_a_sheet_has_every_thumbnail_in_its_place() -> None:
    jpegs = [jpeg(colour, seed) for seed in range(6) for colour in COLOURS.values()]
    sheet = np.asarray(Image.open(BytesIO(make_sheet(jpegs))))
    assert sheet.shape == (2 * SMALL, 16 * SMALL, 3)
    for at in (0, 1, 15, 17):
        top, left = SMALL * (at // 16), SMALL * (at % 16)
        mean = sheet[top : top + SMALL, left : left + SMALL].mean(axis=(0, 1))
        np.testing.assert_allclose(mean, list(COLOURS.values())[at % 3], atol=8)
    assert len({name_jpeg(each) for each in jpegs}) == len(jpegs)


def test_200_thumbnails_of_photographs_take_less_than_300_kilobytes() -> None:
    picture, generator = photograph("coffee"), np.random.default_rng(0)
    jpegs = []
    for _ in range(20):
        top, left = generator.integers(0, 150, 2)
        file = BytesIO()
        Image.fromarray(picture[top : top + 190, left : left + 190]).resize((224, 224)).save(file, "JPEG")
        jpegs.append(file.getvalue())
    assert 10 * len(make_sheet(jpegs)) < 300_000


def test_training_mode_moves_the_features_of_a_frozen_network_and_no_weight_of_ours() -> None:
    backbone = load_embedded()
    before = {name: value.clone() for name, value in backbone.model.state_dict().items()}
    drift = measure_drift(backbone, [photograph("coffee"), photograph("chelsea")], 64)
    assert 0 < drift < 1
    assert all(torch.equal(before[name], value) for name, value in backbone.model.state_dict().items())
    assert not backbone.model.training


def test_only_what_luck_cannot_do_is_called_flattery() -> None:
    honest = measured(60, 100)
    assert "flatters the head by 35.0 percentage points" in captions.describe_random_test(
        measured(95, 100, copies=90), honest
    )
    assert "within luck" in captions.describe_random_test(measured(64, 100, copies=90), honest)
    assert "within luck" in captions.describe_random_test(measured(4, 4, copies=4), measured(3, 4))
    # More than luck for independent tests (2.3 standard errors); these test the same pictures.
    assert "within luck" in captions.describe_random_test(measured(75, 100, copies=90), honest)
    assert "nothing flatters here" in captions.describe_random_test(measured(95, 100), honest)


def test_the_honest_test_says_what_it_could_not_test() -> None:
    examples = Examples(("*cup*", "cat"), (), NONE, NONE)
    assert "No class has a second burst" in captions.describe_honest_test(measured(0, 0), examples)
    assert captions.describe_share(measured(0, 0)) == "–"
    sentence = captions.describe_honest_test(measured(3, 4, untested=(0,)), examples)
    assert "3 of 4 right" in sentence
    assert "50.0 %" in sentence
    assert "“\\*cup\\*”" in sentence


def test_bursts_are_heard_once_in_their_order_and_nonsense_never(monkeypatch: pytest.MonkeyPatch) -> None:
    text = base64.b64encode(b"picture").decode()
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    heard: list[camera.Burst] = []

    def report(*bursts: object) -> None:
        state["camera"] = {"burst": list(bursts)}
        camera._take_bursts("camera", heard.append)

    report({"number": 5, "place": 0, "jpegs": [text]}, {"number": 6, "place": 1, "jpegs": [text, text]})
    report({"number": 5, "place": 0, "jpegs": [text]}, {"number": 7, "place": 0, "jpegs": ["%", 3, text]})
    report("no", {"number": "8", "place": 0, "jpegs": []}, {"number": 2**60, "place": 0, "jpegs": [text]})
    assert heard == [
        camera.Burst(0, (b"picture",)),
        camera.Burst(1, (b"picture", b"picture")),
        camera.Burst(0, (b"picture",)),
    ]


@pytest.mark.parametrize("look", [None, "no", {"number": -1, "jpeg": "AA=="}, {"number": 1, "jpeg": "%"}])
def test_a_look_that_is_none_is_no_picture(monkeypatch: pytest.MonkeyPatch, look: object) -> None:
    monkeypatch.setattr(st, "session_state", {"camera": {"look": look}})
    assert camera.newest_look("camera") is None


def test_the_snippet_is_the_lessons_with_the_chosen_backbone() -> None:
    backbone = load_embedded()
    snippet = transfer_snippet(backbone, 4)
    compile(snippet, "snippet", "exec")
    assert "parameter.requires_grad = False" in snippet
    assert "model.fc = nn.Linear(1280, 4)" in snippet
    assert "Adam(model.fc.parameters(), lr=1e-3)" in snippet


def test_the_script_gives_the_answer_on_screen_from_the_set_that_was_taken_away(tmp_path: Path) -> None:
    backbone, own = load_embedded(), enable_class(coloured_set(1, 2), 1, False)
    learned = forward.learn(own, forward.see(backbone, own.pictures()))
    assert learned
    (tmp_path / questions.SCRIPT).write_text(questions.script(backbone, own, 5), encoding="utf-8")
    files = questions.script_files(backbone, own)
    for name, read in files.items():
        (tmp_path / name).write_bytes(read())
    printed = run_alone(tmp_path, questions.SCRIPT, *files).decode()
    given = forward.answer(backbone, learned, own.pictures()[5])
    assert "4 of 4 pictures" in printed
    lines = re.findall(r"^(.*): logit (\S+), probability (\S+)$", printed, re.MULTILINE)
    assert [name for name, _, _ in lines] == ["red", "blue"]
    np.testing.assert_allclose([float(logit) for _, logit, _ in lines], given.logits, atol=2e-3)
    np.testing.assert_allclose([float(share) for _, _, share in lines], given.probabilities, atol=1e-3)
