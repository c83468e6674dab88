import pytest
import torch

from dlviz.training.calibration import calibration_error, fit_temperature, reliability


def test_temperature_undoes_logits_that_were_made_too_large():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20_000, 2, generator=generator) * 2
    labels = torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0]
    assert fit_temperature(logits, labels) == pytest.approx(1, abs=0.05)
    assert fit_temperature(3 * logits, labels) == pytest.approx(3, abs=0.15)


def test_reliability_compares_what_is_said_with_what_is_right():
    probabilities = torch.tensor([0.52, 0.58, 0.91, 0.93, 1.0])
    right = torch.tensor([True, False, True, True, False])
    bins = reliability(probabilities, right)
    assert [count for count, _, _ in bins] == [2, 3]
    assert [share for _, _, share in bins] == pytest.approx([1 / 2, 2 / 3])
    assert [said for _, said, _ in bins] == pytest.approx([0.55, 2.84 / 3])
    assert calibration_error(probabilities, right) == pytest.approx(
        (2 * 0.05 + 3 * (2.84 - 2) / 3) / 5, abs=1e-6
    )
