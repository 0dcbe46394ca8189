"""Whom to ring about a place, where to report, and who there can be given a task."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from tortoise import connections
from tortoise.expressions import Q

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import Entry, listen
from council.neighbourhood.offices import Office
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import Refusal

WORKERS = ("grid_worker", "grid_head", "clerk")


@dataclass(frozen=True)
class Contact:
    """A name to ask for and a number to ring."""

    name: Phrase | str
    telephone: str


async def contact(place: Place) -> Contact | None:
    """The nearest number of this place or one above it; None where none is known. A worker's own number is nobody's business."""
    places = list(reversed(await place.ancestors()))
    number = next((one.phone for one in places if one.phone), "")
    if not number:
        return None
    return Contact(await _name(places) or Phrase("Community staff on duty"), number)


async def _name(places: list[Place]) -> Phrase | None:
    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    found = Office.filter(term, code__in=WORKERS, place_id__in=[p.id for p in places], first_day__lte=today)
    offices = {office.place_id: office for office in await found.prefetch_related("person").order_by("-id")}
    nearest = next((offices[p.id] for p in places if p.id in offices and offices[p.id].code != "clerk"), None)
    return Phrase("Grid worker %(name)s", name=nearest.person.name) if nearest else None


# Every list asks for the places, and they change a few times a year: kept for each database until one changes, and a few seconds at most,
# because another process may have changed it.
KEPT = 5.0
_places: WeakKeyDictionary[Any, tuple[float, list[Place]]] = WeakKeyDictionary()


@listen
def _forget(entry: Entry) -> None:
    if entry.subject in ("Place", "Draft"):
        _places.clear()


async def to_report_at() -> list[Place]:
    """The places a resident can name: grids, then communities for whoever does not know the grid."""
    database = connections.get("default")
    since, kept = _places.get(database, (0.0, []))
    if since < time.monotonic() - KEPT:
        found = await Place.filter(level__in=("GRID", "COMMUNITY"), last_day=None).order_by("path")
        kept = sorted(found, key=lambda place: (place.level == "COMMUNITY", place.path))
        _places[database] = (time.monotonic(), kept)
    return list(kept)


async def everywhere() -> Place:
    """The smallest place that holds all communities: where something is before anybody has said where."""
    paths = [place.path.strip("/").split("/") for place in await Place.filter(level="COMMUNITY", last_day=None)]
    shared = [step[0] for step in zip(*paths, strict=False) if len(set(step)) == 1]
    return await Place.get(id=int(shared[-1]))


async def gas_line() -> str:
    """The emergency number of the gas company, where the community has entered that company; else empty."""
    for unit in await Unit.filter(kind="utility", name__contains="燃气").order_by("id"):
        if unit.phone:
            return str(unit.phone)
    return ""


async def answerable(place: Place) -> list[tuple[str, str]]:
    """Who can be given a task about a place: its units and those above, officers there, then the grid workers and heads inside. ("unit:3", name)."""
    around = [one.id for one in await place.ancestors()]
    units = await Unit.filter(place_id__in=around).order_by("kind", "id")
    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    offices = await Office.filter(term, place_id__in=around, first_day__lte=today).prefetch_related("person").order_by("id")
    people = {office.person_id: office.person.name for office in offices} | await _inside(place)
    return [(f"unit:{unit.id}", unit.name) for unit in units] + [(f"person:{number}", name) for number, name in people.items()]


async def _inside(place: Place) -> dict[int, str]:
    """The grid workers and heads of a community's grids, each with the grid; of a street there are too many to choose from."""
    if place.level != "COMMUNITY":
        return {}
    today = clock.today()
    term = Q(last_day=None) | Q(last_day__gte=today)
    found = Office.filter(term, code__in=WORKERS[:2], place__parent_id=place.id, first_day__lte=today).prefetch_related("person", "place")
    return {one.person_id: f"{one.person.name}（{one.place.name}）" for one in await found.order_by("place_id", "id")}


async def named(responsible: str, place: Place) -> tuple[Unit | None, Person | None]:
    """The unit or person meant by "unit:3" or "person:7"; a Refusal for one that cannot be given a task about this place."""
    if responsible not in dict(await answerable(place)):
        raise Refusal("Choose one of the answers shown.", field="responsible")
    kind, _, number = responsible.partition(":")
    unit = await Unit.get_or_none(id=int(number)) if kind == "unit" else None
    return unit, await Person.get_or_none(id=int(number)) if kind == "person" else None
