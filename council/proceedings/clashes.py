"""Clashes: what else the chair, the recorder or the room is taken by, and when they are free."""

from __future__ import annotations

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


def _room(venue: str, path: str) -> Q:
    """The same words mean the same room only within one community: 二楼会议室 is everywhere."""
    shared = "/" + "/".join(path.strip("/").split("/")[:2]) + "/"
    return Q(venue=venue, path__startswith=shared)


async def _engaged(one: Q, since: datetime, to: datetime) -> list[Meeting]:
    """Those at about this time; one that was broken off stands where it goes on. Two questions, so that each finds its index."""
    first, last = since - LONGEST, to + slots.BETWEEN
    planned = Meeting.filter(one, resumes_at=None, stage__in=ALIVE, starts_at__gt=first, starts_at__lt=last)
    broken_off = Meeting.filter(one, stage="adjourned", resumes_at__gt=first, resumes_at__lt=last)
    return [*await broken_off.limit(20), *await planned.order_by("starts_at", "id").limit(200)]


async def clashes(meeting: Meeting) -> list[Clash]:
    """What stands in the way of this meeting, each named once."""
    start, end = meeting.starts_at, slots.until(meeting.starts_at, meeting.ends_at)
    wanted = [(CHAIR, Q(chair_id=meeting.chair_id))]
    wanted += [(RECORDER, Q(recorder_id=meeting.recorder_id))] if meeting.recorder_id else []
    wanted += [(VENUE, _room(meeting.venue, meeting.path))] if meeting.venue else []
    found: dict[int, Clash] = {}
    for what, one in wanted:
        for other in await _engaged(one, start, end):
            if other.id != meeting.id and slots.clashing(start, meeting.ends_at, taken(other)):
                found.setdefault(other.id, Clash(other, what))
    return list(found.values())


def taken(meeting: Meeting) -> Taken:
    return Taken(meeting.next_at, meeting.next_at + (slots.until(meeting.starts_at, meeting.ends_at) - meeting.starts_at))


async def free(meeting: Meeting, hours: tuple[time, ...] = ()) -> list[datetime]:
    """Beginnings at which chair and room are free, none before the notice can be out in time."""
    first = calendar.earliest_meeting(meeting.rule_id, clock.today())
    last, length = first + AHEAD, slots.until(meeting.starts_at, meeting.ends_at) - meeting.starts_at
    needed = Q(chair_id=meeting.chair_id) | (_room(meeting.venue, meeting.path) if meeting.venue else Q(id=0))
    engaged = await _engaged(needed, _midnight(first), _midnight(last + timedelta(days=1)))
    return slots.free(first, last, length, [taken(one) for one in engaged if one.id != meeting.id], hours=hours)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), clock.ZONE)
