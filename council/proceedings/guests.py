"""Guests: whom a meeting could call, from the offices, units and people of its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tortoise.expressions import Q

from council import clock
from council.neighbourhood.offices import Office
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Person
from council.proceedings.invitations import REPRESENTING, Guest, Invitation
from council.proceedings.meetings import Meeting
from council.rules.kinds import Called

SENDERS = ("unit_head", "unit_representative", "secretary")
UNITS = {"unit_representative": "resident_unit", "utility": "utility", "property_manager": "property_company", "department_officer": "department"}


async def suggested(meeting: Meeting) -> list[tuple[Called, list[Guest]]]:
    """For every group that this kind of meeting calls, those who belong to it here."""
    offices, units = await _offices(meeting), await _units(meeting)
    return [(called, _group(called, meeting, offices, units)) for called in meeting.row.called]


async def _offices(meeting: Meeting) -> list[Office]:
    """Offices in force at, inside or above the place."""
    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    above = [int(part) for part in meeting.path.strip("/").split("/")]
    near = Q(place__path__startswith=meeting.path) | Q(place_id__in=above)
    found = Office.filter(term, near, first_day__lte=today).order_by("place_id", "id")
    return await found.prefetch_related("person__household", "place", "unit", "organisation")


async def _units(meeting: Meeting) -> list[Unit]:
    above = [int(part) for part in meeting.path.strip("/").split("/")]
    near = Q(place__path__startswith=meeting.path) | Q(place_id__in=above)
    return await Unit.filter(near, Q(last_day=None) | Q(last_day__gt=clock.today())).order_by("id")


def _group(called: Called, meeting: Meeting, offices: Sequence[Office], units: Sequence[Unit]) -> list[Guest]:
    if called.code == "community_secretary":
        return [_holder(o) for o in offices if o.code == "secretary" and o.place.level == "COMMUNITY" and not _of_unit(o)]
    holders = [_holder(o) for o in offices if o.code == called.code and not (called.code == "secretary" and _of_unit(o))]
    return holders + [_sender(unit, offices) for unit in units if unit.kind == UNITS.get(called.code) and not _met(unit, called, offices)]


def _of_unit(office: Office) -> bool:
    return bool(office.organisation and office.organisation.unit_id)


def _met(unit: Unit, called: Called, offices: Iterable[Office]) -> bool:
    """Is the unit already there through somebody who holds the office itself?"""
    return any(o.unit_id == unit.id and o.code == called.code for o in offices)


def _holder(office: Office) -> Guest:
    """Named with the unit or place they speak for; whoever represents residents with the flat, so that two of a name are told apart."""
    home = office.person.household if office.code in REPRESENTING else None
    where = office.unit.name if office.unit else home or office.place.name
    return Guest(f"{office.person.name} {where}", person=office.person, unit=office.unit)


def _sender(unit: Unit, offices: Sequence[Office]) -> Guest:
    """A unit sends its head, its representative or the secretary of its branch; else whoever it likes."""
    for office in offices:
        ours = office.unit_id == unit.id or (office.organisation is not None and office.organisation.unit_id == unit.id)
        if ours and office.code in SENDERS:
            return Guest(f"{office.person.name} {unit.name}", person=office.person, unit=unit)
    return Guest(unit.name, unit=unit)


def without(guests: Iterable[Guest], invited: Iterable[Invitation]) -> list[Guest]:
    """Those who are not on the list yet."""
    listed = {f"person:{one.person_id}" if one.person_id else f"unit:{one.unit_id}" for one in invited}
    return [guest for guest in guests if guest.key not in listed]


async def people(meeting: Meeting, q: str) -> list[Guest]:
    """People of the place by name or by first letters of the pinyin; nobody without a search."""
    if not (q := q.strip()):
        return []
    found = Person.filter(Q(name__contains=q) | Q(name_key__contains=q.lower()), place__path__startswith=meeting.path, erased_at=None)
    rows = await found.prefetch_related("household").order_by("name_key", "id").limit(20)
    return [Guest(f"{one.name} {one.household or ''}".strip(), person=one) for one in rows if not one.ended]


async def chosen(meeting: Meeting, keys: Sequence[str]) -> list[Guest]:
    """The guests that a form names: only people and units that could be found for this meeting."""
    parts = [key.partition(":") for key in keys]
    numbers = {kind: [int(n) for k, _, n in parts if k == kind and n.isdecimal() and len(n) < 10] for kind in ("person", "unit")}
    at_hand = {guest.key: guest for _, group in await suggested(meeting) for guest in group}
    found = [at_hand[key] for key in keys if key in at_hand]
    more = await Person.filter(id__in=numbers["person"], place__path__startswith=meeting.path, erased_at=None).prefetch_related("household")
    found += [Guest(f"{one.name} {one.household or ''}".strip(), person=one) for one in more if f"person:{one.id}" not in at_hand]
    return found
