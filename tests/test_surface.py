"""The loss over a plane in the space of all weights, against plain evaluations and hand-worked planes."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from dlviz import weights
from dlviz.landscape.surface import (
    LossOfWeights,
    NoPlane,
    flatten_weights,
    plan_places,
    principal_plane,
)
from dlviz.models.layout import lay_out
from dlviz.training import loss_surface
from dlviz.training.config import TrainingConfig
from dlviz.training.loss_surface import Network, SurfaceConfig, measure_surface, read_surface
from dlviz.training.runs import checkpoints, events, worker
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.store import Store, find_named
from dlviz.training.state import Progress, State
from dlviz.training.tasks import BadTask, prepare
from tests.training_runs.processes import silent_server

TINY = TrainingConfig(
    task="memory", model="SimpleRNN", sizes={"hidden_size": 4}, samples=64, batch_size=16, delay=3
)


def keep(store: Store, config: TrainingConfig, way: int = 0) -> Network:
    """Keep a run that has gone some way from its seed's weights at random; its checkpoints."""
    run, steps = store.create(config.to_json(), "hash", ""), (0, 3, 8, 20)
    (store.folder(run) / checkpoints.FOLDER).mkdir()
    arguments: dict[str, object] = {"input_size": 8, "output_size": 8, **config.sizes}
    model, generator = weights.build(config.model, arguments, config.seed), torch.Generator().manual_seed(way)
    for step in steps:
        own = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        state = State(config, config.model, arguments, {}, Progress(step), own, {}, {}, {})
        state.save(checkpoints.path(store.folder(run), step))
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return Network(run, steps)


@pytest.fixture(scope="module")
def two_kept_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Network, Network]:
    """Two runs from one start."""
    store = Store(tmp_path_factory.mktemp("runs"))
    return store, keep(store, TINY), keep(store, TINY, way=1)


def some_digits(count: int) -> tuple[Tensor, Tensor]:
    drawn = torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    return drawn, torch.arange(count) % 10


def test_the_loss_at_weights_is_that_of_a_network_that_has_them() -> None:
    x, labels = some_digits(12)
    asked, other = (weights.build("SimpleCNN", {}, seed) for seed in (0, 1))
    fast = copy.deepcopy(asked)
    lay_out(fast)
    loss = LossOfWeights(fast, [(x[:8], labels[:8]), (x[8:], labels[8:])])
    for network in (asked, other):
        with torch.no_grad():
            expected = float(F.cross_entropy(network.eval()(x), labels))
        assert loss.at(flatten_weights(network)) == pytest.approx(expected, rel=1e-5)


def test_batch_norm_takes_its_statistics_from_the_examples_and_keeps_those_of_the_network() -> None:
    x, labels = some_digits(12)
    network = weights.build("SimpleCNNBatchNorm", {"dropout": 0.0}, 0)
    kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with torch.no_grad():
        expected = float(F.cross_entropy(copy.deepcopy(network).train()(x), labels))
    found = LossOfWeights(network, [(x, labels)]).at(flatten_weights(network))
    assert found == pytest.approx(expected, rel=1e-5)
    assert all(tensor.equal(kept[name]) for name, tensor in network.state_dict().items())


def test_a_plane_through_points_of_a_plane_has_all_their_variance_and_finds_each_again() -> None:
    corners = torch.tensor([[0.0, 0, 1, 0], [4, 0, 1, 0], [4, 2, 1, 0]])
    plane = principal_plane([corners])
    assert sum(plane.shares or ()) == pytest.approx(1)
    assert plane.weights((0, 0)).equal(corners[-1])  # the last checkpoint
    assert (plane.directions @ plane.directions.T).numpy() == pytest.approx(np.eye(2), abs=1e-6)
    for corner, place in zip(corners, plane.project(corners).tolist(), strict=True):
        assert plane.weights(place).numpy() == pytest.approx(corner.numpy(), abs=1e-5)


def test_principal_directions_are_those_of_a_plain_singular_value_decomposition() -> None:
    path = torch.randn(6, 40, generator=torch.Generator().manual_seed(0)).cumsum(0)
    plane = principal_plane([path])
    _, values, directions = torch.linalg.svd((path - path.mean(0)).double(), full_matrices=False)
    assert plane.shares == pytest.approx((values[:2] ** 2 / (values**2).sum()).tolist())
    assert (plane.directions.double() @ directions[:2].T).abs().numpy() == pytest.approx(np.eye(2), abs=1e-4)


