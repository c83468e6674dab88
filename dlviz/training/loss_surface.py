"""The loss over a plane through networks, measured by a worker: its config, its events, and what they say.

A plane of principal directions passes through the checkpoints of runs; one of random directions lies around
a single network. See `dlviz.landscape.surface`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from dlviz.networks import NETWORKS
from dlviz.training.commands import Steering, Unsteered
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.events import SURFACE, Event
from dlviz.training.runs.store import RUN, Store, UnknownRun

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.landscape.surface import LossOfWeights, Plane

TASKS = ("digits", "fashion")
EXAMPLES, SIDES = 512, (5, 9, 17)
MOST_DRAWS, MOST_FACTOR = 32, 64
MOST_NETWORKS, MOST_CHECKPOINTS, MOST_EXAMPLES, FINEST = 8, 64, 2_000, 65
MARGIN = 0.2  # of the paths' extent, to each side of them
BATCH = 64  # examples at a time: their maps stay in the processor's cache
DIFFERENT_WEIGHTS = (
    "These runs train networks with different weights, which share no plane: choose runs of one network, all "
    "with batch norm or all without."
)
DIFFERENT_DATA = "These runs learned from different data, so they have no loss in common."
STOPPED, DONE = "The measurement was stopped.", "The whole plane is measured."


@dataclass(frozen=True)
class Network:
    """A network of the project, or checkpoints of a run.

    Args:
        name: of a weights file, or the id of a run.
        steps: of the run's checkpoints, oldest first; none for a weights file.
    Raises: ValueError with one sentence for what can be no name.
    """

    name: str
    steps: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9_]{1,40}", self.name, re.ASCII):
            raise ValueError("There is no network of that name.")

    @property
    def is_run(self) -> bool:
        """True for a run, whose ids no weights file has."""
        return RUN.fullmatch(self.name) is not None


@dataclass(frozen=True)
class SurfaceConfig:
    """A surface to measure: equal ones are written alike, so one that is measured is found again.

    Args:
        directions: principal ones of the networks' checkpoints, or random ones around the only network: two,
            or `lines`, one for each of several draws.
        networks: that span the plane. Of a run with random directions, one step.
        task: of `TASKS`, on which a weights file is measured; a run is measured on its own.
        examples: number of training examples, the first ones.
        sides: places along each side of the grids, coarse to fine, each with the places of those before.
        seed: of random directions.
        reach: of random directions, how far the plane goes to each side.
        normalised: false for random directions that do not fit the network's filters.
        factor: by which the only network is rescaled, its answers the same.
        draws: number of lines, of the seeds from `seed` on; 0 for a plane.
    Raises: ValueError with one sentence if there is no such surface.
    """

    directions: Literal["principal", "random", "lines"]
    networks: tuple[Network, ...]
    task: str = "digits"
    examples: int = EXAMPLES
    sides: tuple[int, ...] = SIDES
    seed: int = 0
    reach: float = 1.0
    normalised: bool = True
    factor: int = 1
    draws: int = 0

    def __post_init__(self) -> None:
        steps = [len(network.steps) for network in self.networks]
        fits = {
            "principal": all(network.is_run for network in self.networks) and min(steps, default=0) > 0,
            "random": [network.is_run for network in self.networks] == [count == 1 for count in steps]
            and len(steps) == 1
            and max(steps) <= 1,
        }
        fits["lines"] = fits["random"]
        if not fits.get(self.directions) or len(steps) > MOST_NETWORKS or max(steps) > MOST_CHECKPOINTS:
            raise ValueError("There is no such plane through these networks.")
        if not (0 < self.examples <= MOST_EXAMPLES and self.sides and max(self.sides) <= FINEST):
            raise ValueError("There is no such surface: too many examples or places.")
        if self.task not in TASKS:
            raise ValueError("There is no such surface: a network’s loss is measured on digits or clothes.")
        if not (0 < self.reach <= 100 and 0 <= self.seed < 2**31):
            raise ValueError("There is no such surface: its reach or its seed is out of bounds.")
        if not (0 < self.factor <= MOST_FACTOR and (self.draws > 0) == (self.directions == "lines")):
            raise ValueError("There is no such surface: its factor or its draws are out of bounds.")
        if self.draws > MOST_DRAWS:
            raise ValueError("There is no such surface: too many draws.")

    @property
    def name(self) -> str:
        """Name of its run, by which it is found again."""
        return f"Surface · {hashlib.sha256(self.to_json().encode()).hexdigest()[:32]}"

    @property
    def places(self) -> int:
        """Number of places of the finest grid."""
        return self.sides[-1] ** 2

    def to_json(self) -> str:
        """Write the config as a JSON object, from which `dlviz.training.runs.store` knows a surface."""
        return json.dumps({SURFACE: asdict(self)}, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> SurfaceConfig:
        """Read the config that `to_json` wrote.

        Raises: ValueError for anything else.
        """
        try:
            values = json.loads(text)[SURFACE]
            networks = tuple(Network(each["name"], tuple(each["steps"])) for each in values.pop("networks"))
            return cls(networks=networks, sides=tuple(values.pop("sides")), **values)
        except (KeyError, TypeError) as error:
            raise ValueError("The surface’s description is damaged.") from error


@dataclass(frozen=True, eq=False)
class Stem:
    """A checkpoint of a path, above or below the plane's surface.

    Args:
        network: place of its run in the config.
        step: of the checkpoint.
        place: nearest to it in the plane, (first, second).
        loss: of the checkpoint itself; NaN where it is no number.
        shadow: of the network at that place.
    """

    network: int
    step: int
    place: tuple[float, float]
    loss: float
    shadow: float


@dataclass(frozen=True, eq=False)
class Surface:
    """A surface as far as it is measured.

    Args:
        first, second: (side,) values along the two directions.
        losses: (side, side), a row for each value of the second; NaN where it is no number or not measured.
        measured: (side, side) bool.
        shares: of the variance along each direction; None where they are random.
        stems: of the checkpoints that are measured, in the order of the runs and steps.
        checkpoints: number of all.
        sides: of the grids, coarse to fine.
    """

    first: np.ndarray
    second: np.ndarray
    losses: np.ndarray
    measured: np.ndarray
    shares: tuple[float, float] | None
    stems: tuple[Stem, ...]
    checkpoints: int
    sides: tuple[int, ...]

    @property
    def is_whole(self) -> bool:
        """True if every place and every checkpoint is measured."""
        return bool(self.measured.all()) and len(self.stems) == self.checkpoints

    @property
    def share_done(self) -> float:
        """Share of the places and checkpoints that is measured."""
        return float((self.measured.sum() + len(self.stems)) / (self.measured.size + self.checkpoints))

    @property
    def whole_side(self) -> int:
        """Side of the finest grid that is measured whole; 0 before the first is."""
        step = {side: (self.sides[-1] - 1) // (side - 1) for side in self.sides}
        whole = (side for side in self.sides if self.measured[:: step[side], :: step[side]].all())
        return max(whole, default=0)

    def fill(self) -> np.ndarray:
        """Losses (side, side) with those between the places of the finest whole grid interpolated.

        Places measured beyond it keep what was measured; before the first grid is whole, all others are NaN.
        """
        if not self.whole_side:
            return self.losses
        step = (self.sides[-1] - 1) // (self.whole_side - 1)
        every, known = np.arange(self.sides[-1]), np.arange(0, self.sides[-1], step)
        rows = np.array([np.interp(every, known, row[known]) for row in self.losses[known]])
        filled = np.array([np.interp(every, known, column) for column in rows.T]).T
        return np.where(self.measured, self.losses, filled)


def measure_surface(
    config: SurfaceConfig, runs: Path, steering: Steering | None = None, past: Sequence[Event] = ()
) -> Iterator[Event]:
    """Measure the loss over a plane, and yield what becomes known.

    Events are `surface`, which tells the plane (values along its two `axes`, the `shares` of the variance,
    each checkpoint's `network`, `step` and `place`), `loss` at a `row` and `column` of the finest grid,
    `stem` with the `loss` of a checkpoint and the plane's own there, its `shadow`, and at last `end`, as
    `loop.train` yields it. Losses that are no numbers are None. The stems come after the coarsest grid. It
    hears one command, stop.

    Args:
        runs: folder of all runs.
        steering: where commands come from; without it nobody interferes.
        past: events of the same surface, whose places and stems are not measured again.
    Raises: BadTask if a network or the examples are not to be had, or span no plane.
    """
    from dlviz.landscape.surface import plan_places

    steering = steering or Unsteered()
    plane, loss, checkpoints = _prepare(config, runs)
    axes = _choose_axes(config, [each.place for each in checkpoints])
    if all(event["kind"] != SURFACE for event in past):  # it may have been stopped while it waited
        stands = [{"network": each.network, "step": each.step, "place": each.place} for each in checkpoints]
        yield {"kind": SURFACE, "axes": axes, "shares": plane.shares, "checkpoints": stands}
    measured = {(event["row"], event["column"]) for event in past if event["kind"] == "loss"}
    standing = {(event["network"], event["step"]) for event in past if event["kind"] == "stem"}
    planned = plan_places(config.sides)
    if config.draws:  # draw after draw: each is worth something by itself
        planned = [*product(range(config.draws), range(config.sides[-1]))]
    places = [place for place in planned if place not in measured]
    coarse = max(config.sides[0] ** 2 - len(measured), 0)

    def measure() -> Iterator[Event]:
        yield from map(measure_place, places[:coarse])
        for each in checkpoints:
            if (each.network, each.step) not in standing:
                shadow = loss.at(plane.weights(each.place))
                losses = {"loss": _to_json(loss.at(each.weights)), "shadow": _to_json(shadow)}
                yield {"kind": "stem", "network": each.network, "step": each.step, **losses}
        yield from map(measure_place, places[coarse:])

    def measure_place(place: tuple[int, int]) -> Event:
        row, column = place
        if config.draws:
            weights = plane.origin + axes[0][column] * plane.directions[row]
        else:
            weights = plane.weights((axes[0][column], axes[1][row]))
        value = loss.at(weights)
        return {"kind": "loss", "row": row, "column": column, "loss": _to_json(value)}

    for event in measure():
        yield event
        if any(command.get("do") == "stop" for command in steering.commands()):
            yield {"kind": "end", "reason": "stopped", "step": 0, "sentence": STOPPED}
            return
    yield {"kind": "end", "reason": "done", "step": 0, "sentence": DONE}


class _Checkpoint(NamedTuple):
    network: int
    step: int
    place: tuple[float, float]  # nearest to it in the plane
    weights: Tensor  # (weights,)


class _Loaded(NamedTuple):
    models: list[nn.Module]  # one a checkpoint
    config: TrainingConfig  # that says what it learns from
    folder: Path  # of the run, where the learner's own data are


def _prepare(config: SurfaceConfig, runs: Path) -> tuple[Plane, LossOfWeights, list[_Checkpoint]]:
    """Load the networks, and lay the plane through them; of random directions there are no checkpoints."""
    import torch

    from dlviz.landscape.neighbourhood import draw_lines, random_plane, rescale
    from dlviz.landscape.surface import LossOfWeights, NoPlane, flatten_weights, principal_plane
    from dlviz.models.layout import lay_out
    from dlviz.training.tasks import BadTask

    loaded = [_load(network, config.task, runs) for network in config.networks]
    if len({_shapes(each.models[0]) for each in loaded}) > 1:
        raise BadTask(DIFFERENT_WEIGHTS)
    if len({(of.task, of.classes, of.per_class, of.draw, of.delay) for _, of, _ in loaded}) > 1:
        raise BadTask(DIFFERENT_DATA)
    network = loaded[0].models[-1]
    if config.factor != 1:
        network = rescale(network, config.factor)
    lay_out(network)
    loss = LossOfWeights(network, _read_examples(network, loaded[0], config.examples))
    if config.directions == "random":
        return random_plane(network, config.seed, normalised=config.normalised), loss, []
    if config.directions == "lines":
        seeds = range(config.seed, config.seed + config.draws)
        return draw_lines(network, seeds, normalised=config.normalised), loss, []
    found = [
        (at, step, weights)
        for at, (own, each) in enumerate(zip(config.networks, loaded, strict=True))
        for step, model in zip(own.steps, each.models, strict=True)
        if (weights := flatten_weights(model)).isfinite().all()  # a run that diverges may end otherwise
    ]
    paths = [[weights for own, _, weights in found if own == at] for at in range(len(loaded))]
    try:
        plane = principal_plane([torch.stack(path) for path in paths if path])
    except NoPlane as error:
        raise BadTask(str(error)) from error
    checkpoints = []
    for at, step, weights in found:
        first, second = plane.project(weights[None])[0].tolist()
        checkpoints.append(_Checkpoint(at, step, (first, second), weights))
    return plane, loss, checkpoints


def _load(network: Network, task: str, runs: Path) -> _Loaded:
    from dlviz import weights
    from dlviz.training.runs import checkpoints
    from dlviz.training.state import State
    from dlviz.training.tasks import BadTask

    if not network.is_run:
        try:
            model = weights.load(network.name)
        except weights.BadWeights as error:
            raise BadTask(str(error)) from error
        spec = NETWORKS.get(type(model).__name__)
        if spec is None or spec.reads != "pictures":
            raise BadTask(f"The network {network.name} reads no pictures.")
        learns = TrainingConfig(task, spec.variant_of or spec.class_name, samples=EXAMPLES, batch_size=1)
        return _Loaded([model], learns, runs)
    try:
        folder = Store(runs).folder(network.name)
    except UnknownRun as error:
        raise BadTask("A run of this plane was deleted.") from error
    states = [State.load(checkpoints.path(folder, step)) for step in network.steps]
    return _Loaded([state.model() for state in states], states[0].config, folder)


def _shapes(model: nn.Module) -> tuple[object, ...]:
    return tuple((name, weights.shape) for name, weights in model.named_parameters())


def _read_examples(network: nn.Module, loaded: _Loaded, count: int) -> list[tuple[Tensor, Tensor]]:
    """Read the first training examples, as they are without augmentation, in batches."""
    from dlviz.batch_norm import norms
    from dlviz.training.tasks import own, prepare
    from dlviz.training.tasks.examples import unchanged

    config = loaded.config
    training = unchanged(prepare(config, own.read(config.task, loaded.folder)).training)
    batches, read = [], 0
    for rows in training.split_in_order(count if norms(network) else BATCH):
        if read < count:
            batches.append(training.batch(rows[: count - read]))
            read += len(batches[-1][1])
    return batches


def _choose_axes(config: SurfaceConfig, places: Sequence[tuple[float, float]]) -> list[list[float]]:
    """Values along the two directions: around the checkpoints, or as far as the config says."""
    if config.draws:
        along = np.linspace(-config.reach, config.reach, config.sides[-1])
        return [along.tolist(), [*range(config.seed, config.seed + config.draws)]]
    bounds = [(-config.reach, config.reach)] * 2
    if places:
        bounds = [(min(values), max(values)) for values in zip(*places, strict=True)]
        margins = [MARGIN * (high - low) for low, high in bounds]
        bounds = [(low - edge, high + edge) for (low, high), edge in zip(bounds, margins, strict=True)]
    return [np.linspace(low, high, config.sides[-1]).tolist() for low, high in bounds]


def _to_json(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None


def read_surface(config: SurfaceConfig, events: Sequence[Event]) -> Surface | None:
    """Read what a surface's run has told so far; None before it has told the plane."""
    plane: Any = next((event for event in events if event["kind"] == SURFACE), None)
    if plane is None:
        return None
    first, second = (np.array(axis) for axis in plane["axes"])
    shape = len(second), len(first)
    losses, measured = np.full(shape, np.nan), np.zeros(shape, bool)
    stood: dict[tuple[int, int], Any] = {}
    event: Any
    for event in events:
        if event["kind"] == "loss":
            place = event["row"], event["column"]
            losses[place], measured[place] = _from_json(event["loss"]), True
        elif event["kind"] == "stem":
            stood[event["network"], event["step"]] = event
    stems = tuple(
        Stem(
            of["network"], of["step"], tuple(of["place"]), _from_json(own["loss"]), _from_json(own["shadow"])
        )
        for of in plane["checkpoints"]
        if (own := stood.get((of["network"], of["step"])))
    )
    shares = plane["shares"] and tuple(plane["shares"])
    return Surface(first, second, losses, measured, shares, stems, len(plane["checkpoints"]), config.sides)


def _from_json(loss: float | None) -> float:
    return math.nan if loss is None else loss
