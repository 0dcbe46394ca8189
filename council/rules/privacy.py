"""What must never be kept and what must never be published.

Identity-card numbers (15 digits, or 17 digits and a check sign by MOD 11-2, GB 11643) and bank cards are
refused wherever somebody types them; a text is redacted before it is published (PIPL 25, 28).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from council.refusals import Refusal

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
CHINESE_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {
    "〇": "0", "幺": "1",
    **{sign: str(value) for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "×": "X",
}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

LONGEST = 19  # digits of a bank card
RUN = re.compile(r"\d+X?")
SPACED = re.compile(r"(?<!\d)\d++(?:[ \-.]\d++)+X?")  # possessive: a page of digits must not stall
MOBILE = re.compile(r"(?<!\d)(?:\+?86[ \-]?)?(1[3-9]\d)[ \-.,、_/]?(\d{4})[ \-.,、_/]?(\d{4})(?!\d)")
SPELLED = re.compile(r"(?<!\d)1([ .\-_*])[3-9](?:\1\d){9}(?!\d)")  # 1-3-8-0…: one sign between all digits
LANDLINE = re.compile(r"(?<!\d)(0(?:10|2\d|[3-9]\d\d))([ \-]?)(\d{3,4})(\d{4})(?!\d)")
PHONES = ((MOBILE, r"\1****\3"), (SPELLED, "1****"), (LANDLINE, r"\1\2****\4"))
SIGN = re.compile(r".[\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)

TWO_SIGN_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
        "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
        "段干百里呼延东郭南门羊舌微生梁丘左丘东门西门南荣",
    )
)


class Found(NamedTuple):
    """A stretch of the original text, and what it is: "identity" or "card"."""

    start: int
    end: int
    what: str


class Plain(NamedTuple):
    """A text with every way of writing a digit made one, and where each sign of it came from."""

    text: str
    places: tuple[int, ...]


def _plain(text: str) -> Plain:
    signs, places = [], []
    for place, sign in enumerate(text):
        if sign in INVISIBLE:
            continue
        for made in CHINESE_DIGITS.get(sign) or unicodedata.normalize("NFKC", sign).upper():
            value = unicodedata.digit(made, None)
            signs.append(made if value is None else str(value))
            places.append(place)
    return Plain("".join(signs).replace("–", "-").replace("—", "-"), tuple(places))


def check_sign(seventeen: str) -> str:
    """The eighteenth sign of an identity-card number, MOD 11-2."""
    return CHECK_SIGNS[sum(int(d) * w for d, w in zip(seventeen, WEIGHTS, strict=True)) % 11]


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others, as on bank cards."""
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _born(digits: str) -> bool:
    """Whether eight digits are a day somebody now living, or lately dead, was born on."""
    try:
        return 1880 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False


def _shaped(number: str) -> bool:
    """Whether 15 or 18 signs hold a region and a day of birth where an identity card has them."""
    if not "11" <= number[:2] <= "91" or "X" in number[:-1]:
        return False
    return _born("19" + number[6:12]) if len(number) == 15 else _born(number[6:14])


def _whole(run: str) -> str:
    """What an unbroken run is. Any 15 or 18 signs count as an identity card: rather one refusal too many."""
    if len(run) in (15, 18):
        return "identity"
    if 16 <= len(run) <= 19 and run.isdigit() and luhn(run):
        return "card"
    return ""


def _inside(run: str) -> Iterator[tuple[int, int]]:
    """Identity numbers hidden in a longer run, as when a phone number follows without a space."""
    for start in range(len(run) - 17):
        number = run[start : start + 18]
        if _shaped(number) and check_sign(number[:17]) == number[17]:
            yield start, start + 18


def _grouped(run: str) -> Iterator[tuple[int, int, str]]:
    """Numbers written in groups; neighbouring phone numbers must not add up to one."""
    groups = list(re.finditer(r"\d+X?", run))
    for first in range(len(groups)):
        joined = ""
        for last in range(first, len(groups)):
            joined += groups[last].group()
            if len(joined) > LONGEST:
                break
            what = _joined(joined, [len(g.group()) for g in groups[first : last + 1]]) if last > first else ""
            if what:
                yield groups[first].start(), groups[last].end(), what


