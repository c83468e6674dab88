"""Encoders from the Hugging Face hub: only after a learner's click, only safetensors, and not too large."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from httpx2 import HTTPError  # what huggingface_hub speaks with, and raises
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError
from tqdm import tqdm

from dlviz.encoders import NoEncoder
from dlviz.encoders.loading import Encoder, check_config, check_size, load

Progress = Callable[[float], object]
Model = TypeVar("Model")

KEPT = 2  # models in memory
NAME = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")
SMALL = ["*.json", "vocab*", "merges.txt", "*.model"]
NO_NETWORK = "The model hub cannot be reached, and this model was not loaded before."

_lock = threading.Lock()
_kept: OrderedDict[str, object] = OrderedDict()


def kept(name: str, kind: type[Model]) -> Model | None:
    """Find the model of that name, if it is of this kind and in memory; it is then the last to leave."""
    with _lock:
        found = _kept.get(name)
        if not isinstance(found, kind):
            return None
        _kept.move_to_end(name)
        return found


def keep(name: str, model: Model) -> Model:
    """Keep a model in memory, and return it; of too many, the one that was not used for longest leaves."""
    with _lock:
        _kept[name] = model
        _kept.move_to_end(name)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return model


def from_folder(text: str) -> Encoder:
    """Load the encoder of a folder on this computer.

    Raises: NoEncoder.
    """
    folder = Path(text).expanduser()
    if not folder.is_dir():
        raise NoEncoder("There is no such folder on this computer.")
    return keep(text, replace(load(folder, text), folder=str(folder.resolve())))


def from_hub(name: str, progress: Progress = lambda share: None, endpoint: str | None = None) -> Encoder:
    """Load the encoder of a model id: from memory, over the network, or from this computer if it came before.

    Args:
        progress: called with the share of the weights that has come.
        endpoint: of another hub than the usual.
    Raises: NoEncoder.
    """
    return kept(name, Encoder) or keep(name, load(download(name, progress, endpoint), name))


def download(name: str, progress: Progress, endpoint: str | None = None) -> Path:
    """Download the needed files of a model id, and return their folder.

    Raises: NoEncoder.
    """
    if not NAME.fullmatch(name):
        raise NoEncoder("That is no model id: it is a name, or an owner and a name, such as owner/name.")
    try:
        files = _files(name, endpoint)
        # The config before anything large: it may be no encoder's.
        check_config(_fetch(name, ["config.json"], endpoint), name)
        check_size(files, name)
        _fetch(name, SMALL, endpoint)
        return _fetch(name, [file for file, _ in files], endpoint, _bar(progress, files))
    except (RepositoryNotFoundError, GatedRepoError, HFValidationError) as error:
        raise NoEncoder("The hub has no model of this id that everybody may read.") from error
    except (HTTPError, OSError) as error:
        return _find_download(name, error)


def _files(name: str, endpoint: str | None) -> list[tuple[str, int]]:
    """List the weights' files at the hub, with their sizes in bytes."""
    info = HfApi(endpoint=endpoint, token=False).model_info(name, files_metadata=True, timeout=10)
    files = [(file.rfilename, int(file.size or 0)) for file in info.siblings or []]
    return [(file, size) for file, size in files if re.fullmatch(r"model[^/]*\.safetensors", file)]


def _fetch(name: str, patterns: list[str], endpoint: str | None, bar: Any = None) -> Path:
    shown: Any = bar or _Silent
    folder = snapshot_download(
        name, allow_patterns=patterns, endpoint=endpoint, token=False, tqdm_class=shown
    )
    return Path(str(folder))


def _find_download(name: str, error: Exception) -> Path:
    """Find the folder of a model that was downloaded before.

    Raises: NoEncoder if it was not.
    """
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HTTPError, OSError, ValueError):
        raise NoEncoder(NO_NETWORK) from error


class _Silent(tqdm):
    """Progress bar that is not drawn in the server's terminal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"disable": True}))


def _bar(progress: Progress, files: list[tuple[str, int]]) -> Any:
    """Make a progress bar that reports how much of the weights has come."""
    total, come = max(1, sum(size for _, size in files)), [0.0]

    class Bar(_Silent):
        def update(self, n: float | None = 1) -> bool | None:
            come[0] += n or 0
            progress(min(1.0, come[0] / total))
            return super().update(n)

    return Bar
