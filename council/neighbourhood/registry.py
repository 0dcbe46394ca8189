"""Entering the standing records: add, correct, end; never delete. Each act asks the powers and writes the journal."""

from __future__ import annotations

from datetime import date

from council import clock
from council.neighbourhood.households import Household
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.organisations import Coverage, PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import lookup, seal
from council.refusals import Refusal
from council.rules.powers import OFFICES


async def found(street: str, community: str, operator: str, *, demo: str = "") -> tuple[Place, Person]:
    """The first records of an empty database: a street, a community, and the operator who enters the rest. `demo` marks invented data."""
    async with writing():
        if await Place.exists():
            raise Refusal("This neighbourhood has been founded already.", status=409)
        above = await Place.add(street, "STREET", demo=bool(demo))
        place = await Place.add(community, "COMMUNITY", above, demo=bool(demo))
        person = await Person.create(name=operator, name_key=sort_key(operator), place=above, demo=bool(demo))
        await Office.create(person=person, code="operator", place=above, first_day=clock.today())
        await note("neighbourhood.founded", place, person, texts={"name": community})
    return place, person


def sort_key(name: str) -> str:
    """Pinyin for sorting and finding by first letters; surnames read as surnames."""
    from pypinyin import lazy_pinyin

    surnames = {"曾": "zeng", "单": "shan", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "朴": "piao", "任": "ren", "华": "hua"}
    first = surnames.get(name[:1])
    full = lazy_pinyin(name)
    if first:
        full[0] = first
    initials = "".join(part[0] for part in full if part)
    return f"{' '.join(full)} {initials}".lower()[:200] if full else name


def unprintable(name: str) -> str:
    """The characters of a name that the papers' typefaces lack; "" where no typeface is installed to ask."""
    from council.workshop.fonts import FontFault, missing

    try:
        return missing(name)
    except FontFault:
        return ""


async def add_place(name: str, level: str, parent: Place, *, by: Person, exclusive: str = "") -> Place:
    async with writing():
        await must(by, "place.add", at=parent)
        place = await Place.add(name, level, parent, exclusive=bool(exclusive), demo=parent.demo)
        await note("place.added", place, by, texts={"name": name})
    return place


async def add_unit(name: str, kind: str, place: Place, *, by: Person, phone: str = "") -> Unit:
    async with writing():
        await must(by, "organisation.add", at=place)
        unit = await Unit.create(name=name, kind=kind, place=place, phone=phone)
        await note("unit.added", unit, by, texts={"name": name})
    return unit


async def add_organisation(
    name: str,
    kind: str,
    place: Place,
    *,
    by: Person,
    unit: Unit | None = None,
    parent: PartyOrganisation | None = None,
    covers: tuple[Place, ...] = (),
    temporary: str = "",
) -> PartyOrganisation:
    """A Party organisation at `place`; `covers` names the places it leads where they are not just that one."""
    async with writing():
        for reached in (place, *covers):
            await must(by, "organisation.add", at=reached)
        made = await PartyOrganisation.create(name=name, kind=kind, place=place, unit=unit, parent=parent, temporary=bool(temporary))
        for covered in covers:
            await Coverage.create(organisation=made, place=covered)
        await note("organisation.added", made, by, texts={"name": name})
    return made


async def add_household(place: Place, building: str, unit: str, room: str, *, by: Person) -> Household:
    async with writing():
        await must(by, "household.add", at=place)
        if await Household.exists(place=place, building=building, unit=unit, room=room):
            raise Refusal("This household is entered already.", field="room")
        household = await Household.create(place=place, building=building, unit=unit, room=room)
        await note("household.added", household, by)
    return household


async def add_person(name: str, place: Place, *, by: Person, phone: str = "", household: Household | None = None, adult: str = "yes") -> Person:
    """Somebody of the area. The phone is sealed; the name is checked against the paper font where papers are made."""
    async with writing():
        await must(by, "person.add", at=place)
        person = await Person.create(
            name=name, name_key=sort_key(name), place=place, household=household, adult=bool(adult), demo=place.demo,
            phone_sealed=seal(phone, "phone"), phone_digest=lookup(phone, "phone"),
        )  # fmt: skip
        await note("person.added", person, by, texts={"name": name})
    return person


async def grant(
    person: Person,
    code: str,
    *,
    by: Person,
    organisation: PartyOrganisation | None = None,
    unit: Unit | None = None,
    place: Place | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Office:
    """Give an office with its term. It reaches what the organisation covers, else the place."""
    if code not in OFFICES:
        raise Refusal("There is no such office.", field="code")
    async with writing():
        where = place or (await organisation.place if organisation else None) or (await unit.place if unit else None) or await person.place
        # An office reaches all that its organisation leads: nobody gives reach that she has not herself.
        for reached in [where, *(await organisation.covered() if organisation else [])]:
            await must(by, "office.grant", at=reached)
        if last_day and first_day and last_day < first_day:
            raise Refusal("The last day lies before the first day.", field="last_day")
        office = await Office.create(
            person=person, code=code, organisation=organisation, unit=unit, place=where,
            first_day=first_day or clock.today(), last_day=last_day,
        )  # fmt: skip
        await note("office.granted", office, by, person=person.id, office=code)
    return office


async def end_office(office: Office, last_day: date, *, by: Person) -> None:
    """The office ends with that day: its power is gone at midnight in Shanghai."""
    async with writing():
        organisation = await PartyOrganisation.get_or_none(id=office.organisation_id)
        for reached in [await office.place, *(await organisation.covered() if organisation else [])]:
            await must(by, "office.end", at=reached)
        if last_day < office.first_day:
            raise Refusal("The last day lies before the first day.", field="last_day")
        office.last_day = last_day
        await office.save(update_fields=["last_day"])
        await note("office.ended", office, by, person=office.person_id, office=office.code)
