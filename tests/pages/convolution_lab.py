"""The Convolution lab as its tests drive it, without a browser."""

import json
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional as F

from tests.packed import unpack

STEPPER, ADDRESS = "convolution.stepper", "convolution.address"


def opened(**query: str) -> AppTest:
    """The lab as a link with this query opens it."""
    app = AppTest.from_file("../../pages/navigation.py").run()
    app.query_params.update(query)
    return app.switch_page("convolution.py").run()


def sent(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    """What the stepper is told to draw."""
    (stepper,) = [part for part in app.get("bidi_component") if part.proto.id.endswith(STEPPER)]
    return unpack(stepper.proto.bytes)


def link(app: AppTest) -> dict[str, str]:
    """The query of the link to what is seen."""
    (address,) = [part for part in app.get("bidi_component") if part.proto.id.endswith(ADDRESS)]
    return dict(parse_qsl(json.loads(address.proto.json)["query"]))


def said(app: AppTest) -> list[str]:
    assert not app.exception
    return [message.value for message in [*app.error, *app.info, *app.warning]]


def report(app: AppTest, **reports: object) -> AppTest:
    """Run as if the stepper had reported."""
    app.session_state[STEPPER] = reports
    return app.run()


def widget(app: AppTest, key: str) -> Any:
    if key == "convolution.kernel":  # under a new key where typing into the picture has chosen the kernel
        (pills,) = [pills for pills in app.pills if pills.label == "Kernel"]
        return pills
    return app.get_by_key(key)


def choose(app: AppTest, **values: object) -> AppTest:
    """Choose with the controls of these names, one after another."""
    for name, value in values.items():
        widget(app, f"convolution.{name}").set_value(value).run()
    return app


def by_pytorch(app: AppTest, stride: int = 1, dilation: int = 1) -> np.ndarray:
    """The result for the padded picture and the kernel that were sent."""
    _, arrays = sent(app)
    x, kernel = (torch.tensor(arrays[name]) for name in ("padded", "kernel"))
    return F.conv2d(x[:, None], kernel[None, None], stride=stride, dilation=dilation)[:, 0].numpy()
