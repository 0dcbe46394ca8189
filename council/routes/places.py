"""The tree of places: see, add, correct, end."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import corrections, listing, lists, registry
from council.neighbourhood.offices import may
from council.neighbourhood.places import Place
from council.neighbourhood.titles import LEVELS
from council.routes import forms, pages, sessions
from council.routes.standing import asked, choice, enter, find, holders, me, needed, signed_in, upwards
from council.text import Line, Phone

Name = Annotated[Line, Field(min_length=1, max_length=64)]


class NewPlace(forms.Shape):
    name: Name
    level: Literal["COMMUNITY", "GRID", "MICRO_GRID"]
    parent: int
    exclusive: str = ""


class Correction(forms.Shape):
    name: Name
    code: Annotated[Line, Field(max_length=32)] = ""
    phone: Phone = ""
    exclusive: str = ""


class End(forms.Shape):
    last_day: date


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted = asked(request, "q", "level")
    places = await listing.places_within(sessions.held(request), "neighbourhood.see")
    top = min((p.path.count("/") for p in places), default=0)
    flat = bool(wanted["q"] or wanted["level"])
    rows = [
        {"href": f"/places/{p.id}", "title": p.name, "word": LEVELS[p.level], "depth": 0 if flat else p.path.count("/") - top}
        for p in places
        if wanted["q"] in p.name and wanted["level"] in ("", p.level)
    ]
    levels = choice("level", _("Level"), wanted["level"], [(k, v) for k, v in LEVELS.items()], _("All levels"))
    return pages.show(
        request, "places/list.html", _("Places"), rows=rows, q=wanted["q"], filters=[levels], searched=flat,
        may_add=bool(listing.reach(sessions.held(request), "place.add")),
    )  # fmt: skip


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "place.add")
    parents = await listing.places_within(sessions.held(request), "place.add")
    kept = kept or {"parent": request.query_params.get("parent", "")}
    return pages.show(
        request, "places/new.html", _("Add a place"), errors=errors, kept=kept,
        parents=listing.options([p for p in parents if p.level != "MICRO_GRID"], "　"),
        levels=[(k, v) for k, v in LEVELS.items() if k in ("COMMUNITY", "GRID", "MICRO_GRID")],
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    enter(request, "place.add")
    form = await forms.read(request, NewPlace, again=new)
    parent = await needed(request, Place, form.parent, "place.add", "parent")
    place = await registry.add_place(form.name, form.level, parent, by=me(request), exclusive=form.exclusive)
    return pages.redirect(f"/places/{parent.id}", Phrase("%(name)s has been entered.", name=place.name))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    place = await find(request, Place, "neighbourhood.see", "parent")
    who = sessions.who(request)
    return pages.show(
        request, "places/page.html", place.name, errors=errors, kept=kept or {"last_day": clock.today().isoformat()},
        place=place, level=LEVELS[place.level], today=clock.today(),
        inside=[{"href": f"/places/{p.id}", "title": p.name, "facts": [LEVELS[p.level]]} for p in await lists.inside(place)],
        organisations=[
            {"href": f"/organisations/{o.id}" if await may(who, "neighbourhood.see", o) else "", "title": o.name} for o in await lists.leading(place)
        ],
        offices=holders(await lists.holders(place_id=place.id)),
        may_add=await may(who, "place.add", at=place), may_correct=await may(who, "place.correct", place),
        may_end=place.last_day is None and await may(who, "place.end", place),
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    place = await find(request, Place, "place.correct")
    kept = kept or {"name": place.name, "code": place.code, "phone": place.phone, "exclusive": "yes" if place.exclusive else ""}
    return pages.show(request, "places/correction.html", _("Correct: %(name)s") % {"name": place.name}, errors=errors, kept=kept, place=place)


@signed_in
async def correct(request: Request) -> Response:
    place = await find(request, Place, "place.correct")
    form = await forms.read(request, Correction, again=correction)
    await corrections.correct_place(place, by=me(request), name=form.name, code=form.code, phone=form.phone, exclusive=form.exclusive)
    await pages.Site.read()
    return pages.redirect(f"/places/{place.id}", Phrase("The correction has been saved."))


@signed_in
async def end(request: Request) -> Response:
    place = await find(request, Place, "place.end", "parent")
    form = await forms.read(request, End, again=page)
    await corrections.end(place, form.last_day, by=me(request))
    return pages.redirect(f"/places/{place.id}", Phrase("%(name)s ends with the day you gave.", name=place.name))


routes = [
    Route("/places", index),
    Route("/places", add, methods=["POST"]),
    Route("/places/new", new),
    Route("/places/{id:int}", page),
    Route("/places/{id:int}/correction", correction),
    Route("/places/{id:int}/correction", correct, methods=["POST"]),
    Route("/places/{id:int}/end", end, methods=["POST"]),
    Route("/places/{id:int}/end", upwards),
]
