"""A script of plain PyTorch for a small network over the plane."""

import numpy as np
from torch.nn.utils import parameters_to_vector

from dlviz.plane.inside import count_units
from dlviz.plane.networks import PlaneNetwork
from dlviz.scripts.templates import fill, pack


def plane_network_script(
    network: PlaneNetwork, activation: str, point: tuple[float, float], reach: float, side: int
) -> str:
    """Write a script that prints a point's way through a network, and counts the network's linear regions.

    Args:
        network: with units switched off as `dlviz.plane.inside.switch_off` does.
        reach: of the plane from its middle, along each axis.
        side: points along each side of the grid on which regions are counted.
    """
    return fill(
        "plane_network",
        {"usage": "python script.py"},
        depth=len(network) // 2,
        width=count_units(network),
        activation=activation,
        parameters=pack(parameters_to_vector(network.parameters()).detach().numpy()),
        point=[float(np.float32(each)) for each in point],
        reach=reach,
        side=side,
    )
