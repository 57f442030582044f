"""What Python does with a picture: opens it, shares its memory, draws on it, counts its colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import cbook
from matplotlib.figure import Figure
from PIL import Image, ImageDraw


def open_photo() -> Image.Image:
    """Grace Hopper, in the public domain, who comes with matplotlib."""
    path = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    return Image.open(path).convert("RGBA")


def image_over(pixels: Any, width: int, height: int) -> Image.Image:
    """An image whose memory is the caller's, and which may be drawn on."""
    image = Image.frombuffer("RGBA", (width, height), pixels, "raw", "RGBA", 0, 1)
    image.readonly = 0
    return image


def sign(image: Image.Image, text: str) -> None:
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, image.height - 36, image.width, image.height), fill=(0, 0, 0, 255))
    draw.text((12, image.height - 28), text, fill=(255, 220, 120, 255), font_size=18)


def compare(before: Image.Image, pixels: Any) -> Figure:
    """Both pictures, and how often each brightness of each colour occurs in them."""
    figure = Figure(figsize=(9, 6), dpi=100, layout="constrained")
    for column, (title, array) in enumerate((("before", np.asarray(before)), ("after", pixels))):
        picture, counts = figure.add_subplot(2, 2, column + 1), figure.add_subplot(2, 2, column + 3)
        picture.imshow(array)
        picture.set_title(title)
        picture.axis("off")
        for band, color in enumerate(("red", "green", "blue")):
            counts.stairs(np.bincount(array[..., band].ravel(), minlength=256), color=color)
        counts.set(xlim=(0, 256), yscale="log", xlabel="brightness", ylabel="pixels")
    return figure
