"""Which minutes wait for the chair or the recorder: to be drawn up, filled in, approved, posted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase, day
from council.neighbourhood.people import Person
from council.proceedings.meetings import Meeting
from council.secretariat.approvals import Approval
from council.secretariat.minutes import Minutes

LOOKED_BACK = timedelta(days=90)
MOST = 20
DRAW, FILL_IN, APPROVE, POST = (
    Phrase("to be drawn up"), Phrase("fill in and show them"), Phrase("wait for your approval"), Phrase("sealed: to be posted"),
)  # fmt: skip


async def due(by: Person) -> list[dict[str, Any]]:
    """A row for each, the oldest first: a meeting is not over before its minutes hang."""
    held = Meeting.filter(Q(chair_id=by.id) | Q(recorder_id=by.id), stage="closed", closed_at__gt=clock.now() - LOOKED_BACK)
    meetings = await held.order_by("closed_at", "id").limit(MOST * 3)
    ids = [one.id for one in meetings] or [0]
    minutes = {one.meeting_id: one for one in await Minutes.filter(meeting_id__in=ids)}
    approved = {(one.minutes_id, one.version) for one in await Approval.filter(person_id=by.id, minutes__meeting_id__in=ids)}
    found = [(one, minutes.get(one.id), _wanted(one, minutes.get(one.id), approved)) for one in meetings]
    return [_row(meeting, drawn, wanted) for meeting, drawn, wanted in found if wanted][:MOST]


def _wanted(meeting: Meeting, minutes: Minutes | None, approved: set[tuple[int, int]]) -> Phrase | None:
    if minutes is None:
        return DRAW
    if minutes.stage == "drawn":
        return FILL_IN
    if minutes.stage == "circulated":
        return None if (minutes.id, minutes.version) in approved else APPROVE
    return POST if minutes.stage == "sealed" and not meeting.private else None


def _row(meeting: Meeting, minutes: Minutes | None, wanted: Phrase) -> dict[str, Any]:
    return {
        "href": f"/minutes/{minutes.id}" if minutes else f"/meetings/{meeting.id}", "title": meeting.title, "stage": str(wanted), "tone": "now",
        "facts": [str(meeting.row.name), day(meeting.closed_at) if meeting.closed_at else ""],
    }  # fmt: skip
