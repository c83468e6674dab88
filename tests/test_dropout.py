from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.dropout import answers_of_masks, trace_in_training
from dlviz.trace import switch_off, trace
from tests.networks import Stack

MODEL = weights.build("SimpleCNN", {"num_classes": 10})
DIGIT = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
BEFORE, AFTER = "fc_layers.2", "fc_layers.3"


def silenced(seed: int) -> np.ndarray:
    """Which hidden units that were not 0 anyway the dropout set to 0."""
    _, seen = trace_in_training(MODEL, DIGIT, seed)
    return (seen[AFTER] == 0) & (seen[BEFORE] != 0)


def test_about_half_of_the_hidden_units_are_silenced_and_the_others_exactly_doubled() -> None:
    _, seen = trace_in_training(MODEL, DIGIT.expand(40, 1, 28, 28), seed=0)
    alive = seen[BEFORE] != 0
    before, after = seen[BEFORE][alive], seen[AFTER][alive]
    assert np.all((after == 0) | (after == 2 * before))
    # Some 5,000 draws: four standard deviations of their share are less than 0.03.
    assert np.mean(after == 0) == pytest.approx(0.5, abs=0.03)


def test_the_same_seed_silences_the_same_units_and_another_seed_others() -> None:
    assert np.array_equal(silenced(1), silenced(1))
    assert not np.array_equal(silenced(1), silenced(2))


def test_masks_are_those_of_pytorch_in_training_mode_with_that_seed() -> None:
    output, _ = trace_in_training(MODEL, DIGIT, seed=7)
    twin = weights.build("SimpleCNN", {"num_classes": 10}).train()
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(7)
        assert torch.equal(output, twin(DIGIT))


def test_layers_before_the_dropout_are_as_at_rest() -> None:
    _, seen = trace_in_training(MODEL, DIGIT, seed=0)
    _, at_rest = trace(MODEL, DIGIT)
    assert list(seen) == list(at_rest)
    assert all(np.array_equal(seen[name], at_rest[name]) for name in list(seen)[: list(seen).index(AFTER)])


def test_neither_the_model_nor_the_random_numbers_of_the_process_are_touched() -> None:
    state = torch.get_rng_state()
    trace_in_training(MODEL, DIGIT, seed=3)
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(layer.training for layer in MODEL.modules())
    output, _ = trace(MODEL, DIGIT)
    assert torch.equal(output, weights.build("SimpleCNN", {"num_classes": 10})(DIGIT))


def test_eight_threads_on_one_model_get_the_masks_of_their_seeds() -> None:
    seeds = [seed % 20 for seed in range(160)]
    alone = {seed: trace_in_training(MODEL, DIGIT, seed)[1][AFTER] for seed in set(seeds)}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: trace_in_training(MODEL, DIGIT, seed)[1][AFTER], seeds))
    assert all(np.array_equal(alone[seed], got) for seed, got in zip(seeds, together, strict=True))


def test_a_unit_switched_off_after_the_dropout_is_off_besides_the_silenced_ones() -> None:
    _, seen = trace_in_training(MODEL, DIGIT, seed=5)
    unit = int(seen[AFTER].argmax())
    _, edited = trace_in_training(MODEL, DIGIT, 5, {AFTER: switch_off([unit])})
    expected = seen[AFTER].copy()
    expected[0, unit] = 0
    assert np.array_equal(edited[AFTER], expected)


def test_a_channel_switched_off_before_the_dropout_leaves_the_mask_as_it_was() -> None:
    edits = {"conv_layers.0": switch_off([0])}
    _, seen = trace_in_training(MODEL, DIGIT, 5, edits)
    _, at_rest = trace(MODEL, DIGIT, edits)
    assert np.array_equal(seen[BEFORE], at_rest[BEFORE])
    assert not seen[AFTER][silenced(5)].any()
    assert seen[AFTER].any()


def test_every_dropout_layer_draws_with_its_own_probability() -> None:
    _, seen = trace_in_training(Stack(nn.Dropout(0.2), nn.Dropout(0.75)).eval(), torch.ones(1, 4000), seed=0)
    first, second = seen["layers.0"], seen["layers.1"]
    assert np.mean(first == 0) == pytest.approx(0.2, abs=0.03)
    assert np.mean(second[first != 0] == 0) == pytest.approx(0.75, abs=0.03)
    assert set(np.unique(first)) == {0.0, 1.25}
    assert set(np.unique(second)) == {0.0, 5.0}


def test_answers_of_many_masks_are_those_of_each_seed_alone() -> None:
    deep = weights.build("MLP", {"depth": 3, "dropout": 0.3})
    both = torch.cat([DIGIT, -DIGIT])
    for model in (MODEL, deep):
        together = answers_of_masks(model, both, range(5, 9))
        alone = [trace_in_training(model, both, seed)[0] for seed in range(5, 9)]
        np.testing.assert_allclose(together, torch.stack(alone), atol=1e-6)
        assert np.ptp(together, axis=0).min() > 0


def test_a_mean_over_masks_is_the_answer_at_rest_before_a_linear_layer() -> None:
    """Of 4,000 masks of half the units: four standard errors hold the mean."""
    answers = answers_of_masks(MODEL, DIGIT, range(4000))[:, 0]
    at_rest = trace(MODEL, DIGIT)[0][0].numpy()
    error = answers.std(axis=0) / np.sqrt(len(answers))
    assert np.all(abs(answers.mean(axis=0) - at_rest) < 4 * error)
    assert error.max() < 0.01


def test_units_switched_off_stay_off_under_every_mask() -> None:
    every = {AFTER: switch_off(list(range(256)))}
    answers = answers_of_masks(MODEL, DIGIT, range(3), every)
    np.testing.assert_allclose(answers[:, 0], MODEL.get_parameter("fc_layers.4.bias").detach().expand(3, 10))
