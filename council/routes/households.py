"""Households: see, add, correct, end."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import corrections, listing, lists, registry
from council.neighbourhood.households import Household
from council.neighbourhood.offices import may
from council.neighbourhood.places import Place
from council.routes import forms, pages, sessions
from council.routes.standing import asked, choice, enter, find, me, needed, number, show_list, signed_in, upwards
from council.text import Line

Part = Annotated[Line, Field(max_length=24)]
GRIDS = ("GRID", "MICRO_GRID")


class HouseholdForm(forms.Shape):
    place: int
    building: Annotated[Part, Field(min_length=1)]
    unit: Part = ""
    room: Annotated[Part, Field(min_length=1)]


class End(forms.Shape):
    last_day: date


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted, held = asked(request, "q", "place"), sessions.held(request)
    part = await lists.households(held, words(wanted["q"]), number(wanted["place"]), request.query_params.get("after", ""))
    rows = [{"href": f"/households/{h.id}", "title": h.address, "facts": [h.place.name]} for h in part.rows]
    grids = [p for p in await listing.places_within(held, "neighbourhood.see") if p.level in GRIDS]
    return show_list(
        request, _("Households"), part, rows, asked=wanted, label=_("Building or room, such as: 3号楼402"),
        filters=[choice("place", _("Grid"), wanted["place"], listing.options(grids), _("All grids"))],
        add=("/households/new", _("Add a household")) if listing.reach(held, "household.add") else None,
        empty=_("No household has been entered yet."),
    )  # fmt: skip


def words(q: str) -> str:
    """3号楼2单元402 as the parts that the columns hold."""
    return re.sub(r"([楼栋幢座]|单元)", r"\1 ", q)


async def _form(request: Request, title: str, action: str, back: str, act: str, errors: Any, kept: Any) -> Response:
    places = await listing.places_within(sessions.held(request), act)
    return pages.show(
        request, "households/form.html", title, errors=errors, kept=kept, action=action, back=back,
        places=listing.options([p for p in places if p.level in GRIDS]),
    )  # fmt: skip


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "household.add")
    kept = kept or {"place": request.query_params.get("place", "")}
    return await _form(request, _("Add a household"), "/households", "/households", "household.add", errors, kept)


@signed_in
async def add(request: Request) -> Response:
    enter(request, "household.add")
    form = await forms.read(request, HouseholdForm, again=new)
    place = await needed(request, Place, form.place, "household.add", "place")
    home = await registry.add_household(place, form.building, form.unit, form.room, by=me(request))
    return pages.redirect(f"/households/{home.id}", Phrase("%(name)s has been entered.", name=home.address))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    home = await find(request, Household, "neighbourhood.see", "place")
    who = sessions.who(request)
    return pages.show(
        request, "households/page.html", home.address, errors=errors, kept=kept or {"last_day": clock.today().isoformat()}, household=home,
        people=[{"href": f"/people/{p.id}", "title": p.name} for p in await lists.members(home)],
        may_add=await may(who, "person.add", at=home.place), may_correct=await may(who, "household.correct", home),
        may_end=home.last_day is None and await may(who, "household.end", home),
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    home = await find(request, Household, "household.correct")
    kept = kept or {"place": str(home.place_id), "building": home.building, "unit": home.unit, "room": home.room}
    title, address = _("Correct: %(name)s") % {"name": home.address}, f"/households/{home.id}"
    return await _form(request, title, f"{address}/correction", address, "household.correct", errors, kept)


@signed_in
async def correct(request: Request) -> Response:
    home = await find(request, Household, "household.correct")
    form = await forms.read(request, HouseholdForm, again=correction)
    place = await needed(request, Place, form.place, "household.correct", "place")
    await corrections.correct_household(home, by=me(request), place=place, building=form.building, unit=form.unit, room=form.room)
    return pages.redirect(f"/households/{home.id}", Phrase("The correction has been saved."))


@signed_in
async def end(request: Request) -> Response:
    home = await find(request, Household, "household.end", "place")
    form = await forms.read(request, End, again=page)
    await corrections.end(home, form.last_day, by=me(request))
    return pages.redirect(f"/households/{home.id}", Phrase("%(name)s ends with the day you gave.", name=home.address))


routes = [
    Route("/households", index),
    Route("/households", add, methods=["POST"]),
    Route("/households/new", new),
    Route("/households/{id:int}", page),
    Route("/households/{id:int}/correction", correction),
    Route("/households/{id:int}/correction", correct, methods=["POST"]),
    Route("/households/{id:int}/end", end, methods=["POST"]),
    Route("/households/{id:int}/end", upwards),
]
