"""What read_picture refuses, in which words, and how it keeps a large picture from filling the memory."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from dlviz.data import pictures
from dlviz.data.pictures import BadPicture, read_picture
from dlviz.paths import ROOT
from tests.picture_files import GREY_PNG, RGBA_PNG, coloured, encoded, png_claiming


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"a page of text, not a picture" * 50,
        b"%PDF-1.7\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF",
    ],
)
def test_what_is_not_a_picture_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(
        BadPicture, match=r"^This is not a PNG, JPEG, WebP, GIF, BMP or TIFF picture: choose one\.$"
    ):
        read_picture(content)


@pytest.mark.parametrize("kind", ["ICO", "PPM", "TGA", "EPS"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    with pytest.raises(BadPicture, match="This is not a PNG"):
        read_picture(encoded(coloured(), kind))


@pytest.mark.parametrize(
    ("brands", "said"),
    [
        (b"hevm mif1", "a HEIC"),
        (b"hevs msf1", "a HEIC"),
        (b"heic avif", "a HEIC"),
        (b"mif1 miafheix", "a HEIC"),
        (b"mif1 avifmiaf", "an AVIF"),
        (b"msf1 miafavis", "an AVIF"),
        (b"avif mif1miaf", "an AVIF"),
        (b"mif1 miaf", "a HEIF"),
        (b"isom mp41", "not a PNG"),
    ],
)
def test_a_phones_container_is_told_by_all_its_brands(brands: bytes, said: str) -> None:
    main, _, others = brands.partition(b" ")
    box = b"ftyp" + main + bytes(4) + others
    with pytest.raises(BadPicture, match=f"^This is {said}"):
        read_picture((len(box) + 4).to_bytes(4) + box + b"    avif" + bytes(100))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"hevc", b"heim", b"heis", b"hevx", b"hevm"])
def test_heic_is_named_with_the_way_out(brand: bytes) -> None:
    with pytest.raises(BadPicture, match=r"^This is a HEIC picture.* export it as JPEG.* Most Compatible"):
        read_picture(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(100))


def test_avif_is_named_with_the_way_out() -> None:
    with pytest.raises(BadPicture, match=r"^This is an AVIF picture: save it as PNG or JPEG"):
        read_picture(b"\0\0\0\x1cftypavif" + bytes(100))


def test_jpegs_have_limits_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_PIXELS", "MAX_PROGRESSIVE_PIXELS"):
        monkeypatch.setattr(pictures, name, 99)
    assert read_picture(encoded(Image.new("RGB", (10, 10)), "JPEG")).shape == (10, 10, 3)
    with pytest.raises(BadPicture, match="too many pixels, even for a JPEG"):
        read_picture(encoded(Image.new("RGB", (10, 10)), "JPEG", progressive=True))
    monkeypatch.setattr(pictures, "MAX_JPEG_PIXELS", 99)
    with pytest.raises(BadPicture, match="too many pixels, even for a JPEG"):
        read_picture(encoded(Image.new("RGB", (10, 10)), "JPEG"))


def test_an_empty_file_is_said_to_be_empty() -> None:
    with pytest.raises(BadPicture, match=r"^The file is empty: choose another one\.$"):
        read_picture(b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_truncated_picture_is_said_to_be_damaged(kind: str, part: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    content = encoded(Image.fromarray(noise), kind)
    with pytest.raises(BadPicture, match=r"^(The picture is damaged|This is not a PNG)"):
        read_picture(content[: int(len(content) * part)])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
@pytest.mark.filterwarnings("ignore")
def test_a_corrupt_picture_is_read_or_refused(kind: str) -> None:
    generator = np.random.default_rng(0)
    whole = encoded(coloured(), kind)
    for _ in range(100):
        content = bytearray(whole)
        for place in generator.integers(0, len(whole), 6):
            content[place] = generator.integers(0, 256)
        with suppress(BadPicture):
            picture = read_picture(bytes(content))
            assert picture.dtype == np.uint8
            assert picture.shape[2] == 3
            assert max(picture.shape) <= 1024


@pytest.mark.parametrize("side", [6_400, 10_000, 20_000, 65_000])
def test_too_many_pixels_are_refused_before_anything_is_decoded(
    side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_pixels", lambda image: pytest.fail("decoded"))
    with pytest.raises(
        BadPicture, match=r"^The picture has more than 40 million pixels: choose a smaller one\.$"
    ):
        read_picture(png_claiming(side, side))


def test_the_limit_of_pixels_itself_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_pixels", lambda image: image.size)
    assert read_picture(png_claiming(8_000, 5_000)) == (8_000, 5_000)


def test_a_file_over_fifteen_megabytes_is_refused() -> None:
    with pytest.raises(BadPicture, match=r"^The file is larger than 15 MB: choose a smaller one\.$"):
        read_picture(encoded(coloured()) + bytes(15_000_000))


SIXTEEN_BITS = png_claiming(6_300, 6_300, bits=16, kind=GREY_PNG)
TRANSPARENT = png_claiming(6_300, 6_300, kind=RGBA_PNG)


@pytest.mark.parametrize("content", [SIXTEEN_BITS, TRANSPARENT], ids=["sixteen bits", "transparent"])
def test_pictures_that_take_much_memory_have_a_lower_limit(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_pixels", lambda image: pytest.fail("decoded"))
    with pytest.raises(BadPicture, match=r"^The picture has more than 16 million pixels, .*: choose a "):
        read_picture(content)


@pytest.mark.parametrize(("kind", "mode"), [("TIFF", "F"), ("TIFF", "I"), ("WEBP", "RGB"), ("GIF", "P")])
def test_the_lower_limit_holds_for_each_costly_kind(
    kind: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_COSTLY_PIXELS", 99)
    options = {"transparency": 0} if mode == "P" else {}
    with pytest.raises(BadPicture, match="more than 16 million pixels"):
        read_picture(encoded(Image.new(mode, (10, 10)), kind, **options))
    assert read_picture(encoded(Image.new(mode, (9, 11)), kind, **options)).shape == (11, 9, 3)


def test_a_large_picture_is_shrunk_before_its_values_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[tuple[int, int]] = []
    convert, eight_bits = Image.Image.convert, pictures._eight_bits

    def watched(step: Callable[..., Image.Image]) -> Callable[..., Image.Image]:
        def inner(image: Image.Image, *arguments: object) -> Image.Image:
            sizes.append(image.size)
            return step(image, *arguments)

        return inner

    monkeypatch.setattr(Image.Image, "convert", watched(convert))
    monkeypatch.setattr(pictures, "_eight_bits", watched(eight_bits))
    for image in (Image.new("RGB", (3_000, 1_500)), Image.fromarray(np.zeros((1_500, 3_000), np.uint16))):
        read_picture(encoded(image))
    assert {*sizes} == {(1_024, 512)}


def test_large_pictures_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, most = threading.Semaphore(1), []

    def reading(image: Image.Image) -> None:
        most.append(at_work.acquire(blocking=False))
        time.sleep(0.01)
        at_work.release()

    monkeypatch.setattr(pictures, "_pixels", reading)
    with ThreadPoolExecutor(4) as learners:
        list(learners.map(read_picture, [png_claiming(3_000, 2_000)] * 8))
    assert most == [True] * 8


def test_a_small_picture_does_not_wait_for_a_large_one() -> None:
    with ThreadPoolExecutor(1) as learner, pictures._one_large_picture:
        assert learner.submit(read_picture, encoded(coloured())).result(timeout=60).shape == (48, 64, 3)


def test_a_refused_picture_leaves_no_warning_in_the_log() -> None:
    code = "import sys; from dlviz.data.pictures import *; read_picture(sys.stdin.buffer.read())"
    script = f"try:\n    {code}\nexcept BadPicture as error:\n    print(error)"
    told = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        input=png_claiming(10_000, 10_000),
        capture_output=True,
        check=True,
    )
    assert told.stderr == b""
    assert told.stdout.startswith(b"The picture has more than 40 million pixels")
