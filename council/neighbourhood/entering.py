"""Carrying out an import: everything of a plan without mistakes, in one transaction, in the order in which it leans on each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from council import clock
from council.neighbourhood.households import Household
from council.neighbourhood.imports import Known, Plan, Row, covered
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office, must
from council.neighbourhood.organisations import Coverage, PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import LEVELS, Place
from council.neighbourhood.registers import Owner, enter_owners
from council.neighbourhood.registry import sort_key
from council.neighbourhood.sealed import lookup, seal
from council.refusals import Refusal


async def enter(plan: Plan, known: Known, source: str, *, by: Person) -> dict[str, int]:
    """Enter all of the plan; how many rows of each table were added. One entry in the journal stands for the whole sheet."""
    if plan.faults:
        raise Refusal("The sheet still has mistakes, so nothing was entered.", status=409)
    async with writing():
        await must(by, "register.import", known.scope)
        counts = {table: await step(rows, known, by) for table, step in STEPS.items() if (rows := plan.add[table])}
        if owners := plan.add["owners"]:
            await enter_owners(_owners(owners), known.scope, source, by=by)
            counts["owners"] = len(owners)
        for kind in dict.fromkeys(row["kind"] for row in plan.add["voters"]):
            named = [row for row in plan.add["voters"] if row["kind"] == kind]
            await enter_owners([Owner(row["name"], (row.get("number", ""),), 0) for row in named], known.scope, source, by=by, kind=kind)
            counts["voters"] = counts.get("voters", 0) + len(named)
        await note("neighbourhood.imported", known.scope, by, texts={"source": source}, **counts)
    return counts


async def _places(rows: list[Row], known: Known, by: Person) -> int:
    for row in sorted(rows, key=lambda row: LEVELS.index(row["level"])):
        above = _place(row, known, "parent")
        place = await Place.add(row["name"], row["level"], above, exclusive=row.get("exclusive") == "yes", code=row.get("code", ""), demo=above.demo)
        known.places[place.name] = place
    return len(rows)


def _place(row: Row, known: Known, column: str = "place") -> Place:
    return known.places.get(row.get(column, "")) or known.scope


async def _units(rows: list[Row], known: Known, by: Person) -> int:
    for row in rows:
        known.units[row["name"]] = await Unit.create(name=row["name"], kind=row["kind"], place=_place(row, known), phone=row.get("phone", ""))
    return len(rows)


async def _organisations(rows: list[Row], known: Known, by: Person) -> int:
    """Created first, tied together afterwards: the one above may stand further down in the sheet."""
    for row in rows:
        known.organisations[row["name"]] = await PartyOrganisation.create(
            name=row["name"], kind=row["kind"], place=_place(row, known), unit=known.units.get(row.get("unit", "")),
            temporary=row.get("temporary") == "yes",
        )  # fmt: skip
    for row in rows:
        made = known.organisations[row["name"]]
        assert made is not None
        above = known.organisations.get(row.get("parent", ""))
        if above is not None:
            made.parent = above
            await made.save(update_fields=["parent_id"])
        for name in dict.fromkeys(covered(row)):
            await Coverage.create(organisation=made, place=known.places[name])
    return len(rows)


async def _households(rows: list[Row], known: Known, by: Person) -> int:
    for row in rows:
        home = await Household.create(place=_place(row, known), building=row["building"], unit=row.get("unit", ""), room=row["room"])
        known.homes[row["place"], home.building, home.unit, home.room] = home
    return len(rows)


async def _people(rows: list[Row], known: Known, by: Person) -> int:
    for row in rows:
        phone, place = row.get("phone", ""), _place(row, known)
        person = await Person.create(
            name=row["name"], name_key=sort_key(row["name"]), place=place, adult=row.get("adult") != "no", demo=place.demo,
            household=known.homes.get((place.name, row.get("building", ""), row.get("unit", ""), row.get("room", ""))),
            phone_sealed=seal(phone, "phone"), phone_digest=lookup(phone, "phone"),
        )  # fmt: skip
        known.people.setdefault(person.name, []).append(person)
    return len(rows)


def _meant(row: Row, known: Known) -> Person:
    same, digest = known.people[row["name"]], lookup(row.get("phone", ""), "phone")
    return next((p for p in same if p.phone_digest == digest), same[0]) if len(same) > 1 else same[0]


async def _offices(rows: list[Row], known: Known, by: Person) -> int:
    """Terms that run already are left as they are. Every place an office will reach is asked for, as for a single grant."""
    added, asked = 0, set()
    for row in rows:
        organisation, unit = known.organisations.get(row.get("organisation", "")), known.units.get(row.get("unit", ""))
        where = known.places.get(row.get("place", "")) or await _seat(organisation, unit) or known.scope
        for reached in [where, *(await organisation.covered() if organisation else [])]:
            if reached.id not in asked:
                await must(by, "office.grant", at=reached)
                asked.add(reached.id)
        added += await _office(_meant(row, known), row, organisation, unit, where)
    return added


async def _seat(organisation: PartyOrganisation | None, unit: Unit | None) -> Place | None:
    owner = organisation or unit
    return await owner.place if owner else None


async def _office(person: Person, row: Row, organisation: PartyOrganisation | None, unit: Unit | None, where: Place) -> int:
    held = Office.filter(in_force(), person_id=person.id, code=row["code"], place_id=where.id)
    if await held.filter(organisation_id=organisation.id if organisation else None).exists():
        return 0
    first, last = (date.fromisoformat(day) if (day := row.get(key, "")) else None for key in ("first_day", "last_day"))
    await Office.create(
        person=person, code=row["code"], organisation=organisation, unit=unit, place=where, first_day=first or clock.today(), last_day=last
    )
    return 1


def _owners(rows: list[Row]) -> list[Owner]:
    """Several homes of one owner are one person with the areas summed (owners' interpretation arts 8-9)."""
    joined: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        joined.setdefault((row["name"], row.get("number", "")), []).append(row)
    return [Owner(name, tuple(home["address"] for home in homes), sum(home["area"] for home in homes)) for (name, _), homes in joined.items()]


Step = Callable[[list[Row], Known, Person], Any]
STEPS: dict[str, Step] = {
    "places": _places, "units": _units, "organisations": _organisations, "households": _households, "people": _people, "offices": _offices,
}  # fmt: skip
