"""What the printed papers need to know: plain values, gathered by the caller, printed by `templates/papers/`.

A paper is made in two steps: `markup.render("papers/agreement.html", paper=AgreementPaper(…))` under the
language the paper speaks, then `pdf.render(html)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from council.i18n import DEFAULT, Phrase, gettext, language
from council.workshop.pictures import Ink

DIGITS = "〇一二三四五六七八九"
WIDE = 8  # an annex with more columns is printed across


def numeral(n: int) -> str:
    """A number from 1 to 99 as articles and annexes are counted: 十四, or 14 outside Chinese."""
    if language() != DEFAULT:
        return str(n)
    tens, ones = divmod(n, 10)
    before = ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "")
    return before + (DIGITS[ones] if ones or not tens else "")


@dataclass(frozen=True)
class Clause:
    """One article without its number: a heading and the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Annex:
    """One of the lists: its name, the heads of its columns, its rows of ready texts."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def wide(self) -> bool:
        return len(self.columns) > WIDE


@dataclass(frozen=True)
class Signatory:
    """One who signs. `key` names the box `sig-<key>`; `side` is 甲方, 乙方一 …; `unit` is whose it is; `signed` stands in the box of a copy."""

    key: str
    side: str
    organisation: str
    secretary: str
    duty: str
    unit: str = ""
    liaison: str = ""
    signed: str = ""


def consent(signatories: int) -> Clause:
    """The last article: why a signature made here binds (Electronic Signature Law art. 13)."""
    return Clause(
        gettext("Electronic signature"),
        (
            gettext(
                "Under article 13 of the Electronic Signature Law the signatories agree to sign "
                "electronically. The key a signature is made with belongs to its signatory alone and is "
                "controlled by nobody else while signing; any change to a signature, or to the content or "
                "form of this agreement, can be discovered afterwards. A signature made so has the same "
                "effect as a signature by hand or a seal."
            ),
            gettext(
                "This agreement takes effect only when all %(n)s signatories have signed. "
                "The framed mark on the signature page shows who signed and when; it is not a seal."
            )
            % {"n": signatories},
        ),
    )


@dataclass(frozen=True)
class AgreementPaper:
    """A co-construction agreement ready to print.

    `digest` is the SHA-256 of the agreed text (64 hexadecimal digits), `check_address` the public page that
    checks this number, `level` one sentence on how it is signed, `watermark` a word across the pages of a
    file that is not final.
    """

    number: str
    title: str
    preamble: str
    signatories: tuple[Signatory, ...]
    clauses: tuple[Clause, ...]
    annexes: tuple[Annex, ...]
    drawn_up: date
    check_address: str
    digest: str
    level: str
    demo: bool = False
    watermark: str = ""

    def articles(self) -> Iterator[tuple[Phrase, Clause]]:
        """Every article with its number; the consent to electronic signature is always the last."""
        for n, clause in enumerate((*self.clauses, consent(len(self.signatories))), 1):
            yield Phrase("Article %(n)s", n=numeral(n)), clause

    def lists(self) -> Iterator[tuple[Phrase, Annex]]:
        """Every annex with its number."""
        for n, annex in enumerate(self.annexes, 1):
            yield Phrase("Annex %(n)s", n=numeral(n)), annex


@dataclass(frozen=True)
class Mark:
    """The face of one signature: the drawn ink, or none when the name was typed, and what the frame says.

    `instead_of` names who handed the signing over to the secretary named here; `picture` (an address data:) shows the unit's
    own seal, labelled as a picture; `hand` shows a picture of the handwriting where nothing was drawn.
    """

    organisation: str
    secretary: str
    signed_at: datetime
    certificate: str
    ink: Ink | None = None
    demo: bool = False
    instead_of: str = ""
    picture: str = ""
    hand: str = ""
