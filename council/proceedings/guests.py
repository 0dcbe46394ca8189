"""Guests: whom a meeting could call, from the offices, units and people of its place, each with the reason why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tortoise.expressions import Q

from council import clock
from council.db import sql
from council.i18n import Phrase
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Person
from council.proceedings.invitations import REPRESENTING, Guest, Invitation
from council.proceedings.meetings import Meeting
from council.rules.concerned import reason
from council.rules.kinds import Called, Capacity

SENDERS = ("unit_head", "unit_representative", "secretary")
UNITS = {"unit_representative": "resident_unit", "utility": "utility", "property_manager": "property_company", "department_officer": "department"}
REGISTERED = "household_representative"
STATUTORY = {"representatives_meeting": frozenset({"resident_representative", "committee_member"})}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A guest, why they are proposed, and whether the form ticks them beforehand: only with a reason of their own."""

    guest: Guest
    why: Phrase
    ticked: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What a meeting is about: the words of its topics, the places their matters lie in; who holds office near, which units are there."""

    meeting: Meeting
    texts: tuple[str, ...]
    paths: tuple[str, ...]
    offices: Sequence[Office] = field(default=())
    units: Sequence[Unit] = field(default=())


async def suggested(meeting: Meeting) -> list[tuple[Called, list[Suggestion]]]:
    """For every group that this kind of meeting calls, those who belong to it here, each with a reason."""
    around = await _around(meeting)
    return [(called, [_because(called, around, one) for one in _group(called, around)]) for called in meeting.row.called]


async def _around(meeting: Meeting) -> Around:
    rows = await sql(
        "SELECT i.title, i.words, m.title AS matter, m.path FROM agenda_item i LEFT JOIN matter m ON m.id = i.matter_id "
        'WHERE i.meeting_id = ? ORDER BY i."order", i.id', meeting.id,
    )  # fmt: skip
    texts = [meeting.title, *(str(row[name] or "") for row in rows for name in ("title", "words", "matter"))]
    paths = {row["path"] for row in rows if row["path"]}
    return Around(meeting, tuple(filter(None, texts)), tuple(sorted(paths)), await _offices(meeting), await _units(meeting))


def _above(meeting: Meeting) -> list[int]:
    return [int(part) for part in meeting.path.strip("/").split("/")]


async def _offices(meeting: Meeting) -> list[Office]:
    """Offices at, inside or above the place that are in force on the day of the meeting."""
    day = max(clock.today(), clock.local(meeting.starts_at).date())
    term = Q(last_day=None) | Q(last_day__gte=day)
    near = Q(place__path__startswith=meeting.path) | Q(place_id__in=_above(meeting))
    found = Office.filter(term, near, first_day__lte=day).order_by("place_id", "id")
    return await found.prefetch_related("person__household", "place", "unit", "organisation")


async def _units(meeting: Meeting) -> list[Unit]:
    near = Q(place__path__startswith=meeting.path) | Q(place_id__in=_above(meeting))
    return await Unit.filter(near, Q(last_day=None) | Q(last_day__gt=clock.today())).order_by("id").prefetch_related("place")


@dataclass(frozen=True, slots=True)
class _Found:
    """A guest with the path their office or unit has."""

    guest: Guest
    path: str
    where: str


def _group(called: Called, around: Around) -> list[_Found]:
    offices, units = around.offices, around.units
    if called.code == "community_secretary":
        return [_holder(o) for o in offices if o.code == "secretary" and o.place.level == "COMMUNITY" and not _of_unit(o)]
    holders = [_holder(o) for o in offices if o.code == called.code and not (called.code == "secretary" and _of_unit(o))]
    return holders + [_sender(unit, offices) for unit in units if unit.kind == UNITS.get(called.code) and not _met(unit, called, offices)]


def _of_unit(office: Office) -> bool:
    return bool(office.organisation and office.organisation.unit_id)


def _met(unit: Unit, called: Called, offices: Iterable[Office]) -> bool:
    """Is the unit already there through somebody who holds the office itself?"""
    return any(o.unit_id == unit.id and o.code == called.code for o in offices)


def _holder(office: Office) -> _Found:
    """Named with the unit or place they speak for; whoever represents residents with the flat, so that two of a name are told apart."""
    home = office.person.household if office.code in REPRESENTING else None
    where = office.unit.name if office.unit else home or office.place.name
    guest = Guest(f"{office.person.name} {where}", person=office.person, unit=office.unit)
    return _Found(guest, office.place.path, office.place.name)


def _sender(unit: Unit, offices: Sequence[Office]) -> _Found:
    """A unit sends its head, its representative or the secretary of its branch; else whoever it likes."""
    for office in offices:
        ours = office.unit_id == unit.id or (office.organisation is not None and office.organisation.unit_id == unit.id)
        if ours and office.code in SENDERS:
            return _Found(Guest(f"{office.person.name} {unit.name}", person=office.person, unit=unit), unit.place.path, unit.place.name)
    return _Found(Guest(unit.name, unit=unit), unit.place.path, unit.place.name)


def _because(called: Called, around: Around, found: _Found) -> Suggestion:
    """The first reason that holds. Units are concerned by a topic; a representative by the place the topic comes from."""
    guest = found.guest
    if called.capacity is Capacity.SUPERVISOR:
        return Suggestion(guest, Phrase("May sit in on every meeting (Organic Law of Urban Residents' Committees, art. 36)"), True)
    if called.code in STATUTORY.get(around.meeting.kind, ()):
        return Suggestion(guest, Phrase("Member of this meeting by law"), True)
    if (why := reason(around.texts, called.code, guest.unit.name if guest.unit else "")) is not None:
        return Suggestion(guest, why, True)
    if called.duty:
        words = Phrase("No topic seems to concern it; tick it if one does, then it must send somebody")
        return Suggestion(replace(guest, concerned=False), words, False)
    if any(topic.startswith(found.path) for topic in around.paths) and found.path != around.meeting.path:
        return Suggestion(guest, Phrase("A topic comes from there: %(place)s", place=found.where), True)
    if called.code not in REPRESENTING and any(around.meeting.path.startswith(topic) for topic in around.paths):
        return Suggestion(guest, Phrase("A topic concerns the whole of %(place)s", place=around.meeting.place.name), True)
    return Suggestion(guest, Phrase("Belongs to this group; no topic comes from %(place)s alone", place=found.where), False)


def without(suggestions: Iterable[Suggestion], invited: Iterable[Invitation]) -> list[Suggestion]:
    """Those who are not on the list yet."""
    listed = {f"person:{one.person_id}" if one.person_id else f"unit:{one.unit_id}" for one in invited}
    return [one for one in suggestions if one.guest.key not in listed]


def _living(meeting: Meeting) -> Q:
    """People of the place, and those entered at the community or street it lies in: they too sit in a grid's council."""
    return Q(place__path__startswith=meeting.path) | Q(place_id__in=_above(meeting))