def _joined(number: str, groups: list[int]) -> str:
    if len(number) in (15, 18) and _shaped(number):
        return "identity"
    fours = all(size == 4 for size in groups[:-1]) or groups[0] == 6
    if 16 <= len(number) <= 19 and fours and number.isdigit() and luhn(number):
        return "card"
    return ""


def _spans(plain: str) -> Iterator[tuple[int, int, str]]:
    for run in RUN.finditer(plain):
        what = _whole(run.group()) or _whole(run.group().rstrip("X"))
        if what:
            yield run.start(), run.end(), what
        else:
            yield from ((run.start() + a, run.start() + b, "identity") for a, b in _inside(run.group()))
    for run in SPACED.finditer(plain):
        yield from ((run.start() + a, run.start() + b, what) for a, b, what in _grouped(run.group()))


def find(text: str) -> tuple[Found, ...]:
    """Identity-card and bank-card numbers in a text, however their digits are written, in order."""
    plain = _plain(text)
    return tuple(
        Found(plain.places[a], plain.places[b - 1] + 1, what)
        for a, b, what in sorted(set(_spans(plain.text)))
    )


def check_text(text: str, field: str = "") -> str:
    """The text itself; a Refusal naming the field when it holds an identity-card or bank-card number."""
    found = {one.what for one in find(text)}
    if "identity" in found:
        raise Refusal(
            "This looks like an identity-card number. We never keep one: please take it out.", field=field
        )
    if "card" in found:
        raise Refusal(
            "This looks like a bank-card number. We never keep one: please take it out.", field=field
        )
    return text


def _masks(plain: str) -> Iterator[tuple[int, int, str]]:
    """What to write over which stretch of the plain text."""
    for start, end, what in _spans(plain):
        yield start, end, "［证件号已隐去］" if what == "identity" else "［卡号已隐去］"
    for pattern, shown in PHONES:
        yield from ((one.start(), one.end(), one.expand(shown)) for one in pattern.finditer(plain))


def redact(text: str, names: Iterable[str] = ()) -> str:
    """A text fit to be published: card numbers hidden, telephone numbers and the given names masked.

    Hotlines such as 12345 and 110 stay. Names are only those given: no guess is made who is a person.
    """
    plain, end, kept = _plain(text), 0, []
    for start, stop, mask in sorted(_masks(plain.text)):
        if plain.places[start] >= end:
            kept += [text[end : plain.places[start]], mask]
            end = plain.places[stop - 1] + 1
    told = "".join(kept) + text[end:]
    for name in sorted({n for n in names if n}, key=len, reverse=True):
        told = told.replace(name, mask_name(name))
    return told


def mask_name(name: str) -> str:
    """张*, 王*明, 欧阳**, 买*·**: the surname stays, and the last sign of three."""
    if "·" in name:
        first, _, rest = name.partition("·")
        return f"{mask_name(first)}·{'*' * min(len(SIGN.findall(rest)), 2)}"
    signs: list[str] = SIGN.findall(name.strip())
    if len(signs) > 2 and "".join(signs[:2]) in TWO_SIGN_SURNAMES:
        return "".join(signs[:2]) + "*" * (len(signs) - 2)
    if len(signs) <= 2:
        return "".join(signs[:1] if len(signs) == 2 else []) + "*" * bool(signs)
    return signs[0] + "*" * (len(signs) - 2) + signs[-1]


def mask_phone(number: str) -> str:
    """138****0000, 028-****5678; of anything else only the last two signs."""
    for pattern, shown in PHONES:
        whole: re.Match[str] | None = pattern.fullmatch(number.strip())
        if whole:
            return whole.expand(shown)
    return "*" * max(len(number) - 2, 0) + number[-2:] if len(number) > 5 else "*" * len(number)
