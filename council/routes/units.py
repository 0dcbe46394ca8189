"""Units located here: see, add, correct, end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import alliances, corrections, listing, lists, registry
from council.neighbourhood.offices import may
from council.neighbourhood.organisations import Unit
from council.neighbourhood.places import Place
from council.neighbourhood.titles import UNITS
from council.partnership import statistics
from council.partnership.appraisals import ASKED
from council.routes import forms, pages, sessions
from council.routes.standing import asked, changes, choice, ending, enter, find, holders, me, needed, routes_of, show_list, signed_in
from council.text import Line, Phone

Kind = Literal["resident_unit", "property_company", "owners_committee", "department", "utility", "social_organisation", "business"]


class UnitForm(forms.Shape):
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    kind: Kind
    place: int
    phone: Phone = ""


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted = asked(request, "q", "kind")
    part = await lists.units(sessions.held(request), wanted["q"], wanted["kind"], request.query_params.get("after", ""))
    rows = [{"href": f"/units/{u.id}", "title": u.name, "facts": [UNITS[u.kind], u.place.name]} for u in part.rows]
    kinds = choice("kind", _("Kind"), wanted["kind"], list(UNITS.items()), _("All kinds"))
    return show_list(
        request, _("Units"), part, rows, asked=wanted, filters=[kinds], label=_("Name of the unit"),
        add=("/units/new", _("Add a unit")) if listing.reach(sessions.held(request), "organisation.add") else None,
        empty=_("No unit has been entered yet."),
    )  # fmt: skip


async def _form(request: Request, title: str, action: str, back: str, act: str, errors: Any, kept: Any) -> Response:
    places = await listing.places_within(sessions.held(request), act)
    return pages.show(
        request, "units/form.html", title, errors=errors, kept=kept, action=action, back=back, places=listing.options(places, "　"),
        kinds=list(UNITS.items()),
    )  # fmt: skip


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "organisation.add")
    return await _form(request, _("Add a unit"), "/units", "/units", "organisation.add", errors, kept or {})


@signed_in
async def add(request: Request) -> Response:
    enter(request, "organisation.add")
    form = await forms.read(request, UnitForm, again=new)
    place = await needed(request, Place, form.place, "organisation.add", "place")
    unit = await registry.add_unit(form.name, form.kind, place, by=me(request), phone=form.phone)
    return pages.redirect(f"/units/{unit.id}", Phrase("%(name)s has been entered.", name=unit.name))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    unit = await find(request, Unit, "neighbourhood.see", "place")
    return pages.show(
        request, "units/page.html", unit.name, errors=errors, kept=kept or {"last_day": clock.today().isoformat()},
        unit=unit, kind=UNITS[unit.kind],
        offices=holders(await lists.holders(unit_id=unit.id)),
        organisations=[{"href": f"/organisations/{o.id}", "title": o.name} for o in await lists.branches(unit)],
        alliances=[{"href": f"/alliances/{a.id}", "title": a.name} for a in await alliances.allied(unit_id=unit.id)],
        record=await statistics.record_of(unit) if await may(sessions.who(request), "partnership.see_scores", unit) else None, questions=ASKED,
        score=statistics.words, **await changes(request, unit),
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    unit = await find(request, Unit, "organisation.correct")
    kept = kept or {"name": unit.name, "kind": unit.kind, "place": str(unit.place_id), "phone": unit.phone}
    title, address = _("Correct: %(name)s") % {"name": unit.name}, f"/units/{unit.id}"
    return await _form(request, title, f"{address}/correction", address, "organisation.correct", errors, kept)


@signed_in
async def correct(request: Request) -> Response:
    unit = await find(request, Unit, "organisation.correct")
    form = await forms.read(request, UnitForm, again=correction)
    place = await needed(request, Place, form.place, "organisation.correct", "place")
    await corrections.correct_unit(unit, by=me(request), name=form.name, kind=form.kind, place=place, phone=form.phone)
    return pages.redirect(f"/units/{unit.id}", Phrase("The correction has been saved."))


end = ending("units", Unit, "organisation.end", page)
routes = routes_of("units", index=index, new=new, add=add, page=page, correction=correction, correct=correct, end=end)
