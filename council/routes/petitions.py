"""Petitions for a meeting: begun, signed, entered from paper, answered by calling it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.listing import options
from council.neighbourhood.offices import may
from council.neighbourhood.people import Person
from council.proceedings import petitions
from council.proceedings.contacts import to_report_at
from council.proceedings.petitions import Petition
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import me, signed_in
from council.rules import stages
from council.rules.petitions import PETITIONS
from council.rules.thresholds import threshold
from council.rules.villages import applies
from council.text import Line

TONES = {"open": "wait", "enough": "now", "called": "done", "withdrawn": "stop"}


class BeginForm(forms.Shape):
    rule: Annotated[str, Field(max_length=40)]
    place: int
    title: Annotated[Line, Field(min_length=4, max_length=120)]
    reason: Annotated[str, Field(min_length=4, max_length=2000)]
    base: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class SheetForm(forms.Shape):
    sheet: Annotated[str, Field(min_length=2, max_length=20_000)]


async def index(request: Request) -> Response:
    rows = [
        {"href": f"/petitions/{one.id}", "title": one.title, "stage": _stage(one), "tone": "stop" if one.overdue else TONES[one.stage],
         "facts": [one.place.name, str(Phrase("%(signed)s of %(needed)s signatures", signed=one.signed, needed=one.needed))]}
        for one in await Petition.newest()
    ]  # fmt: skip
    return pages.show(request, "petitions/list.html", _("Ask for a meeting"), here="meetings", rows=rows)


def _stage(one: Petition) -> str:
    return _("overdue") if one.overdue else str(stages.name("Petition", one.stage))


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    places = [one for one in await to_report_at() if one.level == "COMMUNITY"]
    rules = [(code, str(threshold(code).name), str(Phrase("%(share)s of the %(who)s", share=threshold(code).majority, who=threshold(code).who)))
             for code in PETITIONS if applies(code, [(one.name, one.code) for one in places])]  # fmt: skip
    officer = [one for one in places if await may(me(request), "petition.collect", at=one)]
    return pages.show(
        request, "petitions/new.html", _("Begin a petition"), here="meetings", errors=errors, kept=kept or {}, places=options(places), rules=rules,
        officer=bool(officer),
    )  # fmt: skip


@signed_in
async def begin(request: Request) -> Response:
    given = await forms.read(request, BeginForm, again=new)
    place = next((one for one in await to_report_at() if one.id == given.place), None)
    if place is None:
        raise Refusal("Choose one of the answers shown.", field="place")
    made = await petitions.begin(given.rule, place, given.title, given.reason, by=me(request), base=given.base)
    return pages.redirect(f"/petitions/{made.id}", Phrase("The petition has begun. Now others can sign."))


async def page(request: Request, errors: Any = None, kept: Any = None, entered: Any = None) -> Response:
    petition, who = await Petition.find(request.path_params["id"]), sessions.who(request)
    enters, answers = await may(who, "petition.enter", petition), await may(who, "petition.answer", petition)
    signed = await petition.has(who)
    why = await petitions.why_not(petition, who) if isinstance(who, Person) and not signed else None
    rule = threshold(petition.rule_id)
    return pages.show(
        request, "petitions/page.html", petition.title, here="meetings", errors=errors, kept=kept or {}, petition=petition, rule=rule,
        stage=(_stage(petition), "stop" if petition.overdue else TONES[petition.stage]), signed=signed, why=why, enters=enters, entered=entered or [],
        answers=answers and petition.stage == "enough", names=await petition.names(by=who) if enters and isinstance(who, Person) else [],
    )  # fmt: skip


@signed_in
async def sign(request: Request) -> Response:
    petition = await Petition.find(request.path_params["id"])
    request.state.again = (page, {})
    await petitions.sign(petition, by=me(request))
    return pages.redirect(f"/petitions/{petition.id}", Phrase("Your signature counts."))


@signed_in
async def take_back(request: Request) -> Response:
    petition = await Petition.find(request.path_params["id"])
    await petitions.take_back(petition, by=me(request))
    return pages.redirect(f"/petitions/{petition.id}", Phrase("Your signature is taken back."))


@signed_in
async def enter(request: Request) -> Response:
    """What did not count is shown at once, with the reason, line by line."""
    petition = await Petition.find(request.path_params["id"])
    given = await forms.read(request, SheetForm, again=page)
    entered = await petitions.enter(petition, given.sheet, by=me(request))
    wrong = "\n".join(line for line, why in entered if why)
    return await page(request, kept={"sheet": wrong}, entered=entered)


routes = [
    Route("/petitions", index),
    Route("/petitions", begin, methods=["POST"]),
    Route("/petitions/new", new),
    Route("/petitions/{id:int}", page),
    Route("/petitions/{id:int}/signatures", sign, methods=["POST"]),
    Route("/petitions/{id:int}/withdrawal", take_back, methods=["POST"]),
    Route("/petitions/{id:int}/sheet", enter, methods=["POST"], max_body_size=forms.LONG),
]
