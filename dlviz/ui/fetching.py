"""Bar for what comes over the network, while other threads bring it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from streamlit.delta_generator import DeltaGenerator

PERIOD = 0.2  # seconds between two looks at it

Loaded = TypeVar("Loaded")


def fetch(load: Callable[[Callable[[float], object]], Loaded], bar: DeltaGenerator, text: str) -> Loaded:
    """Call `load` in a thread of its own with a function that takes the share done; give what it gives.

    The bar is drawn from here alone: a page listens to no other thread. A learner who goes on in the meantime
    ends the waiting; what is under way comes into memory all the same.
    """
    shares = [0.0]
    threads = ThreadPoolExecutor(1, "fetching")
    try:
        coming: Future[Loaded] = threads.submit(load, shares.append)
        while not wait([coming], PERIOD).done:
            bar.progress(shares[-1], text)
        bar.progress(shares[-1], text)
        return coming.result()
    finally:
        threads.shutdown(wait=False)
