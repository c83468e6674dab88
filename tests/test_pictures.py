import numpy as np
import pytest
from PIL import Image, ImageOps

from dlviz.data import pictures
from dlviz.data.pictures import BadPicture, grey, photograph, photographs, read_picture, resize
from tests.picture_files import BLUE, GREEN, RED, WHITE, coloured, encoded, two_by_two


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF", "GIF"])
def test_a_lossless_picture_keeps_every_pixel(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    picture = read_picture(encoded(coloured(), kind, **options))
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, np.array(coloured()))


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("TIFF", "CMYK"), ("MPO", "RGB")]
)
def test_jpeg_and_cmyk_keep_their_colours(kind: str, mode: str) -> None:
    picture = read_picture(encoded(coloured().convert(mode), kind))
    assert picture.shape == (48, 64, 3)
    for (row, column), colour in {(12, 16): RED, (12, 48): GREEN, (36, 16): BLUE, (36, 48): WHITE}.items():
        np.testing.assert_allclose(picture[row, column], colour, atol=4)


def test_a_single_pixel_is_a_picture() -> None:
    assert read_picture(encoded(Image.new("RGB", (1, 1), BLUE))).tolist() == [[[0, 0, 255]]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_to_eight(kind: str) -> None:
    values = np.array([[0, 257, 32768], [65535, 128, 129]], np.uint16)
    picture = read_picture(encoded(Image.fromarray(values), kind))
    np.testing.assert_array_equal(picture[..., 0], [[0, 1, 128], [255, 0, 1]])
    np.testing.assert_array_equal(picture[..., 0], picture[..., 2])


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14])
def test_sixteen_bits_of_which_a_camera_uses_fewer_reach_white(kind: str, bits: int) -> None:
    ramp = np.tile(np.linspace(0, 2**bits - 1, 2_000).astype(np.uint16), (40, 1))
    picture = read_picture(encoded(Image.fromarray(ramp), kind))[..., 0]
    assert picture.min() <= 1
    assert picture.max() >= 253
    assert picture.mean() == pytest.approx(127.5, abs=1.5)


@pytest.mark.parametrize("side", [28, 200])
def test_a_hot_pixel_of_a_sensor_does_not_turn_the_picture_black(side: int) -> None:
    ramp = np.tile(np.linspace(0, 4095, side).astype(np.uint16), (side, 1))
    ramp[3, 1] = 65535
    picture = read_picture(encoded(Image.fromarray(ramp)))[..., 0]
    assert picture[3, 1] == 255
    assert picture.mean() == pytest.approx(127.5, abs=1.5)


def test_a_dark_picture_that_uses_sixteen_bits_stays_dark() -> None:
    values = np.full((100, 100), 6000, np.uint16)
    values[:2] = 60000
    assert read_picture(encoded(Image.fromarray(values)))[50, 50, 0] == 23


def test_a_phones_48_megapixels_are_read_as_a_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    ramp = np.tile(np.linspace(0, 255, 8_000).astype(np.uint8), (6_000, 1))
    content = encoded(Image.fromarray(ramp), "JPEG")
    decoded = []
    thumbnail = Image.Image.thumbnail
    monkeypatch.setattr(
        Image.Image, "thumbnail", lambda image, *how: (decoded.append(image.size), thumbnail(image, *how))[1]
    )
    picture = read_picture(content)
    assert picture.shape == (768, 1024, 3)
    assert picture.mean() == pytest.approx(127.5, abs=1)
    assert max(decoded[0]) <= 2_048  # of 8,000


