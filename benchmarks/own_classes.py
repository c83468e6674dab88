"""The view My own classes with 10 classes of 20 photographs: a redraw, a picture added, a session's memory.

python -m benchmarks.own_classes
"""

import dataclasses
import time
from collections.abc import Callable, Mapping
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import nn

from benchmarks import report
from dlviz.data.pictures import photograph
from dlviz.paths import ROOT
from dlviz.transfer.picture_sets import QUALITY, SIDE, PictureSet, add_burst, add_class

CLASSES, BURSTS, EACH, TURNS = 10, 2, 10, 10
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket")  # those in colour
KEY = "transfer.own"


def main() -> None:
    """Measure, and print."""
    turns = 2 if report.quick(__doc__) else TURNS
    generator = np.random.default_rng(0)
    app = AppTest.from_file(ROOT / "pages" / "navigation.py", default_timeout=600)
    app.switch_page("transfer.py")
    app.query_params.update(view="own", own_start="none")
    app.run()
    app.session_state[f"{KEY}.set"] = _set_of_photographs(generator)
    app.run()
    grids = app.get("bidi_component")
    protos = [proto for each in app.main if (proto := getattr(each, "proto", None)) is not None]
    total = sum(proto.ByteSize() for proto in protos)
    report.figure("elements of one redraw, 200 thumbnails", total / 1000, "kB", at_most=300)
    sheets = sum(len(each.proto.bytes) for each in grids if each.proto.component_name == "dlviz_thumbnails")
    report.figure("of these, the thumbnails", sheets / 1000, "kB")
    report.figure(
        "memory of a session of 200 pictures", _size(app.session_state.to_dict(), set()) / 1e6, "MB", 10
    )
    _measure("a redraw, nothing changed", app, turns, app.run)
    added = partial(_add, app, generator)
    _measure("picture added, head solved, all redrawn", app, turns, added, at_most=1)


def _add(app: AppTest, generator: np.random.Generator) -> None:
    app.file_uploader[0].upload("picture.jpg", _photograph(generator)).run()


def _measure(
    what: str, app: AppTest, turns: int, action: Callable[[], object], at_most: float | None = None
) -> None:
    """Print the median time of an action, by the wall's clock and by the processor's."""
    walls, processors = [], []
    for _ in range(turns + 1):
        wall, processor = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
        assert not app.exception
    report.figure(f"{what}, median", report.percentile(walls[1:], 50), "s", at_most)
    report.figure("of the processor’s time, median", report.percentile(processors[1:], 50), "s")


def _set_of_photographs(generator: np.random.Generator) -> PictureSet:
    own = PictureSet()
    for place in range(CLASSES):
        own = add_class(own, f"class {place}")
        for _ in range(BURSTS):
            own = add_burst(own, place, [_photograph(generator) for _ in range(EACH)])
    return own


def _photograph(generator: np.random.Generator) -> bytes:
    """A kept picture: any part of any photograph."""
    picture = photograph(str(generator.choice(PHOTOGRAPHS)))
    side = int(generator.integers(150, min(picture.shape[:2])))
    top, left = (generator.integers(0, length - side + 1) for length in picture.shape[:2])
    file = BytesIO()
    part = Image.fromarray(picture[top : top + side, left : left + side]).resize((SIDE, SIDE))
    part.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _size(value: Any, counted: set[int]) -> int:
    """Bytes of all files and arrays that a value holds, each counted once; networks are everybody's."""
    if id(value) in counted or isinstance(value, nn.Module):
        return 0
    counted.add(id(value))
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, np.ndarray):
        return value.nbytes if value.base is None else _size(value.base, counted)
    if isinstance(value, Mapping):
        return sum(_size(part, counted) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set):
        return sum(_size(part, counted) for part in value)
    if dataclasses.is_dataclass(value):
        return sum(_size(part, counted) for part in vars(value).values())
    return 0


if __name__ == "__main__":
    main()
