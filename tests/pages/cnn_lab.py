"""The CNN lab as Streamlit runs it, without a browser: what is put in, and what it says."""

import base64
import json
import re

import numpy as np
import torch
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.trace import Edit, trace

TRAINED = weights.load("simple_cnn")
IMAGES, LABELS = mnist.digits("test")
SEVEN = digits.normalise(IMAGES[:1])


def probabilities(
    x: torch.Tensor = SEVEN, model: torch.nn.Module = TRAINED, edits: dict[str, Edit] | None = None
) -> np.ndarray:
    """The ten probabilities by the plain model."""
    return trace(model, x, edits)[0][0].softmax(0).numpy()


def percent(probability: float) -> str:
    """One decimal, but never 0 or 100 %."""
    if probability > 0.999:
        return "> 99.9 %"
    return "< 0.1 %" if probability < 0.001 else f"{100 * probability:.1f} %"


def said(app: AppTest) -> list[str]:
    """The metrics: the answer, its probability, and the second choice; three a network."""
    return [metric.value for metric in app.metric]


def answer(values: np.ndarray) -> list[str]:
    second, first = map(int, values.argsort()[-2:])
    return [str(first), percent(values[first]), f"{second} · {percent(values[second])}"]


def query(app: AppTest) -> str:
    (part,) = [
        part.proto for part in app.get("bidi_component") if part.proto.component_name == "dlviz_address"
    ]
    return json.loads(part.json)["query"]


def drawn_one() -> np.ndarray:
    """A bar of ink as the pad's bitmap has it: (168, 168) uint8."""
    paper = Image.new("1", (168, 168))
    ImageDraw.Draw(paper).line([(90, 25), (76, 142)], fill=1, width=13)
    return np.array(paper, np.uint8)


def draw(
    app: AppTest, ink: np.ndarray, final: bool = True, seen: str | None = None, lab: str = "cnn"
) -> AppTest:
    """Run as if the pad had reported this bitmap, drawn after it had seen that digit of the page's."""
    text = base64.b64encode(np.packbits(ink).tobytes()).decode() if ink.any() else ""
    app.session_state[f"{lab}.pad"] = {"drawing": {"version": 1, "final": final, "seen": seen, "ink": text}}
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if re.fullmatch(label, button.label)]
    return button.click().run()
