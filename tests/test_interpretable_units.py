"""What units follow: features by hand, correlations by NumPy's own, and a unit that is known to follow."""

import numpy as np
import pytest
import torch

from dlviz import interpretable_units, weights
from dlviz.interpretable_units import (
    correlations,
    in_quotes,
    line_position,
    stretches,
    trackers,
    word_position,
)
from dlviz.models.unrolled import unroll
from dlviz.trace import recording


def test_the_features_by_hand() -> None:
    text = 'a "bc"\nd e'
    assert in_quotes(text).tolist() == [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]
    assert line_position(text).tolist() == [1, 2, 3, 4, 5, 6, 0, 1, 2, 3]
    assert word_position(text).tolist() == [1, 0, 0, 1, 2, 0, 0, 1, 0, 1]


def test_correlations_are_pearsons_and_a_unit_that_never_changes_has_none() -> None:
    random = np.random.default_rng(0)
    hidden, values = random.normal(size=(50, 3)), random.normal(size=50)
    hidden[:, 2] = 4.0
    expected = [np.corrcoef(hidden[:, unit], values)[0, 1] for unit in (0, 1)]
    assert correlations(hidden, values).tolist() == pytest.approx([*expected, 0.0])


def test_the_states_are_the_cells() -> None:
    model = weights.load("novel_lstm")
    text = "She said"
    shown = interpretable_units.states(model, text)
    with torch.inference_mode(), recording() as kept:
        unroll(
            model.get_submodule("lstm"),  # pyright: ignore[reportArgumentType]
            model.get_submodule("embedding")(interpretable_units.novels.encode(text)[None]),
            "lstm",
        )
    np.testing.assert_allclose(shown[-1], kept["lstm.0.cell.7"][0], atol=1e-5)


def test_the_unit_that_follows_is_found_and_measured_where_it_was_not_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = np.random.default_rng(1)

    def planted(model: torch.nn.Module, text: str) -> np.ndarray:
        states = random.normal(size=(len(text), 6))
        states[:, 3] = -2 * in_quotes(text) + 0.1 * states[:, 3]
        return states

    monkeypatch.setattr(interpretable_units, "states", planted)
    found = trackers(torch.nn.Module(), 'ab "cd ef" gh ' * 20, 'x "y" zz ' * 20)
    assert (found["quotes"].unit, found["quotes"].tracks) == (3, True)
    assert found["quotes"].found < -0.95
    assert found["quotes"].verified < -0.95
    assert not found["line"].tracks


def test_the_novels_network_has_units_for_speech_and_for_the_line() -> None:
    found = trackers(weights.load("novel_lstm"), *stretches())
    assert found["quotes"].tracks
    assert found["line"].tracks
    assert all(abs(tracker.verified) <= 1 for tracker in found.values())


def test_the_stretches_are_of_two_novels_and_hold_speech() -> None:
    one, other = stretches()
    assert len(one) == len(other) == interpretable_units.STRETCH
    assert "Emma" in other
    assert "Elizabeth" in one
    assert min(np.mean(in_quotes(text)) for text in (one, other)) > 0.1
