"""Free times: hours at which people can come, in which neither chair nor room is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from council.clock import ZONE
from council.rules.quiet import rows_on

USUAL = timedelta(hours=2)  # ours: how long a meeting lasts whose end is not written down
BETWEEN = timedelta(minutes=30)  # ours: to tidy the room and to walk to the next
# Residents come after work and at weekends, officers among themselves during the day.
EVENINGS = {"week": (time(19), time(14, 30)), "end": (time(9, 30), time(15))}


class Taken(NamedTuple):
    """From when to when somebody or a room is engaged."""

    start: datetime
    end: datetime


def until(start: datetime, end: datetime | None) -> datetime:
    """When a meeting ends, or is thought to."""
    return end or start + USUAL


def clashing(start: datetime, end: datetime | None, taken: Taken) -> bool:
    """Do the two overlap, with the time to get from one to the other?"""
    return start < taken.end + BETWEEN and taken.start < until(start, end) + BETWEEN


def days(first: date, last: date) -> Iterator[date]:
    """The days from first to last on which a meeting is fit to be held."""
    day = first
    while day <= last:
        if not rows_on(day):
            yield day
        day += timedelta(days=1)


def candidates(first: date, last: date, hours: Sequence[time] = ()) -> Iterator[datetime]:
    """Beginnings worth proposing, the usual hour of each day first; with `hours` only those."""
    for day in days(first, last):
        for hour in hours or EVENINGS["end" if day.weekday() >= 5 else "week"]:
            yield datetime.combine(day, hour, ZONE)


def free(first: date, last: date, length: timedelta, taken: Iterable[Taken], most: int = 6, hours: Sequence[time] = ()) -> list[datetime]:
    """At most `most` beginnings that clash with nothing taken, one a day, in order."""
    engaged, found = list(taken), dict[date, datetime]()
    for start in candidates(first, last, hours):
        if start.date() not in found and not any(clashing(start, start + length, one) for one in engaged):
            found[start.date()] = start
        if len(found) == most:
            break
    return list(found.values())


class Wanted(NamedTuple):
    """A meeting looking for a time: who chairs it, in which room ("" where none is named)."""

    key: int
    chair: int
    room: str


def spread(
    wanted: Iterable[Wanted], starts: Sequence[datetime], length: timedelta, taken: dict[object, list[Taken]]
) -> dict[int, datetime | None]:
    """The earliest beginning for each, one after another, so that no chair and no room is in two meetings; None where none is left.

    `taken` holds what chairs (by number) and rooms (by name) have already; it is not changed.
    """
    engaged, found = {key: list(times) for key, times in taken.items()}, dict[int, datetime | None]()
    for one in wanted:
        needs = [key for key in (one.chair, one.room) if key]
        busy = [time for key in needs for time in engaged.get(key, ())]
        start = next((s for s in starts if not any(clashing(s, s + length, time) for time in busy)), None)
        found[one.key] = start
        if start is not None:
            for key in needs:
                engaged.setdefault(key, []).append(Taken(start, start + length))
    return found
