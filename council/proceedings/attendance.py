"""Attendance: the list on the desk, read by whoever keeps the roll."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise.expressions import Q

from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the roll: the invited person, and the live seat if they are here."""

    invitation: Invitation
    seat: Seat | None


async def lines(meeting: Meeting, q: str = "", limit: int = 60) -> list[Line]:
    """The list to tick, found by name, by first letters of the pinyin, or by address; those who are absent first."""
    listed = Invitation.filter(meeting_id=meeting.id).prefetch_related("person", "household")
    if q := q.strip():
        listed = listed.filter(Q(label__contains=q) | Q(person__name_key__contains=q.lower()) | Q(substitute__contains=q))
    invited = await listed.order_by("person__name_key", "id")
    seats = {seat.invitation_id: seat for seat in await Seat.filter(meeting_id=meeting.id, left_at=None, invitation_id__isnull=False)}
    found = [Line(one, seats.get(one.id)) for one in invited]
    return sorted(found, key=lambda line: line.seat is not None)[:limit]


async def waiting(meeting: Meeting) -> list[tuple[Seat, Invitation | None]]:
    """Unconfirmed seats, each with the one invitation whose name it gave at the door, if there is exactly one still empty."""
    seats = await Seat.filter(meeting_id=meeting.id, left_at=None, invitation_id=None).order_by("id").limit(30)
    absent = [line.invitation for line in await lines(meeting, limit=5000) if line.seat is None] if seats else []
    return [(seat, _meant(seat, absent)) for seat in seats]


async def away(meeting: Meeting) -> list[Seat]:
    """Those who sat here before the adjournment and have not answered since."""
    seats = Seat.filter(meeting_id=meeting.id, left_at=None, away=True).prefetch_related("invitation__household")
    return sorted(await seats.order_by("id"), key=lambda seat: seat.name)


def _meant(seat: Seat, absent: list[Invitation]) -> Invitation | None:
    named = [i for i in absent if seat.label and seat.label.split()[0] in (i.label.split()[0], i.substitute)]
    return named[0] if len(named) == 1 else None
