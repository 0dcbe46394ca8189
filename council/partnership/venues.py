"""Shared venues: the calendar of a room that a partner opens, with requests that are confirmed or refused (预约)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Standing, may, must, standing
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.partnership.resources import Resource
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.powers import STAFF

AHEAD = timedelta(days=180)
HELD = 3  # requests of one person that wait at the same time
OPENS, CLOSES, STEP = 6 * 60, 22 * 60, 30  # minutes since midnight


def clock_words(minutes: int) -> str:
    """840 → 14:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


class Booking(Model):
    """Somebody asks for a venue on a day from `begins` to `ends` (minutes since midnight there). The calendar shows everybody only the hours.

    What for, how many and who asked is read by whoever asked, by those who offer the venue and by the staff of the place.
    """

    id = fields.IntField(primary_key=True)
    resource: fields.ForeignKeyRelation[Resource] = belongs("Resource")
    resource_id: int
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    day = fields.DateField()
    begins = fields.IntField()
    ends = fields.IntField()
    purpose = fields.CharField(120)
    people = fields.IntField()
    asked_by: fields.ForeignKeyRelation[Person] = belongs("Person")
    asked_by_id: int
    asked_at = fields.DatetimeField()
    stage = fields.CharField(24, default="requested")
    reason = fields.CharField(300, default="")
    answered_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "booking"
        indexes = (("resource_id", "day"), ("asked_by_id", "id"))

    @property
    def hours(self) -> str:
        return f"{clock_words(self.begins)}–{clock_words(self.ends)}"

    async def relations(self, by: Actor | None) -> set[str]:
        venue = await Resource.get(id=self.resource_id)
        offers = any(organisation == venue.organisation_id for _, _, organisation in (await standing(by)).holds)
        return ({"offerer"} if offers else set()) | ({"asker"} if isinstance(by, Person) and by.id == self.asked_by_id else set())

    async def confirm(self, *, by: Person) -> None:
        """The venue is theirs for these hours; refused (409) when another booking that was confirmed meets them."""
        async with writing():
            await _hold(self.resource_id)
            now = await Booking.get(id=self.id)
            await must(by, "booking.answer", now)
            if taken := await clash(self.resource_id, self.day, self.begins, self.ends):
                raise Conflict("The venue is taken from %(hours)s on that day. Refuse this request, or speak with whoever asked.", hours=taken.hours)
            await self._move("confirmed")
            await note("booking.confirmed", self, by)

    async def refuse(self, reason: str, *, by: Person) -> None:
        """Not possible; whoever asked is told why."""
        if not reason.strip():
            raise Refusal("Write down the reason. Whoever asked reads it.", field="reason")
        async with writing():
            await must(by, "booking.answer", await Booking.get(id=self.id))
            self.reason = reason
            await self._move("refused")
            await note("booking.refused", self, by, texts={"reason": reason})

    async def give_back(self, *, by: Person) -> None:
        """Whoever asked needs it no longer: the hours are free again."""
        async with writing():
            await must(by, "booking.give_back", await Booking.get(id=self.id))
            await self._move("given_back")
            await note("booking.given_back", self, by)

    async def _move(self, stage: str) -> None:
        stages.check("Booking", (await Booking.get(id=self.id)).stage, stage)
        self.stage, self.answered_at = stage, clock.now()
        await self.save(update_fields=["stage", "reason", "answered_at"])


async def _hold(number: int) -> None:
    """Within `writing()`: nobody else books this venue until this is done."""
    if not await Resource.filter(id=number, stage="offered").update(stage="offered"):
        raise Conflict("This venue is offered no longer.")


async def clash(venue: int, day: date, begins: int, ends: int) -> Booking | None:
    """A confirmed booking that meets these hours; one that ends when another begins does not."""
    return await Booking.filter(resource_id=venue, day=day, stage="confirmed", begins__lt=ends, ends__gt=begins).first()


@dataclass(frozen=True)
class Asked:
    """What somebody asks for: hours as minutes since midnight, what for, how many people."""

    day: date
    begins: int
    ends: int
    purpose: str
    people: int


