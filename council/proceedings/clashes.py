"""Clashes: what else the chair, the recorder or the room is taken by, and when they are free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase
from council.proceedings.meetings import LIVE, Meeting
from council.rules import calendar, slots
from council.rules.slots import Taken

LONGEST = timedelta(hours=12)  # no meeting begins longer before
ALIVE = ("drafted", *LIVE)
AHEAD = timedelta(days=45)  # how far suggestions look


@dataclass(frozen=True, slots=True)
class Clash:
    """Another meeting at about the same time, and what both need."""

    meeting: Meeting
    what: Phrase


CHAIR, RECORDER, VENUE = Phrase("the same chair"), Phrase("the same recorder"), Phrase("the same room")


@dataclass(frozen=True, slots=True)
class Need:
    """Something a meeting needs for itself, as a question to the database and as a look at another meeting."""

    what: Phrase
    asked: Q
    met: Callable[[Meeting], bool]


def _needs(meeting: Meeting) -> list[Need]:
    chair, recorder, venue = meeting.chair_id, meeting.recorder_id, meeting.venue
    found = [Need(CHAIR, Q(chair_id=chair), lambda other: other.chair_id == chair)]
    found += [Need(RECORDER, Q(recorder_id=recorder), lambda other: other.recorder_id == recorder)] if recorder else []
    return found + ([_room(venue, meeting.path)] if venue else [])


def _room(venue: str, path: str) -> Need:
    """The same words mean the same room only within one community: 二楼会议室 is everywhere."""
    shared = "/" + "/".join(path.strip("/").split("/")[:2]) + "/"
    return Need(VENUE, Q(venue=venue, path__startswith=shared), lambda other: other.venue == venue and other.path.startswith(shared))


async def _engaged(need: Need, since: datetime, to: datetime) -> list[Meeting]:
    """Those at about this time; one that was broken off stands where it goes on, and of these there are so few that all are looked at."""
    first, last = since - LONGEST, to + slots.BETWEEN
    planned = Meeting.filter(need.asked, resumes_at=None, stage__in=ALIVE, starts_at__gt=first, starts_at__lt=last)
    broken_off = await Meeting.filter(stage="adjourned", resumes_at__gt=first, resumes_at__lt=last).limit(500)
    return [*filter(need.met, broken_off), *await planned.order_by("starts_at", "id").limit(200)]


async def clashes(meeting: Meeting) -> list[Clash]:
    """What stands in the way of this meeting, each named once."""
    start, end = meeting.starts_at, slots.until(meeting.starts_at, meeting.ends_at)
    found: dict[int, Clash] = {}
    for need in _needs(meeting):
        for other in await _engaged(need, start, end):
            if other.id != meeting.id and slots.clashing(start, meeting.ends_at, taken(other)):
                found.setdefault(other.id, Clash(other, need.what))
    return list(found.values())


def taken(meeting: Meeting) -> Taken:
    return Taken(meeting.next_at, meeting.next_at + (slots.until(meeting.starts_at, meeting.ends_at) - meeting.starts_at))


async def free(meeting: Meeting, hours: tuple[time, ...] = ()) -> list[datetime]:
    """Beginnings at which chair and room are free, none before the notice can be out in time."""
    first = calendar.earliest_meeting(meeting.rule_id, clock.today())
    last, length = first + AHEAD, slots.until(meeting.starts_at, meeting.ends_at) - meeting.starts_at
    since, to = _midnight(first), _midnight(last + timedelta(days=1))
    engaged = [one for need in _needs(meeting) if need.what is not RECORDER for one in await _engaged(need, since, to)]
    return slots.free(first, last, length, [taken(one) for one in engaged if one.id != meeting.id], hours=hours)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), clock.ZONE)
