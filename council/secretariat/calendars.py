"""Meetings and booked venues as entries for somebody's own calendar: one meeting as a file, all of a person's as a feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from council import clock
from council.i18n import gettext as _
from council.partnership.venues import Booking
from council.proceedings.meetings import Meeting

USUAL = timedelta(hours=2)
ASK_AGAIN = timedelta(hours=6)


def ics(meeting: Meeting, address: str) -> bytes:
    """An .ics file with one meeting."""
    return _calendar([_event(meeting, address)])


def feed(meetings: Iterable[Meeting], bookings: Iterable[Booking], address: str) -> bytes:
    """A calendar that is asked for again and again; it names how often."""
    entries = [*(_event(one, address) for one in meetings), *(_hours(one, address) for one in bookings)]
    return _calendar(entries, _("My meetings and venues"))


def _calendar(entries: Iterable[Any], name: str = "") -> bytes:
    from icalendar import Calendar  # slow to load and seldom needed

    calendar = Calendar()
    calendar.add("prodid", f"-//council//{_('Neighbourhood council')}//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _event(meeting: Meeting, address: str) -> Any:
    """`UID` never changes and `SEQUENCE` grows with every move and with the cancellation, so that a calendar replaces the entry.

    A closed meeting says nothing of its topic: calendars are shared and synchronised.
    """
    from icalendar import Event

    event = Event()
    event.add("uid", f"meeting-{meeting.id}-{meeting.salt[:12]}@council")
    event.add("sequence", meeting.version)
    event.add("dtstamp", meeting.notice_at or meeting.starts_at)
    event.add("dtstart", meeting.next_at)
    event.add("dtend", meeting.next_at + ((meeting.ends_at or meeting.starts_at + USUAL) - meeting.starts_at))
    event.add("summary", str(meeting.row.name) if meeting.private else meeting.title)
    event.add("location", meeting.venue)
    event.add("url", f"{address.rstrip('/')}/meetings/{meeting.id}")
    event.add("status", "CANCELLED" if meeting.stage == "cancelled" else "CONFIRMED")
    return event


def _moment(booking: Booking, minutes: int) -> datetime:
    return datetime.combine(booking.day, time(), clock.ZONE) + timedelta(minutes=minutes)


def _hours(booking: Booking, address: str) -> Any:
    """A venue that was granted: for whoever asked and for whoever gives it."""
    from icalendar import Event

    event = Event()
    event.add("uid", f"booking-{booking.id}-{booking.asked_at:%Y%m%d%H%M%S}@council")
    event.add("dtstamp", booking.answered_at or booking.asked_at)
    event.add("dtstart", _moment(booking, booking.begins))
    event.add("dtend", _moment(booking, booking.ends))
    event.add("summary", f"{booking.resource.title}：{booking.purpose}")
    event.add("location", f"{booking.resource.title}（{booking.resource.organisation.name}）")
    event.add("url", f"{address.rstrip('/')}/bookings/{booking.id}")
    event.add("status", "CONFIRMED")
    return event
