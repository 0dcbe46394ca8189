"""Correcting and ending standing records. Nothing is deleted: what has ended keeps its row and its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from council import clock
from council.neighbourhood.credentials import forget
from council.neighbourhood.households import Household
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office, must
from council.neighbourhood.organisations import Alliance, Coverage, PartyOrganisation, Unit
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.neighbourhood.registry import sort_key
from council.neighbourhood.sealed import lookup, seal
from council.refusals import Refusal

Record = Place | Unit | PartyOrganisation | Household | Alliance


async def _change(record: Any, act: str, by: Actor, values: dict[str, Any]) -> None:
    """Save what differs and write down which fields did, not what they said."""
    changed = [name for name, value in values.items() if getattr(record, name) != value]
    if not changed:
        return
    record.update_from_dict({name: values[name] for name in changed})
    await record.save(update_fields=changed)
    await note(act, record, by, fields=sorted(changed), texts={"name": values["name"]} if "name" in changed else None)


async def correct_place(place: Place, *, by: Actor, name: str, code: str = "", phone: str = "", exclusive: str = "") -> None:
    async with writing():
        await must(by, "place.correct", place)
        await _change(place, "place.corrected", by, {"name": name, "code": code, "phone": phone, "exclusive": bool(exclusive)})


async def correct_unit(unit: Unit, *, by: Actor, name: str, kind: str, place: Place, phone: str = "") -> None:
    async with writing():
        for reached in (await unit.place, place):
            await must(by, "organisation.correct", at=reached)
        await _change(unit, "unit.corrected", by, {"name": name, "kind": kind, "place_id": place.id, "phone": phone})


async def correct_organisation(
    organisation: PartyOrganisation,
    *,
    by: Actor,
    name: str,
    kind: str,
    unit: Unit | None = None,
    parent: PartyOrganisation | None = None,
    covers: Sequence[Place] = (),
    temporary: str = "",
) -> None:
    """New particulars and the places it leads from now on; whoever changes reach must reach the old places and the new."""
    async with writing():
        before = await organisation.covered()
        for reached in {p.id: p for p in (await organisation.place, *before, *covers)}.values():
            await must(by, "organisation.correct", at=reached)
        if parent and await _descends(parent, organisation):
            raise Refusal("An organisation cannot stand above itself.", field="parent")
        await _lends(organisation, before, unit, covers, by)
        values = {"name": name, "kind": kind, "unit_id": unit.id if unit else None, "parent_id": parent.id if parent else None}
        await _change(organisation, "organisation.corrected", by, {**values, "temporary": bool(temporary)})
        await _cover(organisation, by, {p.id for p in covers})


async def _lends(organisation: PartyOrganisation, before: Sequence[Place], unit: Unit | None, covers: Sequence[Place], by: Actor) -> None:
    """Another reach, or no unit any more, is another office for everybody who holds one here: only who may give offices changes that."""
    after = covers or [await organisation.place]
    same = organisation.unit_id == (unit.id if unit else None) and {p.id for p in before} == {p.id for p in after}
    if not same and await Office.filter(in_force(), organisation_id=organisation.id).exists():
        for reached in [*before, *after]:
            await must(by, "office.grant", at=reached)


async def _descends(organisation: PartyOrganisation, above: PartyOrganisation) -> bool:
    now: PartyOrganisation | None = organisation
    for _ in range(12):
        if now is None:
            return False
        if now.id == above.id:
            return True
        now = await PartyOrganisation.get_or_none(id=now.parent_id) if now.parent_id else None
    return True


async def _cover(organisation: PartyOrganisation, by: Actor, wanted: set[int]) -> None:
    rows = await Coverage.filter(organisation_id=organisation.id)
    now = {row.place_id for row in rows}
    if now == wanted:
        return
    await Coverage.filter(organisation_id=organisation.id, place_id__in=list(now - wanted)).delete()
    for number in sorted(wanted - now):
        await Coverage.create(organisation=organisation, place_id=number)
    await note("organisation.covers", organisation, by, before=sorted(now), after=sorted(wanted))


async def correct_household(household: Household, *, by: Actor, place: Place, building: str, unit: str, room: str) -> None:
    async with writing():
        for reached in (await household.place, place):
            await must(by, "household.correct", at=reached)
        if await Household.filter(place_id=place.id, building=building, unit=unit, room=room).exclude(id=household.id).exists():
            raise Refusal("This household is entered already.", field="room")
        await _change(household, "household.corrected", by, {"place_id": place.id, "building": building, "unit": unit, "room": room})


async def correct_person(
    person: Person, *, by: Actor, name: str, place: Place, household: Household | None = None, adult: str = "yes", phone: str | None = None
) -> None:
    """New particulars; `phone` None leaves the number as it is, for whoever may not see it."""
    async with writing():
        for reached in (await person.place, place):
            await must(by, "person.correct", at=reached)
        values = {"name": name, "name_key": sort_key(name), "place_id": place.id, "adult": bool(adult)}
        values |= {"household_id": household.id if household else None}
        await _change(person, "person.corrected", by, values | (_phone(phone, person) if phone is not None else {}))


def _phone(phone: str, person: Person) -> dict[str, str]:
    """A sealed text differs each time it is sealed: compare the digests, so that nothing is written for the same number."""
    if lookup(phone, "phone") == person.phone_digest:
        return {}
    return {"phone_sealed": seal(phone, "phone"), "phone_digest": lookup(phone, "phone")}


async def reach_me(person: Person, *, by: Actor, phone: str, mail: str) -> None:
    """How somebody wants to be reached: entered by that person alone."""
    async with writing():
        await must(by, "person.correct", person)
        values = _phone(phone, person)
        if mail != person.mail:
            values["mail_sealed"] = seal(mail, "mail")
        await _change(person, "person.corrected", by, dict(values))


async def see_phone(person: Person, *, by: Actor) -> str:
    """The number in clear; that it was looked at is written down."""
    async with writing():
        await must(by, "person.see_phone", person)
        await note("person.phone_seen", person, by)
    return person.phone


async def _busy(record: Record) -> str:
    """What still hangs on a record, as the name of the list it stands in; "" when nothing does."""
    ends = in_force()
    if isinstance(record, Place):
        if await Place.filter(ends, parent_id=record.id).exists():
            return "places"
        return "households" if await Household.filter(ends, place_id=record.id).exists() else ""
    if isinstance(record, Household):
        return "people" if await Person.filter(ends, household_id=record.id).exists() else ""
    if isinstance(record, Alliance):
        return ""
    column = "unit_id" if isinstance(record, Unit) else "organisation_id"
    return "offices" if await Office.filter(ends, **{column: record.id}).exists() else ""


ENDS = {Place: "place.end", Unit: "organisation.end", PartyOrganisation: "organisation.end", Alliance: "organisation.end", Household: "household.end"}


async def end(record: Record, last_day: date, *, by: Actor) -> None:
    """The record ends with that day. What still hangs on it must be ended first, so that nobody is left standing nowhere."""
    async with writing():
        await must(by, ENDS[type(record)], record)
        if await _busy(record):
            raise Refusal("Something still belongs here: end or move that first.", status=409, field="last_day")
        record.last_day = last_day
        await record.save(update_fields=["last_day"])
        await note(f"{type(record).__name__.lower()}.ended", record, by)


async def end_person(person: Person, *, by: Actor) -> None:
    """Moved away, or gone: off the lists today, every office ended, every key dead at once. The name stays where it acted."""
    async with writing():
        await must(by, "person.end", person)
        offices = await Office.filter(in_force(), person_id=person.id).prefetch_related("place", "organisation")
        for office in offices:
            for reached in [office.place, *(await office.organisation.covered() if office.organisation else [])]:
                await must(by, "office.end", at=reached)
            office.last_day = max(clock.today(), office.first_day)
            await office.save(update_fields=["last_day"])
        person.last_day = clock.today()
        await person.save(update_fields=["last_day"])
        await note("person.ended", person, by, sessions=await forget(person), offices=len(offices))
