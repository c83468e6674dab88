"""Each augmentation by what it must do to a picture that is known."""

import pytest
import torch
from torch import Tensor

from dlviz.training.augmentation import augment, preview
from dlviz.training.config import Augmentation


@pytest.fixture
def pictures() -> Tensor:
    """200 copies of a picture with ink on its left alone, nearer the top."""
    picture = torch.zeros(1, 28, 28)
    picture[0, 6:10, 5:9] = 0.5
    return picture.expand(200, 1, 28, 28).clone()


def centres(pictures: Tensor) -> Tensor:
    """(n, 2): row and column of each picture's centre of mass."""
    mass = pictures[:, 0] / pictures.sum((1, 2, 3))[:, None, None]
    places = torch.arange(28.0)
    return torch.stack([(mass.sum(2) * places).sum(1), (mass.sum(1) * places).sum(1)], dim=1)


def test_nothing_asked_for_is_nothing_done(pictures: Tensor) -> None:
    assert torch.equal(augment(pictures, Augmentation()), pictures)
    assert not Augmentation()
    assert Augmentation(noise=0.1)


def test_flip_turns_its_share_left_to_right(pictures: Tensor) -> None:
    flipped = preview(pictures, Augmentation(flip=0.5))
    turned = centres(flipped)[:, 1] > 14
    assert 70 < turned.sum() < 130
    assert torch.equal(flipped[turned], pictures[turned].flip(-1))
    assert torch.equal(flipped[~turned], pictures[~turned])


def test_shift_moves_both_ways_by_no_more_than_asked(pictures: Tensor) -> None:
    moved = centres(preview(pictures, Augmentation(shift=0.1))) - centres(pictures)
    assert moved.abs().max() <= 2.8 + 1e-3
    assert moved.amax(0).tolist() == pytest.approx([2.8, 2.8], abs=0.2)
    assert moved.amin(0).tolist() == pytest.approx([-2.8, -2.8], abs=0.2)


def test_rotation_turns_about_the_middle_by_no_more_than_asked(pictures: Tensor) -> None:
    before, after = (
        centres(part) - 13.5 for part in (pictures, preview(pictures, Augmentation(rotation=30)))
    )
    assert torch.allclose(after.norm(dim=1), before.norm(dim=1), atol=0.1)
    angles = torch.atan2(after[:, 0], after[:, 1]) - torch.atan2(before[:, 0], before[:, 1])
    degrees = torch.rad2deg(torch.remainder(angles + torch.pi, 2 * torch.pi) - torch.pi)
    assert degrees.abs().max() <= 30.5
    assert degrees.max() > 25
    assert degrees.min() < -25


def test_brightness_scales_and_stays_in_range(pictures: Tensor) -> None:
    strongest = preview(pictures, Augmentation(brightness=0.2)).amax((1, 2, 3))
    assert strongest.min() == pytest.approx(0.4, abs=0.01)
    assert strongest.max() == pytest.approx(0.6, abs=0.01)
    assert preview(2 * pictures, Augmentation(brightness=1)).max() == 1


def test_erasing_wipes_a_patch_out_of_its_share(pictures: Tensor) -> None:
    full = torch.ones_like(pictures)
    gone = (preview(full, Augmentation(erasing=0.5)) == 0).sum((1, 2, 3))
    assert 70 < (gone > 0).sum() < 130
    assert gone[gone > 0].min() >= 9
    assert gone.max() <= 11 * 11


def test_noise_has_the_spread_asked_for(pictures: Tensor) -> None:
    grey = torch.full_like(pictures, 0.5)
    assert (preview(grey, Augmentation(noise=0.1)) - grey).std() == pytest.approx(0.1, rel=0.01)
    assert preview(pictures, Augmentation(noise=0.5)).min() >= 0


def test_a_seed_gives_the_same_pictures_and_disturbs_no_others(pictures: Tensor) -> None:
    how = Augmentation(0.5, 10, 0.2, 0.1, 0.5, 0.1)
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    one = preview(pictures, how, seed=1)
    assert torch.equal(torch.rand(2), expected)
    assert torch.equal(preview(pictures, how, seed=1), one)
    assert not torch.equal(preview(pictures, how, seed=2), one)
    assert one.shape == pictures.shape
    assert preview(torch.rand(6, 3, 32, 32), how).shape == (6, 3, 32, 32)
