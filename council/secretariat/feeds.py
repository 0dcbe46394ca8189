"""The calendar feed of a person: an address nobody can guess, which their own calendar asks for news; renewed when it has got about."""

from __future__ import annotations

import secrets
from datetime import timedelta

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Person
from council.neighbourhood.sealed import lookup, seal, unseal
from council.partnership import venues
from council.partnership.venues import Booking
from council.proceedings.meetings import Meeting, concerning
from council.refusals import NotFound

BACK = timedelta(days=60)  # past meetings that stay in the feed, so that a calendar that asks seldom learns of a cancellation
MOST = 300


class Feed(Model):
    """The token stands sealed, so that its owner can see the address again, and as a keyed digest, by which it is found."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    token_sealed = fields.CharField(200)
    digest = fields.CharField(64, unique=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "feed"
        unique_together = (("person",),)

    @property
    def token(self) -> str:
        return unseal(self.token_sealed, "feed")

    @classmethod
    async def of(cls, person: Person) -> Feed | None:
        return await cls.get_or_none(person_id=person.id)

    @classmethod
    async def by_token(cls, token: str) -> Feed:
        """Whose feed this is; NotFound for a renewed address and for somebody who has moved away."""
        found = await cls.get_or_none(digest=lookup(token, "feed")).prefetch_related("person")
        if found is None or found.person.ended or found.person.erased_at:
            raise NotFound
        return found

    async def meetings(self) -> list[Meeting]:
        """What concerns this person and has been called; a closed meeting only while they may still see it."""
        mine = Meeting.filter(await concerning(self.person), notice_at__isnull=False, starts_at__gte=clock.now() - BACK)
        found = await mine.select_related("place", "chair").order_by("starts_at").limit(MOST)
        return [one for one in found if one.announced or await may(self.person, "meeting.see", one)]

    async def bookings(self) -> list[Booking]:
        """Venues granted to this person, and those their organisation gives."""
        return await venues.granted(self.person, clock.today() - BACK)


async def renew(person: Person, *, by: Person) -> Feed:
    """A new address; the one before leads nowhere from now on."""
    token = secrets.token_urlsafe(24)
    async with writing():
        await must(by, "feed.renew", person)
        await Feed.filter(person_id=person.id).delete()
        made = await Feed.create(
            person=person, token_sealed=seal(token, "feed"), digest=lookup(token, "feed"), made_at=clock.now()
        )
        await note("feed.renewed", made, by)
    return made


async def end(person: Person, *, by: Person) -> None:
    """No feed any more."""
    async with writing():
        await must(by, "feed.renew", person)
        if (feed := await Feed.of(person)) is not None:
            await note("feed.ended", feed, by)
            await feed.delete()
