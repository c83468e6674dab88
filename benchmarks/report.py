"""What a benchmark prints: the machine it ran on, and each figure beside its target."""

import argparse
import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np


def quick(description: str | None) -> bool:
    """Whether the command asks for a short run; says what is measured, and where."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="a tenth of the work, to see that it runs")
    options = parser.parse_args()
    print((description or "").splitlines()[0])
    print(_machine())
    return options.quick


def _machine() -> str:
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = names[0].split(": ")[1] if names else platform.processor()
    versions = ", ".join(f"{package} {version(package)}" for package in ("torch", "streamlit"))
    return (
        f"{os.cpu_count()} cores, {processor}; Python {platform.python_version()}, {versions}; "
        f"load at the start {os.getloadavg()[0]:.1f}"
    )


def figure(
    what: str,
    value: float,
    unit: str = "",
    at_most: float | None = None,
    at_least: float | None = None,
) -> None:
    """Print one figure, and its target if it has one; without a unit it is a count."""
    verdict = ""
    if at_most is not None:
        verdict = f"at most {at_most:g}: {'met' if value <= at_most else 'MISSED'}"
    if at_least is not None:
        verdict = f"at least {at_least:g}: {'met' if value >= at_least else 'MISSED'}"
    print(f"  {what:<48}{value:>10,.{2 if unit else 0}f} {unit:<3}{verdict}".rstrip())


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that this many percent of the values do not exceed, interpolated."""
    return float(np.percentile(values, percent))
