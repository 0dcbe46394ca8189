"""What the papers of a meeting's calling need to know: plain values, printed by `templates/papers/notice.html` and `papers/signin.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

BLANK_ROWS = 6  # for those who come without an invitation


@dataclass(frozen=True)
class NoticePaper:
    """The notice of a meeting. `sections` are numbered: a heading with its lines; `address` is the page its code opens."""

    title: str
    to: str
    opening: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    issuer: str
    day: str
    address: str
    contact: str = ""
    demo: bool = False
    watermark: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One line of the sign-in sheet: who, for whom, and who comes instead if somebody was named."""

    name: str
    whom: str = ""
    substitute: str = ""


@dataclass(frozen=True)
class SheetGroup:
    """Those who sit in the same capacity."""

    word: str
    rows: Sequence[SheetRow] = ()


@dataclass(frozen=True)
class SignInPaper:
    """The sign-in sheet: groups of names with room for hand and hour, and some empty lines."""

    title: str
    facts: tuple[tuple[str, str], ...]
    groups: tuple[SheetGroup, ...]
    demo: bool = False
    watermark: str = ""
    blanks: range = field(default_factory=lambda: range(BLANK_ROWS))


@dataclass(frozen=True)
class PosterPaper:
    """What hangs on the paper board: `lines` of the de-identified text, from which day to which, where objections go."""

    title: str
    place: str
    lines: tuple[str, ...]
    days: str
    contact: str
    address: str
    board: str = ""
    demo: bool = False
    watermark: str = ""
