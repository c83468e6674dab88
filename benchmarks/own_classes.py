"""The view My own classes: 10 classes of 20 photographs in one session, and 15 learners at once.

python -m benchmarks.own_classes
"""

import asyncio
import base64
import dataclasses
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import nn

from benchmarks import report
from benchmarks.client import visiting
from benchmarks.server import running
from dlviz.data.pictures import photograph
from dlviz.paths import ROOT
from dlviz.transfer.picture_sets import QUALITY, SIDE, PictureSet, add_burst, add_class

CLASSES, BURSTS, EACH, TURNS = 10, 2, 10, 10
LEARNERS, PAUSE, FIRST = 15, 5, 5  # seconds between two pictures of a learner; pictures of the first bursts
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
    with running() as server:
        seconds = asyncio.run(_learn_at_once(server.port, turns))
    report.figure(
        f"{LEARNERS} learners, picture added → redrawn, median", report.percentile(seconds, 50), "s"
    )
    report.figure("of these, the 95th percentile", report.percentile(seconds, 95), "s", at_most=2)


async def _learn_at_once(port: int, turns: int) -> list[float]:
    """Seconds of every picture that learners take, each one in PAUSE seconds, from its report to the end."""
    generator = np.random.default_rng(1)
    taken = [[_photograph(generator) for _ in range(2 * FIRST + turns)] for _ in range(LEARNERS)]
    found = await asyncio.gather(*(_learn(port, number, each) for number, each in enumerate(taken)))
    return [seconds for learner in found for seconds in learner]


async def _learn(port: int, number: int, jpegs: Sequence[bytes]) -> list[float]:
    """One learner: two classes in two bursts, then a picture now and then."""
    seconds = []
    await asyncio.sleep(number * PAUSE / LEARNERS)
    async with visiting(port, "transfer", "view=own&own_start=none") as client:
        parts = [jpegs[:FIRST], jpegs[FIRST : 2 * FIRST], *([jpeg] for jpeg in jpegs[2 * FIRST :])]
        for at, part in enumerate(parts):
            texts = [base64.b64encode(jpeg).decode() for jpeg in part]
            burst = {"number": at + 1, "place": at % 2, "jpegs": texts}
            client.states[f"{KEY}.camera"] = json.dumps({"burst": [burst]})
            rerun = await client.rerun()
            if at >= 2:
                seconds.append(rerun.seconds)
            await asyncio.sleep(max(0, PAUSE - rerun.seconds))
    return seconds


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
