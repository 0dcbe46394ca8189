"""Reading the standing records: one within reach, a list of them, and what hangs on each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.neighbourhood.households import Household
from council.neighbourhood.listing import Part, in_force, matching, part, within
from council.neighbourhood.offices import Office, Standing, may
from council.neighbourhood.organisations import Coverage, PartyOrganisation, Unit
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register, RegisterLine
from council.neighbourhood.sealed import lookup
from council.neighbourhood.titles import OFFICES, ORGANISATIONS, UNITS
from council.refusals import NotFound

M = TypeVar("M", bound=Model)
MANY = 300  # as many as a list to choose from may hold


async def seen(model: type[M], number: int, by: Actor | None, act: str, *related: str) -> M:
    """The record, if `act` is allowed on it: what you may not see does not exist."""
    record = await allowed(model, number, by, act, *related)
    if record is None:
        raise NotFound
    return record


async def allowed(model: type[M], number: int, by: Actor | None, act: str, *related: str) -> M | None:
    """The record, or None where there is none or `act` is not allowed on it."""
    record = await model.get_or_none(id=number).prefetch_related(*related) if 0 < number < 2**31 else None
    return record if record is not None and await may(by, act, record) else None


async def units(held: Standing, q: str, kind: str, after: str) -> Part:
    query = Unit.filter(within(held, "neighbourhood.see"), in_force(), matching(q, ["name"]))
    return await part((query.filter(kind=kind) if kind in UNITS else query).prefetch_related("place"), after)


async def organisations(held: Standing, q: str, kind: str, after: str) -> Part:
    query = PartyOrganisation.filter(within(held, "neighbourhood.see"), in_force(), matching(q, ["name"]))
    return await part((query.filter(kind=kind) if kind in ORGANISATIONS else query).prefetch_related("place"), after)


async def households(held: Standing, q: str, place: int, after: str) -> Part:
    query = Household.filter(within(held, "neighbourhood.see"), in_force(), matching(q, ["building", "unit", "room"]))
    return await part((query.filter(place_id=place) if place else query).prefetch_related("place"), after)


async def people(held: Standing, q: str, place: int, after: str) -> Part:
    """By name or letters of its pinyin."""
    query = Person.filter(within(held, "person.see"), in_force(), matching(q, ["name", "name_key"]))
    return await part((query.filter(place_id=place) if place else query).prefetch_related("place", "household"), after, "name_key")


async def ringing(held: Standing, number: str, place: int) -> Part:
    """Who has this whole telephone number, in digits; found by its digest."""
    query = Person.filter(within(held, "person.see"), in_force(), phone_digest=lookup(number, "phone"))
    return await part((query.filter(place_id=place) if place else query).prefetch_related("place", "household"), "", "name_key")


async def offices(held: Standing, q: str, code: str, after: str, *, ended: str = "") -> Part:
    today = clock.today()
    term = Q(last_day__lt=today) if ended else Q(last_day=None) | Q(last_day__gte=today)
    query = Office.filter(within(held, "neighbourhood.see"), term, matching(q, ["person__name"]))
    return await part((query.filter(code=code) if code in OFFICES else query).prefetch_related("person", "organisation", "unit", "place"), after)


async def choices(model: type[M], held: Standing, act: str) -> list[M]:
    """Units or organisations to choose from in a form that does `act`."""
    return await model.filter(within(held, act), in_force()).order_by("id").limit(MANY)


async def above(places: Sequence[Place]) -> list[PartyOrganisation]:
    """What an organisation may stand under: those of these places, and those of the places above them."""
    numbers = {int(n) for place in places for n in place.path.strip("/").split("/")}
    return await PartyOrganisation.filter(in_force(), place_id__in=list(numbers)).order_by("place_id", "id").limit(MANY)


async def inside(place: Place) -> list[Place]:
    return await Place.filter(in_force(), parent_id=place.id).order_by("id")


async def leading(place: Place) -> list[PartyOrganisation]:
    """The Party organisations that lead a place or have their seat there."""
    rows = await Coverage.filter(place_id=place.id).prefetch_related("organisation")
    own = await PartyOrganisation.filter(in_force(), place_id=place.id).order_by("id")
    return list({one.id: one for one in [row.organisation for row in rows] + own if one.last_day is None}.values())


async def covered_ids(organisation: PartyOrganisation) -> list[int]:
    """The places that are listed for an organisation; none when it leads just its own."""
    return [row.place_id for row in await Coverage.filter(organisation_id=organisation.id)]


async def below(organisation: PartyOrganisation) -> list[PartyOrganisation]:
    return await PartyOrganisation.filter(in_force(), parent_id=organisation.id).order_by("id")


async def branches(unit: Unit) -> list[PartyOrganisation]:
    return await PartyOrganisation.filter(in_force(), unit_id=unit.id).order_by("id")


async def holders(**of: int) -> list[Office]:
    """The offices in force of an organisation, unit or place, each with its person: `holders(unit_id=3)`."""
    return await Office.filter(in_force(), **of).prefetch_related("person").order_by("id").limit(60)


async def offices_of(person: Person, *, ended: str = "") -> list[Office]:
    """What somebody holds; with `ended` also what they held."""
    query = Office.filter(person_id=person.id) if ended else Office.filter(in_force(), person_id=person.id)
    return await query.prefetch_related("organisation", "unit", "place").order_by("-id").limit(30)


async def members(home: Household) -> list[Person]:
    return await Person.filter(in_force(), household_id=home.id).order_by("id")


async def home_at(place: Place, building: str, unit: str, room: str) -> Household | None:
    return await Household.filter(in_force(), place_id=place.id, building=building, unit=unit, room=room).first()


async def registers(held: Standing) -> list[Register]:
    return await Register.filter(within(held, "register.import")).order_by("-id").prefetch_related("place").limit(20)


async def lines(register: Register, q: str, after: str) -> Part:
    query: Any = RegisterLine.filter(matching(q, ["name", "address"]), register_id=register.id)
    return await part(query, after)
