"""What people type, made tidy: one composed form, no signs that hide or turn around other signs."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import Annotated

from pydantic import AfterValidator

from council.i18n import Phrase

# Zero width, direction overrides and isolates: they make a name look like another one.
HIDING = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
MARKS = re.compile(r"[^\w\s!-~]{20,}")
PILED = 20  # marks on one sign: more is no writing, and sorting them takes the square of their number
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
LANDLINE = re.compile(r"(0\d{2,3})(\d{7,8})(\d{0,6})")
HOTLINE = re.compile(r"(?:1\d{2}|1\d{4}|9\d{4}|[48]00\d{7}|\d{7,8})")
MAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Wrong(ValueError):
    """What is not right about a text, in the reader's language when it is read."""

    def __init__(self, message: str, /, **values: str) -> None:
        super().__init__(message)
        self.phrase = Phrase(message, **values)

    def __str__(self) -> str:
        return str(self.phrase)


def passage(text: str) -> str:
    """Several lines in composed form (NFC), without signs that hide or turn others. `Wrong` where it holds control signs or piles of marks."""
    if CONTROL.search(text) or _piled(text):
        raise Wrong("This holds signs that cannot be kept.")
    return HIDING.sub("", unicodedata.normalize("NFC", text))


def _piled(text: str) -> bool:
    marks = (groupby(run, lambda sign: bool(unicodedata.combining(sign))) for run in MARKS.findall(text))
    return any(marked and sum(1 for _ in signs) > PILED for run in marks for marked, signs in run)


def line(text: str) -> str:
    """One line in composed form (NFC) with single spaces. `Wrong` where it holds control signs or a formula's beginning, in wide signs too."""
    tidy = " ".join(passage(text).split())
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co") for sign in tidy):
        raise Wrong("This holds signs that cannot be kept.")
    if unicodedata.normalize("NFKC", tidy[:1]) in ("=", "+", "@", "-"):
        raise Wrong("This cannot begin with “%(sign)s”.", sign=tidy[0])
    return tidy


def phone_digits(text: str) -> str:
    """The digits of what looks like a telephone number, "" for anything else."""
    digits = re.sub(r"[\s\-()（）—－]", "", unicodedata.normalize("NFKC", text)).removeprefix("+86")
    return digits if digits.isascii() and digits.isdigit() else ""


def phone(text: str) -> str:
    """A telephone number as digits: 13800000000, 02887654321 or a hotline. `Wrong` for anything else."""
    digits = re.sub(r"[\s\-()（）—－]", "", unicodedata.normalize("NFKC", text))
    if found := MOBILE.fullmatch(digits):
        return found[1]
    if LANDLINE.fullmatch(digits) or HOTLINE.fullmatch(digits) or not digits:
        return digits
    raise Wrong("This is not a telephone number: a mobile number has 11 digits.")


def mail(text: str) -> str:
    """An e-mail address, or nothing. `Wrong` for anything else."""
    if text and (len(text.encode()) > 120 or not MAIL.fullmatch(text)):
        raise Wrong("This is not an e-mail address.")
    return text


Line = Annotated[str, AfterValidator(line)]
Phone = Annotated[str, AfterValidator(phone)]
Mail = Annotated[str, AfterValidator(mail)]
