"""A code as a picture to keep in the phone's album: QR, the code in groups, a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from council.later import Later

if TYPE_CHECKING:
    import segno
    from PIL import Image, ImageDraw, ImageFont

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
else:
    segno, Image, ImageDraw, ImageFont = Later("segno"), Later("PIL.Image"), Later("PIL.ImageDraw"), Later("PIL.ImageFont")

WIDTH, MARGIN = 720, 48
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Bold.ttc",
)
SIMPLIFIED = 2  # the face of the collection with Simplified Chinese shapes


def _font(size: int) -> Font:
    for name in FONTS:
        if Path(name).is_file():
            return ImageFont.truetype(name, size, index=SIMPLIFIED)
    return ImageFont.load_default(size)


def drawn(link: str, code: str, lines: Sequence[str]) -> bytes:
    """A PNG 720 pixels wide: the lines, a QR code of `link`, and `code` as given. Without a Chinese typeface the lines are left out."""
    qr = Image.open(BytesIO(_qr(link))).convert("RGB")
    texts = list(lines) if any(Path(name).is_file() for name in FONTS) else []
    page = Image.new("RGB", (WIDTH, 2 * MARGIN + 56 * len(texts) + qr.height + 110), "white")
    pen, y = ImageDraw.Draw(page), MARGIN
    for text in texts:
        pen.text((WIDTH // 2, y), text, "#1f1a17", font=_font(34), anchor="ma")
        y += 56
    page.paste(qr, ((WIDTH - qr.width) // 2, y))
    pen.text((WIDTH // 2, y + qr.height + 12), code, "#a61e1e", font=_font(64), anchor="ma")
    out = BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def _qr(link: str) -> bytes:
    target = BytesIO()
    code = segno.make(link, error="m", micro=False)
    code.save(target, kind="png", scale=max(1, (WIDTH - 2 * MARGIN) // (code.symbol_size(border=3)[0])), border=3)
    return target.getvalue()
