import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

from dlviz.data import digits, mnist, pictures
from tests.packed import messages
from tests.pages.cnn_lab import IMAGES, LABELS, answer, draw, drawn_one, probabilities, query, said
from tests.pages.conftest import Open


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def written(ink: str = "black", paper: str = "white") -> Image.Image:
    """A photograph of a written 1."""
    image = Image.new("RGB", (200, 260), paper)
    ImageDraw.Draw(image).line([(110, 50), (95, 210)], fill=ink, width=16)
    return image


def upload(app: AppTest, content: bytes, name: str = "digit.png") -> AppTest:
    app.file_uploader[0].upload(name, content)
    return app.run()


def by_number(app: AppTest) -> NumberInput:
    """The field for a test digit's number."""
    (field,) = [field for field in app.number_input if field.label == "Its number, 0 to 9,999"]
    return field


def on_the_paper(app: AppTest) -> np.ndarray:
    ((_, arrays),) = messages(app, "wall")
    return arrays["input"][0]


def png_claiming(width: int, height: int) -> bytes:
    """A PNG that promises these sides and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


BAD = {
    "nothing": (b"", "The file is empty"),
    "text": (b"<script>alert(1)</script>" * 20, "This is not a PNG"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "This is not a PNG"),
    "truncated": (encoded(written())[:300], "The picture is damaged"),
    "bomb": (png_claiming(10_000, 10_000), "The picture has more than 40 million pixels"),
    "single pixel": (encoded(Image.new("RGB", (1, 1))), "No digit stands out in this picture"),
    "blank": (encoded(Image.new("RGB", (80, 80), "white")), "No digit stands out in this picture"),
}
GOOD = {
    "png": encoded(written()),
    "light on dark": encoded(written("white", "black")),
    "jpeg": encoded(written(), "JPEG"),
    "cmyk": encoded(written().convert("CMYK"), "TIFF"),
    "16 bits": encoded(Image.fromarray(np.asarray(written().convert("L"), np.uint16) * 257)),
    "palette": encoded(written().convert("P"), "GIF"),
    "animated": encoded(written(), "GIF", save_all=True, append_images=[Image.new("RGB", (200, 260))]),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_picture_of_a_digit_is_put_on_the_paper_and_recognised(opened: Open, content: bytes) -> None:
    app = upload(opened("cnn"), content)
    pixels = digits.from_picture(pictures.read_picture(content))
    np.testing.assert_array_equal(on_the_paper(app), pixels.astype(np.float16))
    assert said(app) == answer(probabilities(digits.normalise(torch.from_numpy(pixels)[None])))
    assert said(app)[0] == "1"
    assert query(app) == f"digit={digits.to_text(pixels)}"


@pytest.mark.parametrize("name", ["digit.jfif", "digit.jpe", "digit", "digit.JPG", "digit.txt"])
def test_a_picture_is_known_by_its_content_whatever_its_name(opened: Open, name: str) -> None:
    app = upload(opened("cnn"), encoded(written(), "JPEG"), name)
    assert said(app)[0] == "1"


def test_a_picture_turned_by_its_camera_is_put_upright(opened: Open) -> None:
    turned = written().rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise
    app = upload(opened("cnn"), encoded(turned, "JPEG", exif=exif, quality=95))
    upright = digits.from_picture(np.array(written()))
    assert np.abs(on_the_paper(app) - upright).max() < 0.1


@pytest.mark.parametrize(("content", "sentence"), BAD.values(), ids=BAD)
def test_a_picture_that_cannot_be_used_is_refused_in_a_sentence_and_the_digit_stays(
    opened: Open, content: bytes, sentence: str
) -> None:
    app = draw(opened("cnn"), drawn_one())
    before, address = said(app), query(app)
    upload(app, content)
    (problem,) = app.error
    assert problem.value.startswith(sentence)
    assert "script" not in problem.value
    assert said(app) == before
    assert query(app) == address


def test_a_good_picture_after_a_bad_one_clears_the_warning(opened: Open) -> None:
    app = upload(opened("cnn"), b"no picture")
    assert len(app.error) == 1
    upload(app, GOOD["png"])
    assert not app.error
    assert said(app)[0] == "1"


@pytest.mark.parametrize("number", [1, 9999])
def test_a_test_digit_is_chosen_by_its_number(opened: Open, number: int) -> None:
    app = opened("cnn")
    by_number(app).set_value(number).run()
    np.testing.assert_array_equal(on_the_paper(app), (IMAGES[number] / 255).numpy().astype(np.float16))
    assert said(app)[0] == str(int(LABELS[number]))
    assert query(app) == f"sample={number}"


def test_a_test_digit_is_shown_with_its_number_and_its_label(opened: Open) -> None:
    app = opened("cnn", sample="18")
    assert by_number(app).value == 18
    label = f"Test digit 18, labelled {LABELS[18]} · "
    assert any(caption.value.startswith(label) for caption in app.caption)


def test_a_test_digit_can_be_chosen_again_after_something_else_was_drawn(opened: Open) -> None:
    app = opened("cnn")
    by_number(app).set_value(5).run()
    draw(app, drawn_one())
    app.session_state["cnn.pad"] = {"drawing": {"version": 2, "final": True, "seen": "1.5.", "ink": ""}}
    app.run()
    assert by_number(app).value is None
    assert said(app) == []
    by_number(app).set_value(5).run()
    assert query(app) == "sample=5"


def test_what_a_closed_popover_still_holds_brings_no_digit_back(opened: Open) -> None:
    """The browser goes on sending the number that it was last shown."""
    app = opened("cnn")
    by_number(app).set_value(5).run()
    held = by_number(app)
    draw(app, drawn_one(), seen="1.5.")
    app.session_state["cnn.weights"] = "random"
    assert by_number(app).id != held.id
    assert query(app.run()) == f"digit={digits.to_text(digits.prepare(drawn_one()))}&weights=random"


def test_a_surprise_is_some_test_digit(opened: Open) -> None:
    app = opened("cnn")
    app.session_state["cnn.pad.asked"] = 0
    app.run()
    number = int(query(app).removeprefix("sample="))
    np.testing.assert_array_equal(on_the_paper(app), (IMAGES[number] / 255).numpy().astype(np.float16))


def test_a_digit_in_the_address_is_put_on_the_paper(opened: Open) -> None:
    pixels = digits.prepare(drawn_one())
    app = opened("cnn", digit=digits.to_text(pixels))
    np.testing.assert_array_equal(on_the_paper(app), pixels.astype(np.float16))
    assert said(app)[0] == "1"


@pytest.mark.parametrize(
    "report",
    [
        None,
        7,
        {"version": 1},
        {"version": 1, "final": True, "seen": None, "ink": "<script>"},
        {"version": 1, "final": True, "seen": None, "ink": "A" * 100_000},
        {"version": -1, "final": 3, "seen": [], "ink": {}},
        {"version": 1, "final": True, "seen": None, "placed": "99.5.no digit"},
    ],
    ids=lambda report: str(report)[:40],
)
def test_a_report_of_the_pad_that_makes_no_sense_is_an_empty_paper(opened: Open, report: object) -> None:
    app = opened("cnn")
    app.session_state["cnn.pad"] = {"drawing": report}
    app.run()
    assert said(app) == []
    assert len(app.subheader) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sample", "10000"),
        ("sample", "NaN"),
        ("seed", "-1"),
        ("select", "conv_layers.3:7:99:0"),
        ("select", "<script>alert(1)</script>"),
        ("off", "conv_layers.1:32"),
        ("off", "x" * 100_000),
        ("panel", "![x](https://elsewhere.example/x.png)"),
        ("weights", "../../../etc/passwd"),
        ("target", "'; DROP TABLE runs; --"),
        ("digit", "eJwDAAAAAAE"),
        ("digit", "\u202e💥"),
        ("mask", "1e3"),
        ("training", "True"),
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_a_link_that_is_wrong_in_one_part_opens_with_the_rest_and_a_notice(
    opened: Open, name: str, text: str
) -> None:
    rest = {"scaling": "map"} if name == "sample" else {"sample": "0", "scaling": "map"}
    app = opened("cnn", **{**rest, name: text})
    (notice,) = app.info
    assert notice.value == f"Part of the link was not understood and is left out: {name}."
    assert query(app) == "&".join(f"{key}={value}" for key, value in rest.items())
    assert said(app) == ([] if name == "sample" else answer(probabilities()))


def test_a_link_with_names_that_nobody_knows_opens_the_lab(opened: Open) -> None:
    app = opened("cnn", sample="0", **{"<img src=x onerror=alert(1)>": "1", "__proto__": "2"})
    (notice,) = app.info
    assert notice.value.endswith("left out: a name that this lab does not know.")
    assert said(app)[0] == "7"


def test_without_mnist_a_link_to_a_test_digit_says_what_to_do_and_the_pad_still_works(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(split: str) -> None:
        raise mnist.MissingData("MNIST is not here.")

    monkeypatch.setattr(mnist, "digits", missing)
    app = opened("cnn", sample="5")
    assert [problem.value for problem in app.error] == ["MNIST is not here."]
    assert said(app) == []
    assert len(said(draw(app, drawn_one()))) == 3
