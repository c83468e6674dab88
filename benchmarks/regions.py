"""Linear regions of a plane of 400×400 points, recounted, at every depth with 500 weights.

python -m benchmarks.regions
"""

import torch

from benchmarks import report
from benchmarks.trace_overhead import milliseconds
from dlviz.plane.budget import DEPTHS, choose_width
from dlviz.plane.networks import Cohort, Shape
from dlviz.plane.points import draw_points
from dlviz.plane.regions import find_regions
from dlviz.ui.components.plane_regions import PlaneRegions, message
from dlviz.ui.labs.depth.inside_one.forward import draw_grid, forward
from dlviz.ui.labs.depth.regions.forward import SIDE, find
from dlviz.ui.labs.depth.same_budget.own_points import EDGE

TIMES, WARM_UP, STEPS, BUDGET = 30, 3, 500, 500


def main() -> None:
    """Measure on one thread, as the server computes, and print."""
    torch.set_num_threads(1)
    times = TIMES // 10 if report.quick(__doc__) else TIMES
    points, grid = draw_points("spirals", 300, 0.05), draw_grid(SIDE)
    for depth in DEPTHS:
        width = choose_width(depth, BUDGET)
        assert width
        cohort = Cohort([Shape(depth, width)], [0])
        for _ in range(STEPS):
            cohort.step(points)
        network = cohort.network(0, 0)
        name = f"depth {depth}, width {width}"
        regions = [milliseconds(lambda n=network: find_regions(n, grid)) for _ in range(WARM_UP + times)]
        report.figure(
            f"regions, {name}, median of {times}", report.percentile(regions[WARM_UP:], 50), "ms", at_most=100
        )
        whole = [milliseconds(lambda n=network: find(n)) for _ in range(WARM_UP + times)]
        report.figure(
            "with the function of each, checked by autograd", report.percentile(whole[WARM_UP:], 50), "ms"
        )
        passed = find(network)
        found = passed.numbers, passed.on, passed.units, passed.weights, passed.biases
        sent = message(PlaneRegions(*found, points.xy, points.labels, EDGE))
        report.figure(f"{passed.count:,} regions, sent", len(sent) / 1000, "kB")
        pictures = [
            milliseconds(lambda n=network: forward(n, [], points, (0.0, 0.0))) for _ in range(WARM_UP + times)
        ]
        report.figure("pictures of all units", report.percentile(pictures[WARM_UP:], 50), "ms")


if __name__ == "__main__":
    main()
