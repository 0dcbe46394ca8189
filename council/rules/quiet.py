"""Days and hours on which few can come: allowed, but said. Weekends are not among them: then residents are free.

The days of the lunar new year and 清明 come from the `holidays` library; the town's own days stand in `data/quiet.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from council.clock import local
from council.i18n import Phrase

TABLE = Path(__file__).parent / "data" / "quiet.toml"
EARLIEST, LATEST = time(8), time(21, 30)  # ours: nobody of eighty goes home in the dark later than that
REST = (time(12), time(14))  # ours: the noon rest


@dataclass(frozen=True, slots=True)
class Quiet:
    """Some days, why they are unfit for a meeting, and the source that names them."""

    words: Phrase
    source: str
    festivals: tuple[str, ...] = ()
    fixed: tuple[tuple[int, int], ...] = ()
    days: frozenset[date] = frozenset()


FESTIVAL = Phrase("That day is a family festival: few will come.")
RULES = "全国年节及纪念日放假办法（2024年修订）第二条"
ROWS = (
    Quiet(FESTIVAL, RULES, festivals=("除夕至初三",)),
    Quiet(FESTIVAL, RULES, festivals=("清明节",)),
    Quiet(
        Phrase("That day is within the university entrance examination: keep it quiet."),
        "教育部历年普通高校招生工作通知：全国统考自6月7日起", fixed=((6, 7), (6, 8), (6, 9)),
    ),
)  # fmt: skip


def read_rows(text: str) -> tuple[Quiet, ...]:
    """The town's own rows. ValueError where a row lacks its days, words or source."""
    rows = tomllib.loads(text).get("quiet", [])
    if any(not (row.get("days") and row.get("words") and row.get("source")) for row in rows):
        raise ValueError("every row of quiet days needs days, words and source")
    return tuple(Quiet(Phrase("That day: %(words)s", words=row["words"]), row["source"], days=frozenset(row["days"])) for row in rows)


@cache
def _local_rows() -> tuple[Quiet, ...]:
    return read_rows(TABLE.read_text(encoding="utf-8"))


@cache
def festivals(year: int) -> dict[date, str]:
    """The festival days of a year by name; empty where the lunar calendar of the library does not reach."""
    import holidays  # slow to import, and most pages count no days

    found = holidays.country_holidays("CN", years=year, language="zh_CN")
    named = {day: "清明节" for day, name in found.items() if name == "清明节"}
    spring = min((day for day, name in found.items() if name == "春节"), default=None)
    if spring:  # the eve is a day off only since 2025, and a family's evening for ever
        named |= {spring + timedelta(days=n): "除夕至初三" for n in range(-1, 3)}
    return named


def rows_on(day: date) -> tuple[Quiet, ...]:
    """The rows that name a day."""
    festival = festivals(day.year).get(day, "")
    return tuple(
        row for row in (*ROWS, *_local_rows())
        if festival in row.festivals or (day.month, day.day) in row.fixed or day in row.days
    )  # fmt: skip


def warnings_on(day: date) -> Iterator[Phrase]:
    """Why a day is unfit, one sentence a row; and that the festivals of a far year are not known."""
    if not festivals(day.year):
        yield Phrase("The festivals of %(year)s are not known here: please look at a calendar.", year=day.year)
    for row in rows_on(day):
        yield row.words


def awkward(start: datetime, end: datetime | None = None) -> Iterator[Phrase]:
    """Why the hours are unfit. Both are moments, told on the wall clock of the district."""
    begins, ends = local(start), local(end or start + timedelta(hours=2))
    if begins.time() < EARLIEST or ends.time() > LATEST or ends.date() > begins.date():
        yield Phrase("That is very early or very late: older people will not come.")
    elif REST[0] <= begins.time() < REST[1]:
        yield Phrase("That is the time of the noon rest: few will come.")
