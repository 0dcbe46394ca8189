"""Whom to bring an answer on paper: those without an account who asked for it. The interface says "told" only from such a row."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings.asking import Asked, within
from council.proceedings.consultations import Consultation


class Telling(Model):
    """One door that a printed answer is brought to. `told_at` is empty until somebody has put it into their hands."""

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    asked: fields.ForeignKeyRelation[Asked] = belongs("Asked")
    asked_id: int
    told_at = fields.DatetimeField(null=True)
    told_by_id = fields.IntField(null=True)

    class Meta:
        table = "telling"
        unique_together = (("consultation", "asked"),)


async def prepare(consultation: Consultation) -> None:
    """Within `writing()`: a row for every door that answered without an account and wants to hear on paper."""
    rows = await sql(
        "SELECT a.id AS id FROM contribution c JOIN asked a ON a.consultation_id = c.consultation_id AND a.voter = c.voter "
        "WHERE c.consultation_id = ? AND c.tell = 'slip' AND c.person_id IS NULL",
        consultation.id,
    )
    await Telling.bulk_create([Telling(consultation_id=consultation.id, asked_id=row["id"]) for row in rows], ignore_conflicts=True, batch_size=200)


async def to_carry(consultation: Consultation, *, by: Actor) -> list[Telling]:
    """Those still to be told, as far as the office reaches, door after door."""
    open_ones = Telling.filter(consultation_id=consultation.id, told_at=None).prefetch_related("asked")
    rows = await open_ones.order_by("asked__building", "asked__unit", "id")
    reached = {one.id for one in await within([row.asked for row in rows], by)}
    return [row for row in rows if row.asked_id in reached]


async def told(consultation: Consultation, doors: Iterable[int], *, by: Person) -> int:
    """These were put into the hands of those who asked for it; how many."""
    wanted, done = set(doors), 0
    async with writing():
        await must(by, "consultation.tell", consultation)
        for row in [one for one in await to_carry(consultation, by=by) if one.id in wanted]:
            done += await Telling.filter(id=row.id, told_at=None).update(told_at=clock.now(), told_by_id=by.id)
            await note("telling.handed_over", row, by, consultation=consultation.id)
    return done
