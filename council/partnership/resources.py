"""Resources: what partner units can offer (资源清单)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Standing, must, standing
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.refusals import Forbidden, Refusal
from council.rules import stages
from council.rules.powers import PARTNERS, STAFF

KINDS: dict[str, Phrase] = {
    "venue": Phrase("Venue"), "people": Phrase("People"), "equipment": Phrase("Equipment"), "funds": Phrase("Funds"), "skills": Phrase("Skills"),
}  # fmt: skip


class Resource(Model):
    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    organisation: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    organisation_id: int
    title = fields.CharField(120)
    kind = fields.CharField(16)
    amount = fields.CharField(60, default="")
    times = fields.CharField(120, default="")
    conditions = fields.CharField(200, default="")
    last_day = fields.DateField(null=True)
    stage = fields.CharField(24, default="offered")
    made_at = fields.DatetimeField()

    class Meta:
        table = "resource"

    async def relations(self, by: Actor | None) -> set[str]:
        """Whoever holds an office in the organisation that offers it."""
        offered = any(organisation == self.organisation_id for _, _, organisation in (await standing(by)).holds)
        return {"offerer"} if offered else set()

    async def withdraw(self, *, by: Person) -> None:
        """It is offered no longer; agreements already frozen keep naming it."""
        async with writing():
            await must(by, "resource.withdraw", self)
            stages.check("Resource", self.stage, "withdrawn")
            self.stage = "withdrawn"
            await self.save(update_fields=["stage"])
            await note("resource.withdrawn", self, by)


@dataclass(frozen=True)
class Offer:
    """What is written on the list: a kind of KINDS, how much, when it can be had and on which conditions."""

    title: str
    kind: str
    amount: str = ""
    times: str = ""
    conditions: str = ""
    last_day: date | None = None


async def add_resource(place: Place, organisation: PartyOrganisation, offer: Offer, *, by: Person) -> Resource:
    """Community staff enter any offer, a partner only that of its own organisation."""
    async with writing():
        await must(by, "resource.add", at=place)
        held = await standing(by)
        own = any(number == organisation.id for _, _, number in held.holds)
        if not own and not held.reaches(STAFF, place.path):
            raise Forbidden("You can offer only what your own organisation has.", field="organisation")
        resource = await Resource.create(
            place=place, path=place.path, organisation=organisation, title=offer.title, kind=offer.kind, amount=offer.amount,
            times=offer.times, conditions=offer.conditions, last_day=offer.last_day, made_at=clock.now(),
        )  # fmt: skip
        await note("resource.added", resource, by, organisation=organisation.id)
    return resource


async def resources(path: str, *, before: int = 0, limit: int = 50) -> list[Resource]:
    """What is offered at a place and inside it, the newest first; an offer whose last day has passed is not shown."""
    offered = Q(last_day=None) | Q(last_day__gte=clock.today())
    rows = Resource.filter(offered, path__startswith=path, stage="offered")
    if before:
        rows = rows.filter(id__lt=before)
    return await rows.select_related("organisation", "place").order_by("-id").limit(limit)


async def offerers(held: Standing) -> list[PartyOrganisation]:
    """For whom somebody may enter an offer: staff for every organisation of their places, a partner for its own."""
    paths = [path for code, path, _ in held.holds if code in STAFF]
    own = [number for code, _, number in held.holds if code in PARTNERS and number]
    wanted = Q(id__in=own)
    for path in paths:
        wanted |= Q(place__path__startswith=path)
    return await PartyOrganisation.filter(wanted, last_day=None).order_by("id").limit(200)


async def claimers(held: Standing) -> list[PartyOrganisation]:
    """The organisations somebody speaks for by an office held in them."""
    own = [number for code, _, number in held.holds if code in PARTNERS and number]
    return await PartyOrganisation.filter(id__in=own, last_day=None).order_by("id")


async def offerer(number: int) -> PartyOrganisation:
    """An organisation that has not ended."""
    found = await PartyOrganisation.get_or_none(id=number, last_day=None)
    if found is None:
        raise Refusal("Choose one of the answers shown.", field="organisation")
    return found


async def offered(number: int) -> Resource | None:
    """What is still on the list."""
    return await Resource.get_or_none(id=number, stage="offered")
