"""The list of projects: a need matched with a resource, and how far it has come."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import may
from council.neighbourhood.places import Place
from council.partnership import advances, drafting, needs, projects, resources
from council.partnership.projects import Project
from council.proceedings import photos
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.needs import Title, places
from council.routes.photos import picture
from council.routes.standing import SIZE, asked, find, me, more, needed, number, signed_in, upwards
from council.rules.privacy import mask_name
from council.rules.stages import NAMES
from council.text import Line

TONES = {"planned": "wait", "running": "now", "finished": "done", "stopped": "stop"}
Words = Annotated[Line, Field(max_length=120)]


class NewProject(forms.Shape):
    place: int
    title: Title
    need: int | None = None
    resource: int | None = None
    lead: int
    helpers: Annotated[Line, Field(max_length=200)] = ""
    first_day: date
    last_day: date
    indicator: Annotated[Line, Field(min_length=2, max_length=120)]
    responsible: Annotated[Line, Field(min_length=2, max_length=50)]


class Move(forms.Shape):
    stage: Literal["running", "finished", "stopped"]
    proof: Annotated[str, Field(max_length=2000)] = ""


class Report(forms.Shape):
    text: Annotated[str, Field(min_length=2, max_length=500)]
    shown: Annotated[str, Field(min_length=2, max_length=300)]
    percent: Annotated[int, Field(ge=0, le=100)]
    photo: list[UploadFile] = []


async def index(request: Request) -> Response:
    rows = await projects.projects("/", before=number(asked(request, "after")["after"]), limit=SIZE + 1)
    reached = await advances.latest(rows)
    shown = [
        {
            "href": f"/projects/{each.id}", "title": each.title, "stage": str(NAMES[each.stage]), "tone": TONES[each.stage],
            "facts": [each.lead.name, each.indicator, *([f"{reached[each.id]}%"] if each.id in reached else [])],
            "note": each.need.title if each.need else "",
        }
        for each in rows[:SIZE]
    ]  # fmt: skip
    may_add = bool(await listing.places_within(sessions.held(request), "project.add", "COMMUNITY"))
    return pages.show(request, "projects/list.html", _("Projects"), here="agreements", rows=shown, more=more(request, rows), may_add=may_add)


async def _community(request: Request) -> Place:
    """The community whose lists this person matches."""
    found = [each for each in await places(request, "project.add") if each.level == "COMMUNITY"]
    if not found:
        raise NotFound
    wanted = number(request.query_params.get("place", ""))
    chosen: Place = next((each for each in found if each.id == wanted), found[0])
    return chosen


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    place = await _community(request)
    leads = [await drafting.committee_of(place), *await drafting.possible_partners(place)]
    open_needs = await needs.needs(place.path, ("open",), limit=200)
    kept = kept or {"place": str(place.id), **asked(request, "need", "resource", "lead")}
    return pages.show(
        request, "projects/new.html", _("Match a need with a resource"), here="agreements", errors=errors, kept=kept, place=place,
        needs=[(str(each.id), each.title) for each in open_needs],
        resources=[(str(r.id), f"{r.title}（{r.organisation.name}）") for r in await resources.resources(place.path, limit=200)],
        leads=listing.options(leads),
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    form = await forms.read(request, NewProject, again=new)
    place = await needed(request, Place, form.place, "project.add", "place")
    leads = {each.id: each for each in [await drafting.committee_of(place), *await drafting.possible_partners(place)]}
    if form.lead not in leads:
        raise Refusal("Choose one of the answers shown.", field="lead")
    plan = projects.Plan(form.title, form.helpers, form.first_day, form.last_day, form.indicator, form.responsible)
    need, resource = await projects.matched(place, form.need, form.resource)
    made = await projects.add_project(place, leads[form.lead], plan, by=me(request), need=need, resource=resource)
    return pages.redirect(f"/projects/{made.id}", Phrase("“%(title)s” is on the list.", title=form.title))


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    project = await projects.project(request.path_params["id"])
    reports = await advances.advances(project)
    named = str if await project.inside(sessions.who(request)) else mask_name
    return pages.show(
        request, "projects/page.html", project.title, here="agreements", errors=errors, kept=kept or {}, project=project,
        responsible=named(project.responsible), stage=str(NAMES[project.stage]), tone=TONES[project.stage],
        may_move=await may(sessions.who(request), "project.move", project),
        may_report=await may(sessions.who(request), "project.report", project), percent=reports[0].percent if reports else 0,
        reports=[(each, named(each.by.name), await photos.of("Advance", each.id)) for each in reports],
    )  # fmt: skip


@signed_in
async def move(request: Request) -> Response:
    project = await find(request, Project, "project.move")
    form = await forms.read(request, Move, again=page)
    await project.move(form.stage, by=me(request), proof=form.proof)
    return pages.redirect(f"/projects/{project.id}", Phrase("The project is now: %(stage)s", stage=NAMES[form.stage]))


@signed_in
async def report(request: Request) -> Response:
    """How far it has come, with what shows it and photos."""
    project = await find(request, Project, "project.report")
    form = await forms.read(request, Report, again=page)
    ready = await photos.cleaned([await one.read() for one in form.photo])
    made = await advances.report(project, form.text, form.shown, form.percent, by=me(request))
    await photos.put(ready, "Advance", made.id)
    return pages.redirect(f"/projects/{project.id}", Phrase("The report stands on the page of the project."))


async def photo(request: Request) -> Response:
    """Projects are public, and so is what shows that they go on."""
    project = await projects.project(request.path_params["id"])
    advance = await advances.advance(project, request.path_params["report"])
    return await picture(await photos.one(request.path_params["photo"], "Advance", advance.id))


routes = [
    Route("/projects", index),
    Route("/projects", add, methods=["POST"]),
    Route("/projects/new", new),
    Route("/projects/{id:int}", page),
    Route("/projects/{id:int}/stage", move, methods=["POST"]),
    Route("/projects/{id:int}/reports", report, methods=["POST"], max_body_size=48_000_000),
    Route("/projects/{id:int}/reports", upwards),
    Route("/projects/{id:int}/reports/{report:int}/photos/{photo:int}", photo),
]
