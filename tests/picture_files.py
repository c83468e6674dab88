"""Small pictures as files, and files that claim to be large, for tests."""

import io
import struct
import zlib

from PIL import Image

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def two_by_two(*colours: tuple[int, ...], mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (2, 2))
    image.putdata(colours)
    return image


def coloured() -> Image.Image:
    """Four fields large enough to survive a lossy format."""
    return two_by_two(RED, GREEN, BLUE, WHITE).resize((64, 48), Image.Resampling.NEAREST)


GREY_PNG, RGB_PNG, RGBA_PNG = 0, 2, 6


def png_claiming(width: int, height: int, bits: int = 8, kind: int = RGB_PNG) -> bytes:
    """A PNG whose header promises these sides and whose content is one compressed row of zeros."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content
