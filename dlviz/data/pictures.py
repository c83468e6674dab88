"""Pictures: the embedded photographs, and whatever a learner uploads or takes."""

import warnings
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from threading import Lock

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from dlviz.paths import ASSETS

PHOTOGRAPHS = ASSETS / "pictures"
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 15_000_000
MAX_PIXELS = 40_000_000
MAX_JPEG_PIXELS = 150_000_000  # of a JPEG, which is made smaller while it is decoded
MAX_PROGRESSIVE_PIXELS = 64_000_000  # of one whose coefficients must all be there first
MAX_COSTLY_PIXELS = 16_000_000  # Of those that take several times their size while they are read.
LARGE_PIXELS = 4_000_000
BAND_PIXELS = 1_000_000
LONGER_SIDE = 1024
MOST_BRANDS = 256  # bytes of a file's first box, in which its brands stand
WHITES = (255, 1023, 4095, 16383, 65535)  # of 8, 10, 12, 14 and 16 bits
HOT = 0.001  # share of a 16-bit picture's pixels that may be brighter than its white: sensors have hot ones
WHITE_INK = 217  # of 255: brightness above which white paper would hide what is drawn on it

_one_large_picture = Lock()  # A class's large pictures, all read at once, would fill the memory.

# Of a picture that is too large `read_picture` tells the learner; Pillow need not tell the log as well.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class BadPicture(ValueError):
    """A picture cannot be used; the message says why and what to do, in a sentence for a learner."""


HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}  # brands of their files
AVIF, CONTAINER = {b"avif", b"avis"}, {b"mif1", b"msf1", b"miaf"}  # the last may hold either
_HEIC = (
    "This is a HEIC picture, as iPhones take them, and cannot be read here: export it as JPEG. With "
    "Settings › Camera › Formats › Most Compatible an iPhone takes JPEGs."
)
_AVIF = "This is an AVIF picture: save it as PNG or JPEG."
_HEIF = "This is a HEIF picture, which cannot be read here: export it as JPEG."
_NO_PICTURE = "This is not a PNG, JPEG, WebP, GIF, BMP or TIFF picture: choose one."
_TOO_MANY_PIXELS = "The picture has more than 40 million pixels: choose a smaller one."
_TOO_MANY_FOR_ITS_KIND = (
    "The picture has more than 16 million pixels, too many for its kind: choose a smaller one, or a JPEG."
)


def read_picture(content: bytes) -> np.ndarray:
    """Read a picture's pixels: (height, width, 3) uint8 RGB, upright, at most 1024 on the longer side.

    Of an animation it is the first frame. What is transparent becomes white, or black if what can be seen is
    nearly white itself.

    Args:
        content: a PNG, JPEG, WebP, GIF, BMP or TIFF file.
    Raises: BadPicture if it is none of these, damaged, over 15 MB or over 40 megapixels; over 150 if it is a
        JPEG, over 16 if it is transparent, finer than 8 bits or WebP. The size is looked at before anything
        is decoded.
    """
    if not content:
        raise BadPicture("The file is empty: choose another one.")
    if len(content) > MAX_BYTES:
        raise BadPicture("The file is larger than 15 MB: choose a smaller one.")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _check_size(image)
            with _one_large_picture if image.width * image.height > LARGE_PIXELS else nullcontext():
                return _pixels(image)
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(_TOO_MANY_PIXELS) from error
    except UnidentifiedImageError as error:
        raise BadPicture(_advise(content)) from error
    # Pillow's decoders raise whatever a damaged file makes them stumble over.
    except Exception as error:
        raise BadPicture("The picture is damaged and cannot be read: choose another one.") from error


def _advise(content: bytes) -> str:
    """Say what kind of file it is that is none of the pictures read here; phones' kinds by their brands."""
    if content[4:8] != b"ftyp":
        return _NO_PICTURE
    end = min(int.from_bytes(content[:4]), MOST_BRANDS)
    main, *others = [content[8:12], *(content[at : at + 4] for at in range(16, end, 4))]
    for brands in ({main}, set(others)):  # a container of either kind says only among the others which it is
        if brands & HEIC:
            return _HEIC
        if brands & AVIF:
            return _AVIF
    return _HEIF if CONTAINER & {main, *others} else _NO_PICTURE


def _check_size(image: Image.Image) -> None:
    pixels = image.width * image.height
    if isinstance(image, JpegImageFile):
        if pixels > (MAX_PROGRESSIVE_PIXELS if "progressive" in image.info else MAX_JPEG_PIXELS):
            raise BadPicture("The picture has too many pixels, even for a JPEG: choose a smaller one.")
        return
    if pixels > MAX_PIXELS:
        raise BadPicture(_TOO_MANY_PIXELS)
    costly = image.has_transparency_data or image.mode.startswith(("I", "F")) or image.format == "WEBP"
    if costly and pixels > MAX_COSTLY_PIXELS:
        raise BadPicture(_TOO_MANY_FOR_ITS_KIND)


