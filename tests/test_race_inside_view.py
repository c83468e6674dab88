"""Numbers and sentences of the Race lab's view Inside both."""

import numpy as np
import pytest
import torch

from dlviz.data import mnist
from dlviz.data.digits import normalise, to_text
from dlviz.race import inside
from dlviz.ui.labs.race.inside_both import captions, forward
from dlviz.ui.labs.race.inside_both.forward import Disagreement, ForwardPass, cover, find_disagreement
from dlviz.ui.labs.race.inside_both.questions import main_question, questions
from dlviz.ui.labs.race.inside_both.state import DISAGREEMENTS
from dlviz.ui.labs.race.pairs import Member, Pair
from dlviz.weights import build

PIXELS = mnist.digits("test")[0][1].numpy().astype(np.float32) / 255
CLASSES = "0123456789"


@pytest.fixture(scope="module")
def pair() -> Pair:
    transformer = build("DigitTransformer", {"embed_size": 8, "heads": 2, "depth": 2})
    return Pair(
        Member("cnn", build("SimpleCNN", {}), "Random."), Member("transformer", transformer, "Random.")
    )


@pytest.fixture(scope="module")
def passed(pair: Pair) -> ForwardPass:
    return forward.forward(pair, PIXELS, 12)


def test_both_networks_look_from_the_same_place(pair: Pair, passed: ForwardPass) -> None:
    x = normalise(torch.from_numpy(PIXELS)[None])
    assert [field.center for field in passed.vectors.values()] == [(5.5, 17.5)] * 2  # row 2, column 5
    assert passed.units["conv_layers.6"].center == (5.5, 17.5)
    fields = inside.measure_fields(pair.cnn.model, x, 1, 4)
    assert [field.reach for field in passed.units.values()] == [field.reach for field in fields.values()]
    assert passed.even == inside.even_distance(1, 4)
    logits = pair.cnn.model(x)[0].detach()
    best = logits.topk(2).values
    assert passed.answers[0] == int(logits.argmax())
    assert passed.leads[0] == pytest.approx(float(best[0] - best[1]), abs=1e-5)


def test_reach_is_told_and_has_its_numbers(passed: ForwardPass) -> None:
    told = captions.describe_reach(passed)
    conv_1 = next(iter(passed.units.values()))
    assert f"reaches **{conv_1.reach:.1f} px** in conv 1" in told
    assert f"evenly would make it {passed.even:.1f} px" in told
    alt = captions.reach_alt(passed)
    assert all(f"{away:.1f} px" in alt for look in passed.looks for away in look.here)
    assert captions.name_place(12) == "row 2, column 5"


def test_occlusion_maps_are_of_each_networks_own_answer(pair: Pair, passed: ForwardPass) -> None:
    from dlviz.explain import occlusion

    maps = cover(pair, passed)
    x = normalise(torch.from_numpy(PIXELS)[None])
    assert np.array_equal(maps[1], occlusion(pair.transformer.model, x, passed.answers[1]))
    first, second = np.zeros((2, 28, 28))
    first[3, 4], second[3, 8] = 2.0, 0.5
    told = captions.compare_covering(passed, first, second)
    assert "costs the CNN 2.0 of" in told
    assert "are 4.0 px apart" in told


def test_questions_are_answered_from_the_pass(passed: ForwardPass) -> None:
    farthest, longer = questions(passed)
    reached = [float(look.here.max()) for look in passed.looks]
    assert farthest.answer == f"Block {1 + int(np.argmax(reached))}"
    assert longer.answer in longer.options


def test_disagreement_is_found_among_all_test_pictures(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = mnist.digits("test")
    monkeypatch.setattr(forward, "read_test_pictures", lambda task: (images[:60], labels[:60]))
    forward._answer_piece.cache_clear()
    told: list[float] = []
    found = find_disagreement(pair, told.append)
    forward._answer_piece.cache_clear()
    said = [member.model(normalise(images[:60])).argmax(1).detach().numpy() for member in pair.members]
    assert np.array_equal(found.indices, np.flatnonzero(said[0] != said[1]))
    assert np.array_equal(found.said, np.stack(said)[:, found.indices])
    assert found.accuracy[0] == pytest.approx((said[0] == labels[:60].numpy()).mean())
    assert (found.tested, told[0], len(told)) == (60, 0, 40)


def disagreement(cnn: int, transformer: int, neither: int) -> Disagreement:
    """Results in which only the CNN is right so often, and so on."""
    said = [[1, 2]] * cnn + [[2, 1]] * transformer + [[2, 3]] * neither
    count = len(said)
    pictures = np.zeros((count, 28, 28), np.uint8)
    answers = np.array(said).reshape(count, 2).T
    return Disagreement(1000, (0.99, 0.98), np.arange(count), pictures, np.ones(count, int), answers)


def test_who_is_right_where_they_disagree_is_told_with_luck() -> None:
    found = disagreement(30, 9, 2)
    assert found.of_side("cnn").tolist() == [*range(30)]
    assert found.of_side("none").tolist() == [39, 40]
    told = captions.describe_disagreement(found)
    assert "**41 pictures** of 1,000" in told
    assert told.endswith("the CNN is ahead **beyond luck**.")
    assert captions.describe_disagreement(disagreement(12, 9, 0)).endswith("**within luck** of each other.")
    assert "the same answers" in captions.describe_disagreement(disagreement(0, 0, 0))
    assert captions.name_answers(found, 39, CLASSES) == "1: 2 · 3"


@pytest.mark.parametrize(
    ("count", "right"), [(0, "few"), (49, "few"), (50, "some"), (200, "some"), (201, "many")]
)
def test_the_number_of_disagreements_answers_the_question(count: int, right: str) -> None:
    asked = main_question(disagreement(count, 0, 0))
    assert asked.answer == DISAGREEMENTS[right][0]
    assert not main_question().is_begun


def test_a_gallery_that_shows_only_some_says_so() -> None:
    assert captions.tell_left_out(48, 63) == "The first 48 of 63. "
    assert captions.tell_left_out(19, 19) == ""


def test_a_picture_leads_into_the_lab_of_its_network(pair: Pair) -> None:
    picture = np.rint(255 * PIXELS).astype(np.uint8)
    assert pair.cnn.link_to_lab(412, picture) == "/cnn?sample=412"
    assert pair.transformer.link_to_lab(7, picture) == "/block?network=digit&sample=7"
    clothes = Member("cnn", pair.cnn.model, "", "fashion").link_to_lab(7, picture)
    assert clothes == f"/cnn?sample=-1&digit={to_text(PIXELS)}"
    of_run = Member("cnn", pair.cnn.model, "", run="0" * 20)
    assert of_run.link_to_lab(7, picture) == f"/cnn?sample=7&run={'0' * 20}&weights=run"
