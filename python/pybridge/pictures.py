"""The memory of Pillow's images, which they export as Arrow arrays, from Pillow 11.2 on."""

from __future__ import annotations

import sys

from ._native import Memory, memory_at, memory_of_arrow
from .errors import BridgeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_COPY = "or pass numpy.asarray(x), which copies"
_ONE_BLOCK = "PIL.Image.core.set_use_block_allocator(1)"
_NATIVE = "<" if sys.byteorder == "little" else ">"

# What a pixel of one band is: format and bytes. Anything else is four bytes.
_PIXELS = {
    "1": ("B", 1),  # 0 or 255
    "L": ("B", 1),
    "P": ("B", 1),
    "I": ("i", 4),
    "F": ("f", 4),
    "I;16": ("<H", 2),
    "I;16L": ("<H", 2),
    "I;16B": (">H", 2),
    "I;16N": (f"{_NATIVE}H", 2),
}


def is_picture(target: object) -> bool:
    """Whether it is an image of Pillow's. Imports nothing."""
    return isinstance(target, getattr(sys.modules.get("PIL.Image"), "Image", ()))


def _refuse(why: str) -> NoReturn:
    raise BridgeError("CONVERSION", f"PIL.Image: {why}")


def memory_of_picture(image: Any) -> Memory:
    """A Memory over the pixels: rows, columns, and bands where there are several."""
    image.load()  # from its file, where that was not read yet
    width, height = image.size
    if image.mode in _PIXELS:
        format_, size = _PIXELS[image.mode]
        shape, strides = (height, width), (width * size, size)
    else:
        bands = len(image.getbands())
        format_, size = "B", 1
        step = 3 if bands == 2 else 1  # alpha is the last of four bytes
        shape, strides = (height, width, bands), (width * 4, 4, step)
    if width == 0 or height == 0:
        return memory_at(image, 0, True, format_, size, shape, strides)
    schema, array = _export(image)
    return memory_of_arrow(schema, array, format_, size, shape, strides)


def _export(image: Any) -> tuple[Any, Any]:
    version: str = sys.modules["PIL"].__version__
    if not hasattr(image, "__arrow_c_array__"):
        _refuse(f"Pillow {version} does not export its memory: use Pillow 13, {_COPY}")
    # Before 13 Pillow reads where nothing is, for an image that is mapped (frombuffer) or has
    # gaps between its rows; and none but that of one block tells that it is neither.
    if int(version.split(".")[0]) < 13 and not image.im.isblock():
        _refuse(
            f"Pillow {version} can end the process when it exports this image: use Pillow 13, "
            f"call {_ONE_BLOCK} before the image is made, {_COPY}"
        )
    try:
        return image.__arrow_c_array__()
    except ValueError as error:
        _refuse(
            f"it does not lie in one piece ({error}): call {_ONE_BLOCK} before the image is "
            f"made, {_COPY}"
        )
