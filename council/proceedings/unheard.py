"""Who has been asked and has not answered, door by door, and never so that a door and its words could be put together.

Whoever looked at the doors and at the words after every answer would see both change at once. So where there is a list, doors and words come to
light five answers at a time, and the last five to nine only with the end, when the doors are not shown any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from council.db import sql
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings.asking import Asked, within
from council.proceedings.consultations import Consultation

K = 5  # no look at doors or words tells fewer people apart

NOT_YET = (
    "SELECT a.id FROM asked a LEFT JOIN contribution c ON c.consultation_id = a.consultation_id AND c.voter = a.voter AND c.id <= ? "
    "WHERE a.consultation_id = ? AND c.id IS NULL"
)


def told_apart(answers: int) -> int:
    """How many of so many answers may be looked at while more come in: whole fives, and five at least stay back."""
    return max(answers // K - 1, 0) * K


async def last_shown(consultation: Consultation) -> int:
    """The number of the newest answer whose door and words may be looked at now; 0 for none."""
    if consultation.electorate == "everyone" or consultation.stage != "open":
        return 2**31 - 1
    if not (shown := told_apart(consultation.answered)):
        return 0
    rows = await sql("SELECT id FROM contribution WHERE consultation_id = ? ORDER BY id LIMIT 1 OFFSET ?", consultation.id, shown - 1)
    return int(rows[0]["id"]) if rows else 0


@dataclass(frozen=True, slots=True)
class Reached:
    """One unit of one building: how many are asked, how many have answered, and the doors where nobody has yet. Nothing of what was said."""

    building: str
    unit: str
    asked: int
    answered: int
    doors: tuple[Asked, ...]


async def reach(consultation: Consultation, *, by: Person) -> list[Reached]:
    """Who has been asked and has not answered, by building and unit, as far as the officer's office reaches."""
    await must(by, "consultation.reach", consultation)
    missing = {row["id"] for row in await sql(NOT_YET, await last_shown(consultation), consultation.id)}
    groups: dict[tuple[str, str], list[Asked]] = {}
    for one in await within(await Asked.filter(consultation_id=consultation.id).order_by("building", "unit", "id"), by):
        groups.setdefault((one.building, one.unit), []).append(one)
    return [_reached(place, listed, missing) for place, listed in groups.items()]


def _reached(place: tuple[str, str], listed: list[Asked], missing: Iterable[int]) -> Reached:
    doors = tuple(one for one in listed if one.id in missing)
    return Reached(*place, len(listed), len(listed) - len(doors), doors)


async def waiting(consultation: Consultation, q: str = "", *, by: Actor) -> list[Asked]:
    """Those on the list without an answer, for whoever enters papers; 60 at most."""
    missing = [row["id"] for row in await sql(NOT_YET + " ORDER BY a.id LIMIT 5000", await last_shown(consultation), consultation.id)]
    found = Asked.filter(consultation_id=consultation.id, id__in=missing or [0])
    listed = await (found.filter(label__contains=q) if q else found).order_by("building", "unit", "id").limit(500)
    return (await within(listed, by))[:60]
