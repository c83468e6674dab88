"""Landscape: the loss over two weights and over a plane of all, and optimizers' ways, on one thread.

python -m benchmarks.landscape
"""

import time

import numpy as np
import torch

from benchmarks import report
from dlviz.paths import RUNS
from dlviz.training import loss_surface
from dlviz.training.loss_surface import Network, SurfaceConfig, measure_surface
from dlviz.ui.labs.landscape.two_weights.forward import choose_weights, measure, race
from dlviz.ui.labs.landscape.two_weights.networks import load_trained
from dlviz.ui.labs.landscape.two_weights.state import NETWORK_TITLES, TwoWeightsFields

TURNS = 7


def main() -> None:
    """Measure, and print."""
    quick = report.quick(__doc__)
    turns = 1 if quick else TURNS
    torch.set_num_threads(1)
    for network, title in NETWORK_TITLES.items():
        state = TwoWeightsFields(network=network)
        trained = load_trained(network)
        chosen = choose_weights(trained, state)
        surfaces, races = [], []
        for _ in range(turns):
            begun = time.perf_counter()
            surface = measure(trained, state.layer, chosen, state.reach)
            measured = time.perf_counter()
            race(surface, state.start, state.rate)
            surfaces.append(measured - begun)
            races.append(time.perf_counter() - measured)
        target = 5.0 if network == "mlp" else None
        report.figure(f"{title}: surface", float(np.median(surfaces)), "s", target)
        report.figure(f"{title}: race of 60 steps", float(np.median(races)), "s")
    measure_planes(quick)


def measure_planes(quick: bool) -> None:
    """Measure a plane through SimpleCNN as a worker does, the loading of its weights included."""
    sides, measured = loss_surface.SIDES[: 1 if quick else None], 0
    began, busy = time.perf_counter(), time.process_time()
    config = SurfaceConfig("random", (Network("simple_cnn"),), sides=sides)
    for event in measure_surface(config, RUNS):
        measured += event["kind"] == "loss"
        for side, target in ((5, 2.0), (17, 25.0)):
            if event["kind"] == "loss" and measured == side**2:
                title = f"SimpleCNN on {config.examples} digits: plane of {side}×{side}"
                report.figure(title, time.perf_counter() - began, "s", target)
                # On a busy machine, what it would take alone, or a little more.
                report.figure("of the processor", time.process_time() - busy, "s")


if __name__ == "__main__":
    main()