def _pixels(image: Image.Image) -> np.ndarray:
    image.draft(None, (LONGER_SIDE, LONGER_SIDE))  # a JPEG can be decoded at an eighth of its size
    if image.mode == "F":
        _make_finite(image)
    white = _white(image)
    # Shrunk before all else, so that only the file's own pixels take much memory. Colours that stand for
    # something else, a palette's place or transparency, must not be mixed.
    if image.mode not in ("1", "P", "PA") and "transparency" not in image.info:
        image.thumbnail((LONGER_SIDE, LONGER_SIDE))
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image, white)
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGER_SIDE, LONGER_SIDE))
    return _on_paper(image) if image.mode == "RGBA" else np.array(image)


def _on_paper(image: Image.Image) -> np.ndarray:
    """Pixels (height, width, 3) of a picture with transparency, on the paper on which it can be seen."""
    alpha = np.asarray(image.getchannel("A"), np.float64)
    brightness = np.asarray(image.convert("RGB").convert("L"), np.float64)
    visible = (alpha * brightness).sum() / max(alpha.sum(), 1)
    paper = "black" if visible > WHITE_INK and alpha.min() < 255 else "white"
    return np.array(Image.alpha_composite(Image.new("RGBA", image.size, paper), image).convert("RGB"))


def _make_finite(image: Image.Image) -> None:
    """Set what is no number to 0, before shrinking would spread it; band by band, to need no second copy."""
    rows = max(1, BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        band = (0, top, image.width, min(top + rows, image.height))
        values = np.nan_to_num(np.array(image.crop(band)), posinf=0, neginf=0)
        image.paste(Image.fromarray(values), band)


def _white(image: Image.Image) -> int:
    """Value of white in a 16-bit picture: cameras and scanners often use 10, 12 or 14 of the bits alone."""
    if not image.mode.startswith("I;16"):
        return 0
    _, largest = image.getextrema()
    assert not isinstance(largest, tuple)  # it has one band
    if largest > WHITES[-2]:  # of all 16 bits, which a single broken pixel has
        values = np.asarray(image).ravel()
        at = int((1 - HOT) * (values.size - 1))
        largest = np.partition(values, at)[at]
    return next(white for white in WHITES if largest <= white)


def _eight_bits(image: Image.Image, white: int) -> Image.Image:
    """Picture in 8 bits; `white` is 0 for 32-bit values, which have no agreed range but the picture's own."""
    values = np.array(image, np.float64)
    low, high = (0, white) if white else (values.min(), values.max())
    scaled = (values - low) * (255 / max(high - low, 1e-300))
    return Image.fromarray(np.rint(scaled.clip(0, 255)).astype(np.uint8))


def grey(picture: np.ndarray) -> np.ndarray:
    """Brightness (height, width) float32 in [0, 1] of a picture (height, width, 3) uint8.

    Source: ITU-R BT.601, luma = 0.299 red + 0.587 green + 0.114 blue.
    """
    return np.asarray(Image.fromarray(picture).convert("L"), np.float32) / 255


def resize(picture: np.ndarray, longer_side: int) -> np.ndarray:
    """Resize a picture to `longer_side` pixels on its longer side, each the mean of those that fall into it.

    Args:
        picture: (height, width, 3) uint8 or (height, width) float32; the result is of the same kind.
    """
    height, width = picture.shape[:2]
    scale = longer_side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def crop_square(picture: np.ndarray, side: int) -> np.ndarray:
    """Cut out and resize the middle of a picture (height, width, 3) uint8: (side, side, 3) uint8."""
    height, width = picture.shape[:2]
    if height == width == side:
        return picture
    shorter = min(height, width)
    left, top = (width - shorter) // 2, (height - shorter) // 2
    middle = picture[top : top + shorter, left : left + shorter]
    return np.array(Image.fromarray(middle).resize((side, side), Image.Resampling.BICUBIC))


def photographs() -> dict[str, Path]:
    """Embedded photographs: name -> file. Their makers and licences are in LICENCES.md beside them."""
    return {file.stem: file for file in sorted(PHOTOGRAPHS.glob("*.jpg"))}


def photograph(name: str) -> np.ndarray:
    """Read an embedded photograph: (height, width, 3) uint8.

    Raises: BadPicture if there is none of that name.
    """
    files = photographs()
    if name not in files:
        raise BadPicture(f"There is no photograph named {name}: there are {', '.join(files)}.")
    return read_picture(files[name].read_bytes())
