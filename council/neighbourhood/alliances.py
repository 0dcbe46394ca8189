"""Alliances (党建联盟, 党建微盟): who works together round a community or a grid. Add, correct, join, leave; never delete."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import Part, in_force, matching, part, within
from council.neighbourhood.offices import Standing, must
from council.neighbourhood.organisations import Alliance, AllianceMember, PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.titles import ALLIANCES
from council.refusals import NotFound, Refusal

Member = PartyOrganisation | Unit


async def ally(name: str, place: Place, members: Sequence[Member], *, by: Person, kind: str = "alliance") -> Alliance:
    """A new alliance; `kind` is a key of ALLIANCES."""
    async with writing():
        await must(by, "organisation.add", at=place)
        await _free(name, place)
        alliance = await Alliance.create(name=name, kind=kind, place=place)
        for member in members:
            await _enter(alliance, member)
        await note("alliance.made", alliance, by, texts={"name": name}, members=len(members))
    return alliance


async def _free(name: str, place: Place, but: int = 0) -> None:
    if await Alliance.filter(in_force(), name=name, place_id=place.id).exclude(id=but).exists():
        raise Refusal("An alliance of this name is entered here already.", field="name")


async def correct(alliance: Alliance, *, by: Person, name: str, kind: str, place: Place) -> None:
    async with writing():
        for reached in (await alliance.place, place):
            await must(by, "organisation.correct", at=reached)
        await _free(name, place, alliance.id)
        values = {"name": name, "kind": kind, "place_id": place.id}
        changed = sorted(key for key, value in values.items() if getattr(alliance, key) != value)
        if changed:
            alliance.update_from_dict(values)
            await alliance.save(update_fields=changed)
            await note("alliance.corrected", alliance, by, fields=changed, texts={"name": name})


def _of(member: Member) -> dict[str, Any]:
    return {"unit_id": member.id} if isinstance(member, Unit) else {"organisation_id": member.id}


async def _enter(alliance: Alliance, member: Member) -> None:
    if await AllianceMember.exists(alliance_id=alliance.id, last_day=None, **_of(member)):
        raise Refusal("%(name)s belongs to this alliance already.", name=member.name, field="member")
    await AllianceMember.create(alliance=alliance, **_of(member))


async def join(alliance: Alliance, member: Member, *, by: Person) -> None:
    """A Party organisation or a unit joins. An alliance that has ended takes nobody."""
    async with writing():
        await must(by, "organisation.correct", alliance)
        if alliance.last_day is not None:
            raise Refusal("This alliance has ended.", status=409)
        await _enter(alliance, member)
        await note("alliance.joined", alliance, by, **_of(member))


async def leave(member: AllianceMember, *, by: Person) -> None:
    """It belongs no longer, from today; that it did stays in the history."""
    async with writing():
        alliance = await member.alliance
        await must(by, "organisation.correct", alliance)
        left = await AllianceMember.filter(id=member.id, last_day=None).update(last_day=clock.today())
        if left:
            await note("alliance.left", alliance, by, organisation_id=member.organisation_id, unit_id=member.unit_id)


async def member(alliance: Alliance, number: int) -> AllianceMember:
    """One membership of this alliance, with its name."""
    found = await AllianceMember.get_or_none(id=number, alliance_id=alliance.id).prefetch_related("organisation", "unit")
    if found is None:
        raise NotFound
    return found


async def members(alliance: Alliance) -> list[AllianceMember]:
    """Who belongs to it today, in the order of joining."""
    rows = AllianceMember.filter(alliance_id=alliance.id, last_day=None)
    return await rows.prefetch_related("organisation", "unit").order_by("id").limit(200)


async def alliances(held: Standing, q: str, kind: str, after: str) -> Part:
    query = Alliance.filter(within(held, "neighbourhood.see"), in_force(), matching(q, ["name"]))
    return await part((query.filter(kind=kind) if kind in ALLIANCES else query).prefetch_related("place"), after)


async def allied(**of: int) -> list[Alliance]:
    """The alliances that something belongs to: `allied(unit_id=3)`."""
    rows = await AllianceMember.filter(last_day=None, **of).prefetch_related("alliance").order_by("id").limit(60)
    return [row.alliance for row in rows if row.alliance.last_day is None]
