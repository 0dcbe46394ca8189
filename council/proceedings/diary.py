"""The diary: which meetings are coming, which were, which concern me; which one has this number."""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import Q

from council.db import sql
from council.neighbourhood.listing import Part
from council.neighbourhood.offices import Standing
from council.neighbourhood.people import Actor
from council.proceedings.meetings import LIVE, Meeting, concerning, known_to
from council.refusals import NotFound
from council.rules.numbering import ROOM_LENGTH

SIZE = 20
COMING, PAST = ("drafted", *LIVE), ("closed", "cancelled")


async def part(which: str, by: Actor, held: Standing, after: str = "") -> Part:
    """Meetings that somebody may know of: `which` is "coming" (nearest first), "past" (latest first) or "mine" (latest first)."""
    known = await (concerning(by) if which == "mine" else known_to(by, held))
    stages = {"coming": Q(stage__in=COMING), "past": Q(stage__in=PAST)}.get(which, Q())
    falling = which != "coming"
    found = Meeting.filter(known, stages, _beyond(after, falling)).select_related("place")
    order = ("-starts_at", "-id") if falling else ("starts_at", "id")
    rows = await found.order_by(*order).limit(SIZE + 1)
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    return Part(rows[:SIZE], f"{last.starts_at.isoformat()}~{last.id}" if last else "")


def _beyond(after: str, falling: bool) -> Q:
    """What comes behind a key; anything else than a key is the beginning."""
    moment, _, number = after.rpartition("~")
    if not (number.isdecimal() and len(number) < 10):
        return Q()
    try:
        at = datetime.fromisoformat(moment.replace(" ", "+"))
    except ValueError:
        return Q()
    if at.tzinfo is None or not 2000 <= at.year < 2200:
        return Q()
    if falling:
        return Q(starts_at__lt=at) | Q(starts_at=at, id__lt=int(number))
    return Q(starts_at__gt=at) | Q(starts_at=at, id__gt=int(number))


async def coming(by: Actor, held: Standing) -> Meeting | None:
    """The next meeting somebody may know of, for the front page."""
    found = Meeting.filter(await known_to(by, held), stage__in=LIVE).select_related("place")
    return await found.order_by("starts_at", "id").first()


async def sequence(meeting: Meeting) -> int:
    """The number of the newest act of a meeting: a page that carries it knows what it has seen."""
    rows = await sql("SELECT MAX(sequence) AS n FROM entry WHERE meeting_id = ?", meeting.id)
    return int(rows[0]["n"] or 0)


async def by_number(number: str) -> Meeting:
    """The meeting whose room number hangs on the wall; a private one has none for outsiders."""
    found = await numbered(number)
    if found is None:
        raise NotFound
    return found


async def numbered(number: str) -> Meeting | None:
    """The same for a number typed by hand, which may be wrong."""
    digits = "".join(sign for sign in number if sign.isdigit())
    open_ones = Meeting.filter(wall_code=digits, private=False, stage__in=LIVE)
    return await open_ones.select_related("place", "chair").first() if len(digits) == ROOM_LENGTH else None
