"""Tasks: who does what by when, and the proof that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.matters import MOST, Matter, hold
from council.proceedings.resolutions import Resolution
from council.proceedings.sight import answers_for
from council.refusals import Conflict, NotFound, Refusal
from council.rules import privacy, stages
from council.rules.lights import Light, light

KINDS: dict[str, Phrase] = {
    "carry_out": Phrase("Carry it out"),
    "prepare_owners_vote": Phrase("Prepare the owners' vote"),
    "answer": Phrase("Answer the reporter"),
}


# The return visit (回访): how whoever accepts a task has seen for themselves.
VISITS: dict[str, Phrase] = {
    "spot": Phrase("I went there and looked"), "spoke": Phrase("I spoke with whoever asked for it"), "rang": Phrase("I rang whoever asked for it"),
}  # fmt: skip


class Task(Model):
    """assigned -> done -> accepted. What is not good enough goes back to assigned, with the reason.

    `visit` is how, `found` what whoever accepted it saw or heard on the return visit.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(24, default="carry_out")
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    resolution: fields.ForeignKeyNullableRelation[Resolution] = belongs("Resolution", null=True)
    resolution_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    words = fields.TextField()
    deadline = fields.DateField()
    stage = fields.CharField(24, default="assigned")
    proof = fields.TextField(default="")
    returned = fields.TextField(default="")
    assigned_at = fields.DatetimeField()
    assigned_by_id = fields.IntField(null=True)
    done_at = fields.DatetimeField(null=True)
    visit = fields.CharField(8, default="")
    found = fields.TextField(default="")
    accepted_at = fields.DatetimeField(null=True)
    accepted_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    accepted_by_id: int | None
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "task"
        indexes = (("stage", "deadline"), ("path", "id"), ("matter_id", "id"))

    @property
    def overdue(self) -> bool:
        return self.light is Light.RED

    @property
    def light(self) -> Light | None:
        """Red, yellow or green while it is to be done; what has been reported done has none."""
        return light(self.deadline, clock.today()) if self.stage == "assigned" else None

    async def relations(self, by: Actor | None) -> set[str]:
        """Does `by` answer for it?"""
        if not isinstance(by, Person):
            return set()
        theirs = answers_for(by)
        found = await sql(f"SELECT t.id FROM task t WHERE t.id = ? AND {theirs.sql}", self.id, *theirs.values)  # noqa: S608
        return {"responsible"} if found else set()

    @classmethod
    async def seen_by(cls, by: Actor | None, number: int) -> Task:
        """The task for those who lead its place, answer for it, or may see more of its matter than the public; else NotFound."""
        task = await cls.get_or_none(id=number).prefetch_related("matter", "resolution", "unit", "person", "accepted_by") if number <= MOST else None
        if task is None or not await may(by, "task.see", task):
            raise NotFound
        return task

    async def move(self, stage: str) -> None:
        stages.check("Task", self.stage, stage)
        self.stage = stage

    async def report_done(self, proof: str, *, by: Actor) -> None:
        """Done, and how anybody can see it."""
        privacy.check_text(proof, "proof")
        if len(proof.strip()) < 4:
            raise Refusal("Write what was done, so that others can see it.", field="proof")
        async with writing():
            await hold(self)
            await must(by, "task.report_done", self)
            await self.move("done")
            self.proof, self.done_at, self.returned = proof, clock.now(), ""
            await self.save(update_fields=["stage", "proof", "done_at", "returned"])
            await note("task.done", self, by, matter=self.matter_id, texts={"proof": proof})

    async def accept(self, visit: str, found: str, *, by: Person) -> None:
        """Accepted after a return visit: how it was made, one of VISITS, and what was seen or heard. The last task of a matter ends it."""
        _check_visit(visit, found)
        async with writing():
            await hold(self)
            await must(by, "task.accept", self)
            await self.move("accepted")
            self.visit, self.found, self.accepted_at, self.accepted_by = visit, found.strip(), clock.now(), by
            await self.save(update_fields=["stage", "visit", "found", "accepted_at", "accepted_by_id"])
            await note("task.accepted", self, by, matter=self.matter_id, visit=visit, texts={"found": self.found})
            await _end_matter(self, by)

    async def give_back(self, reason: str, *, by: Person) -> None:
        """Not good enough: what is missing."""
        privacy.check_text(reason, "reason")
        if len(reason.strip()) < 4:
            raise Refusal("Write what is still missing.", field="reason")
        async with writing():
            await hold(self)
            await must(by, "task.return", self)
            await self.move("assigned")
            self.returned = reason
            await self.save(update_fields=["stage", "returned"])
            await note("task.returned", self, by, matter=self.matter_id, texts={"reason": reason})


