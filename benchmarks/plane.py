"""Networks over the plane: a step of eighteen of them, and learners who play in two views of the Depth lab.

python -m benchmarks.plane
"""

import asyncio
import json
import os
import time
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import numpy as np
import torch
from playwright.sync_api import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import report
from benchmarks.browser import chromium, new_page
from benchmarks.client import Client, Rerun, visiting
from benchmarks.server import running
from dlviz.data import mnist
from dlviz.plane.budget import DEPTHS, choose_width
from dlviz.plane.networks import Cohort, Shape
from dlviz.plane.points import draw_points

WEIGHTS, POINTS, SEEDS, STEPS = 2000, 500, 3, 300
SECONDS = 10  # of playing
PLAYERS = 10
THOUGHT = 2.0  # seconds between two interactions of a player
PLANE = "depth.plane"
PICTURES = "performance.getEntriesByName('dlviz:cohort').length"


def measure_step(steps: int) -> list[float]:
    """Milliseconds of each step of eighteen networks, on one thread."""
    torch.set_num_threads(1)
    widths = {depth: choose_width(depth, WEIGHTS) for depth in DEPTHS}
    cohort = Cohort([Shape(depth, width) for depth, width in widths.items() if width], range(SEEDS))
    points = draw_points("spirals", POINTS, 0.05)
    times = []
    for _ in range(20 + steps):
        start = time.perf_counter()
        cohort.step(points)
        times.append(1000 * (time.perf_counter() - start))
    return times[20:]


def measure_playing(page: Page, address: str, seconds: float) -> float:
    """Pictures a second while one learner plays in a browser."""
    page.goto(f"{address}/depth?points={POINTS}&budget={WEIGHTS}")
    page.locator(".cohort .play").click()
    page.wait_for_function(f"{PICTURES} > 10")
    before, start = page.evaluate(PICTURES), time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    return (page.evaluate(PICTURES) - before) / (time.perf_counter() - start)


async def draw_digits(port: int, seconds: float) -> list[float]:
    """Milliseconds of each redraw of a learner who draws in the CNN lab, one digit a second."""
    times = []
    async with visiting(port) as client:
        end = time.perf_counter() + seconds
        for digit in mnist.digits("test")[0].numpy()[:100]:
            times.append(1000 * (await client.draw(digit)).seconds)
            if time.perf_counter() > end:
                break
            await asyncio.sleep(1)
    return times[1:]


async def play(client: Client, seconds: float, delay: float) -> tuple[list[float], list[float]]:
    """Milliseconds of each slice and of each interaction of a learner who plays as the browser does."""
    await asyncio.sleep(delay)
    fragment, slices, interactions = client.fragment, list[float](), list[float]()
    end = time.perf_counter() + seconds
    next_thought = time.perf_counter() + THOUGHT
    number = 0
    while (now := time.perf_counter()) < end:
        if now > next_thought:  # the whole page, as with any control
            client.fragment, next_thought = "", now + THOUGHT
            interactions.append(1000 * (await client.rerun()).seconds)
            client.fragment = client.fragment or fragment
        number += 1
        client.states[PLANE] = json.dumps({"tick": [-1, number]})
        done = await client.rerun()
        slices.append(1000 * done.seconds)
        await asyncio.sleep(read_pause(done))
    return slices, interactions


def read_pause(done: Rerun) -> float:
    """Seconds that the answer tells the browser to wait before its next report."""
    for raw in done.messages:
        element = ForwardMsg.FromString(raw).delta.new_element
        if element.WhichOneof("type") == "bidi_component" and element.bidi_component.bytes:
            message = zlib.decompress(element.bidi_component.bytes)
            return json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])["pause"] / 1000
    return 0.1


async def measure_players(port: int, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of the slices and the interactions of ten learners who play at once."""
    return await measure_together(port, f"points={POINTS}&budget={WEIGHTS}", play, seconds)


async def measure_together(
    port: int,
    query: str,
    act: Callable[[Client, float, float], Awaitable[tuple[list[float], list[float]]]],
    seconds: float,
) -> tuple[list[float], list[float]]:
    """Milliseconds of the slices and the interactions of ten learners who act at once."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(visiting(port, "depth", query)) for _ in range(PLAYERS)]
        delays = np.arange(PLAYERS) * THOUGHT / PLAYERS
        found = await asyncio.gather(
            *(act(each, seconds, by) for each, by in zip(clients, delays, strict=True))
        )
    slices, interactions = zip(*found, strict=True)
    return [time for each in slices for time in each], [time for each in interactions for time in each]


async def watch(client: Client, seconds: float, delay: float) -> tuple[list[float], list[float]]:
    """Milliseconds of each slice and of each interaction of a learner who watches twenty layers learn."""
    await asyncio.sleep(delay)
    slices, interactions = list[float](), list[float]()
    end = time.perf_counter() + seconds
    next_thought = time.perf_counter() + THOUGHT
    while (now := time.perf_counter()) < end:
        if now > next_thought:  # the whole page; its clock comes back with it
            client.clock = client.fragment = ""
            next_thought = now + THOUGHT
            interactions.append(1000 * (await client.rerun()).seconds)
        slices.append(1000 * (await client.rerun()).seconds)
        await asyncio.sleep(client.every)
    return slices, interactions


async def measure_watchers(port: int, seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of the slices and the interactions of ten learners of the view Too deep at once."""
    # Where a link stands far on, networks learn from its opening.
    query = "view=deep&tower_steps=2000"
    return await measure_together(port, query, watch, seconds)


def main() -> None:
    """Measure and print."""
    share = 0.2 if report.quick(__doc__) else 1.0
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    times = measure_step(round(STEPS * share))
    report.figure("a step of 18 networks, median", report.percentile(times, 50), "ms", at_most=3)
    with running() as server:
        server.wait_until_warm()
        with chromium() as browser, new_page(browser) as page:
            pictures = measure_playing(page, server.address, SECONDS * share)
            print(f"  pictures a second while one plays (at least 8): {pictures:.1f}")
            # In a thread of its own: Playwright runs a loop in this one.
            with ThreadPoolExecutor(1) as other:
                beside = other.submit(asyncio.run, draw_digits(server.port, SECONDS * share)).result()
        report.figure(
            "another learner's redraw, 95th percentile", report.percentile(beside, 95), "ms", at_most=250
        )
        slices, interactions = asyncio.run(measure_players(server.port, 2 * SECONDS * share))
        report.figure(f"slice of {PLAYERS} who play at once, median", report.percentile(slices, 50), "ms")
        report.figure("interaction of theirs, median", report.percentile(interactions, 50), "ms")
        report.figure(
            "interaction of theirs, 95th percentile", report.percentile(interactions, 95), "ms", at_most=400
        )
        report.figure("longest of any", max(slices + interactions), "ms")
        slices, interactions = asyncio.run(measure_watchers(server.port, 2 * SECONDS * share))
        report.figure(
            f"slice of {PLAYERS} who watch twenty layers, median", report.percentile(slices, 50), "ms"
        )
        report.figure("interaction of theirs, median", report.percentile(interactions, 50), "ms")
        report.figure(
            "interaction of theirs, 95th percentile", report.percentile(interactions, 95), "ms", at_most=400
        )
        report.figure("longest of any", max(slices + interactions), "ms")


if __name__ == "__main__":
    main()
