"""Makes a plain JPEG of what was uploaded: nothing of the file that came is kept but what it shows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 2048
QUALITY = 85


class PictureError(Exception):
    """Base of what can be wrong with an upload."""


class NotAPicture(PictureError):
    """It is none of the formats that are read here, whatever its name or type says."""


class PictureTooLarge(PictureError):
    """It has more pixels than are taken."""


class PictureBroken(PictureError):
    """It begins like a picture and cannot be read to its end."""


class PictureMoves(PictureError):
    """It is an animation."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture without camera data, place or colour profile."""

    data: bytes
    width: int
    height: int
    media_type: str = "image/jpeg"


class Darkroom:
    """Reads uploads one at a time in a thread: a large one takes memory and a second."""

    def __init__(self, max_bytes: int = 10_000_000, max_pixels: int = 50_000_000) -> None:
        self.max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._one = asyncio.Semaphore(1)

    async def develop(self, upload: bytes) -> Picture:
        """The picture in the upload; raises PictureError."""
        async with self._one:
            return await asyncio.to_thread(develop, upload, self._max_pixels)


def develop(upload: bytes, max_pixels: int) -> Picture:
    """The first frame, upright, at most 2048 pixels a side, as a JPEG of our own making."""
    # Most deployments start long before the first picture comes.
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(upload), formats=FORMATS) as image:
            width, height = image.size
            # The header tells the size: nothing is unpacked before it is known to fit.
            if width * height > max_pixels:
                raise PictureTooLarge
            if getattr(image, "is_animated", False) and image.format != "MPO":
                raise PictureMoves
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            return _plain(image)
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise NotAPicture from None
    except Image.DecompressionBombError:
        raise PictureTooLarge from None
    except Exception:
        # Decoders raise whatever their input makes them stumble over.
        raise PictureBroken from None


def _plain(image: Image.Image) -> Picture:
    from PIL import Image, ImageOps

    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        # What is see-through becomes white, not black.
        coloured = upright.convert("RGBA")
        white = Image.new("RGBA", coloured.size, "white")
        upright = Image.alpha_composite(white, coloured)
    flat = upright.convert("RGB")
    flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    flat.info.clear()
    out = BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), flat.width, flat.height)
