"""Claims (认领): an organisation says that it meets a need, with something it offers or without; and the board that shows what fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Standing, must, standing
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person
from council.partnership.needs import Need, needs
from council.partnership.resources import Resource, resources
from council.refusals import Conflict, Forbidden, NotFound
from council.rules import stages
from council.rules.fitting import Fit, fitting
from council.rules.powers import STAFF

SHOWN = 3  # resources beside a need


class Claim(Model):
    """Live until it is taken back or a project is made of it. One organisation claims a need once at a time."""

    id = fields.IntField(primary_key=True)
    need: fields.ForeignKeyRelation[Need] = belongs("Need")
    need_id: int
    resource: fields.ForeignKeyNullableRelation[Resource] = belongs("Resource", null=True)
    resource_id: int | None
    organisation: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    organisation_id: int
    by: fields.ForeignKeyRelation[Person] = belongs("Person")
    by_id: int
    at = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "claim"


@dataclass
class Line:
    """One need on the board: the resources that fit, the best first, and who has claimed it."""

    need: Need
    fits: list[tuple[Resource, Fit]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


async def board(path: str, *, before: int = 0, limit: int = 20) -> list[Line]:
    """The open needs of a place, the newest first, each beside what fits it."""
    wanted = await needs(path, ("open",), before=before, limit=limit)
    offered = await resources(path, limit=200)
    rows = await Claim.filter(need_id__in=[each.id for each in wanted], ended_at=None).select_related("organisation", "resource").order_by("id")
    return [Line(each, _fits(each, offered), [row for row in rows if row.need_id == each.id]) for each in wanted]


def _fits(need: Need, offered: list[Resource]) -> list[tuple[Resource, Fit]]:
    """What fits a need, from the same community."""
    near = {each.id: each for each in offered if need.path.startswith(each.path) or each.path.startswith(need.path)}
    found = fitting(f"{need.title} {need.beneficiaries}", need.kind, {key: (f"{r.title} {r.amount}", r.kind) for key, r in near.items()})
    return [(near[fit.key], fit) for fit in found[:SHOWN]]


def able_for(held: Standing, organisation: PartyOrganisation | int, path: str) -> bool:
    """May whoever holds these offices speak for the organisation in this?"""
    number = organisation if isinstance(organisation, int) else organisation.id
    return any(own == number for _, _, own in held.holds) or held.reaches(STAFF, path)


async def claim(need: Need, organisation: PartyOrganisation, *, by: Person, resource: Resource | None = None) -> Claim:
    """`organisation` meets this need; with a resource it is one of its own."""
    async with writing():
        await must(by, "need.claim", at=await organisation.place)
        if not able_for(await standing(by), organisation, need.path):
            raise Forbidden("You can claim a need only for your own organisation.")
        if resource and resource.organisation_id != organisation.id:
            raise Forbidden("This is offered by another organisation.")
        stages.check("Need", (await Need.get(id=need.id)).stage, "matched")
        made = await _enter(need, organisation, resource, by)
        await note("need.claimed", need, by, organisation=organisation.id, resource=made.resource_id)
    return made


async def _enter(need: Need, organisation: PartyOrganisation, resource: Resource | None, by: Person) -> Claim:
    twice = Conflict("%(name)s has claimed this need already.", name=organisation.name)
    if await Claim.exists(need_id=need.id, organisation_id=organisation.id, ended_at=None):
        raise twice
    try:
        return await Claim.create(need=need, resource=resource, organisation=organisation, by=by, at=clock.now())
    except IntegrityError:
        raise twice from None


async def take_back(claimed: Claim, *, by: Person) -> None:
    """The need waits for others again."""
    async with writing():
        need = await Need.get(id=claimed.need_id)
        if not able_for(await standing(by), claimed.organisation_id, need.path):
            raise Forbidden("This is not yours to do.")
        if not await Claim.filter(id=claimed.id, ended_at=None).update(ended_at=clock.now()):
            raise Conflict("This claim has ended already.")
        await note("need.claim_taken_back", need, by, organisation=claimed.organisation_id)


async def end_with_project(need: Need) -> list[int]:
    """Within `writing()`: a project is made of the need, its claims are answered; which they were."""
    answered = [each.id for each in await Claim.filter(need_id=need.id, ended_at=None).only("id")]
    await Claim.filter(id__in=answered).update(ended_at=clock.now())
    return answered


async def found(number: int) -> Claim:
    """A claim that still stands; claims are public."""
    row = await Claim.get_or_none(id=number, ended_at=None).select_related("organisation", "resource", "need")
    if row is None:
        raise NotFound
    return row
