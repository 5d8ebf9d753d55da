"""A picture such as customers send: something broken on a table."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (480, 360)


@cache
def photo() -> bytes:
    """A small JPEG, the same every time."""
    picture = Image.new("RGB", SIZE, "#b08d62")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((150, 110, 330, 290), fill="#e8e2d6", outline="#9c9488", width=4)
    draw.line(((170, 130), (235, 205), (225, 240), (310, 285)), fill="#4b4640", width=5)
    file = BytesIO()
    picture.save(file, "JPEG", quality=80)
    return file.getvalue()
