"""Models loaded once for all sessions, beginning in the background while the first page opens."""

from __future__ import annotations

import gc
import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from torch import nn

    from dlviz.encoders.loading import Encoder
    from dlviz.transfer.backbones import Backbone
    from dlviz.weights import Measured

log = logging.getLogger(__name__)
_once = threading.Lock()
FIRST, BERT = threading.Event(), threading.Event()  # the first network has been loaded; BERT has
_one_bert, _importing = threading.Lock(), threading.Lock()
_warming: threading.Thread | None = None
_wanted = threading.Event()
HEAD_START = 10.0  # seconds that the first page has the processor to itself, if it does not ask sooner
LISTENING = 0.2  # seconds after which the server has begun to answer


def start() -> None:
    """Load what the first labs need, as soon as somebody waits for it, or in any case after `HEAD_START`.

    Not at once: the import of PyTorch would hold up the first page, which most often needs none of it.
    """
    global _warming
    _warming = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    _warming.start()


def wait_for_warm_up() -> None:
    """Wait for the end of what `start` has begun, if it was called; it begins now at the latest."""
    _wanted.set()
    if _warming is not None:
        _warming.join()


def _warm_up() -> None:
    # The first page needs these, and its browser is busy with Streamlit's own scripts meanwhile.
    _wanted.wait(LISTENING)
    import numpy  # noqa: F401
    import PIL.Image  # noqa: F401

    _wanted.wait(HEAD_START)
    from dlviz.weights import BadWeights

    try:
        _run_once(trained("simple_cnn"))
    except BadWeights as error:
        log.warning("%s", error)
    _warm_up_bert()
    # What is loaded stays: later collections need not look at it.
    gc.collect()
    gc.freeze()


def _warm_up_bert() -> None:
    """After the first lab's network: the encoder of the language labs, and its first pass."""
    import_encoders()
    from dlviz.encoders import NoEncoder, reading

    try:
        encoder = bert()
        reading.read(encoder, reading.tokens(encoder, "warm"))
    except NoEncoder as error:
        log.warning("%s", error)


def _run_once(model: nn.Module) -> None:
    """The first pass through a network sets up what every later one uses."""
    import torch

    from dlviz.trace import trace

    trace(model, torch.zeros(1, 1, 28, 28))


def waiting(loaded: threading.Event = FIRST) -> AbstractContextManager[None]:
    """Says that a network is being loaded, while it is not there yet."""
    if loaded.is_set():
        return nullcontext()
    return st.spinner("Loading the network: a few seconds, once …")


def trained(name: str) -> nn.Module:
    """The trained network of that name, one for all sessions: it is traced, never changed.

    Raises: BadWeights if its file is missing or does not fit.
    """
    with _once:
        network = _trained(name)
    FIRST.set()
    return network


@lru_cache(maxsize=16)
def _trained(name: str) -> nn.Module:
    import torch

    from dlviz import weights

    # Beside other learners' pages a second thread makes each page slower (measured), not faster.
    torch.set_num_threads(1)
    return weights.load(name)


def embedded_backbone() -> Backbone:
    """EfficientNet-Lite0, trained on ImageNet, frozen, one for all sessions.

    Raises: BadWeights if its file is missing or does not fit.
    """
    import torch

    from dlviz.transfer.backbones import load_embedded

    with _once:
        torch.set_num_threads(1)
        return load_embedded()


def import_encoders() -> None:
    """Import transformers in one thread at a time: two that begin at once find half of it."""
    with _importing:
        import dlviz.encoders.hub
        import dlviz.encoders.reading  # noqa: F401


def bert() -> Encoder:
    """The packaged BERT, one for all sessions.

    Raises: NoEncoder if the package is missing, or its weights are not the published ones.
    """
    import torch

    import_encoders()
    from dlviz.encoders import packaged

    with _one_bert:
        torch.set_num_threads(1)
        encoder = packaged.encoder()
    BERT.set()
    return encoder


def result(name: str) -> str:
    """Measured result of the trained network of that name, in its weights file's own words.

    Raises: BadWeights if the file is missing or damaged.
    """
    return facts(name)["result"]


def facts(name: str) -> dict[str, str]:
    """Facts on its making in the weights file of that name.

    Raises: BadWeights if it is missing or damaged.
    """
    return _metadata(name)[0]


def measured(name: str) -> Measured:
    """The numbers that the trained network of that name was measured to reach, where its file has them.

    Raises: BadWeights if the file is missing or damaged.
    """
    return _metadata(name)[1]


@lru_cache(maxsize=16)
def _metadata(name: str) -> tuple[dict[str, str], Measured]:
    from dlviz import weights
    from dlviz.paths import WEIGHTS

    content = weights.read(WEIGHTS / f"{name}.safetensors")
    return content.facts, content.measured


@lru_cache(maxsize=16)
def untrained(class_name: str, seed: int, **arguments: int) -> nn.Module:
    """A network with PyTorch's own random initial weights, drawn from the seed.

    Raises: BadWeights if it does not take these arguments.
    """
    from dlviz import weights

    with _once:
        return weights.build(class_name, dict(arguments), seed)