def test_several_runs_share_the_plane_through_their_common_start() -> None:
    start = torch.randn(1, 9)
    paths = [torch.cat([start, start + torch.randn(3, 9)]) for _ in range(2)]
    assert principal_plane(paths).origin.equal(start[0])


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        ([torch.ones(1, 5)], "at least 3 checkpoints"),
        ([torch.tensor([[0.0, 0], [1, 1], [2, 2]])], "not on one line"),
        ([torch.ones(3, 5), torch.zeros(3, 5)], "same weights"),
        ([torch.ones(3, 5), torch.ones(3, 6)], "different weights"),
        ([torch.tensor([[0.0, 0], [1, 0], [torch.nan, 2]])], "no numbers"),
    ],
)
def test_what_spans_no_plane_is_told(paths: list[Tensor], says: str) -> None:
    with pytest.raises(NoPlane, match=says):
        principal_plane(paths)


def test_places_come_coarse_to_fine_and_each_once() -> None:
    places = plan_places((3, 5))
    assert places[:9] == [(row, column) for row in (0, 2, 4) for column in (0, 2, 4)]
    assert len(places) == len({*places}) == 25
    with pytest.raises(ValueError, match="coarser"):
        plan_places((4, 6))


def test_a_plane_of_two_runs_has_the_true_loss_at_its_places_and_checkpoints(
    two_kept_runs: tuple[Store, Network, Network],
) -> None:
    store, *runs = two_kept_runs
    config = SurfaceConfig("principal", tuple(runs), examples=64, sides=(3, 5))
    events = list(measure_surface(config, store.root))
    surface = read_surface(config, events)
    assert surface is not None
    assert surface.is_whole
    assert events[-1]["reason"] == "done"
    count = sum(len(run.steps) for run in runs)
    assert [event["kind"] for event in events[1 : 10 + count]] == ["loss"] * 9 + ["stem"] * count
    # Each checkpoint's loss is the one that its own network has.
    x, answers = prepare(TINY).training.batch(torch.arange(64))
    for stem in surface.stems:
        model = loss_surface._load(
            Network(runs[stem.network].name, (stem.step,)), "digits", store.root
        ).models[0]
        with torch.no_grad():
            assert stem.loss == pytest.approx(float(F.cross_entropy(model(x), answers)), rel=1e-5)
    # Both begin at one place, which lies in the plane.
    first, other = surface.stems[0], surface.stems[len(runs[0].steps)]
    assert first.place == other.place == pytest.approx((0, 0), abs=1e-5)
    assert first.shadow == pytest.approx(first.loss, rel=1e-6)
    # A place between is measured as plainly.
    assert all(np.isfinite(surface.losses.ravel()))
    assert surface.first[0] < min(stem.place[0] for stem in surface.stems)


def test_a_surface_that_was_stopped_while_it_waited_is_measured_when_it_goes_on(
    two_kept_runs: tuple[Store, Network, Network],
) -> None:
    store, run, _ = two_kept_runs
    config = SurfaceConfig("random", (replace(run, steps=run.steps[-1:]),), examples=16, sides=(3,))
    waits = store.create(config.to_json(), "hash", config.name)
    with Journal(store.folder(waits)) as journal:
        journal.last_words(events.ending("stopped", "It had not begun."))
    with silent_server() as commands:
        assert worker.work(store.folder(waits), worker._trainer(), commands) == 0
    surface = read_surface(config, store.events(waits))
    assert surface is not None
    assert surface.is_whole


