import base64
import re
import zlib
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import (
    EmptyDrawing,
    from_picture,
    from_text,
    normalise,
    otsu,
    prepare,
    to_text,
    unpack_ink,
)

MNIST = mnist.digits("test")[0].numpy()
LABELS = mnist.digits("test")[1]


def enlarged(digit: np.ndarray, side: int = 168) -> np.ndarray:
    """A digit of MNIST as a smooth grey picture in [0, 1], `side` pixels square."""
    return np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)) / 255


def photographed(
    digit: np.ndarray, seed: int, ink: float = 0.6, noise: float = 0.02, dark_on_light: bool = True
) -> np.ndarray:
    """A digit of MNIST written on paper, unevenly lit, noisy, somewhere in a picture of 320×240."""
    generator = np.random.default_rng(seed)
    strokes = np.zeros((240, 320))
    top, left = generator.integers(10, 60), generator.integers(10, 140)
    strokes[top : top + 170, left : left + 170] = enlarged(digit, 170)
    y, x = np.mgrid[-1:1:240j, -1:1:320j]
    light = (
        0.85
        + 0.08 * generator.uniform(-1, 1) * x
        + 0.08 * generator.uniform(-1, 1) * y
        - 0.1 * (x * x + y * y)
    )
    picture = light * (1 - ink * strokes) if dark_on_light else light - 0.6 + ink * strokes
    grey = (picture + generator.normal(0, noise, picture.shape)).clip(0, 1)
    return np.stack([np.rint(grey * 255).astype(np.uint8)] * 3, axis=-1)


def drawn(draw: Callable[[ImageDraw.ImageDraw], None], size: int = 168) -> np.ndarray:
    image = Image.new("1", (size, size))
    draw(ImageDraw.Draw(image))
    return np.asarray(image)


def box(pixels: np.ndarray) -> tuple[int, int]:
    """The height and width of what is not ground."""
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre(pixels: np.ndarray) -> np.ndarray:
    return np.array([(pixels * index).sum() for index in np.indices(pixels.shape)]) / pixels.sum()


def right(digits: list[np.ndarray]) -> float:
    """The share of these versions of MNIST's first test digits that SimpleCNN names right."""
    with torch.inference_mode():
        answers = weights.load("simple_cnn")(normalise(torch.from_numpy(np.stack(digits)))).argmax(1)
    return (answers == LABELS[: len(digits)]).float().mean().item()


def test_normalise_maps_black_to_minus_one_and_white_to_one() -> None:
    images = torch.tensor([[[0, 51], [102, 255]]], dtype=torch.uint8)
    assert normalise(images).shape == (1, 1, 2, 2)
    torch.testing.assert_close(normalise(images)[0, 0], torch.tensor([[-1.0, -0.6], [-0.2, 1.0]]))
    torch.testing.assert_close(normalise(images / 255), normalise(images))


@pytest.mark.parametrize("index", range(20))
def test_a_drawing_becomes_a_digit_by_mnists_measures(index: int) -> None:
    pixels = prepare(enlarged(MNIST[index]) > 0.5)
    assert pixels.shape == (28, 28)
    assert pixels.dtype == np.float32
    assert pixels.min() == 0
    assert pixels.max() == 1
    assert max(box(pixels)) == 20
    assert np.abs(centre(pixels) - 14).max() <= 0.5
    np.testing.assert_array_equal(pixels, np.rint(pixels * 255).astype(np.float32) / 255)


def test_mnists_own_digits_obey_these_measures() -> None:
    for digit in MNIST[:500].astype(float):
        assert max(box(digit)) == 20
        assert np.abs(centre(digit) - 14).max() <= 0.5


def test_a_digit_prepared_again_from_mnists_own_pixels_is_the_same() -> None:
    np.testing.assert_array_equal(
        [prepare(digit) for digit in MNIST[:100]],
        [(np.rint(digit * (255 / digit.max())) / 255).astype(np.float32) for digit in MNIST[:100]],
    )


def test_a_digit_drawn_large_and_in_black_and_white_comes_back_nearly_as_it_was() -> None:
    prepared = [prepare(enlarged(digit) > 0.5) for digit in MNIST[:200]]
    pairs = list(zip(prepared, MNIST / 255, strict=False))
    assert np.median([np.abs(new - old).mean() for new, old in pairs]) < 0.03
    assert np.median([np.corrcoef(new.ravel(), old.ravel())[0, 1] for new, old in pairs]) > 0.95


