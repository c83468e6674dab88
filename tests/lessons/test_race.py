"""Claims of the lesson of the lab Race."""

from functools import cache

import numpy as np
import torch

from dlviz.data import mnist
from dlviz.data.shuffling import draw_order, shuffle_with
from dlviz.models.transformers import patches
from dlviz.race.stress import STRESSES, TESTED, answer, find_right, permute_positions
from dlviz.training import schedules
from dlviz.training.analysis.significance import chance_of_separation
from dlviz.training.race import COUNTS, RUNNERS, SHIPPED_SEEDS, Race, configure, read_shipped
from dlviz.training.shuffled_race import ORDER, read
from dlviz.ui.labs.race.contest import captions
from dlviz.ui.labs.race.contest.live import count_weights, processor_seconds, reached
from dlviz.ui.labs.race.contest.questions import count_multiplications
from dlviz.ui.labs.race.contest.runs import find_shipped
from dlviz.ui.labs.race.inside_both.forward import ForwardPass, forward
from dlviz.ui.labs.race.pairs import Pair, find_faster, load_pair
from dlviz.ui.labs.race.state import State
from dlviz.ui.labs.race.stress_tests import learned_again
from dlviz.ui.labs.race.stress_tests.forward import (
    PLAIN,
    Measured,
    compare_losses,
)

# Race and table


def judged(examples: int) -> captions.Judgement:
    found = captions.judge(reached(find_shipped(State(examples=examples))), 10_000)
    assert found is not None
    assert found.seeds == len(SHIPPED_SEEDS)
    return found


def test_cnn_is_ahead_on_few() -> None:
    few = judged(100)
    assert few.clear
    assert few.lead > 0
    assert "its worst is better than the other’s best" in few.sentence


def test_lead_shrinks_with_examples() -> None:
    leads = [judged(examples).lead for examples in COUNTS]
    assert leads == sorted(leads, reverse=True)
    assert leads[-1] < leads[0] / 10


def test_transformer_does_not_catch_up() -> None:
    every = [judged(examples) for examples in COUNTS]
    assert all(each.clear and each.lead > 0 for each in every)


def accuracy(runner: str, examples: int) -> float:
    """Accuracy of a shipped runner, on average over its seeds."""
    runs = [read_shipped(runner, examples, seed) for seed in SHIPPED_SEEDS]
    return float(np.mean([run.history.test_accuracy for run in runs if run]))


def test_transformer_gains_most() -> None:
    gained = {runner: accuracy(runner, COUNTS[-1]) - accuracy(runner, COUNTS[0]) for runner in RUNNERS}
    assert max(gained, key=gained.__getitem__) == "transformer"


def test_lstm_is_nearer_to_the_cnn() -> None:
    for examples in COUNTS:
        cnn, transformer, lstm = (accuracy(runner, examples) for runner in RUNNERS)
        assert abs(cnn - lstm) < abs(lstm - transformer)


def test_weights_are_alike() -> None:
    counts = [count_weights(runner) for runner in RUNNERS]
    assert max(counts) < 1.05 * min(counts)


def test_transformer_costs_more() -> None:
    for examples in COUNTS:
        spent = processor_seconds(find_shipped(State(examples=examples)))
        assert spent["transformer"] > 3 * spent["cnn"]


def test_transformer_multiplies_most() -> None:
    assert max(RUNNERS, key=count_multiplications) == "transformer"


def seconds_a_picture(runner: str) -> float:
    """Seconds of a processor that the shipped runs needed for a picture, as the table gives them."""
    runs = [read_shipped(runner, count, seed) for count in COUNTS for seed in SHIPPED_SEEDS]
    histories = [run.history for run in runs if run]
    spent = sum(float(each.epochs["processor_seconds"][-1]) for each in histories)
    return spent / sum(each.step for each in histories)


def test_cnn_is_faster_than_its_multiplications() -> None:
    times = seconds_a_picture("transformer") / seconds_a_picture("cnn")
    assert times > 1.2 * count_multiplications("transformer") / count_multiplications("cnn")


