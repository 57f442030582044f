"""A picture to draw rectangles and small text on, which becomes a PNG with zlib alone."""

from __future__ import annotations

import struct
import zlib
from typing import Tuple

Color = Tuple[int, int, int]  # red, green, blue, 0 to 255

# Five columns per character, two hexadecimal digits each; the lowest bit is the top pixel of seven.
_GLYPHS = {
    "0": "3e4141413e", "1": "00427f4000", "2": "6251494946", "3": "2241494936",
    "4": "1814127f10", "5": "2745454539", "6": "3c4a494930", "7": "0171090503",
    "8": "3649494936", "9": "064949291e", "%": "2313086462", ".": "0060600000",
    "a": "2054545478", "d": "384444487f", "e": "3854545418", "f": "087e090902",
    "g": "085454543c", "h": "7f08040478", "i": "00447d4000", "m": "7c04780478",
    "n": "7c08040478", "o": "3844444438", "r": "7c08040408", "s": "4854545424",
    "t": "043f444020", "w": "3c4030403c", " ": "0000000000",
}  # fmt: skip


class Canvas:
    """A white picture of `width` times `height` pixels; the origin is at the top left."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.rows = [bytearray(b"\xff" * 3 * width) for _ in range(height)]

    def fill(self, x: int, y: int, width: int, height: int, color: Color) -> None:
        """Paint a rectangle."""
        line = bytes(color) * width
        for row in self.rows[y : y + height]:
            row[3 * x : 3 * (x + width)] = line

    def text(
        self, x: int, y: int, text: str, scale: int, color: Color = (0, 0, 0), align: str = "left"
    ) -> None:
        """Write a line of text whose top is at y, and which begins, ends or has its middle at x."""
        width = (6 * len(text) - 1) * scale
        x -= {"left": 0, "center": width // 2, "right": width}[align]
        for position, character in enumerate(text):
            for column, bits in enumerate(bytes.fromhex(_GLYPHS[character])):
                for row in range(7):
                    if bits >> row & 1:
                        left = x + (6 * position + column) * scale
                        self.fill(left, y + row * scale, scale, scale, color)

    def png(self) -> bytes:
        """The picture as the bytes of a PNG file."""
        size_and_format = struct.pack(">IIBBBBB", self.width, len(self.rows), 8, 2, 0, 0, 0)
        pixels = b"".join(b"\0" + row for row in self.rows)  # 0: the row is not filtered
        return (
            b"\x89PNG\r\n\x1a\n"
            + _chunk(b"IHDR", size_and_format)
            + _chunk(b"IDAT", zlib.compress(pixels, 9))
            + _chunk(b"IEND", b"")
        )


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
