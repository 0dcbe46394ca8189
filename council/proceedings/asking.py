"""Who is asked in a consultation: the list frozen at opening, the codes and links of those without an account."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, slots, sql
from council.neighbourhood.households import Household
from council.neighbourhood.journal import writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office, must, standing
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.registers import RegisterLine, lines_of
from council.neighbourhood.sealed import lookup
from council.proceedings.consultations import LONGEST, SHORTEST, Consultation
from council.proceedings.electorates import in_force_today
from council.proceedings.matters import Matter, hold
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.numbering import PERSONAL_LENGTH, personal_code, read_code
from council.rules.powers import FIELD

HANDLE, TRIES = 3, 5


class Asked(Model):
    """One place on the list frozen at opening. `voter` is what web, paper and doorstep share: "household:7", "person:1", "line:33", "unit:4"."""

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    voter = fields.CharField(40)
    label = fields.CharField(160)
    path = fields.CharField(120)
    building = fields.CharField(24, default="")
    unit = fields.CharField(24, default="")
    minor = fields.BooleanField(default=False)
    code_handle = fields.CharField(4, default="")
    code_digest = fields.CharField(64, default="")
    code_tries = fields.IntField(default=0)
    link_digest = fields.CharField(64, default="", db_index=True)

    class Meta:
        table = "asked"
        unique_together = (("consultation", "voter"),)
        indexes = (("consultation_id", "building", "unit"), ("consultation_id", "code_handle"))


async def open_consultation(consultation: Consultation, closes_at: datetime, *, by: Person) -> None:
    """From now on people answer. Who is asked is frozen; where everybody may answer there is no list."""
    ahead = closes_at - clock.now()
    if not SHORTEST <= ahead <= LONGEST:
        raise Refusal("Let it run for an hour at least and for %(days)s days at most.", days=LONGEST.days, field="until")
    async with writing():
        await hold(consultation)
        await must(by, "consultation.open", consultation)
        if consultation.matter_id and not await Matter.exists(id=consultation.matter_id, public=True):
            raise Conflict("Only a matter that has been made public can be put to others.")
        stages.check("Consultation", consultation.stage, "open")
        asked = await _list(consultation)
        if consultation.electorate != "everyone" and not asked:
            raise Refusal("Nobody is on the list that would be asked.", field="until")
        await Asked.bulk_create(asked, batch_size=200)
        consultation.stage, consultation.opened_at, consultation.closes_at = "open", clock.now(), closes_at
        consultation.asked = len(asked)
        await consultation.save(update_fields=["stage", "opened_at", "closes_at", "asked"])
        await consultation.note("consultation.opened", by, {"question": consultation.question}, asked=len(asked), until=closes_at.isoformat())


async def _list(consultation: Consultation) -> list[Asked]:
    """One row for each person, household, owner or unit that may answer."""
    rows = await LISTS[consultation.electorate](consultation) if consultation.electorate in LISTS else []
    return [Asked(consultation_id=consultation.id, **row) for row in rows]


async def _households(consultation: Consultation) -> list[dict[str, Any]]:
    homes = Household.filter(in_force(), place__path__startswith=consultation.path).prefetch_related("place").order_by("id")
    return [
        {"voter": f"household:{one.id}", "label": one.address, "path": one.place.path, "building": one.building, "unit": one.unit}
        for one in await homes
    ]


async def _persons(consultation: Consultation) -> list[dict[str, Any]]:
    people = Person.filter(in_force(), place__path__startswith=consultation.path, erased_at=None)
    return [
        {
            "voter": f"person:{one.id}", "label": one.name, "path": one.place.path, "minor": not one.adult,
            "building": one.household.building if one.household else "", "unit": one.household.unit if one.household else "",
        }
        for one in await people.prefetch_related("household", "place").order_by("id")
    ]  # fmt: skip


async def _owners(consultation: Consultation) -> list[dict[str, Any]]:
    lines = await RegisterLine.filter(register_id=consultation.register_id).order_by("id")
    return [{"voter": f"line:{one.id}", "label": f"{one.address} {one.name}".strip()[:160], "path": consultation.path} for one in lines]


async def _units(consultation: Consultation) -> list[dict[str, Any]]:
    units = Unit.filter(in_force(), place__path__startswith=consultation.path).prefetch_related("place").order_by("id")
    return [{"voter": f"unit:{one.id}", "label": one.name, "path": one.place.path} for one in await units]


LISTS: dict[str, Callable[[Consultation], Awaitable[list[dict[str, Any]]]]] = {
    "households": _households, "persons": _persons, "owners": _owners, "units": _units,
}  # fmt: skip


async def place_of(consultation: Consultation, by: Actor) -> Asked | None:
    """The place on the list that this actor answers for: by code or link, or as who they are."""
    if consultation.electorate == "everyone":
        return None
    named = "voter" if isinstance(by, Person) else "id"
    keys = await _keys(consultation, by) if isinstance(by, Person) else [number for kind, number in by.carries if kind == "Asked"] or [0]
    rows = await sql(
        f"SELECT * FROM asked WHERE consultation_id = ? AND {named} IN {slots(1, len(keys))} ORDER BY id LIMIT 1", consultation.id, *keys  # noqa: S608
    )
    return Asked._init_from_db(**rows[0]) if rows else None


async def _keys(consultation: Consultation, by: Person) -> list[str]:
    if by.ended:
        return [""]
    if consultation.electorate == "owners" and consultation.register_id:
        return [f"line:{number}" for number in await lines_of(consultation.register_id, by)] or [""]
    if consultation.electorate == "units":
        held = await Office.filter(in_force_today(), person_id=by.id, unit_id__isnull=False).values_list("unit_id", flat=True)
        return [f"unit:{number}" for number in held] or [""]
    home = [f"household:{by.household_id}"] if by.adult and by.household_id else []
    return [f"person:{by.id}", *home]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one place on the list, and kept by nobody else: the code and the token of the link."""

    asked: Asked
    code: str
    token: str


