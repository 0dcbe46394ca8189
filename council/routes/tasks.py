"""Tasks: given, done with proof, accepted or given back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, i18n
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.proceedings import contacts, photos, tasklists, tasks
from council.proceedings.matters import Matter
from council.proceedings.resolutions import Resolution
from council.proceedings.sight import PAGE
from council.proceedings.tasks import KINDS, VISITS, Order, Task
from council.proceedings.timeline import responsible
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions, standing
from council.routes.matters import find
from council.rules import stages
from council.rules.calendar import add_working_days
from council.rules.lights import Light

SPANS = (3, 5, 10, 15)  # working days


class Assignment(forms.Shape):
    kind: Literal["carry_out", "prepare_owners_vote", "answer"]
    resolution: int | None = None
    responsible: Annotated[str, Field(pattern=r"^(unit|person):\d{1,9}$")]
    words: Annotated[str, Field(min_length=2, max_length=500)]
    within: Annotated[int, Field(ge=0, le=60)] = 0
    deadline: date | None = None

    @property
    def until(self) -> date:
        """The last day: so many working days from today, or the day that was given."""
        if bool(self.within) == (self.deadline is not None):
            raise Refusal("Say until when: either so many working days, or a day.", field="deadline")
        return self.deadline or add_working_days(clock.today(), self.within)


class Proof(forms.Shape):
    proof: Annotated[str, Field(min_length=4, max_length=2000)]
    photo: list[UploadFile] = []


class Visit(forms.Shape):
    visit: Literal["spot", "spoke", "rang"]
    found: Annotated[str, Field(min_length=2, max_length=500)]


class Missing(forms.Shape):
    reason: Annotated[str, Field(min_length=4, max_length=500)]


async def new(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await find(request)
    await must(sessions.who(request), "task.assign", matter)
    return await _form(request, matter, await tasks.decided(matter), f"/matters/{matter.id}", matter.title, errors, kept)


async def new_out_of(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    """Out of a resolution on a topic of its own; one on a matter gives its tasks on the page of the matter."""
    resolution = await _resolution(request)
    await must(sessions.who(request), "task.assign", resolution)
    return await _form(request, resolution, [resolution], f"/resolutions/{resolution.id}", resolution.text[:60], errors, kept)


async def _form(
    request: Request, about: Matter | Resolution, decided: list[Resolution], at: str, title: str, errors: dict[str, str] | None,
    kept: dict[str, Any] | None,
) -> Response:  # fmt: skip
    return pages.show(
        request, "tasks/new.html", _("Give a task"), here="desk", errors=errors, at=at, about=title, kinds=_kinds(decided, about),
        resolutions=[(str(one.id), one.text[:60]) for one in decided], advisory=bool(decided and decided[0].needs_owners),
        answerable=await contacts.answerable(await Place.get(id=about.place_id)), days=_days(),
        kept=kept or {"resolution": str(decided[0].id) if decided else ""},
    )  # fmt: skip


async def _resolution(request: Request) -> Resolution:
    found = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    if found.matter_id is not None:
        raise NotFound
    return found


def _kinds(decided: list[Resolution], about: Matter | Resolution) -> list[tuple[str, Phrase]]:
    """An advisory result that needs the owners' vote allows only its preparation; a topic of its own has no reporter to answer."""
    if decided and decided[0].needs_owners:
        return [("prepare_owners_vote", KINDS["prepare_owners_vote"])]
    return [(code, name) for code, name in KINDS.items() if code != "answer" or isinstance(about, Matter)]


def _days() -> list[tuple[str, str]]:
    """Usual spans in working days, each with the day it comes to."""
    found = [(n, add_working_days(clock.today(), n)) for n in SPANS]
    return [(str(n), str(Phrase("%(n)s working days: until %(day)s", n=n, day=i18n.day(day)))) for n, day in found]


async def assign(request: Request) -> Response:
    matter, by = await find(request), sessions.who(request)
    given = await forms.read(request, Assignment, new)
    resolution = next((one for one in await tasks.decided(matter) if one.id == given.resolution), None)
    unit, person = await contacts.named(given.responsible, await Place.get(id=matter.place_id))
    order = Order(given.words, given.until, given.kind, unit, person)
    made = await tasks.assign(order, by=by, matter=matter, resolution=resolution)  # type: ignore[arg-type]
    return pages.redirect(f"/matters/{matter.id}", Phrase("Task given: %(responsible)s", responsible=responsible(made)))


async def assign_out_of(request: Request) -> Response:
    resolution, by = await _resolution(request), sessions.who(request)
    given = await forms.read(request, Assignment, new_out_of)
    unit, person = await contacts.named(given.responsible, await Place.get(id=resolution.place_id))
    made = await tasks.assign(Order(given.words, given.until, given.kind, unit, person), by=by, resolution=resolution)  # type: ignore[arg-type]
    return pages.redirect(f"/resolutions/{resolution.id}", Phrase("Task given: %(responsible)s", responsible=responsible(made)))


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    who = sessions.who(request)
    task = await Task.seen_by(who, request.path_params["id"])
    place = await Place.get(id=task.place_id)
    facts = [
        (_("Responsible"), responsible(task)), (_("Kind"), KINDS[task.kind]), (_("To be done by"), i18n.day(task.deadline)), (_("Place"), place.name),
        (_("State"), task.light.word if task.light is not None else stages.NAMES[task.stage]),
    ]  # fmt: skip
    if task.accepted_by is not None and task.accepted_at is not None:
        facts.append((_("Return visit"), f"{VISITS[task.visit]}：{task.found}（{task.accepted_by.name}，{i18n.day(clock.local(task.accepted_at))}）"))
    return pages.show(
        request, "tasks/page.html", task.words, here="desk", errors=errors, kept=kept or {}, task=task, facts=facts, kind=KINDS[task.kind],
        visits=list(VISITS.items()),
        photos=await photos.of("Task", task.id), room=photos.MOST - len(await photos.of("Task", task.id)),
        may_report=await may(who, "task.report_done", task), may_accept=await may(who, "task.accept", task),
    )  # fmt: skip