def test_where_and_how_large_a_digit_is_drawn_makes_no_difference() -> None:
    drawing = np.zeros((400, 300), bool)
    drawing[60:228, 90:258] = enlarged(MNIST[1]) > 0.5
    expected = prepare(drawing)
    np.testing.assert_array_equal(prepare(np.roll(drawing, (150, -80), axis=(0, 1))), expected)
    np.testing.assert_array_equal(prepare(drawing * np.uint8(255)), expected)
    np.testing.assert_array_equal(prepare(drawing * 0.25), expected)
    twice = prepare(np.kron(drawing, np.ones((2, 2), bool)))
    assert np.abs(twice - expected).mean() < 0.01


def test_a_square_of_known_size_by_hand() -> None:
    ink = np.zeros((168, 168), np.uint8)
    ink[10:130, 20:80] = 1
    expected = np.zeros((28, 28), np.float32)
    expected[4:24, 10:20] = 1  # 120×60 becomes 20×10; 9.5 above and 4.5 left of its middle, laid on (14, 14)
    rounded_down = np.roll(expected, (0, -1), axis=(0, 1))
    assert any(np.array_equal(prepare(ink), field) for field in (expected, rounded_down))


def test_a_stroke_one_pixel_wide_is_a_full_line() -> None:
    for line in ((84, 20, 84, 140), (20, 84, 140, 84)):
        pixels = prepare(drawn(lambda pen, line=line: pen.line(line, fill=1)))
        assert sorted(box(pixels)) == [1, 20]
        assert pixels.sum() == 20


def test_thin_strokes_do_not_fade_however_large_the_pad() -> None:
    ink = drawn(lambda pen: pen.ellipse((100, 60, 900, 960), outline=1, width=1), size=1000)
    pixels = prepare(ink)
    assert max(box(pixels)) == 20
    assert (pixels[pixels > 0] > 0.2).mean() > 0.9


def test_a_dot_is_drawn_as_large_as_any_digit() -> None:
    ink = np.zeros((168, 168), np.uint8)
    ink[3, 160] = 1
    pixels = prepare(ink)
    assert box(pixels) == (20, 20)
    assert pixels.sum() == 400


def test_ink_heavy_on_one_side_stays_inside_the_field() -> None:
    ink = np.zeros((168, 168), np.uint8)
    ink[0:8] = 1
    ink[8:168, 0] = 1
    pixels = prepare(ink)
    assert box(pixels) == (20, 20)
    assert np.flatnonzero(pixels.any(axis=1))[0] == 8


@pytest.mark.parametrize("kind", [bool, np.uint8, np.float32])
def test_an_empty_pad_is_a_state_of_its_own(kind: type) -> None:
    with pytest.raises(EmptyDrawing, match=r"^There is no digit yet: draw one\.$"):
        prepare(np.zeros((168, 168), kind))


def test_drawings_of_test_digits_keep_their_label() -> None:
    assert right([prepare(enlarged(digit) > 0.5) for digit in MNIST[:500]]) >= 0.97


@pytest.mark.parametrize("dark_on_light", [True, False])
def test_photographs_of_test_digits_keep_their_label(dark_on_light: bool) -> None:
    pictures = [photographed(MNIST[i], seed=i, dark_on_light=dark_on_light) for i in range(50)]
    assert right([from_picture(picture) for picture in pictures]) >= 0.96


@pytest.mark.parametrize("dark_on_light", [True, False])
@pytest.mark.parametrize(("margin", "least"), [(0, 0.9), (5, 0.97)])
def test_digits_cut_out_close_to_their_rim_keep_their_label(
    margin: int, least: float, dark_on_light: bool
) -> None:
    found = []
    for digit in MNIST[:100]:
        strokes = enlarged(digit, 300)
        rows, columns = np.nonzero(strokes > 0.3)
        cut = strokes[
            rows.min() - margin : rows.max() + 1 + margin, columns.min() - margin : columns.max() + 1 + margin
        ]
        grey = 1 - 0.9 * cut if dark_on_light else 0.05 + 0.9 * cut
        found.append(from_picture(np.stack([np.rint(grey.clip(0, 1) * 255).astype(np.uint8)] * 3, axis=-1)))
    assert right(found) >= least


def test_dust_on_the_paper_is_no_ink() -> None:
    picture = photographed(MNIST[0], seed=0)
    clean = from_picture(picture)
    assert np.corrcoef(clean.ravel(), MNIST[0].ravel())[0, 1] > 0.9
    for row, column in ((12, 20), (200, 300), (5, 160), (220, 8)):
        picture[row : row + 3, column : column + 3] = 0
    np.testing.assert_allclose(from_picture(picture), clean, atol=0.1)


def test_faint_pencil_keeps_its_label() -> None:
    pictures = [photographed(MNIST[i], seed=i, ink=0.25) for i in range(50)]
    assert right([from_picture(picture) for picture in pictures]) >= 0.96


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40, 3), (28, 28, 3), (240, 320, 3)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_picture_has_no_digit(shape: tuple[int, ...], value: int) -> None:
    with pytest.raises(EmptyDrawing, match=r"^No digit stands out in this picture: write one .*\.$"):
        from_picture(np.full(shape, value, np.uint8))


