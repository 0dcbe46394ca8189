"""How figures, days and names are written for people. No rule of the council is decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from council.clock import ZONE
from council.i18n import DEFAULT, day, language

AFTER_A_MARK = re.compile(r"(?<=[，。；：！？、）”])(?=.)")
A_LINE = 11  # signs of a heading on a phone
DOUBLE_SURNAMES = (
    "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐宇文长孙司徒司空端木夏侯轩辕南宫西门独孤呼延澹台申屠拓跋完颜"
)


def mask_name(name: str) -> str:
    """王桂芳 → 王**: the surname stays, so that people know whom they speak to and nobody else is told."""
    name = name.strip()
    kept = 2 if len(name) > 2 and DOUBLE_SURNAMES.find(name[:2]) % 2 == 0 else 1
    return name[:kept] + "*" * max(1, min(len(name) - kept, 2))


def number(value: int) -> str:
    """12640 → 12,640."""
    return f"{value:,}"


def area(cm2: int) -> str:
    """An area in cm² as square metres to two places: 126400000 → 12,640.00 ㎡."""
    hundredths = (cm2 + 50) // 100
    return f"{hundredths // 100:,}.{hundredths % 100:02d} ㎡"


def percent(part: int, whole: int) -> str:
    """A share to one place, rounded half up; an empty whole gives 0."""
    tenths = (part * 2000 + whole) // (2 * whole) if whole else 0
    return f"{tenths // 10}.{tenths % 10}%"


def shares(counts: Sequence[int]) -> list[str]:
    """Percentages to one place that add up to 100.0: what rounding leaves goes to the largest remainders."""
    whole = sum(counts)
    if not whole:
        return ["0.0%" for _ in counts]
    tenths = [count * 1000 // whole for count in counts]
    order = sorted(range(len(counts)), key=lambda i: counts[i] * 1000 % whole, reverse=True)
    for i in order[: 1000 - sum(tenths)]:
        tenths[i] += 1
    return [f"{n // 10}.{n % 10}%" for n in tenths]


def grouped(code: str, size: int = 4) -> str:
    """A code in groups that can be read aloud: K7MQ2XWH9RTP → K7MQ 2XWH 9RTP."""
    plain = "".join(code.replace("-", " ").split())
    return " ".join(plain[i : i + size] for i in range(0, len(plain), size))


def phrased(title: object) -> bool:
    """May a title be broken after its marks only? 垃圾分类公约草案，您看行不行？ may; a phrase too long for a line of a phone must break inside."""
    phrases = AFTER_A_MARK.split(str(title))
    return len(phrases) > 1 and max(map(len, phrases)) <= A_LINE


def short_day(value: date | datetime) -> str:
    """A day without its year: 11月25日 / 25 November."""
    here = value.astimezone(ZONE).date() if isinstance(value, datetime) else value
    if language() == DEFAULT:
        return f"{here.month}月{here.day}日"
    return day(here).rsplit(" ", 1)[0]


def iso(value: date | datetime) -> str:
    """For the `datetime` attribute of a time element."""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()
