"""Typefaces of the papers: Noto CJK in its Simplified Chinese shapes, cut for each document to what it needs.

Cutting a face of 25 MB straight from the system's collection takes 4 ms, so nothing is prepared on disk.
"""

from __future__ import annotations

import html
import subprocess
import unicodedata
from functools import cache
from pathlib import Path

import uharfbuzz as hb

from council.i18n import Phrase
from council.workshop.faults import Fault

FOLDERS = (
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/noto",
    "/usr/share/fonts/google-noto-serif-cjk-fonts",
    "/usr/share/fonts/google-noto-sans-cjk-fonts",
)
FACES = {  # (family in our style sheets, weight): (file, family inside the file)
    ("Paper Serif", 400): ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC"),
    ("Paper Serif", 700): ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC"),
    ("Paper Sans", 400): ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"),
    ("Paper Sans", 700): ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC"),
}
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "第页共年月日，。、；：（）〔〕《》“”—…·"
UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs"}


class FontFault(Fault):
    """A typeface the papers need is not on this machine."""


def _asked(family: str, file: str) -> Path | None:
    """Where the system's font list says a collection is."""
    style = "Bold" if "Bold" in file else "Regular"
    question = ["fc-match", "-f", "%{file}", f"{family}:style={style}"]
    try:
        said = subprocess.run(question, capture_output=True, text=True, timeout=10).stdout
    except OSError:
        return None
    return Path(said) if said.endswith((".ttc", ".otf", ".ttf")) and "CJK" in said else None


@cache
def _path(file: str, family: str) -> Path:
    for folder in FOLDERS:
        if (Path(folder) / file).is_file():
            return Path(folder) / file
    found = _asked(family, file)
    if found is None:
        raise FontFault(Phrase("The typeface %(name)s is not installed.", name=family), status=503)
    return found


@cache
def _face(file: str, family: str) -> hb.Face:
    """The face of a family inside a collection. The file is mapped, not read."""
    blob = hb.Blob.from_file_path(str(_path(file, family)))
    for index in range(64):
        face = hb.Face(blob, index)
        name = face.get_name(hb.OTNameIdPredefined.FONT_FAMILY)
        if name == family:
            return face
        if name is None:
            break
    raise FontFault(Phrase("The typeface %(name)s is not installed.", name=family), status=503)


@cache
def _signs(file: str, family: str) -> hb.Set:
    """The code points a face can print. Read once; names are asked by the thousand."""
    return _face(file, family).unicodes


def missing(text: str) -> str:
    """The characters of `text` that some face of the papers cannot print, each once, in order of appearance.

    Ask it when a name is saved: a paper would print a blank box while its copied text still looks right.
    """
    faces = [_signs(*where) for where in FACES.values()]
    seen = dict.fromkeys(c for c in text if unicodedata.category(c) not in UNSEEN)
    return "".join(c for c in seen if not all(ord(c) in known for known in faces))


def letters(source: str) -> str:
    """Every character an HTML page can print: its text with entities resolved, and what page numbers need."""
    return html.unescape(source) + ALWAYS


def _subset(face: hb.Face, text: str) -> bytes:
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).update(map(ord, set(text)))
    return bytes(hb.subset(face, wanted).blob.data)


def address(family: str, weight: int) -> str:
    """The name under which a style sheet asks for a face; only the press can answer it."""
    return f"council-font:{family.replace(' ', '-').lower()}-{weight}"


def subsets(text: str) -> dict[str, bytes]:
    """For each address an OpenType font that holds the characters of `text` and no more."""
    return {address(*key): _subset(_face(*where), text) for key, where in FACES.items()}


class Drawer:
    """Fonts cut lately, for one process that prints many papers of the same kind: cutting takes a tenth of printing one.

    A font that holds more than a paper needs does no harm: the file gets only the signs that are printed.
    """

    def __init__(self, most: int = 2500) -> None:
        self._most = most
        self._signs: frozenset[str] = frozenset()
        self._cut: dict[str, bytes] = {}

    def fonts(self, text: str) -> dict[str, bytes]:
        """Fonts that hold at least the characters of `text`, by address."""
        wanted = frozenset(text)
        if not wanted <= self._signs:
            both = wanted | self._signs
            self._signs = both if len(both) <= self._most else wanted
            self._cut = subsets("".join(self._signs))
        return self._cut


def style_sheet() -> str:
    """The @font-face rules that tie `Paper Serif` and `Paper Sans` to their addresses."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};src:url({address(family, weight)})}}'
        for family, weight in FACES
    )
