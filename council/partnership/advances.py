"""How far a project has come: dated reports of its lead with a number reached and what shows it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.partnership.projects import Project
from council.refusals import NotFound, Refusal


class Advance(Model):
    """One report. `percent` is how much of the whole is done by then, from 0 to 100, `proof` says what shows it. Reports stay as they are."""

    id = fields.IntField(primary_key=True)
    project: fields.ForeignKeyRelation[Project] = belongs("Project")
    project_id: int
    at = fields.DatetimeField()
    by: fields.ForeignKeyRelation[Person] = belongs("Person")
    by_id: int
    text = fields.CharField(500)
    proof = fields.CharField(300)
    percent = fields.IntField()

    class Meta:
        table = "advance"
        indexes = (("project_id", "id"),)


async def report(project: Project, text: str, proof: str, percent: int, *, by: Person) -> Advance:
    """A further report, while the project runs."""
    if not 0 <= percent <= 100:
        raise Refusal("Write a whole number from 0 to 100.", field="percent")
    if not proof.strip():
        raise Refusal("Write down what shows it: a list, a bill, a photo and where it lies.", field="shown")
    async with writing():
        await must(by, "project.report", await Project.get(id=project.id))
        made = await Advance.create(project=project, at=clock.now(), by=by, text=text, proof=proof, percent=percent)
        await note("project.reported", project, by, texts={"text": text, "proof": proof}, percent=percent)
    return made


async def advances(project: Project) -> list[Advance]:
    """All reports, the newest first."""
    return await Advance.filter(project_id=project.id).select_related("by").order_by("-id").limit(100)


async def latest(projects: list[Project]) -> dict[int, int]:
    """How many per cent each project has reached, by its id; nothing for one without a report."""
    rows = await Advance.filter(project_id__in=[each.id for each in projects]).order_by("id")
    return {row.project_id: row.percent for row in rows}


async def advance(project: Project, number: int) -> Advance:
    found = await Advance.get_or_none(id=number, project_id=project.id)
    if found is None:
        raise NotFound
    return found
