"""Who is told about a venue: whoever may answer hears of a request, whoever asked hears the answer."""

from __future__ import annotations

from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.offices import Office
from council.neighbourhood.people import Person
from council.partnership.venues import Booking
from council.secretariat import inbox

ASKED = Phrase("Somebody asks for “%(venue)s” on %(day)s, %(hours)s.")
ANSWERED = {
    "booking.confirmed": Phrase("“%(venue)s” is yours on %(day)s, %(hours)s."),
    "booking.refused": Phrase("“%(venue)s” on %(day)s, %(hours)s, is not possible; the reason stands there."),
}
RETURNED = Phrase("“%(venue)s” on %(day)s, %(hours)s, is free again: it was given back.")


async def _answering(booking: Booking) -> list[Person]:
    """Who holds an office today in the organisation that offers the venue."""
    today = clock.today()
    rows = Office.filter(Q(last_day=None) | Q(last_day__gte=today), organisation_id=booking.resource.organisation_id, first_day__lte=today)
    return list({each.person_id: each.person for each in await rows.select_related("person")}.values())


async def hear(entry: Entry) -> None:
    """A listener of the journal."""
    if entry.subject != "Booking":
        return
    booking = await Booking.get(id=entry.subject_id).select_related("resource", "asked_by")
    if entry.act in ANSWERED:
        await _tell([booking.asked_by], ANSWERED[entry.act], booking, entry)
    elif entry.act in ("booking.asked", "booking.given_back"):
        await _tell(await _answering(booking), ASKED if entry.act == "booking.asked" else RETURNED, booking, entry)


async def _tell(people: list[Person], said: Phrase, booking: Booking, entry: Entry) -> None:
    phrase = Phrase(said.message, venue=booking.resource.title, day=booking.day, hours=booking.hours)
    async with writing():
        for person in people:
            if person.id != entry.by_id:
                await inbox.tell(person, phrase, link=f"/bookings/{booking.id}", subject=booking)
