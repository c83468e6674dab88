"""Pictures of the learner's own in the Convolution lab."""

import io

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dlviz.data import mnist
from tests.pages.convolution_lab import choose, opened, report, said, sent, widget

TWO_FRAMES = [Image.new("RGB", (12, 8), colour) for colour in ("white", "black")]


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def upload(app: AppTest, content: bytes) -> AppTest:
    widget(app, "convolution.own_picture.upload").set_value(("picture.png", content, "image/png")).run()
    return app


def upright() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    return exif


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (encoded(Image.new("CMYK", (12, 8)), "JPEG"), (1, 8, 12)),
        (encoded(Image.new("I;16", (12, 8))), (1, 8, 12)),
        (encoded(Image.new("P", (12, 8))), (1, 8, 12)),
        (encoded(TWO_FRAMES[0], "GIF", save_all=True, append_images=TWO_FRAMES[1:]), (1, 8, 12)),
        (encoded(Image.new("RGB", (12, 8)), "JPEG", exif=upright()), (1, 12, 8)),
        (encoded(Image.new("RGB", (2000, 1000))), (1, 12, 24)),
    ],
    ids=["CMYK", "16 bits", "palette", "animated", "turned", "large"],
)
def test_pictures_of_every_kind_are_laid_under_the_kernel(
    content: bytes, shape: tuple[int, int, int]
) -> None:
    app = upload(choose(opened(), picture="own"), content)
    assert said(app) == []
    assert sent(app)[0]["title"] == "Your picture"
    assert sent(app)[1]["padded"].shape == shape


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no picture", "This is not a PNG"),
        (encoded(Image.effect_noise((64, 64), 50))[:900], "damaged"),
        (encoded(Image.new("1", (10_000, 10_000))), "40 million pixels"),
        (b"", "empty"),
    ],
    ids=["text", "truncated", "100 megapixels", "empty"],
)
def test_a_picture_that_cannot_be_used_is_said_and_the_last_one_stays(content: bytes, sentence: str) -> None:
    app = upload(choose(opened(), picture="own"), encoded(Image.new("RGB", (6, 5), "red")))
    before = sent(app)[1]["padded"]
    upload(app, content)
    assert len(said(app)) == 1
    assert sentence in said(app)[0]
    np.testing.assert_array_equal(sent(app)[1]["padded"], before)


def test_a_picture_of_one_pixel_has_a_place_for_one_number_only() -> None:
    app = upload(choose(opened(), picture="own"), encoded(Image.new("L", (1, 1), 51)))
    assert "it has 3 numbers on a side, the picture only 1 pixel." in said(app)[0]
    app = report(app, kernel=[["3"], 1])
    assert said(app) == []
    assert sent(app)[1]["output"].item() == pytest.approx(0.6)


def test_until_there_is_a_picture_of_ones_own_the_last_one_stays() -> None:
    app = choose(opened(photograph="coins"), picture="own")
    assert sent(app)[0]["title"] == "Coins"
    assert sent(opened(picture="own"))[0]["title"] == "Photographer"


def test_the_learner_is_told_that_a_link_holds_no_picture_of_ones_own() -> None:
    app = opened(picture="own")
    assert said(app) == [
        "A link cannot hold a picture of one’s own: choose yours here. Until then Photographer stays."
    ]
    upload(app, encoded(Image.new("RGB", (6, 5), "red")))
    assert said(app) == []
    assert "A link to this lab cannot hold this picture." in [caption.value for caption in app.caption]


def test_there_is_no_camera_over_plain_http_from_another_machine() -> None:
    app = choose(opened(), picture="own")
    app.context["url"] = "http://192.168.1.7:8501/convolution"
    app.run()
    assert not app.camera_input
    assert any("There is no camera here" in caption.value for caption in app.caption)


@pytest.mark.parametrize("url", ["https://school.example/convolution", "http://localhost:8501/convolution"])
def test_there_is_a_camera_over_https_and_on_this_computer(url: str) -> None:
    app = choose(opened(), picture="own")
    app.context["url"] = url
    assert len(app.run().camera_input) == 1


def test_without_mnist_a_surprise_is_a_sentence_and_the_page_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(part: str) -> None:
        raise mnist.MissingData("MNIST is not here.")

    app = opened(picture="drawing")
    monkeypatch.setattr(mnist, "digits", missing)
    app.session_state["convolution.pad.asked"] = 0
    assert "MNIST is not here." in said(app.run())
