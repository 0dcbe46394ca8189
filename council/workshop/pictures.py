"""Pictures people send: photographs made small and nameless, and strokes of a pen.

A photograph is decoded once, turned upright, reduced and written anew, so that
neither its place, its camera nor anything hidden in the file survives.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from council.i18n import Phrase
from council.later import Later
from council.workshop.faults import Fault

if TYPE_CHECKING:
    import PIL
    from PIL import Image
else:
    PIL, Image = Later("PIL"), Later("PIL.Image")

LONGEST = 1600  # pixels of the longer side
PIXELS = 50_000_000  # more are refused before anything is decoded
BYTES = 15_000_000
QUALITY = 80
MAGIC = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF8": "GIF"}
HEIC = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
AT_ONCE = 2
# Turned here: the library's own way writes all that the camera said anew, and stumbles over what some cameras say.
ORIENTATION = 0x0112
TURNS: dict[Any, Any] = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # as the camera names it -> as the library names the turn

STROKES = 80
POINTS = 6_000
STROKES_BYTES = 200_000
WIDTH = 1000  # an ink drawing is fitted into this width
HEIGHT = 400  # and this height
MARGIN = 20


_threads = ThreadPoolExecutor(AT_ONCE, "pictures")


class PictureFault(Fault):
    """Something sent as a picture that cannot be taken as one."""


@dataclass(frozen=True)
class Picture:
    """A cleaned photograph: the file, its size in pixels and its media type."""

    data: bytes
    width: int
    height: int
    media_type: str = "image/webp"


@dataclass(frozen=True)
class Ink:
    """Strokes of a pen as one SVG path of whole numbers, and the size of the box it lies in."""

    path: str
    width: int
    height: int


def _format(data: bytes) -> str:
    """The format by its first bytes; the name and the declared type of a file mean nothing."""
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        raise PictureFault(
            Phrase("This photo is in the HEIC format. Please send it as JPEG, or take it here.")
        )
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for magic, name in MAGIC.items():
        if data.startswith(magic):
            return name
    raise PictureFault(Phrase("This file is not a photo. Please send a JPEG, PNG, WebP or GIF picture."))


def _opened(data: bytes) -> Image.Image:
    """The picture with its header read and its size allowed, but not decoded."""
    picture = Image.open(BytesIO(data), formats=[_format(data)])
    if picture.width * picture.height > PIXELS:
        raise Image.DecompressionBombError
    return picture


def _flat(picture: Image.Image) -> Image.Image:
    """Upright, small, on white where it was transparent."""
    picture.draft("RGB", (LONGEST, LONGEST))
    if (turn := TURNS.get(picture.getexif().get(ORIENTATION))) is not None:
        picture = picture.transpose(turn)
    picture.thumbnail((LONGEST, LONGEST))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


def clean(data: bytes) -> Picture:
    """The photograph written anew as WebP. Takes a tenth of a second or more: see `cleaned`."""
    if len(data) > BYTES:
        raise PictureFault(
            Phrase("This photo is too large. It may have %(mb)s MB.", mb=BYTES // 1_000_000), 413
        )
    try:
        flat, out = _flat(_opened(data)), BytesIO()
        flat.save(out, "WEBP", quality=QUALITY, method=4)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureFault(
            Phrase("This picture has too many pixels. Please send a smaller one."), 413
        ) from bomb
    except (PIL.UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as broken:
        raise PictureFault(Phrase("This photo is damaged and cannot be opened.")) from broken
    return Picture(out.getvalue(), flat.width, flat.height)


async def cleaned(data: bytes) -> Picture:
    """`clean` in a thread, a few pictures at a time."""
    return await asyncio.get_running_loop().run_in_executor(_threads, clean, data)


Point = tuple[float, float]


def _unclear() -> PictureFault:
    return PictureFault(Phrase("The drawn signature could not be read. Please draw it again."))


def _unfinished() -> PictureFault:
    return PictureFault(Phrase("Please draw your whole name."))


def _point(given: Any) -> Point:
    if not isinstance(given, list) or len(given) < 2:
        raise _unclear()
    x, y = given[:2]
    if not all(type(v) in (int, float) and -10_000 < v < 10_000 for v in (x, y)):
        raise _unclear()
    return float(x), float(y)


def _strokes(text: str) -> list[list[Point]]:
    """The strokes, each a list of points; anything that is not just numbers in lists is refused."""
    if len(text) > STROKES_BYTES:
        raise _unclear()
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise _unclear() from None
    if not isinstance(given, list) or len(given) > STROKES or not all(isinstance(s, list) for s in given):
        raise _unclear()
    if sum(map(len, given)) > POINTS:
        raise _unclear()
    return [[_point(point) for point in stroke] for stroke in given if stroke]


def _fitted(strokes: list[list[Point]]) -> tuple[list[list[tuple[int, int]]], int, int]:
    """The strokes moved and scaled into the box, in whole numbers, and the size of what they fill."""
    points = [point for stroke in strokes for point in stroke]
    left, top = min(x for x, _ in points), min(y for _, y in points)
    wide, high = max(x for x, _ in points) - left, max(y for _, y in points) - top
    if max(wide, high) < 10:
        raise _unfinished()
    scale = min((WIDTH - 2 * MARGIN) / max(wide, 1), (HEIGHT - 2 * MARGIN) / max(high, 1))
    moved = [
        [(round((x - left) * scale) + MARGIN, round((y - top) * scale) + MARGIN) for x, y in stroke]
        for stroke in strokes
    ]
    return moved, round(wide * scale) + 2 * MARGIN, round(high * scale) + 2 * MARGIN


def _curve(points: list[tuple[int, int]]) -> str:
    """A stroke through the middles of its segments, so that the line bends instead of breaking."""
    start = "M{} {}".format(*points[0])
    if len(points) == 1:
        return start + "l1 0"
    bends = [f"Q{x1} {y1} {(x1 + x2) // 2} {(y1 + y2) // 2}" for (x1, y1), (x2, y2) in pairwise(points[1:])]
    return start + "".join(bends) + "L{} {}".format(*points[-1])


def ink(text: str) -> Ink:
    """A posted drawing, `[[[x, y], …], …]` in JSON, as a path safe to print: digits and letters of ours."""
    strokes = _strokes(text)
    if sum(map(len, strokes)) < 5:
        raise _unfinished()
    moved, width, height = _fitted(strokes)
    return Ink("".join(map(_curve, moved)), width, height)