def test_a_surface_goes_on_with_what_it_lacks_and_fills_between_what_is_measured(
    two_kept_runs: tuple[Store, Network, Network],
) -> None:
    store, run, _ = two_kept_runs
    config = SurfaceConfig("random", (replace(run, steps=run.steps[-1:]),), examples=16, sides=(3, 5), seed=2)

    class StopAfter:
        """Stops at its tenth look."""

        looks = 0

        def commands(self) -> list[dict[str, object]]:
            self.looks += 1
            return [{"do": "stop"}] if self.looks == 10 else []

        def wait(self, seconds: float) -> None:
            return None

    begun = list(measure_surface(config, store.root, StopAfter()))
    assert (len(begun), begun[-1]["reason"]) == (12, "stopped")
    part = read_surface(config, begun)
    assert part is not None
    assert (part.whole_side, part.share_done, part.is_whole) == (3, 10 / 25, False)
    filled = part.fill()
    assert filled[0, 0] == part.losses[0, 0]
    assert filled[1, 2] == pytest.approx((part.losses[0, 2] + part.losses[2, 2]) / 2)
    rest = list(measure_surface(config, store.root, past=begun))
    whole = read_surface(config, [*begun, *rest])
    alone = read_surface(config, list(measure_surface(config, store.root)))
    assert whole is not None
    assert alone is not None
    assert len(rest) == 16
    assert np.array_equal(whole.losses, alone.losses)
    # The network itself stands in the middle.
    model = loss_surface._load(config.networks[0], "digits", store.root).models[0]
    x, answers = prepare(TINY).training.batch(torch.arange(16))
    with torch.no_grad():
        assert whole.losses[2, 2] == pytest.approx(float(F.cross_entropy(model(x), answers)), rel=1e-5)


def test_networks_that_share_no_plane_and_runs_that_are_gone_are_told(
    two_kept_runs: tuple[Store, Network, Network],
) -> None:
    store, run, _ = two_kept_runs
    wider = keep(store, replace(TINY, sizes={"hidden_size": 5}))
    longer = keep(store, replace(TINY, delay=4))
    gone = Network("0" * 20, (0, 1))
    for other, says in ((wider, "different weights"), (longer, "different data"), (gone, "deleted")):
        with pytest.raises(BadTask, match=says):
            next(measure_surface(SurfaceConfig("principal", (run, other)), store.root))
    with pytest.raises(BadTask, match="no pictures"):
        next(measure_surface(SurfaceConfig("random", (Network("waves_lstm"),)), store.root))


def test_a_checkpoint_whose_weights_are_no_numbers_is_left_out(
    two_kept_runs: tuple[Store, Network, Network],
) -> None:
    store = two_kept_runs[0]
    run = keep(store, TINY, way=2)
    file = checkpoints.path(store.folder(run.name), run.steps[-1])
    state = State.load(file)
    first, *_ = state.weights
    state.weights[first][:] = torch.inf
    state.save(file)
    config = SurfaceConfig("principal", (run,), examples=16, sides=(2,))
    surface = read_surface(config, list(measure_surface(config, store.root)))
    assert surface is not None
    assert [stem.step for stem in surface.stems] == [*run.steps[:-1]]
    assert surface.is_whole


def test_a_config_is_found_again_by_its_name_and_refuses_what_it_does_not_know() -> None:
    run = Network("0123456789abcdef0123", (0, 5, 9))
    config = SurfaceConfig("principal", (run,))
    assert SurfaceConfig.from_json(config.to_json()) == config
    assert find_named(config.to_json()) == "surface"
    assert config.name == SurfaceConfig.from_json(config.to_json()).name
    assert config.name != replace(config, examples=256).name
    assert len(config.name) <= 80


def _bad() -> Iterator[object]:
    plain = json.loads(SurfaceConfig("random", (Network("simple_cnn"),)).to_json())["surface"]
    yield [1]
    yield {}
    for name, value in {
        "directions": "sideways",
        "networks": [],
        "sides": [1000],
        "examples": 10**9,
        "reach": -1,
        "seed": -1,
        "task": "secrets",
        "unknown": 1,
    }.items():
        yield plain | {name: value}
    yield plain | {"networks": [{"name": "../../etc/passwd", "steps": []}]}
    yield plain | {"networks": [{"name": "simple_cnn", "steps": [3]}]}
    yield plain | {"directions": "principal"}


@pytest.mark.parametrize("values", [*_bad()])
def test_damaged_descriptions_are_refused(values: object) -> None:
    with pytest.raises(ValueError, match=r"There is no|damaged"):
        SurfaceConfig.from_json(json.dumps({"surface": values}))
