"""Projects: a need matched with a resource, with lead, dates, indicator and proof (项目清单)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must, standing
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Actor, Person
from council.neighbourhood.places import Place
from council.partnership import claims
from council.partnership.needs import Need
from council.partnership.resources import Resource
from council.refusals import NotFound, Refusal
from council.rules import stages
from council.rules.powers import STAFF


class Project(Model):
    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    need: fields.ForeignKeyNullableRelation[Need] = belongs("Need", null=True)
    need_id: int | None
    resource: fields.ForeignKeyNullableRelation[Resource] = belongs("Resource", null=True)
    resource_id: int | None
    lead: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    lead_id: int
    helpers = fields.CharField(200, default="")
    first_day = fields.DateField(null=True)
    last_day = fields.DateField(null=True)
    indicator = fields.CharField(120, default="")
    responsible = fields.CharField(50, default="")
    stage = fields.CharField(24, default="planned")
    proof = fields.TextField(default="")
    made_at = fields.DatetimeField()

    class Meta:
        table = "project"

    async def relations(self, by: Actor | None) -> set[str]:
        led = any(organisation == self.lead_id for _, _, organisation in (await standing(by)).holds)
        return {"lead"} if led else set()

    async def inside(self, by: Actor | None) -> bool:
        """The staff of the place and whoever leads read the names of people in it; for everybody else these are masked."""
        return "lead" in await self.relations(by) or (await standing(by)).reaches(STAFF, self.path)

    async def move(self, stage: str, *, by: Person, proof: str = "") -> None:
        """Begin, finish with proof, or stop. The need is met with its finished project and open again without one."""
        async with writing():
            await must(by, "project.move", self)
            stages.check("Project", self.stage, stage)
            if stage == "finished" and not proof.strip():
                raise Refusal("Write down what shows that it is done.", field="proof")
            self.stage, self.proof = stage, proof or self.proof
            await self.save(update_fields=["stage", "proof"])
            await self._tell_need({"finished": "met", "stopped": "open"}.get(stage))
            await note("project.moved", self, by, texts={"proof": proof} if proof else None)

    async def _tell_need(self, stage: str | None) -> None:
        if stage and self.need_id:
            await (await Need.get(id=self.need_id)).move(stage)


@dataclass(frozen=True)
class Plan:
    """A need matched with a resource: what is done, by whom, from when to when, and how one sees that it is done."""

    title: str
    helpers: str = ""
    first_day: date | None = None
    last_day: date | None = None
    indicator: str = ""
    responsible: str = ""


async def add_project(
    place: Place,
    lead: PartyOrganisation,
    plan: Plan,
    *,
    by: Person,
    need: Need | None = None,
    resource: Resource | None = None,
) -> Project:
    if plan.first_day and plan.last_day and plan.last_day < plan.first_day:
        raise Refusal("The last day lies before the first day.", field="last_day")
    async with writing():
        await must(by, "project.add", at=place)
        answered: list[int] = []
        if need:
            await need.move("matched")
            answered = await claims.end_with_project(need)
        project = await Project.create(
            place=place, path=place.path, title=plan.title, need=need, resource=resource, lead=lead, helpers=plan.helpers,
            first_day=plan.first_day, last_day=plan.last_day, indicator=plan.indicator, responsible=plan.responsible, made_at=clock.now(),
        )  # fmt: skip
        await note("project.added", project, by, need=project.need_id, resource=project.resource_id, lead=lead.id, claims=answered)
    return project


async def projects(path: str, *, before: int = 0, limit: int = 50) -> list[Project]:
    """The projects of a place and inside it, the newest first."""
    rows = Project.filter(path__startswith=path)
    if before:
        rows = rows.filter(id__lt=before)
    return await rows.select_related("need", "resource", "lead", "place").order_by("-id").limit(limit)


async def project(number: int) -> Project:
    """One project; projects are public."""
    found = await Project.get_or_none(id=number).select_related("need", "resource__organisation", "lead", "place")
    if found is None:
        raise NotFound
    return found


async def matched(place: Place, need: int | None, resource: int | None) -> tuple[Need | None, Resource | None]:
    """The need and the resource a form names, if they are on the lists of this place."""
    wanted = await Need.get_or_none(id=need or 0, path__startswith=place.path, stage="open")
    used = await Resource.get_or_none(id=resource or 0, path__startswith=place.path, stage="offered")
    if bool(need) != bool(wanted) or bool(resource) != bool(used):
        raise Refusal("Choose one of the answers shown.", field="resource" if need and wanted else "need")
    return wanted, used
