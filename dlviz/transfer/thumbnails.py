"""Thumbnails of a set's pictures, many on one sheet, so that they travel in a few kilobytes."""

import hashlib
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

SMALL = 56  # pixels of a thumbnail's side: a quarter of a kept picture's, which a JPEG gives at once
ACROSS = 16  # thumbnails in a row of a sheet
QUALITY = 60


def name_jpeg(jpeg: bytes) -> str:
    """Name a picture by its content: the same picture has the same name in every set."""
    return hashlib.blake2b(jpeg, digest_size=6).hexdigest()


def make_sheet(jpegs: Sequence[bytes]) -> bytes:
    """Lay pictures out on one JPEG, SMALL × SMALL pixels each, row by row, ACROSS in a row.

    Args:
        jpegs: of `encode_picture`, at least one.
    """
    rows = -(-len(jpegs) // ACROSS)
    sheet = Image.new("RGB", (SMALL * min(ACROSS, len(jpegs)), SMALL * rows), "white")
    for at, jpeg in enumerate(jpegs):
        with Image.open(BytesIO(jpeg)) as picture:
            picture.draft("RGB", (SMALL, SMALL))
            small = picture.convert("RGB").resize((SMALL, SMALL), Image.Resampling.BOX)
        sheet.paste(small, (SMALL * (at % ACROSS), SMALL * (at // ACROSS)))
    file = BytesIO()
    sheet.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
