"""Days as the law counts them: notice, posting, working days with exchanged days (调休), terms.

The day of the event is not counted (CC 201); a last day that is a rest day moves to the next working day
(CC 203); where a month has no corresponding day the term ends on its last day (CC 202).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from council.clock import local
from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.law import Ahead
from council.rules.quiet import warnings_on
from council.rules.thresholds import threshold

TABLES = Path(__file__).parent / "data" / "workdays.toml"
DAY = timedelta(days=1)
LONGEST = 3_660  # days of a posting: ten years


class Year(NamedTuple):
    """The days off that are no weekend, the weekend days that are worked, and whether this was announced."""

    off: frozenset[date]
    worked: frozenset[date]
    announced: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Whether a meeting was called in time: `days` given and `needed`, both in `unit`."""

    ok: bool
    days: int
    needed: int
    unit: str
    warnings: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Posting:
    """The last day something must hang."""

    last_day: date
    warnings: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Working days lying strictly between two days."""

    days: int
    warnings: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day, both within the term."""

    first_day: date
    last_day: date
    warnings: tuple[Phrase, ...] = ()


def read_tables(text: str) -> dict[int, Year]:
    """The local table: `["2027"]` with `off` and `worked` days of that year. ValueError names a wrong day."""
    tables = {}
    for name, table in tomllib.loads(text).items():
        off, worked = frozenset(table.get("off", ())), frozenset(table.get("worked", ()))
        for day in off | worked:
            if day.year != int(name) or (day.weekday() >= 5) != (day in worked):
                raise ValueError(f"{name}: {day} cannot stand there")
        tables[int(name)] = Year(off, worked, announced=True)
    return tables


@cache
def _local_tables() -> dict[int, Year]:
    return read_tables(TABLES.read_text(encoding="utf-8"))


@cache
def year_table(year: int) -> Year:
    """What is known of a year: our own table, else the library's, else its statutory holidays unannounced."""
    return _local_tables().get(year) or _library_table(year)


def _library_table(year: int) -> Year:
    import holidays  # slow to import, and most pages count no days

    found = holidays.country_holidays("CN", years=year)
    worked = frozenset(day for day in found.weekend_workdays if day.year == year)
    off = frozenset(day for day in found if day.weekday() < 5)
    return Year(off, worked, announced=year in found.special_public_holidays)


def is_working_day(day: date) -> bool:
    """Monday to Friday without a day off, and Saturdays and Sundays exchanged for one."""
    table = year_table(day.year)
    return day in table.worked if day.weekday() >= 5 else day not in table.off


def warnings_for(first: date, last: date) -> tuple[Phrase, ...]:
    """One sentence for each year between two days whose exchanged days are not announced."""
    years = (year for year in range(first.year, last.year + 1) if not year_table(year).announced)
    return tuple(_unannounced(year) for year in years)


def _unannounced(year: int) -> Phrase:
    return Phrase(
        "The days off of %(year)s are not announced yet: exchanged working days are not counted.", year=year
    )


def next_working_day(day: date) -> date:
    """`day` itself if it is worked, else the first working day after it."""
    while not is_working_day(day):
        day += DAY
    return day


def add_working_days(day: date, number: int) -> date:
    """The `number`-th working day after `day`, which is not counted itself."""
    for _ in range(number):
        day = next_working_day(day + DAY)
    return day


def _between(first: date, last: date) -> Iterator[date]:
    day = first + DAY
    while day < last:
        yield day
        day += DAY


def working_days_between(first: date, last: date) -> Span:
    """Working days lying strictly between two days: neither end counts."""
    if last < first:
        raise Refusal("This day lies before %(other)s.", field="to", other="from")
    days = sum(is_working_day(day) for day in _between(first, last))
    return Span(days, warnings_for(first, last))


def ahead(rule_id: str) -> Ahead:
    """How long before its meeting a rule wants the notice out; a Refusal if it knows no meeting."""
    wanted = threshold(rule_id).ahead
    if wanted is None:
        raise Refusal("No notice of a meeting belongs to this rule.", field="rule")
    return wanted


def notice(rule_id: str, published: date, meeting: date, temporary_reason: str = "") -> Notice:
    """Whether a meeting on `meeting` was called in time by a notice put out on `published`.

    Statutory notice counts calendar days (RC 26, VC 26: ten; PM 14: fifteen), ours working days lying
    strictly between. RC 26 allows a temporary notice in special circumstances: then a reason is enough.
    """
    wanted = ahead(rule_id)
    if meeting < published:
        raise Refusal("This day lies before %(other)s.", field="meeting", other="published")
    working = working_days_between(published, meeting) if wanted.unit == "working_days" else None
    days = working.days if working else (meeting - published).days
    return Notice(
        ok=days >= wanted.days or (wanted.temporary and bool(temporary_reason)),
        days=days,
        needed=wanted.days,
        unit=wanted.unit,
        warnings=(
            *(working.warnings if working else ()),
            *_temporary(wanted, temporary_reason),
            *warnings_on(meeting),
        ),
    )


def _temporary(wanted: Ahead, reason: str) -> Iterator[Phrase]:
    if reason and wanted.temporary:
        yield Phrase("Temporary notice, for this reason: %(reason)s", reason=reason)
    elif reason:
        yield Phrase("The law allows no temporary notice of this meeting: the reason does not count.")


def earliest_meeting(rule_id: str, published: date) -> date:
    """The first day a meeting may be held if its notice goes out on `published`."""
    wanted = ahead(rule_id)
    if wanted.unit == "days":
        return published + wanted.days * DAY
    return add_working_days(published, wanted.days) + DAY


def posting(published: date, days: int, unit: str = "days") -> Posting:
    """The last day of a posting: `days` calendar days, moved to a working day, or `days` working days."""
    if unit not in ("days", "working_days"):
        raise Refusal("This must be one of: %(among)s.", field="unit", among="days, working_days")
    if not 1 <= days <= LONGEST:
        raise Refusal("This cannot be %(value)s.", field="days", value=days)
    end = published + days * DAY
    last = next_working_day(end) if unit == "days" else add_working_days(published, days)
    return Posting(last, warnings_for(end if unit == "days" else published + DAY, last))


def anniversary(day: date, years: int) -> date | None:
    """The corresponding day `years` later, None where February has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return None


def term(effective: datetime, years: int) -> Term:
    """First and last day of a term of whole years that begins at `effective` (aware), in the district's zone.

    The last day is the day before the corresponding day; where February has none, its last day (CC 202).
    """
    if not 1 <= years <= 100:
        raise Refusal("This cannot be %(value)s.", field="years", value=years)
    first = local(effective).date()
    again = anniversary(first, years)
    return Term(first, again - DAY if again else date(first.year + years, 2, 28))


def in_force_from(first_day: date, signed: Sequence[date | None]) -> date | None:
    """The later of the first day and the last signature; None while anyone's signature is missing."""
    days = [day for day in signed if day]
    return max(first_day, *days) if days and len(days) == len(signed) else None


def renewal_opens(last_day: date) -> date:
    """The day from which an agreement's partners are asked whether to renew: thirty days before its end."""
    return last_day - 30 * DAY