async def report(request: Request) -> Response:
    task = await Task.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Proof, show)
    await must(sessions.who(request), "task.report_done", task)
    await photos.keep([await one.read() for one in given.photo], "Task", task.id)
    await task.report_done(given.proof, by=sessions.who(request))
    return pages.redirect(f"/tasks/{task.id}", Phrase("Reported as done. Whoever gave the task has a look."))


async def accept(request: Request) -> Response:
    task = await Task.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Visit, show)
    await task.accept(given.visit, given.found, by=sessions.who(request))  # type: ignore[arg-type]
    return pages.redirect(f"/tasks/{task.id}", Phrase("Accepted."))


async def give_back(request: Request) -> Response:
    task = await Task.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Missing, show)
    await task.give_back(given.reason, by=sessions.who(request))  # type: ignore[arg-type]
    return pages.redirect(f"/tasks/{task.id}", Phrase("Given back with the reason."))


async def index(request: Request) -> Response:
    who = sessions.who(request)
    if not isinstance(who, Person):
        raise NotFound
    asked_for = request.query_params.get("list", "measures")
    if asked_for in GROUPED:
        return await _grouped(request, who, asked_for)
    before = request.query_params.get("before", "")
    found = await tasklists.listed(who, sessions.held(request), standing.number(before))
    more = f"/tasks?before={found[-2].id}" if len(found) > PAGE else ""
    return pages.show(
        request, "tasks/list.html", _("Tasks"), here="desk", block="rows", rows=[row(task) for task in found[:PAGE]], more=more,
        lists=tasklists.LISTS, which="measures", only="",
    )  # fmt: skip


async def _grouped(request: Request, who: Person, which: str) -> Response:
    """The list of problems or of duties; with `of` the open tasks of one of them."""
    groups = GROUPED[which](await tasklists.unfinished(who, sessions.held(request)))
    chosen = next((one for one in groups if one.key == request.query_params.get("of")), None)
    rows = [row(task) for task in chosen.tasks] if chosen else [_group(one, which) for one in groups]
    return pages.show(
        request, "tasks/list.html", _("Tasks"), here="desk", block="rows", rows=rows, more="", lists=tasklists.LISTS, which=which,
        only=chosen.title if chosen else "",
    )  # fmt: skip


def _group(group: tasklists.Group, which: str) -> dict[str, Any]:
    """Tasks that belong together as ui.rows shows them, with the most urgent light."""
    burning = [Phrase(words.message, n=group.burning(one)) for one, words in BURNING.items() if group.burning(one)]
    who = sorted({responsible(one) for one in group.tasks}) if which == "problems" else []
    word, tone = (str(group.light.word), group.light.tone) if group.light is not None else (_("waits for a look"), "now")
    return {
        "href": f"/tasks?{urlencode({'list': which, 'of': group.key})}", "title": group.title, "stage": word, "tone": tone,
        "facts": [str(Phrase("%(n)s open", n=len(group.tasks))), *map(str, burning),
                  str(Phrase("nearest day: %(day)s", day=i18n.day(group.tasks[0].deadline)))],
        "note": "、".join(who),
    }  # fmt: skip


def row(task: Task) -> dict[str, Any]:
    """A task as ui.rows shows it: its light while it is to be done, else how far it is."""
    word, tone = (task.light.word, task.light.tone) if task.light is not None else (stages.NAMES[task.stage], "done")
    return {
        "href": f"/tasks/{task.id}", "title": task.words, "stage": str(word), "tone": tone if task.stage != "done" else "now",
        "facts": [responsible(task), str(Phrase("by %(day)s", day=i18n.day(task.deadline)))], "note": task.matter.title if task.matter else "",
    }  # fmt: skip


GROUPED = {"problems": tasklists.problems, "duties": tasklists.duties}
BURNING = {Light.RED: Phrase("%(n)s overdue"), Light.YELLOW: Phrase("%(n)s due soon")}
routes = [
    Route("/tasks", index, name="tasks"),
    Route("/tasks/{id:int}", show, name="task"),
    Route("/tasks/{id:int}/report", report, methods=["POST"], max_body_size=48_000_000),
    Route("/tasks/{id:int}/acceptance", accept, methods=["POST"]),
    Route("/tasks/{id:int}/return", give_back, methods=["POST"]),
    Route("/resolutions/{id:int}/tasks/new", new_out_of),
    Route("/resolutions/{id:int}/tasks", assign_out_of, methods=["POST"]),
    Route("/matters/{id:int}/tasks/new", new),
    Route("/matters/{id:int}/tasks", assign, methods=["POST"]),
]