async def issue(consultation: Consultation, building: str = "", *, by: Person) -> list[Slip]:
    """New codes and links for one building or for all within reach; what was issued before for them no longer opens anything."""
    async with writing():
        await must(by, "consultation.reach", consultation)
        listed = await Asked.filter(consultation_id=consultation.id).order_by("building", "unit", "id")
        wanted = [one for one in await within(listed, by) if not building or one.building == building]
        numbers = {one.id for one in wanted}
        taken = {one.code_handle for one in listed if one.id not in numbers}
        slips = [_slip(one, taken) for one in wanted]
        if not slips:
            raise Refusal("Nobody is on the list that would be asked.", field="building")
        await Asked.bulk_update([slip.asked for slip in slips], ["code_handle", "code_digest", "link_digest", "code_tries"], batch_size=200)
        await consultation.note("consultation.slips_issued", by, count=len(slips))
    return slips


def _slip(asked: Asked, taken: set[str]) -> Slip:
    code = personal_code()
    while code[:HANDLE] in taken:
        code = personal_code()
    taken.add(code[:HANDLE])
    token = secrets.token_urlsafe(18)
    asked.code_handle, asked.code_digest = code[:HANDLE], _digest(asked.consultation_id, code)
    asked.link_digest, asked.code_tries = lookup(token, "consultation link"), 0
    return Slip(asked, code, token)


def _digest(number: int, code: str) -> str:
    return lookup(f"{number}:{code}", "consultation code")


async def by_link(token: str) -> Asked:
    """The place on the list that a personal link belongs to; NotFound for any other."""
    found = await Asked.get_or_none(link_digest=lookup(token, "consultation link") or "-")
    if found is None:
        raise NotFound
    return found


async def by_code(consultation: Consultation, typed: str) -> Asked:
    """The place on the list that a typed code opens. It stays usable, because an answer can be changed; five wrong tries close it."""
    code = read_code(typed, PERSONAL_LENGTH)
    found = await Asked.get_or_none(consultation_id=consultation.id, code_handle=code[:HANDLE])
    if found is None:
        raise _wrong()
    if found.code_tries >= TRIES:
        raise Conflict("This code no longer opens anything. Please ask at the desk for a new slip.")
    if not compare_digest(found.code_digest, _digest(consultation.id, code)):
        async with writing():
            await sql("UPDATE asked SET code_tries = code_tries + 1 WHERE id = ?", found.id)
        raise _wrong()
    return found


def _wrong() -> Refusal:
    return Refusal("This code does not belong to this consultation. Please look at the slip again.", field="code")


async def within(listed: list[Asked], by: Actor) -> list[Asked]:
    """Those an officer goes to: a grid worker to the homes of the grid, the community's staff to all."""
    held = await standing(by)
    return [one for one in listed if held.reaches(FIELD, one.path)]
