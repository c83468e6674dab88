"""Changes that stress tests make to pictures; a network in its faster form still answers the same."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.data.shuffling import draw_order, shuffle_patches, shuffle_with
from dlviz.models import DigitTransformer
from dlviz.models.transformers import patches
from dlviz.race.stress import STRESSES, answer, find_right, hide, make_faster, move, move_around, turn
from dlviz.scripts.stress import stress_script
from dlviz.weights import BadWeights, build

SMALL = {"embed_size": 8, "heads": 2, "depth": 2}
PICTURES = torch.rand(8, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def dot(row: int, column: int, count: int = 1) -> Tensor:
    """Pictures (count, 1, 28, 28) with ink in one pixel."""
    pictures = torch.zeros(count, 1, 28, 28)
    pictures[:, 0, row, column] = 1
    return pictures


@pytest.mark.parametrize("name", STRESSES)
def test_every_stress_begins_with_pictures_as_they_are_and_stays_in_range(name: str) -> None:
    stress = STRESSES[name]
    assert stress.levels[0] == 0
    assert torch.allclose(stress.change(PICTURES, 0), PICTURES, atol=1e-5)
    for level in stress.levels[1:]:
        changed = stress.change(PICTURES, level)
        assert changed.shape == PICTURES.shape
        assert 0 <= changed.min() < changed.max() <= 1
        assert not torch.allclose(changed, PICTURES, atol=0.05)
        assert torch.equal(changed, stress.change(PICTURES, level))


def test_moving_takes_ink_along_and_brings_in_ground() -> None:
    assert torch.equal(move(dot(10, 10), 3, -2), dot(13, 8))
    assert not move(dot(25, 10), 3, 0).any()
    around = move_around(dot(10, 10, 4), 2)
    assert torch.equal(around, torch.cat([dot(8, 10), dot(10, 12), dot(12, 10), dot(10, 8)]))


def test_what_is_hidden_stays_hidden_and_is_of_whole_patches() -> None:
    ink = torch.ones(8, 1, 28, 28)
    few, more = (patches(hide(ink, count)) for count in (5, 20))  # (8, 49, 16)
    for cut, count in ((few, 5), (more, 20)):
        assert (cut.amax(2) == cut.amin(2)).all()
        assert ((cut.amax(2) == 0).sum(1) == count).all()
    assert (more[few == 0] == 0).all()
    hidden = more.amax(2)
    assert not torch.equal(hidden[0], hidden[1])


@pytest.mark.parametrize("stress", STRESSES)
def test_the_script_counts_the_pictures_that_both_still_read(
    stress: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    images = mnist.digits("test")[0][:30]
    cnn, transformer = build("SimpleCNN", {"channels": 4, "hidden_size": 8}), DigitTransformer(8, 2, 1)
    with torch.no_grad():
        # Labels that both often give, so that there is something to lose.
        labels = [answer(model.eval(), images[:, None] / 255).argmax(1) for model in (cnn, transformer)]
    known = torch.where(torch.arange(30) % 2 == 0, *labels)
    names = ["a.safetensors", "b.safetensors", "c.safetensors"]
    data = {"images": images.clone(), "labels": known}
    for name, tensors in zip(names, (cnn.state_dict(), transformer.state_dict(), data), strict=True):
        save_file(tensors, tmp_path / name)
    code = stress_script(stress, cnn, transformer, names)
    assert "python script.py a.safetensors b.safetensors c.safetensors" in code
    monkeypatch.setattr("sys.argv", ["script.py", *(str(tmp_path / name) for name in names)])
    with torch.enable_grad():  # which the script switches off
        exec(compile(code, "script.py", "exec"), {"__name__": "__main__"})
    heading, *printed = capsys.readouterr().out.splitlines()
    assert heading.split() == ["level", "CNN", "transformer"]
    pictures = images[:, None] / 255
    for line, level in zip(printed, STRESSES[stress].levels, strict=True):
        changed = STRESSES["moved" if not level else stress]
        right = find_right([cnn, transformer], changed, level, pictures, known).mean(axis=1)
        assert line.split() == [f"{level:g}", *(f"{share:.2%}" for share in right)]


def test_a_quarter_turn_goes_both_ways() -> None:
    turned = turn(dot(2, 13, 2), 90).argmax(-1).amax(-1)[:, 0]  # the column of the ink
    assert turned.tolist() == [25, 2]


def test_shuffling_moves_whole_patches_and_loses_nothing() -> None:
    order = draw_order(3)
    assert sorted(order.tolist()) == [*range(49)]
    shuffled = shuffle_patches(PICTURES, order)
    assert torch.equal(patches(shuffled), patches(PICTURES)[:, order])
    assert torch.equal(shuffle_patches(shuffled, order.argsort()), PICTURES)
    larger = torch.arange(32 * 32).view(1, 32, 32)
    assert torch.equal(shuffle_with(larger, 1).flatten().sort().values, larger.flatten())


def test_a_transformer_with_its_positions_permuted_alike_does_not_notice_the_shuffling() -> None:
    model = build("DigitTransformer", {**SMALL}).double()
    assert isinstance(model, DigitTransformer)
    nn.init.normal_(model.positions)  # larger than at the start, so that they matter
    order, x = draw_order(0), normalise(PICTURES).double()
    with torch.no_grad():
        before = model(x)
        model.positions[1:] = model.positions[1:][order].clone()
        permuted = model(shuffle_patches(x, order))
        assert torch.allclose(permuted, before, rtol=0, atol=1e-12)
        # With its positions as they were, it does.
        model.positions[1:] = model.positions[1:][order.argsort()].clone()
        assert (model(shuffle_patches(x, order)) - before).abs().max() > 0.01


@pytest.mark.parametrize(("name", "sizes"), [("SimpleCNN", {}), ("DigitTransformer", SMALL)])
def test_a_network_in_its_faster_form_gives_the_same_answers(name: str, sizes: dict[str, int]) -> None:
    model = build(name, {**sizes})
    before = {key: value.clone() for key, value in model.state_dict().items()}
    logits = answer(make_faster(model), PICTURES)
    with torch.no_grad():
        assert torch.allclose(logits, model(normalise(PICTURES)), atol=1e-5)
    # The network is shared, and stays as it was.
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_right_ones_are_counted_at_a_level() -> None:
    model, stress = build("SimpleCNN", {}), STRESSES["moved"]
    said = model(normalise(stress.change(PICTURES, 4))).argmax(1)
    said[0] = (said[0] + 1) % 10
    other = build("DigitTransformer", {**SMALL})
    right = find_right([make_faster(model), make_faster(other)], stress, 4, PICTURES, said)
    assert right[0].tolist() == [False] + 7 * [True]
    theirs = other(normalise(stress.change(PICTURES, 4))).argmax(1)
    assert right[1].tolist() == (theirs == said).tolist()


def test_a_network_that_has_diverged_is_told() -> None:
    model = build("SimpleCNN", {})
    nn.init.constant_(model.get_submodule("fc_layers.4").bias, torch.nan)  # pyright: ignore[reportArgumentType]
    with pytest.raises(BadWeights, match="no numbers"):
        answer(make_faster(model), PICTURES)
