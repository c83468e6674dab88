"""Numbers and sentences of the Race lab's view Stress tests."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from dlviz.data import mnist
from dlviz.models import DigitTransformer
from dlviz.race import stress
from dlviz.ui.labs.race.pairs import Member, Pair
from dlviz.ui.labs.race.state import State
from dlviz.ui.labs.race.stress_tests import captions, forward
from dlviz.ui.labs.race.stress_tests.forward import (
    LearnedAgain,
    Measured,
    Read,
    compare_losses,
    measure,
    read_drawing,
)
from dlviz.ui.labs.race.stress_tests.questions import main_question, questions
from dlviz.ui.labs.race.stress_tests.state import OUTCOMES, STRESS_TITLES, read_guesses, write_guesses
from dlviz.weights import build

LEVELS = stress.STRESSES["moved"].levels


@pytest.fixture(scope="module")
def pair() -> Pair:
    transformer = build("DigitTransformer", {"embed_size": 8, "heads": 2, "depth": 1})
    return Pair(
        Member("cnn", build("SimpleCNN", {}), "Random."), Member("transformer", transformer, "Random.")
    )


def measured(*lost: tuple[int, int], pictures: int = 1000) -> Measured:
    """Results in which each network has lost so many pictures at each level after the first."""
    right = np.ones((1 + len(lost), 2, pictures), bool)
    for level, counts in enumerate(lost, 1):
        for network, count in enumerate(counts):
            right[level, network, :count] = False
    return Measured("moved", LEVELS[: 1 + len(lost)], right)


@pytest.fixture
def _few_pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(stress, "TESTED", 20)
    for cached in (forward._read, forward._find_right):
        cached.cache_clear()
    yield
    for cached in (forward._read, forward._find_right):
        cached.cache_clear()


@pytest.mark.usefixtures("_few_pictures")
def test_both_networks_are_measured_at_every_level(pair: Pair) -> None:
    told: list[float] = []
    found = measure(pair, "moved", told.append)
    assert found.right.shape == (7, 2, 20)
    assert told == [at / 7 for at in range(7)]
    images, labels = mnist.digits("test")
    pictures = images[:20, None].float() / 255
    for at, member in enumerate(pair.members):
        changed = stress.STRESSES["moved"].change(pictures, 3)
        said = stress.answer(member.model, changed).argmax(1)
        assert np.array_equal(found.right[3, at], (said == labels[:20]).numpy())
    # Pictures as they are, are the same in every stress.
    assert np.array_equal(measure(pair, "turned").right[0], found.right[0])


def test_losses_are_compared_picture_by_picture() -> None:
    lead = compare_losses(measured((100, 60)))
    assert (lead.lost, lead.loser) == ((0.1, 0.06), "cnn")
    assert lead.difference == pytest.approx(0.04)
    # Of 1,000 pictures, the 40 that only the CNN has lost decide.
    assert lead.luck == pytest.approx(2 * (0.04 * 0.96 / 1000) ** 0.5)
    assert compare_losses(measured((50, 100))).loser == "transformer"
    assert compare_losses(measured((51, 50))).loser == "even"
    assert compare_losses(measured((50, 50))).luck == 0


@pytest.mark.parametrize(
    ("lost", "right"),
    [
        ((100, 20), "cnn-far"),
        ((60, 20), "cnn"),
        ((20, 21), "even"),
        ((20, 60), "transformer"),
        ((20, 100), "transformer-far"),
    ],
)
def test_the_question_is_answered_by_who_loses_more(lost: tuple[int, int], right: str) -> None:
    asked = main_question(State(), measured(lost))
    assert asked.answer == OUTCOMES[right][0]
    assert f"The CNN loses {lost[0] / 10:.1f} percentage points" in asked.because
    assert ("within luck" in asked.because) == (right == "even")
    assert not main_question(State()).is_begun


def test_what_both_lose_is_told_and_where_it_was_the_other_way_round() -> None:
    said = captions.describe_losses(measured((0, 60), (0, 0), (100, 20)))
    assert "At **3 px** the CNN still reads 90.0 % of 1,000 test pictures" in said
    assert "they lose 10.0 and 2.0 percentage points" in said
    assert "**The CNN loses more**, by 8.0 points" in said
    assert said.endswith("At 1 px it was the other way round.")
    assert "Even so" not in said
    ahead = measured((200, 20))
    ahead.right[:, 1, -300:] = False  # the transformer has never read these
    assert captions.describe_losses(ahead).endswith("Even so, it still reads more of them.")
    even = captions.describe_losses(measured((100, 20), (60, 61)))
    assert even.endswith("**within luck** of each other.")


def test_a_drawing_goes_through_every_level_and_the_first_change_of_an_answer_is_told(pair: Pair) -> None:
    pixels = mnist.digits("test")[0][1].numpy() / 255
    reads = read_drawing(pair, "moved", pixels)
    assert [read.level for read in reads] == list(LEVELS)
    assert np.allclose(reads[0].pixels, pixels)
    with torch.inference_mode():
        said = stress.answer(pair.cnn.model, torch.from_numpy(reads[2].pixels)[None, None]).softmax(1)[0]
    assert reads[2].answers[0] == int(said.argmax())
    assert reads[2].kept[0] == pytest.approx(float(said[reads[0].answers[0]]), abs=1e-6)

    def read(level: float, cnn: int, transformer: int) -> Read:
        return Read(level, pixels, (cnn, transformer), (0.5, 0.5))

    told = captions.describe_drawing([read(0, 2, 2), read(1, 2, 2), read(2, 7, 2)], "moved", "0123456789")
    assert (
        told == "With this picture, the CNN changes from 2 to 7 at 2 px, "
        "and the transformer says 2 at every level."
    )


def test_questions_are_answered_from_the_curves() -> None:
    steepest, only_one = questions(measured((10, 10), (300, 10), (310, 10)))
    assert steepest.answer == "from 1 px to 2 px"
    assert only_one.answer == "No"  # what the CNN still reads, the transformer reads too
    assert steepest.answer in steepest.options


def learned(cnn: list[float], transformer: list[float]) -> LearnedAgain:
    """Results in which each network has lost so much with each seed."""
    plain = np.full((2, len(cnn)), 0.9)
    return LearnedAgain(plain, plain - np.array([cnn, transformer]))


def test_who_loses_more_by_learning_again_is_told_only_where_every_seed_says_so() -> None:
    found = learned([0.08, 0.07, 0.09], [0.01, 0.02, 0.0])
    assert (found.loser, found.is_whole) == ("cnn", True)
    told = captions.compare_shuffled(found)
    assert "costs the CNN 7.0 to 9.0 points and the transformer 0.0 to 2.0 points" in told
    assert "**The CNN loses more** with all 3 seeds" in told
    assert "1 time in 10" in told  # the least of three beats the greatest of three others
    assert "Even so" not in told
    close = captions.compare_shuffled(learned([0.05, 0.01, 0.03], [0.02, 0.0, 0.01]))
    assert "1 time in 4" in close  # seed by seed, but their ranges overlap
    better = LearnedAgain(np.array([[0.95] * 3, [0.8] * 3]), np.array([[0.87] * 3, [0.8] * 3]))
    assert captions.compare_shuffled(better).endswith("more of them: 87.0 % against 80.0 % on average.")
    shuffled = State(stress="shuffled")
    assert main_question(shuffled, found).answer == OUTCOMES["cnn-far"][0]
    even = learned([0.02, 0.01, 0.02], [0.01, 0.02, 0.01])
    assert even.loser == "even"
    assert captions.compare_shuffled(even).endswith("**within luck**.")
    assert main_question(shuffled, even).answer == OUTCOMES["even"][0]


def test_results_that_are_not_there_yet_leave_a_gap() -> None:
    found = LearnedAgain(np.array([[0.9, 0.8], [np.nan, np.nan]]), np.full((2, 2), np.nan))
    assert not found.is_whole
    cnn, transformer = captions.shuffled_rows(found)
    assert cnn["Patches as they are"] == "85.0 % (80.0 to 90.0)"
    assert cnn["Patches shuffled"] == transformer["Patches as they are"] == "–"
    assert "patches shuffled –. network Transformer" in captions.shuffled_alt(found)


@pytest.mark.usefixtures("_few_pictures")
def test_positions_shuffled_along_change_no_answer(pair: Pair) -> None:
    transformer = build("DigitTransformer", {"embed_size": 8, "heads": 2, "depth": 1}, seed=1)
    assert isinstance(transformer, DigitTransformer)
    with torch.no_grad():
        transformer.positions.mul_(50)  # so that they matter
    found = forward.shuffle_unlearned(Pair(pair.cnn, Member("transformer", transformer, "Random.")), 0)
    assert (found.changed, found.tested) == (0, 20)
    assert found.moved == found.plain[1]
    assert "**none of its answers changes**" in captions.describe_unlearned(found)


def test_guesses_of_older_links_are_read() -> None:
    guesses = {"moved": "cnn-far", "shuffled": "even"}
    assert read_guesses(write_guesses(guesses)) == guesses
    for wrong in ("", "moved", "moved:me", "flying:cnn", "moved:cnn;hidden:cnn"):
        with pytest.raises(ValueError, match=r".|^$"):
            read_guesses(wrong)


@pytest.mark.parametrize("name", [name for name in STRESS_TITLES if name != "shuffled"])
def test_every_stress_has_its_words(name: str) -> None:
    assert captions.AXES[name]
    assert captions.DONE[name].endswith(".")
    assert captions.name_level(name, 0) == captions.NOTHING
    assert captions.name_strongest(name)
