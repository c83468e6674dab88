import json
import subprocess
import sys

import pytest

from dlviz import vision_operators
from dlviz.paths import ROOT

LOADS_HERE = vision_operators.DECLARED is None
# Each setting is the real one on a machine where it holds, and acted out elsewhere.
SETTINGS = {
    True: "" if LOADS_HERE else "from tests import torchvision_extension; torchvision_extension.present()",
    False: "from tests import torchvision_extension; torchvision_extension.absent()" if LOADS_HERE else "",
}
TINY_RUN = """
import dlviz.vision_operators

import json
import torch
import torchvision
from torchvision import datasets, models
from torchvision.transforms import v2
from transformers import BertConfig, BertModel, ViTImageProcessor

sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
bert = BertModel(BertConfig(vocab_size=5, **sizes))
picture, label = datasets.FakeData(size=1, image_size=(3, 8, 8), num_classes=1)[0]
print(json.dumps({
    "declared": dlviz.vision_operators.DECLARED is not None,
    "torchvision has its operators": torchvision.extension._has_ops(),
    "nms": str(torch.ops.torchvision.nms.default._schema),
    "qnms": str(torch.ops.torchvision.qnms.default._schema),
    "models": models.squeezenet1_1(num_classes=3).eval()(torch.zeros(1, 3, 32, 32)).shape,
    "datasets": label,
    "transforms": v2.Resize(4)(v2.PILToTensor()(picture)).shape,
    "transformers": bert(torch.tensor([[1, 2, 3]])).last_hidden_state.shape,
    "both": ViTImageProcessor(size=16)(picture, return_tensors="pt")["pixel_values"].shape,
}))
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("loads", [True, False], ids=["with the extension", "without the extension"])
def test_torchvision_and_transformers_import_and_run(loads: bool) -> None:
    result = run(SETTINGS[loads] + TINY_RUN)
    assert result.returncode == 0, result.stderr
    schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
    assert json.loads(result.stdout) == {
        "declared": not loads,
        "torchvision has its operators": loads,
        "nms": f"torchvision::nms{schema}",
        "qnms": f"torchvision::qnms{schema}",
        "models": [1, 3],
        "datasets": 0,
        "transforms": [3, 4, 4],
        "transformers": [1, 3, 8],
        "both": [1, 3, 16, 16],
    }


def test_without_the_extension_and_the_declarations_torchvision_cannot_be_imported() -> None:
    result = run(f"{SETTINGS[False]}\nimport torchvision")
    assert result.returncode == 1
    assert "operator torchvision::nms does not exist" in result.stderr
