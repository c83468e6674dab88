"""Networks of torchvision behind the one interface: downloaded once, checked, and a sentence where not."""

import dlviz.vision_operators  # noqa: F401, I001  (before torchvision)

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from torch import nn

from dlviz.trace import trace
from dlviz.transfer import NoBackbone, backbones, published
from dlviz.transfer.backbones import freeze, imagenet_classes, load_published
from dlviz.transfer.published import PUBLISHED, download, is_here

NAMES = [*PUBLISHED]
NOBODY = "http://127.0.0.1:9"  # where no server listens


class Server:
    """Answers every request with `content`, of which it promises `length` bytes."""

    def __init__(self, content: bytes) -> None:
        self.content, self.length, self.asked = content, len(content), 0
        answers = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answers.asked += 1
                self.send_response(200)
                self.send_header("Content-Length", str(answers.length))
                self.end_headers()
                self.wfile.write(answers.content)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing is written to the terminal."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@pytest.fixture(scope="module")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """ResNet-18's weights under torchvision's own names and in its shapes, of one number each."""
    state = torchvision.models.resnet18(weights=None).state_dict()
    generator = torch.Generator().manual_seed(0)
    one_number = {
        name: (torch.rand(1, generator=generator) / 100 if tensor.ndim else tensor.new_zeros(())).expand(
            tensor.shape
        )
        for name, tensor in state.items()
    }
    file = tmp_path_factory.mktemp("published") / "resnet18.pth"
    torch.save(one_number, file)
    return file.read_bytes()


@pytest.fixture
def server(small_file: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server(small_file)
    publish(monkeypatch, server.url, small_file)
    monkeypatch.setattr(backbones, "_kept", {})
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


def publish(monkeypatch: pytest.MonkeyPatch, server: str, content: bytes) -> None:
    """Publish a file as ResNet-18's, at another server."""
    url = f"{server}/resnet18-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    monkeypatch.setattr(
        published, "PUBLISHED", {**PUBLISHED, "resnet18": replace(PUBLISHED["resnet18"], url=url)}
    )


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("resnet18", torchvision.models.ResNet18_Weights.DEFAULT),
        ("resnet50", torchvision.models.ResNet50_Weights.DEFAULT),
        ("mobilenet_v3_small", torchvision.models.MobileNet_V3_Small_Weights.DEFAULT),
    ],
)
def test_what_is_published_is_what_torchvision_says(name: str, weights: Any) -> None:
    assert PUBLISHED[name].url == weights.url
    assert PUBLISHED[name].megabytes == round(weights.meta["_file_size"] * 2**20 / 1e6)
    assert imagenet_classes() == tuple(weights.meta["categories"])
    backbone = freeze(getattr(torchvision.models, name)(weights=None), name)
    transforms = weights.transforms()
    assert (backbone.mean, backbone.deviation) == (tuple(transforms.mean), tuple(transforms.std))


@pytest.mark.parametrize("name", NAMES)
def test_maps_pooled_and_classified_are_the_networks_own_answer(name: str) -> None:
    torch.manual_seed(0)
    model = getattr(torchvision.models, name)(weights=None).eval()
    backbone = freeze(model, name)
    assert not any(parameter.requires_grad for parameter in model.parameters())
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        maps = backbone.maps(x)
        assert maps.shape == (2, backbone.channels, 2, 2)
        torch.testing.assert_close(backbone.classify(maps.mean((2, 3))), model(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_layers_are_recorded_as_they_were_before_the_next_one_ran(name: str) -> None:
    torch.manual_seed(0)
    backbone = freeze(getattr(torchvision.models, name)(weights=None), name)

    class Maps(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return backbone.maps(x)

    out, record = trace(Maps(), torch.randn(1, 3, 64, 64))
    *_, last = record.values()
    assert (last == out.numpy()).all()
    if name != "mobilenet_v3_small":
        assert (record["bn1"] < 0).any()
        assert (record["relu"] == record["bn1"].clip(0)).all()
        assert record["layer1.0"].shape[2:] == (16, 16)
    else:
        assert {f"features.{place}" for place in range(13)} <= record.keys()


def test_a_file_is_downloaded_once_with_progress_to_the_end(server: Server, tmp_path: Path) -> None:
    assert not is_here("resnet18", tmp_path)
    shares: list[float] = []
    backbone = load_published("resnet18", shares.append, tmp_path)
    assert is_here("resnet18", tmp_path)
    assert shares == sorted(shares)
    assert len(shares) > 0
    assert shares[-1] == 1.0
    with torch.inference_mode():
        assert backbone.maps(torch.zeros(1, 3, 64, 64)).shape == (1, 512, 2, 2)
    assert load_published("resnet18", folder=tmp_path) is backbone
    backbones._kept.clear()
    again = load_published("resnet18", folder=tmp_path)
    assert all(map(torch.equal, again.model.state_dict().values(), backbone.model.state_dict().values()))
    assert server.asked == 1
    assert [file.suffix for file in tmp_path.iterdir()] == [".pth"]


def test_without_a_network_what_was_downloaded_before_is_still_there(
    server: Server, small_file: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    download("resnet18", folder=tmp_path)
    publish(monkeypatch, NOBODY, small_file)
    assert download("resnet18", folder=tmp_path).is_file()


def test_no_network_is_one_sentence(
    small_file: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, NOBODY, small_file)
    with pytest.raises(
        NoBackbone, match=r"^ResNet-18 was not loaded before, and its server cannot be reached\.$"
    ):
        download("resnet18", folder=tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_download_that_breaks_off_is_one_sentence_and_leaves_nothing(
    server: Server, tmp_path: Path
) -> None:
    server.content = bytes(60_000)
    server.length = 2_000_000
    with pytest.raises(
        NoBackbone, match=r"^The download of ResNet-18 broke off after 0\.1 of 2\.0 MB: try again\.$"
    ):
        download("resnet18", folder=tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_an_altered_file_is_one_sentence_and_leaves_nothing(server: Server, tmp_path: Path) -> None:
    server.content = server.content[:-1] + b"x"
    with pytest.raises(NoBackbone, match="is not the ResNet-18 that PyTorch published: it was thrown away"):
        download("resnet18", folder=tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_was_altered_here_is_downloaded_anew(server: Server, tmp_path: Path) -> None:
    file = download("resnet18", folder=tmp_path)
    file.write_bytes(b"altered")
    assert download("resnet18", folder=tmp_path).read_bytes() == server.content
    assert server.asked == 2


def test_a_file_of_something_else_is_one_sentence(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save({"fc.weight": torch.zeros(1)}, tmp_path / "other")
    server.content = (tmp_path / "other").read_bytes()
    server.length = len(server.content)
    publish(monkeypatch, server.url, server.content)
    with pytest.raises(NoBackbone, match=r"\.pth does not hold the weights of ResNet-18\.$"):
        load_published("resnet18", folder=tmp_path / "here")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NoBackbone, match=r"^ResNet-18 cannot be kept: .*cannot be written\.$"):
        download("resnet18", folder=tmp_path / "file" / "below")
