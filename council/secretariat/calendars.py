"""A meeting as an entry for somebody's own calendar."""

from __future__ import annotations

from datetime import timedelta

from council.i18n import gettext as _
from council.proceedings.meetings import Meeting

USUAL = timedelta(hours=2)


def ics(meeting: Meeting, address: str) -> bytes:
    """An .ics file. `UID` never changes and `SEQUENCE` grows with every move, so that a calendar replaces the entry instead of adding one.

    A closed meeting says nothing of its topic: calendars are shared and synchronised.
    """
    from icalendar import Calendar, Event  # slow to load and seldom needed

    event = Event()
    event.add("uid", f"meeting-{meeting.id}-{meeting.salt[:12]}@council")
    event.add("sequence", meeting.version)
    event.add("dtstamp", meeting.notice_at or meeting.starts_at)
    event.add("dtstart", meeting.starts_at)
    event.add("dtend", meeting.ends_at or meeting.starts_at + USUAL)
    event.add("summary", str(meeting.row.name) if meeting.private else meeting.title)
    event.add("location", meeting.venue)
    event.add("url", f"{address.rstrip('/')}/meetings/{meeting.id}")
    event.add("status", "CANCELLED" if meeting.stage == "cancelled" else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", f"-//council//{_('Neighbourhood council')}//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
