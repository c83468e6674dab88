"""Extremes: found as by sorting all values at once, kept in a file, and cut to what a unit sees."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import extremes
from dlviz.data.digits import normalise
from dlviz.extremes import Found, cut_patch, file_of, load, save, search
from dlviz.receptive_field import Box
from dlviz.trace import trace
from dlviz.weights import BadWeights
from tests.networks import Stack


@pytest.fixture
def network() -> nn.Module:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5)
    return Stack(*layers).eval()


@pytest.fixture
def pictures() -> np.ndarray:
    drawn = np.random.default_rng(0).integers(0, 256, (230, 6, 6)).astype(np.uint8)
    drawn[201] = drawn[3]  # in another batch
    return drawn


def find(network: nn.Module, pictures: np.ndarray) -> Found:
    *_, found = search(network, pictures)
    return found


def test_extremes_are_what_sorting_all_values_gives(network: nn.Module, pictures: np.ndarray) -> None:
    found = find(network, pictures)
    assert (found.seen, found.count) == (230, 230)
    stages = {stage for stage, _ in found.most}
    assert stages == {"layers.0", "layers.4"}
    _, record = trace(network, normalise(torch.from_numpy(pictures)))
    for stage in stages:
        maps = record[stage].reshape(230, record[stage].shape[1], -1)
        for way, most, least in (
            ("place", maps.max(2), maps.min(2)),
            ("mean", maps.mean(2), maps.mean(2)),
        ):
            for values, of, sign in ((most, found.most, -1), (least, found.least, 1)):
                order = np.argsort(sign * values, axis=0, kind="stable")[:9]
                expected = np.take_along_axis(values, order, 0)
                np.testing.assert_allclose(of[stage, way].values, expected, rtol=1e-4, atol=1e-5)
                np.testing.assert_allclose(
                    np.take_along_axis(values, of[stage, way].pictures, 0), expected, rtol=1e-4, atol=1e-5
                )


def test_a_place_is_where_the_map_has_that_value(network: nn.Module, pictures: np.ndarray) -> None:
    found = find(network, pictures)
    _, record = trace(network, normalise(torch.from_numpy(pictures)))
    maps = record["layers.0"].reshape(230, 4, 36)
    for of in (found.most, found.least):
        each = of["layers.0", "place"]
        values = maps[each.pictures, np.arange(4)[None], each.places]
        np.testing.assert_allclose(values, each.values, rtol=1e-4, atol=1e-5)


def test_of_equal_pictures_the_first_comes_first(network: nn.Module, pictures: np.ndarray) -> None:
    pictures[:] = pictures[0]
    found = find(network, pictures)
    assert found.most["layers.4", "place"].pictures.T.tolist() == [[*range(9)]] * 5
    assert found.least["layers.0", "mean"].pictures.T.tolist() == [[*range(9)]] * 4


def test_fewer_pictures_than_are_kept_are_all_found(network: nn.Module, pictures: np.ndarray) -> None:
    assert find(network, pictures[:4]).most["layers.0", "place"].values.shape == (4, 4)


def test_what_has_been_found_so_far_comes_after_each_batch(network: nn.Module, pictures: np.ndarray) -> None:
    assert [found.seen for found in search(network, pictures)] == [100, 200, 230]
    early = next(search(network, pictures))
    np.testing.assert_array_equal(
        early.most["layers.4", "place"].pictures,
        find(network, pictures[:100]).most["layers.4", "place"].pictures,
    )


def test_a_network_whose_numbers_are_none_is_told(network: nn.Module, pictures: np.ndarray) -> None:
    network.get_parameter("layers.0.weight").data[0] = float("inf")
    with pytest.raises(BadWeights, match="nothing excites it"):
        find(network, pictures)


def test_a_file_keeps_what_was_found(network: nn.Module, pictures: np.ndarray, tmp_path: Path) -> None:
    file = file_of(network, pictures, tmp_path / "new")
    *_, found = extremes.search_and_save(network, pictures, file)
    kept = load(file)
    assert kept is not None
    assert (kept.seen, kept.count) == (230, 230)
    assert kept.most.keys() == found.most.keys() == found.least.keys() == kept.least.keys()
    for key in found.most:
        for name in ("pictures", "values", "places"):
            np.testing.assert_array_equal(getattr(kept.most[key], name), getattr(found.most[key], name))
            np.testing.assert_array_equal(getattr(kept.least[key], name), getattr(found.least[key], name))
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_a_file_belongs_to_these_weights_and_these_pictures(network: nn.Module, pictures: np.ndarray) -> None:
    file = file_of(network, pictures)
    assert file == file_of(network, pictures.copy())
    assert file != file_of(network, pictures[:-1])
    network.get_parameter("layers.4.bias").data[0] += 1
    assert file != file_of(network, pictures)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY nonsense"])
def test_a_damaged_file_is_no_file(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "damaged.npz"
    assert load(file) is None
    file.write_bytes(content)
    assert load(file) is None


def test_a_file_of_something_else_is_no_file(tmp_path: Path) -> None:
    for name, arrays in {
        "strange": {"seen": np.array([1, 1]), "most/a": np.zeros(2)},
        "other": {"x": np.zeros(2)},
    }.items():
        np.savez(tmp_path / f"{name}.npz", **arrays)
        assert load(tmp_path / f"{name}.npz") is None


def test_a_disk_that_lets_no_one_in_costs_the_file_alone(
    network: nn.Module, pictures: np.ndarray, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    save(find(network, pictures), tmp_path / "file" / "kept.npz")
    assert load(tmp_path / "file" / "kept.npz") is None


def test_a_patch_keeps_its_size_beyond_the_edge() -> None:
    picture = np.arange(1, 10, dtype=np.uint8).reshape(3, 3)
    corner = Box((0, 2), (1, 3), (-1, 2), (1, 4))
    assert cut_patch(picture, corner, 0).tolist() == [[0, 0, 0], [2, 3, 0], [5, 6, 0]]
    colours = np.stack([picture, picture + 9])
    assert cut_patch(colours, Box((1, 2), (0, 1), (1, 2), (0, 1)), 0).tolist() == [[[4]], [[13]]]
