"""Checkpoints: whole or not at all, and a sentence for every damage."""

import errno
import os
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from dlviz.training.state import BadState, State
from dlviz.training.tasks import Drawings
from tests.runs import events, small, states

PICTURES = torch.randint(0, 255, (40, 28, 28), dtype=torch.uint8).numpy()


@pytest.fixture(scope="module")
def state() -> State:
    """After an epoch of a small run with early stopping."""
    drawn = Drawings(PICTURES, ("yes", "no") * 20)
    config = small(task="drawings", batch_norm=True, patience=2, epochs=2)
    return states(events(config, own=drawn))[-1]


def test_a_state_comes_back_from_its_file(state: State, tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    state.save(file)
    again = State.load(file)
    assert (again.config, again.class_name, again.arguments) == (
        state.config,
        state.class_name,
        state.arguments,
    )
    assert asdict(again.progress) == asdict(state.progress)
    assert again.facts == {"classes": ["no", "yes"]}
    for part in ("weights", "best", "optimizer", "random"):
        before, after = getattr(state, part), getattr(again, part)
        assert before.keys() == after.keys()
        assert before
        assert all(torch.equal(before[name], after[name]) for name in before)
    assert [file.name for file in tmp_path.iterdir()] == ["state.safetensors"]


def test_the_network_of_a_state_is_opened_by_its_name_and_arguments(state: State) -> None:
    model = state.model()
    assert type(model).__name__ == "MLP"
    assert not model.training
    assert model(torch.zeros(1, 1, 28, 28)).shape == (1, 2)
    assert "layers.2.running_mean" in model.state_dict()


def test_a_lean_state_is_the_weights_alone(state: State, tmp_path: Path) -> None:
    state.save(tmp_path / "whole")
    state.lean().save(tmp_path / "lean")
    assert (tmp_path / "lean").stat().st_size < 0.4 * (tmp_path / "whole").stat().st_size
    x = torch.rand(2, 1, 28, 28)
    assert torch.equal(State.load(tmp_path / "lean").model()(x), state.model()(x))


def test_damaged_files_are_refused_in_a_sentence(state: State, tmp_path: Path) -> None:
    file = tmp_path / "7.safetensors"
    state.save(file)
    content = file.read_bytes()
    flipped = bytearray(content)
    flipped[-1000] ^= 1
    save_file({"a": torch.zeros(2)}, tmp_path / "other")
    save_file({"a": torch.zeros(2)}, tmp_path / "other with facts", {"class": "MLP"})
    others = [(tmp_path / name).read_bytes() for name in ("other", "other with facts")]
    for bad in (b"", b"{}", content[: len(content) // 2], content[:-1], bytes(flipped), *others):
        file.write_bytes(bad)
        with pytest.raises(BadState, match=r"The checkpoint 7\.safetensors is missing, cut or damaged\."):
            State.load(file)
    file.unlink()
    with pytest.raises(BadState, match="missing, cut or damaged"):
        State.load(file)


def test_a_full_disk_leaves_the_last_checkpoint_and_nothing_else(
    state: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "state.safetensors"
    state.save(file)
    before = file.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        state.save(file)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
