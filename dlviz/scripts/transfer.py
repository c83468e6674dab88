"""Scripts and snippets of transfer learning: a frozen network that others have trained, and a new head."""

import inspect

from dlviz.models import efficientnet_lite
from dlviz.scripts.templates import fill
from dlviz.transfer.backbones import EMBEDDED, Backbone
from dlviz.transfer.features import SIDE
from dlviz.transfer.heads import DECAY

ZIP = "my-classes.zip"
WEIGHTS_FILE = f"{EMBEDDED}.safetensors"
# Backbone -> the name of its last layer, where that is not `fc`.
HEADS = {"mobilenet_v3_small": "classifier"}

_SNIPPET = """\
import torch
from torch import nn
{imports}

{load}
for parameter in model.parameters():
    parameter.requires_grad = False  # frozen: training changes none of them

model.{head} = nn.Linear({channels}, {classes})  # a new head, whose weights can be trained
model.eval()  # else batch norm would go on changing its running statistics
optimizer = torch.optim.Adam(model.{head}.parameters(), lr=1e-3)  # of the head alone
"""


def transfer_snippet(backbone: Backbone, classes: int) -> str:
    """Write the lesson's lines: a frozen backbone, a new head, an optimizer of the head alone.

    Args:
        classes: number of the head's.
    """
    if backbone.name == EMBEDDED:
        imports = "from safetensors.torch import load_file\n\nfrom dlviz.models import EfficientNetLite0"
        load = f'model = EfficientNetLite0()\nmodel.load_state_dict(load_file("{WEIGHTS_FILE}"))'
    else:
        imports = "from torchvision import models"
        load = f'model = models.{backbone.name}(weights="DEFAULT")  # pretrained=True is the old form'
    return _SNIPPET.format(
        imports=imports,
        load=load,
        head=HEADS.get(backbone.name, "fc"),
        channels=backbone.channels,
        classes=classes,
    )


def own_classes_script(backbone: Backbone, shown: str) -> str:
    """Write a script that reads a set that was taken away, solves the head, and prints an answer.

    Args:
        shown: file within the zip whose picture is named.
    """
    embedded = backbone.name == EMBEDDED
    return fill(
        "own_classes",
        {
            "packages": "safetensors" if embedded else "torchvision",
            "usage": f"python script.py {ZIP}" + (f" {WEIGHTS_FILE}" if embedded else ""),
            "network": _write_embedded() if embedded else _write_published(backbone.name),
            "head": HEADS.get(backbone.name, "fc"),
        },
        set=ZIP,
        shown=shown,
        side=SIDE,
        mean=list(backbone.mean),
        deviation=list(backbone.deviation),
        decay=DECAY,
    )


def _write_embedded() -> str:
    source = inspect.getsource(efficientnet_lite)
    network = source[source.index("# Of each group") :].strip()
    return f"""\
from safetensors.torch import load_file
from torch import Tensor

def record(name, x): return x  # the app keeps a copy here, to show it
def run_recorded(layers, name, x): return layers(x)

{network}

model = EfficientNetLite0()
model.load_state_dict(load_file([*sys.argv[2:], "{WEIGHTS_FILE}"][0]))"""


def _write_published(name: str) -> str:
    return f"""\
from torchvision import models

model = models.{name}(weights="DEFAULT")  # pretrained=True is the old form"""