@pytest.mark.parametrize("ink", [(255, 255, 255), (255, 250, 220)])
def test_white_ink_on_nothing_lies_on_black(ink: tuple[int, int, int]) -> None:
    image = two_by_two((*ink, 255), (*ink, 128), (0, 0, 0, 0), (255, 255, 255, 0), mode="RGBA")
    picture = read_picture(encoded(image)).reshape(4, 3)
    assert picture[0].tolist() == list(ink)
    assert picture[1].tolist() == [(128 * value + 127) // 255 for value in ink]
    assert picture[2:].tolist() == [[0, 0, 0]] * 2
    whole = Image.new("RGBA", (2, 2), (*ink, 255))
    assert read_picture(encoded(whole))[0, 0].tolist() == list(ink)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[-5, 0, 5]], np.int32), [[0, 128, 255]]),
        (np.array([[0.0, 0.25, 1.0]], np.float32), [[0, 64, 255]]),
        (np.array([[np.nan, 2.0, np.inf]], np.float32), [[0, 255, 0]]),
        (np.array([[7.0, 7.0]], np.float32), [[0, 0]]),
    ],
)
def test_values_without_an_agreed_range_run_from_black_to_white(values: np.ndarray, expected: list) -> None:
    assert read_picture(encoded(Image.fromarray(values), "TIFF"))[..., 0].tolist() == expected


def test_a_palette_with_a_transparent_colour_lies_on_white() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *GREEN])
    image.putdata([0, 1])
    for kind in ("PNG", "GIF"):
        assert read_picture(encoded(image, kind, transparency=1)).tolist() == [[[255, 0, 0], [255, 255, 255]]]


def test_half_transparent_pixels_are_mixed_with_white() -> None:
    rgba = two_by_two((255, 0, 0, 255), (255, 0, 0, 128), (0, 0, 0, 0), (0, 0, 0, 51), mode="RGBA")
    assert read_picture(encoded(rgba)).reshape(4, 3).tolist() == [
        [255, 0, 0],
        [255, 127, 127],
        [255, 255, 255],
        [204, 204, 204],
    ]
    la = two_by_two((0, 255), (0, 0), (100, 255), (0, 51), mode="LA")
    assert read_picture(encoded(la))[..., 1].tolist() == [[0, 255], [100, 204]]