def _person(person: Person, meeting: Meeting) -> Guest:
    where = person.household or ("" if person.place.path.startswith(meeting.path) else person.place.name)
    return Guest(f"{person.name} {where}".strip(), person=person)


async def people(meeting: Meeting, q: str) -> list[Guest]:
    """People by name or by first letters of the pinyin, the nearest first; nobody without a search."""
    if not (q := q.strip()):
        return []
    found = Person.filter(_living(meeting), Q(name__contains=q) | Q(name_key__contains=q.lower()), erased_at=None)
    rows = await found.prefetch_related("household", "place").order_by("name_key", "id").limit(20)
    near = sorted(rows, key=lambda one: not one.place.path.startswith(meeting.path))
    return [_person(one, meeting) for one in near if not one.ended]


async def everybody(meeting: Meeting) -> list[Guest]:
    """All whom a residents' meeting calls by the register and who are not invited: every adult or, where households vote, one of each."""
    if not any(called.code == REGISTERED for called in meeting.row.called):
        return []
    adults = Person.filter(in_force(), place__path__startswith=meeting.path, adult=True, erased_at=None)
    invited = await Invitation.filter(meeting_id=meeting.id).only("id", "person_id", "household_id", "capacity")
    known, homes = {one.person_id for one in invited}, {one.household_id for one in invited if one.votes}
    rows = [one for one in await adults.prefetch_related("household", "place").order_by("id") if one.id not in known]
    if meeting.rule_id.endswith("_HH"):
        rows = list({one.household_id: one for one in reversed(rows) if one.household_id and one.household_id not in homes}.values())[::-1]
    return [_person(one, meeting) for one in rows]


def by_group(boxes: Iterable[str], group: str) -> dict[str, list[str]]:
    """What was ticked, by the group it stands under: "grid_head|person:9"; a person found by name joins the `group` named beside."""
    found: dict[str, list[str]] = {}
    for box in boxes:
        named, _sep, key = box.rpartition("|")
        found.setdefault(named or group, []).append(key)
    return found


async def chosen(meeting: Meeting, keys: Sequence[str]) -> list[Guest]:
    """The guests that a form names: only people and units that could be found for this meeting. Who ticks a unit says that a topic concerns it."""
    parts = [key.partition(":") for key in keys]
    numbers = [int(n) for kind, _, n in parts if kind == "person" and n.isdecimal() and len(n) < 10]
    at_hand = {one.guest.key: replace(one.guest, concerned=True) for _, group in await suggested(meeting) for one in group}
    found = [at_hand[key] for key in dict.fromkeys(keys) if key in at_hand]
    more = await Person.filter(_living(meeting), id__in=numbers, erased_at=None).prefetch_related("household", "place")
    return found + [_person(one, meeting) for one in more if f"person:{one.id}" not in at_hand]