@pytest.mark.parametrize("noise", [0, 0.02, 0.1])
def test_blank_paper_unevenly_lit_and_noisy_has_no_digit(noise: float) -> None:
    for seed in range(3):
        with pytest.raises(EmptyDrawing, match="No digit stands out"):
            from_picture(photographed(np.zeros((28, 28), np.uint8), seed, noise=noise))


def test_otsu_maximises_the_variance_between_the_groups() -> None:
    values = np.random.default_rng(1).beta(2, 5, 2_000)

    def between(threshold: float) -> float:
        low, high = values[values <= threshold], values[values > threshold]
        return low.size * high.size * (low.mean() - high.mean()) ** 2

    best = max(between(threshold) for threshold in np.linspace(0.05, 0.6, 500))
    assert between(otsu(values)) == pytest.approx(best, rel=1e-3)


def test_a_digit_goes_into_a_link_and_comes_back_exactly() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1, 28, 28), np.uint8)
    for digit in np.concatenate([MNIST[:50], noise]):
        for pixels in (digit.astype(np.float32) / 255, prepare(enlarged(digit) > 0.5)):
            text = to_text(pixels)
            assert re.fullmatch(r"[A-Za-z0-9_-]+", text)
            assert from_text(text).dtype == np.float32
            np.testing.assert_array_equal(from_text(text), pixels)


def test_a_typical_digit_is_a_link_of_some_hundred_characters() -> None:
    lengths = [len(to_text(prepare(enlarged(digit) > 0.5))) for digit in MNIST[:200]]
    assert np.median(lengths) <= 400
    assert max(lengths) <= 550


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).rstrip(b"=").decode()


NOISE = np.random.default_rng(0).integers(0, 256, 784, np.uint8).tobytes()
MALFORMED = {
    "nothing": "",
    "no base64": "<script>alert(1)</script>",
    "other alphabet": packed(NOISE).replace("-", "+").replace("_", "/"),
    "a space": " " + packed(NOISE),
    "a line's end": packed(NOISE) + "\n",
    "not ASCII": "é" * 40,
    "no zlib": base64.urlsafe_b64encode(NOISE).rstrip(b"=").decode(),
    "too few pixels": packed(NOISE[:783]),
    "too many pixels": packed(NOISE + b"\0"),
    "no pixels": packed(b""),
    "all black": packed(bytes(784)),
    "cut": packed(NOISE)[:-8],
    "without its checksum": packed(NOISE)[:-4],
    "with more after it": base64.urlsafe_b64encode(zlib.compress(NOISE) + b"more").rstrip(b"=").decode(),
    "a bomb": packed(bytes(1_000_000)),
    "long": "A" * 100_000,
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_link_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"digit in (a|the) link"):
        from_text(text)


def browser_text(ink: np.ndarray) -> str:
    return base64.b64encode(np.packbits(ink).tobytes()).decode()


@pytest.mark.parametrize("size", [168, 28, 5, 1])
def test_the_pads_bits_are_unpacked_as_they_were_drawn(size: int) -> None:
    ink = np.random.default_rng(0).integers(0, 2, (size, size), np.uint8)
    unpacked = unpack_ink(browser_text(ink), size)
    assert unpacked.dtype == np.uint8
    np.testing.assert_array_equal(unpacked, ink)


def test_the_first_pixel_is_the_highest_bit_of_the_first_byte() -> None:
    text = base64.b64encode(b"\x80" + bytes(3527)).decode()
    assert unpack_ink(text).nonzero()[0].tolist() == [0]
    assert unpack_ink(text)[0, 0] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        browser_text(np.zeros((168, 168), np.uint8))[:-4],
        browser_text(np.zeros((168, 168), np.uint8)) + "AAAA",
        browser_text(np.zeros((168, 168), np.uint8))[:-4] + "AA==",
        "!" + browser_text(np.zeros((168, 168), np.uint8))[1:],
        "é" + browser_text(np.zeros((168, 168), np.uint8))[1:],
    ],
)
def test_a_message_that_is_no_drawing_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"^The drawing (is damaged|has not 168×168 pixels)"):
        unpack_ink(text)


def test_colour_pictures_are_normalised_colour_by_colour() -> None:
    pictures = torch.arange(2 * 3 * 4 * 5, dtype=torch.uint8).reshape(2, 3, 4, 5)
    expected = (pictures.double() / 255 - 0.5) / 0.5
    torch.testing.assert_close(normalise(pictures).double(), expected, rtol=0, atol=1e-6)
    assert torch.equal(normalise(pictures[:, 0]), normalise(pictures)[:, :1])
