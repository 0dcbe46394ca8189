"""Needs: what residents or the community need (需求清单)."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import NotFound
from council.rules import stages

URGENCIES: dict[str, Phrase] = {
    "urgent": Phrase("urgent"),
    "soon": Phrase("rather urgent"),
    "usual": Phrase("ordinary"),
}


class Need(Model):
    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    asked_by = fields.CharField(120, default="")
    beneficiaries = fields.CharField(120, default="")
    urgency = fields.CharField(24, default="")
    period = fields.CharField(60, default="")
    kind = fields.CharField(16, default="")
    stage = fields.CharField(24, default="open")
    made_at = fields.DatetimeField()

    class Meta:
        table = "need"

    async def withdraw(self, *, by: Person) -> None:
        """It is not needed any more, or was entered by mistake. A need of a project stays."""
        async with writing():
            await must(by, "need.withdraw", self)
            await self.move("withdrawn")
            await note("need.withdrawn", self, by)

    async def move(self, stage: str) -> None:
        stages.check("Need", self.stage, stage)
        self.stage = stage
        await self.save(update_fields=["stage"])


@dataclass(frozen=True)
class Wish:
    """What is written on the list: who asks, for whom, how urgent (a key of URGENCIES), when; which kind of resource would help, if known."""

    title: str
    asked_by: str = ""
    beneficiaries: str = ""
    urgency: str = "usual"
    period: str = ""
    kind: str = ""


async def add_need(place: Place, wish: Wish, *, by: Person) -> Need:
    async with writing():
        await must(by, "need.add", at=place)
        need = await Need.create(
            place=place, path=place.path, title=wish.title, asked_by=wish.asked_by, beneficiaries=wish.beneficiaries,
            urgency=wish.urgency, period=wish.period, kind=wish.kind, made_at=clock.now(),
        )  # fmt: skip
        await note("need.added", need, by)
    return need


async def needs(path: str, stages_: tuple[str, ...] = ("open", "matched"), *, before: int = 0, limit: int = 50) -> list[Need]:
    """The list of a place and what lies inside it, the newest first; `before` is the last id already shown."""
    rows = Need.filter(path__startswith=path, stage__in=stages_)
    if before:
        rows = rows.filter(id__lt=before)
    return await rows.select_related("place").order_by("-id").limit(limit)


async def need(number: int) -> Need:
    """One need; needs are public."""
    found = await Need.get_or_none(id=number).select_related("place")
    if found is None:
        raise NotFound
    return found
