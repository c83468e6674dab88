"""Let torchvision be imported beside a build of torch that its compiled extension does not fit.

A CPU build of torch beside torchvision's standard wheel is a common set-up. There the extension cannot
load, the operators it would declare are missing, and `import torchvision` (so `import transformers` too)
fails with "operator torchvision::nms does not exist". torchvision only needs the two schemas below in order
to be imported; the operators themselves suppress overlapping boxes, which nothing here does.

Import this module before torchvision or transformers. Where the extension loads, it does nothing.
"""

import importlib.util
from pathlib import Path

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def extension_loads() -> bool:
    """Load torchvision's compiled operators into this torch; true if they fit."""
    package = importlib.util.find_spec("torchvision")
    folders = (package.submodule_search_locations if package else None) or []
    files = [path for folder in folders for path in Path(folder).glob("_C.*")]
    try:
        for file in files:
            torch.ops.load_library(str(file))
    except (ImportError, OSError):
        return False
    return bool(files)


def declare_missing() -> torch.library.Library:
    """Declare the two schemas that torchvision's Python code refers to while it is imported."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(name + _SCHEMA)
    return library


# The declarations live as long as this object does.
DECLARED = None if extension_loads() else declare_missing()