def _check_visit(visit: str, found: str) -> None:
    """Nothing is done before somebody has seen it or asked."""
    if visit not in VISITS:
        raise Refusal("Choose one of the answers shown.", field="visit")
    if len(privacy.check_text(found, "found").strip()) < 2:
        raise Refusal("Write in a few words what you saw or heard.", field="found")


async def _end_matter(task: Task, by: Person) -> None:
    matter = await Matter.get_or_none(id=task.matter_id)
    if matter is None or matter.stage != "assigned" or task.kind == "prepare_owners_vote":
        return
    if await Task.filter(matter_id=matter.id, stage__in=("assigned", "done")).exists():
        return
    await hold(matter)
    await matter.finish("done", task.proof)
    await note("matter.done", matter, by, task=task.id)


@dataclass(frozen=True)
class Order:
    """What is to be done by whom: a unit, a person, or a person for a unit; the last day on which it is in time."""

    words: str
    deadline: date
    kind: str = "carry_out"
    unit: Unit | None = None
    person: Person | None = None


async def assign(order: Order, *, by: Person, matter: Matter | None = None, resolution: Resolution | None = None) -> Task:
    """Give a task out of a resolution, or directly for an official matter or one settled without a meeting."""
    _check(order, resolution)
    async with writing():
        if matter is None and resolution is not None:
            matter = await Matter.get_or_none(id=resolution.matter_id)
        if matter is not None:
            await hold(matter)
        about = matter or resolution
        if about is None:
            raise Refusal("A task belongs to a matter or to a resolution.")
        await must(by, "task.assign", at=await about.place)
        await _direct(matter, resolution)
        return await _same(order, matter, resolution) or await _enter(order, about, matter, resolution, by)


async def _same(order: Order, matter: Matter | None, resolution: Resolution | None) -> Task | None:
    """The same order given already and not yet done: pressed twice, it is one task."""
    whose = {"matter": matter, "resolution": resolution, "unit": order.unit, "person": order.person}
    known: dict[str, Any] = {f"{name}_id": record.id if record else None for name, record in whose.items()}
    same = Task.filter(**known, words=order.words, deadline=order.deadline, kind=order.kind, stage="assigned")
    return await same.prefetch_related("unit", "person").first()


def _check(order: Order, resolution: Resolution | None) -> None:
    if order.kind not in KINDS:
        raise Refusal("Choose one of the answers shown.", field="kind")
    if resolution is not None and resolution.needs_owners and order.kind != "prepare_owners_vote":
        raise Conflict(
            "This result is advisory: the owners must vote first (Civil Code art. 278). Only the preparation of that vote can be given as a task.",
            field="kind",
        )
    if order.unit is None and order.person is None:
        raise Refusal("Say who is responsible: a unit or a person.", field="responsible")
    if order.deadline < clock.today():
        raise Refusal("The deadline lies in the past.", field="deadline")
    privacy.check_text(order.words, "words")


async def _direct(matter: Matter | None, resolution: Resolution | None) -> None:
    """Without a resolution the community's common affairs are not assigned: the meeting decides them first."""
    if matter is None or resolution is not None:
        return
    last = next(iter(await decided(matter)), None)
    if last is not None and last.needs_owners:
        raise Conflict("Name the resolution: its result needs the owners' vote first.", field="resolution")
    if last is None and matter.affair == "COLLABORATIVE" and matter.stage == "confirmed":
        raise Conflict("A collaborative matter is discussed in a meeting first.")


async def assignable(matter: Matter) -> bool:
    """Can a task be given now? A common affair is discussed first."""
    if matter.affair == "COLLABORATIVE" and matter.stage == "confirmed":
        return bool(await decided(matter))
    return matter.stage in ("confirmed", "deliberated", "assigned", "settled", "done")


async def _enter(order: Order, about: Matter | Resolution, matter: Matter | None, resolution: Resolution | None, by: Person) -> Task:
    made = await Task.create(
        kind=order.kind, matter=matter, resolution=resolution, place_id=about.place_id, path=about.path, unit=order.unit, person=order.person,
        words=order.words, deadline=order.deadline, assigned_at=clock.now(), assigned_by_id=by.id,
    )  # fmt: skip
    if matter is not None:
        if matter.stage != "assigned":
            await matter.move("assigned")
        matter.due = order.deadline
        await matter.save(update_fields=["due"])
        await note("matter.assigned", matter, by, task=made.id)
    await note("task.assigned", made, by, matter=made.matter_id, deadline=order.deadline.isoformat(), texts={"words": order.words})
    return made


async def decided(matter: Matter) -> list[Resolution]:
    """The resolutions on a matter, the newest first."""
    return await Resolution.filter(matter_id=matter.id).order_by("-id").limit(10)
