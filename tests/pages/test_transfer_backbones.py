"""The view My own classes under networks that PyTorch publishes: loaded on a click, or a sentence."""

import dlviz.vision_operators  # noqa: F401, I001  (before torchvision)

from collections.abc import Callable

import pytest
import torch
import torchvision
from streamlit.testing.v1 import AppTest

from dlviz.transfer import NoBackbone, backbones
from dlviz.transfer.backbones import Backbone, freeze
from tests.pages.conftest import Open
from tests.pages.test_transfer_own import messages_on, start_with
from tests.transfer_pictures import coloured_set

Load = Callable[..., Backbone]


@pytest.fixture
def view(opened: Open, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(backbones, "_kept", {})
    return start_with(
        opened("transfer", view="own", own_start="none", own_backbone="resnet18"), coloured_set()
    )


def load_button(app: AppTest) -> list[str]:
    return [button.label for button in app.button if button.label.startswith("Load ")]


def answers_by(app: AppTest) -> str:
    """The backbone that has computed what is on the page."""
    return app.session_state["transfer.own.seen"][0].name


def test_nothing_is_loaded_before_a_click(view: AppTest) -> None:
    assert load_button(view) == ["Load ResNet-18 (47 MB)"]
    assert answers_by(view) == "efficientnet_lite0"


def test_what_cannot_be_loaded_is_said_and_the_embedded_network_goes_on(
    view: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken_off(name: str, progress: object) -> Backbone:
        raise NoBackbone("The download *broke* off.")

    monkeypatch.setattr(backbones, "load_published", broken_off)
    view.button(key="transfer.own.load").click().run()
    assert r"The download \*broke\* off." in messages_on(view)
    assert "EfficientNet-Lite0 goes on." in messages_on(view)
    assert answers_by(view) == "efficientnet_lite0"
    assert not view.exception


def test_a_loaded_network_answers_from_then_on(view: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, progress: Callable[[float], object]) -> Backbone:
        progress(0.5)
        torch.manual_seed(0)
        model = torchvision.models.resnet18(weights=None)
        backbones._kept[name, None] = freeze(model, name)
        return backbones._kept[name, None]

    monkeypatch.setattr(backbones, "load_published", load)
    view.button(key="transfer.own.load").click().run()
    assert not view.exception
    assert answers_by(view) == "resnet18"
    assert not load_button(view.run())
    assert answers_by(view) == "resnet18"