def test_rate_warms_up_and_decays() -> None:
    config = configure(Race(), "transformer", 1)
    rates = np.array(schedules.curve(config, 20 * config.passes))
    top = int(rates.argmax())
    assert 0 < top < len(rates) / 2
    assert rates[0] < rates[top] / 10
    assert rates[-1] < rates[top] / 1000
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top:]) < 0).all()


def test_three_seeds_are_apart_one_time_in_ten() -> None:
    assert 10 * chance_of_separation(3, 3) == 1


@cache
def pair() -> Pair:
    return load_pair(State().pair)


# Stress tests


def find_loser(stress: str, level: float, tested: int = TESTED) -> str:
    """Find who has lost more of the first test pictures at one level."""
    right = [read_under(*at, tested) for at in (PLAIN, (stress, level))]
    return compare_losses(Measured(stress, (0, level), np.stack(right))).loser


@cache
def read_under(stress: str, level: float, tested: int) -> np.ndarray:
    """Find the first test pictures that both read under a stress: (2, tested)."""
    pictures, labels = (each[:tested] for each in mnist.digits("test"))
    models = [find_faster(member.model) for member in pair().members]
    return find_right(models, STRESSES[stress], level, pictures[:, None] / 255, labels)


def test_the_cnn_loses_more_at_6_pixels() -> None:
    assert find_loser("moved", 6) == "cnn"


def test_the_transformer_loses_more_at_3_pixels() -> None:
    assert find_loser("moved", 3) == "transformer"


def test_the_cnn_loses_more_hidden_and_noisy() -> None:
    few = 500
    assert [find_loser("hidden", 30, few), find_loser("noise", 0.4, few)] == ["cnn", "cnn"]


def test_the_transformer_loses_more_turned() -> None:
    assert find_loser("turned", 90) == "transformer"


def test_shuffling_costs_the_cnn_more() -> None:
    found = learned_again.arrange(read())
    assert found.is_whole
    assert found.loser == "cnn"


def test_positions_shuffled_along_change_nothing() -> None:
    pictures, labels = (each[:500] for each in mnist.digits("test"))
    pictures = pictures[:, None] / 255
    shuffled = shuffle_with(pictures, ORDER)
    learned = pair().digit_transformer
    moved = answer(permute_positions(learned, draw_order(ORDER)), shuffled).argmax(1)
    assert (moved == answer(learned, pictures).argmax(1)).all()
    unmoved = answer(learned, shuffled).argmax(1)
    assert (unmoved == labels).float().mean() < 0.3 < 0.9 < (moved == labels).float().mean()


def test_a_digit_has_49_patches() -> None:
    assert patches(torch.zeros(1, 1, 28, 28)).shape == (1, 49, 4 * 4)


# Inside both


@cache
def passed(sample: int, place: int) -> ForwardPass:
    return forward(pair(), mnist.digits("test")[0][sample].numpy() / 255, place)


def test_the_transformer_reaches_farther() -> None:
    opened = State()
    for sample, place in ((opened.sample, opened.place), (0, opened.place), (5, opened.place)):
        units, vectors = (
            list(each.values()) for each in (passed(sample, place).units, passed(sample, place).vectors)
        )
        assert vectors[0].reach > units[0].reach
        assert vectors[-1].reach > units[-1].reach


def test_no_first_head_stays_near() -> None:
    for sample in (State().sample, 0, 5):
        first = passed(sample, State().place).looks[0]
        # The farthest of the eight patches around one is 5.7 pixels away.
        assert first.everywhere.min() > 8


@cache
def find_right_where_they_disagree() -> np.ndarray:
    """Find who is right where they disagree on the first test pictures: (2, disagreements) bool."""
    pictures, labels = (each[:4_000] for each in mnist.digits("test"))
    models = (find_faster(member.model) for member in pair().members)
    said = torch.stack([answer(model, pictures[:, None] / 255).argmax(1) for model in models])
    return (said == labels)[:, said[0] != said[1]].numpy()


def test_they_seldom_disagree() -> None:
    assert 4_000 * 50 / 10_000 < find_right_where_they_disagree().shape[1] < 4_000 * 200 / 10_000


def test_the_cnn_is_right_more_often() -> None:
    cnn, transformer = find_right_where_they_disagree().sum(axis=1)
    assert cnn > 2 * transformer
