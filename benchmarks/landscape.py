"""Landscape: the exact loss over two weights, 33×33, and five optimizers' ways over it, on one thread.

python -m benchmarks.landscape
"""

import time

import numpy as np
import torch

from benchmarks import report
from dlviz.ui.labs.landscape.two_weights.forward import choose_weights, measure, race
from dlviz.ui.labs.landscape.two_weights.networks import load_trained
from dlviz.ui.labs.landscape.two_weights.state import NETWORK_TITLES, TwoWeightsFields

TURNS = 7


def main() -> None:
    """Measure, and print."""
    turns = 1 if report.quick(__doc__) else TURNS
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


if __name__ == "__main__":
    main()
