"""Which language a person reads, and words that wait to be translated until it is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from council.clock import ZONE
from council.later import Later

if TYPE_CHECKING:
    from babel import dates
else:
    dates = Later("babel.dates")

DEFAULT = "zh_Hans_CN"
LANGUAGES = {"zh_Hans_CN": "中文", "en": "English"}
WEEKDAYS = "一二三四五六日"
_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def folder() -> Path:
    """The catalogues: the checkout's `locale/`, or the copy inside an installed wheel."""
    checkout = Path(__file__).resolve().parent.parent / "locale"
    return checkout if checkout.is_dir() else Path(__file__).parent / "_locale"


def compile_catalogues() -> None:
    """Write each `.mo` whose `.po` is newer; a checkout carries only the `.po`."""
    for po in folder().glob("*/LC_MESSAGES/council.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with po.open("rb") as source:
            catalogue = read_po(source)
        # Several may start at once: each writes its own, and whoever reads finds a whole one.
        scratch = mo.with_suffix(f".{os.getpid()}.part")
        with scratch.open("wb") as target:
            write_mo(target, catalogue)
        scratch.replace(mo)


@cache
def translations(code: str) -> NullTranslations:
    """The catalogue of a language; English is its own msgids."""
    return translation("council", folder(), [code], fallback=True)


def language() -> str:
    return _language.get()


def choose(code: str | None) -> str:
    """A known language for what a cookie or a query string says; never a raw locale name."""
    return code if code in LANGUAGES else DEFAULT


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the block every text comes out in `code`."""
    token = _language.set(choose(code))
    try:
        yield
    finally:
        _language.reset(token)


def use(code: str) -> None:
    """Set the language of the rest of this task."""
    _language.set(choose(code))


def gettext(message: str) -> str:
    return translations(language()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    return translations(language()).ngettext(singular, plural, n)


def said(message: str, /, **values: Any) -> Markup:
    """A sentence as a template says it, its values escaped; what needs no values is put together once for each language."""
    return _sentence(language(), message) % values if values else _plain(language(), message)


@lru_cache(maxsize=8192)
def _sentence(code: str, message: str) -> Markup:
    return Markup(translations(code).gettext(message))  # noqa: S704 - our own words


@lru_cache(maxsize=8192)
def _plain(code: str, message: str) -> Markup:
    return _sentence(code, message) % {}  # "%%" stands for "%" here too


class Phrase:
    """A sentence with named values, translated when it is read: rules speak in phrases. A day or a moment in it is written as the reader writes it.

    >>> str(Phrase("%(n)s present", n=16))
    '16 present'
    """

    __slots__ = ("message", "values")

    def __init__(self, message: str, /, **values: Any) -> None:
        self.message, self.values = message, values

    def __str__(self) -> str:
        said = gettext(self.message)
        return said % {name: _written(value) for name, value in self.values.items()} if self.values else said

    def __repr__(self) -> str:
        return f"Phrase({self.message!r}, {self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and (self.message, self.values) == (other.message, other.values)

    def __hash__(self) -> int:
        return hash((self.message, tuple(sorted(self.values.items(), key=str))))

    def __html__(self) -> str:
        return str(escape(str(self)))


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return moment(value) if isinstance(value, datetime) else day(value)
    return value


def day(value: date | datetime) -> str:
    """A calendar day as people write it: 2026年11月25日 / 25 November 2026."""
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    if language() == DEFAULT:
        return f"{value.year}年{value.month}月{value.day}日"
    return dates.format_date(value, "d MMMM yyyy", locale=language())


def weekday(value: date | datetime) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    if language() == DEFAULT:
        return "星期" + WEEKDAYS[value.weekday()]
    return dates.format_date(value, "EEEE", locale=language())


def dated(value: date | datetime) -> str:
    """A day with its weekday: 2026年11月25日 星期三 / Wednesday, 25 November 2026."""
    return f"{day(value)} {weekday(value)}" if language() == DEFAULT else f"{weekday(value)}, {day(value)}"


def moment(value: datetime) -> str:
    """A day and a 24-hour time in the district's zone. A naive value is refused by `astimezone` policy upstream."""
    if language() == DEFAULT:
        here = value.astimezone(ZONE)
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
    return dates.format_datetime(value, "d MMMM yyyy HH:mm", tzinfo=ZONE, locale=language())


def hour(value: datetime) -> str:
    return f"{value.astimezone(ZONE):%H:%M}"
