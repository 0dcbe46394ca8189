"""Who holds which office where, since when and until which day; and what that allows."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql, writing_now
from council.i18n import Phrase
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Actor, Person, Visitor
from council.neighbourhood.places import Place
from council.refusals import Conflict, Forbidden
from council.rules import stages
from council.rules.powers import POWERS, Power


class Office(Model):
    """A person holds an office in an organisation or unit, or at a place, from its first day to the end of its last day in Shanghai."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    code = fields.CharField(32)
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    first_day = fields.DateField()
    last_day = fields.DateField(null=True)

    class Meta:
        table = "office"
        indexes = (("person_id",),)  # asked with every page

    def in_force(self) -> bool:
        today = clock.today()
        return self.first_day <= today and (self.last_day is None or today <= self.last_day)


@dataclass(frozen=True)
class Standing:
    """What a person holds today: (office, path it reaches, organisation id)."""

    holds: tuple[tuple[str, str, int | None], ...] = ()

    def codes(self) -> frozenset[str]:
        return frozenset(code for code, _, _ in self.holds)

    def reaches(self, codes: Iterable[str], path: str) -> bool:
        """Does one of these offices reach the place with this path?"""
        wanted = frozenset(codes)
        return any(code in wanted and path.startswith(reach) for code, reach, _ in self.holds)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reach for _, reach, _ in self.holds))

    def __bool__(self) -> bool:
        return bool(self.holds)


HELD = """
SELECT o.code, o.organisation_id, g.unit_id, own.path AS own, led.path AS led, covered.path AS covered
FROM office o JOIN place own ON own.id = o.place_id
LEFT JOIN party_organisation g ON g.id = o.organisation_id LEFT JOIN place led ON led.id = g.place_id
LEFT JOIN coverage c ON c.organisation_id = g.id LEFT JOIN place covered ON covered.id = c.place_id
WHERE o.person_id = ? AND o.first_day <= ? AND (o.last_day IS NULL OR o.last_day >= ?) ORDER BY o.id, covered.path"""
FRESH = 1.0
# What one request has learnt, for a second: a page asks many times, a verb asks the database anew.
known: ContextVar[dict[int, tuple[float, Standing]] | None] = ContextVar("known", default=None)


async def standing(by: Actor | None) -> Standing:
    """The offices in force today, each with every place it reaches."""
    if by is None or isinstance(by, Visitor):
        return Standing()
    kept = known.get()
    if kept is not None and not writing_now.get() and by.id in kept and kept[by.id][0] > time.monotonic() - FRESH:
        return kept[by.id][1]
    today = clock.today()
    held = _standing(await sql(HELD, by.id, today, today))
    if kept is not None:
        kept[by.id] = (time.monotonic(), held)
    return held


def known_to_hold_nothing(person: Person) -> Standing:
    """Remember for this request that a person holds no office."""
    kept = known.get()
    if kept is not None:
        kept[person.id] = (time.monotonic(), Standing())
    return Standing()


def _standing(rows: list[dict[str, Any]]) -> Standing:
    """The branch of a unit leads its own members, not the neighbourhood: its secretary is a unit's secretary."""
    holds: dict[tuple[str, str, int | None], None] = {}
    for row in rows:
        code = f"unit_{row['code']}" if row["unit_id"] else row["code"]
        # An office in an organisation reaches what that leads, never more by way of where it has its seat.
        holds[code, row["covered"] or row["led"] or row["own"], row["organisation_id"]] = None
    return Standing(tuple(holds))


async def may(by: Actor | None, act: str, subject: Any = None, *, at: Place | None = None) -> bool:
    """The same question as `must`, answered yes or no: for showing a button, never instead of `must`."""
    return await _why_not(by, act, subject, at) is None


async def must(by: Actor | None, act: str, subject: Any = None, *, at: Place | None = None) -> None:
    """Office x reach x stage, or a refusal that says which of them is missing.

    `subject` has a place (`place_id`), perhaps a `stage`, and may name who stands in a relation to it with `async relations(by) -> set[str]`.
    """
    if (why := await _why_not(by, act, subject, at)) is not None:
        raise why


async def _why_not(by: Actor | None, act: str, subject: Any, at: Place | None) -> Exception | None:
    power = POWERS[act]
    if not await _within(by, power, subject, at):
        return Forbidden(
            "This is for %(offices)s of this place.", offices=Offices(power.offices)
        ) if power.offices else Forbidden("This is not yours to do.")
    stage = getattr(subject, "stage", "")
    if power.stages and stage not in power.stages:
        return Conflict("This is not possible now: the present stage is “%(stage)s”.", stage=stages.NAMES.get(stage, stage))
    return None


async def _within(by: Actor | None, power: Power, subject: Any, at: Place | None) -> bool:
    if power.anyone:
        return True
    if power.relations and hasattr(subject, "relations") and power.relations & await subject.relations(by):
        return True
    if not power.offices or not isinstance(by, Person):
        return False
    place = at or await _place_of(subject)
    return place is not None and (await standing(by)).reaches(power.offices, place.path)


async def _place_of(subject: Any) -> Place | None:
    if isinstance(subject, Place):
        return subject
    number = getattr(subject, "place_id", None)
    return await Place.get(id=number) if number else None


class Offices:
    """The names of offices as a phrase of the reader's language."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)

    def __str__(self) -> str:
        from council.rules.powers import OFFICES

        return str(Phrase(", ")).join(str(OFFICES[code]) for code in self.codes)