def test_one_bit_and_grey_pictures_become_rgb() -> None:
    for mode in ("1", "L"):
        picture = read_picture(
            encoded(two_by_two(RED, WHITE, WHITE, RED).convert("L").point([0] * 255 + [255]).convert(mode))
        )
        assert picture[..., 0].tolist() == [[0, 255], [255, 0]]
        assert picture.shape == (2, 2, 3)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_read(kind: str) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in (RED, GREEN, BLUE)]
    options = {"lossless": True} if kind == "WEBP" else {}
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert (read_picture(content) == RED).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_taken_with_the_camera_turned_is_upright(kind: str, orientation: int) -> None:
    upright = coloured()
    # Orientation n is undone by the transposition that turns what the sensor saw upright.
    sensor = {
        1: lambda image: image,
        2: ImageOps.mirror,
        3: lambda image: image.rotate(180),
        4: ImageOps.flip,
        5: lambda image: image.transpose(Image.Transpose.TRANSPOSE),
        6: lambda image: image.rotate(90, expand=True),
        7: lambda image: image.transpose(Image.Transpose.TRANSVERSE),
        8: lambda image: image.rotate(270, expand=True),
    }[orientation](upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(encoded(sensor, kind, exif=exif))
    assert picture.shape == (48, 64, 3)
    np.testing.assert_allclose(picture[8:16, 8:16].mean(axis=(0, 1)), RED, atol=4)
    np.testing.assert_allclose(picture[8:16, 48:56].mean(axis=(0, 1)), GREEN, atol=4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_shrunk_and_keeps_its_proportions_and_mean(kind: str) -> None:
    ramp = np.tile(np.linspace(0, 255, 3000).astype(np.uint8), (1500, 1))
    picture = read_picture(encoded(Image.fromarray(ramp), kind))
    assert picture.shape == (512, 1024, 3)
    assert picture.mean() == pytest.approx(ramp.mean(), abs=1)


@pytest.mark.parametrize("mode", ["I;16", "I", "F", "RGBA", "LA", "P", "1"])
def test_a_large_picture_of_any_kind_is_upright_and_keeps_its_mean(mode: str) -> None:
    values = np.tile(np.linspace(0, 255, 2000), (1200, 1))
    image = Image.fromarray(values.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(values)
    image = image.convert(mode) if mode in ("F", "I", "I;16") else image.convert("L").convert(mode)
    turned = Image.Exif()
    turned[0x0112] = 6
    picture = read_picture(encoded(image.rotate(90, expand=True), "TIFF", exif=turned))
    assert picture.shape == (614, 1024, 3)
    assert picture.mean() == pytest.approx(127.5, abs=1.5)
    assert picture[:, :100].mean() < 20
    assert picture[:, -100:].mean() > 235


def test_a_value_that_is_no_number_darkens_only_its_own_place() -> None:
    values = np.full((1500, 1500), 5.0, np.float32)
    values[700, 700], values[0, 0], values[1499, 1499] = np.nan, np.inf, 10.0
    picture = read_picture(encoded(Image.fromarray(values), "TIFF"))[..., 0]
    assert picture[478, 478] < picture[100, 100]
    assert len(np.argwhere(picture != picture[100, 100])) < 80


def test_a_very_long_picture_keeps_at_least_one_row() -> None:
    assert read_picture(encoded(Image.new("RGB", (20_000, 1), GREEN))).shape == (1, 1024, 3)


def test_grey_is_the_weighted_sum_of_the_colours() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    luma = grey(picture)
    assert luma.dtype == np.float32
    np.testing.assert_allclose(luma, picture @ [0.299, 0.587, 0.114] / 255, atol=0.6 / 255)
    np.testing.assert_array_equal(grey(np.array([[WHITE, (0, 0, 0)]], np.uint8)), [[1.0, 0.0]])


def test_each_pixel_of_a_shrunk_picture_is_the_mean_of_its_area() -> None:
    values = np.random.default_rng(0).random((6, 10)).astype(np.float32)
    small = resize(values, 5)
    assert small.dtype == np.float32
    np.testing.assert_allclose(small, values.reshape(3, 2, 5, 2).mean(axis=(1, 3)), rtol=1e-5)


@pytest.mark.parametrize(
    ("shape", "side", "expected"),
    [
        ((300, 451), 64, (43, 64)),
        ((451, 300), 64, (64, 43)),
        ((10, 10), 64, (64, 64)),
        ((900, 2), 60, (60, 1)),
    ],
)
def test_resize_keeps_the_proportions(shape: tuple[int, int], side: int, expected: tuple[int, int]) -> None:
    assert resize(np.zeros((*shape, 3), np.uint8), side).shape == (*expected, 3)
    assert resize(np.zeros(shape, np.float32), side).shape == expected


def test_the_photographs_are_small_and_each_has_its_licence_stated() -> None:
    files = list(pictures.PHOTOGRAPHS.iterdir())
    licences = (pictures.PHOTOGRAPHS / "LICENCES.md").read_text(encoding="utf-8")
    assert {file.name for file in files} == {"LICENCES.md", *(file.name for file in photographs().values())}
    assert all(f"| {file.name} |" in licences for file in photographs().values())
    assert sum(file.stat().st_size for file in files) <= 600_000


@pytest.mark.parametrize("name", ["astronaut", "camera", "chelsea", "coffee", "coins", "rocket"])
def test_a_photograph_is_a_picture_of_at_most_512_pixels(name: str) -> None:
    picture = photograph(name)
    assert picture.shape[2] == 3
    assert 300 < max(picture.shape) <= 512
    assert picture.std() > 20
    assert name in photographs()


@pytest.mark.parametrize("name", ["", "cat", "../pictures/chelsea", "chelsea.jpg", "/etc/passwd"])
def test_a_photograph_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(BadPicture, match="There is no photograph named"):
        photograph(name)