def _check(asked: Asked) -> None:
    if asked.ends <= asked.begins:
        raise Refusal("The end lies before the beginning.", field="ends")
    if asked.begins < OPENS or asked.ends > CLOSES:
        raise Refusal("Venues are lent from %(first)s to %(last)s.", first=clock_words(OPENS), last=clock_words(CLOSES), field="begins")
    if not clock.today() <= asked.day <= clock.today() + AHEAD:
        raise Refusal("Choose a day from today on, at most half a year ahead.", field="day")


async def ask(venue: Resource, asked: Asked, *, by: Person) -> Booking:
    """A request that waits for an answer; refused at once where the hours are taken."""
    _check(asked)
    async with writing():
        await must(by, "booking.ask", venue)
        await _hold(venue.id)
        if venue.last_day and asked.day > venue.last_day:
            raise Refusal("It is offered until %(day)s.", day=venue.last_day, field="day")
        if taken := await clash(venue.id, asked.day, asked.begins, asked.ends):
            raise Conflict("It is taken from %(hours)s on that day. Choose another time.", hours=taken.hours, field="begins")
        if await Booking.filter(asked_by_id=by.id, stage="requested", day__gte=clock.today()).count() >= HELD:
            raise Conflict("%(n)s requests of yours wait for an answer. Take one back first.", n=HELD)
        made = await Booking.create(
            resource=venue, place_id=venue.place_id, day=asked.day, begins=asked.begins, ends=asked.ends, purpose=asked.purpose,
            people=asked.people, asked_by=by, asked_at=clock.now(),
        )  # fmt: skip
        await note("booking.asked", made, by, venue=venue.id)
    return made


async def venues(path: str = "/") -> list[Resource]:
    """Every venue that is offered today."""
    offered = Q(last_day=None) | Q(last_day__gte=clock.today())
    rows = Resource.filter(offered, kind="venue", stage="offered", path__startswith=path)
    return await rows.select_related("organisation", "place").order_by("id").limit(100)


async def venue(number: int) -> Resource:
    """A venue that is offered; venues are public."""
    found = await Resource.get_or_none(id=number, kind="venue", stage="offered").select_related("organisation", "place")
    if found is None:
        raise NotFound
    return found


async def month(venue: Resource, first: date) -> list[Booking]:
    """What is asked for and confirmed in a month, in order of time."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    rows = Booking.filter(resource_id=venue.id, day__gte=first, day__lte=last, stage__in=("requested", "confirmed"))
    return await rows.select_related("asked_by").order_by("day", "begins", "id").limit(400)


async def mine(by: Person) -> list[Booking]:
    """What somebody asked for and is still to come, with its answer."""
    rows = Booking.filter(asked_by_id=by.id, day__gte=clock.today())
    return await rows.select_related("resource").order_by("day", "begins").limit(50)


async def granted(person: Person, since: date) -> list[Booking]:
    """From a day on what was granted to somebody, or is given by an organisation in which they hold an office. Given back, it is not there."""
    own = [number for _, _, number in (await standing(person)).holds if number]
    rows = Booking.filter(Q(asked_by_id=person.id) | Q(resource__organisation_id__in=own), stage="confirmed", day__gte=since)
    return await rows.select_related("resource__organisation").order_by("day", "begins", "id").limit(300)


async def waiting(held: Standing) -> list[Booking]:
    """Requests that wait for an answer of whoever holds these offices: in an organisation that offers, or on the staff of the place."""
    wanted = Q(resource__organisation_id__in=[number for _, _, number in held.holds if number])
    for code, path, _organisation in held.holds:
        if code in STAFF:
            wanted |= Q(place__path__startswith=path)
    rows = Booking.filter(wanted, stage="requested", day__gte=clock.today())
    return await rows.select_related("resource").order_by("day", "begins", "id").limit(50)


async def booking(number: int, by: Actor | None) -> Booking:
    """One booking, for those who may read it whole."""
    found = await Booking.get_or_none(id=number).select_related("resource__organisation", "asked_by", "place")
    if found is None or not await may(by, "booking.see", found):
        raise NotFound
    return found
