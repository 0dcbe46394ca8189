"""Party organisations: see, add, correct what they lead, end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import alliances, corrections, listing, lists, registry
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.places import Place
from council.neighbourhood.titles import ORGANISATIONS
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import (
    asked,
    changes,
    choice,
    chosen,
    ending,
    enter,
    find,
    holders,
    me,
    needed,
    routes_of,
    show_list,
    signed_in,
)  # fmt: skip
from council.text import Line


class Particulars(forms.Shape):
    name: Annotated[Line, Field(min_length=1, max_length=120)]
    kind: Literal["working_committee", "committee", "general_branch", "branch", "group", "centre_household"]
    unit: int | None = None
    parent: int | None = None
    covers: list[int] = []
    temporary: str = ""


class NewOrganisation(Particulars):
    place: int


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted = asked(request, "q", "kind")
    part = await lists.organisations(sessions.held(request), wanted["q"], wanted["kind"], request.query_params.get("after", ""))
    rows = [{"href": f"/organisations/{o.id}", "title": o.name, "facts": [ORGANISATIONS[o.kind], o.place.name]} for o in part.rows]
    kinds = choice("kind", _("Kind"), wanted["kind"], list(ORGANISATIONS.items()), _("All kinds"))
    return show_list(
        request, _("Party organisations"), part, rows, asked=wanted, filters=[kinds], label=_("Name of the organisation"),
        add=("/organisations/new", _("Add a Party organisation")) if listing.reach(sessions.held(request), "organisation.add") else None,
        empty=_("No Party organisation has been entered yet."),
    )  # fmt: skip


async def _form(request: Request, title: str, here: PartyOrganisation | None, act: str, errors: Any, kept: Any) -> Response:
    places = await listing.places_within(sessions.held(request), act)
    units = await lists.choices(Unit, sessions.held(request), act)
    above = [o for o in await lists.above(places) if here is None or o.id != here.id]
    return pages.show(
        request, "organisations/form.html", title, errors=errors, kept=kept, made=here, kinds=list(ORGANISATIONS.items()),
        places=listing.options(places, "　"), led=listing.options(places), units=listing.options(units), above=listing.options(above),
    )  # fmt: skip


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "organisation.add")
    return await _form(request, _("Add a Party organisation"), None, "organisation.add", errors, kept or {})


async def _named(request: Request, form: Particulars, act: str) -> dict[str, Any]:
    """The records that a form names, each within reach; the one above may lie above."""
    reached = await listing.places_within(sessions.held(request), act)
    above = next((one for one in await lists.above(reached) if one.id == form.parent), None)
    if form.parent and above is None:
        raise Refusal("Choose one of the answers shown.", field="parent")
    covers = [await needed(request, Place, number, act, "covers") for number in dict.fromkeys(form.covers)]
    return {
        "name": form.name, "kind": form.kind, "parent": above, "unit": await chosen(request, Unit, form.unit, act, "unit"),
        "covers": tuple(covers), "temporary": form.temporary,
    }  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    enter(request, "organisation.add")
    form = await forms.read(request, NewOrganisation, again=new)
    place = await needed(request, Place, form.place, "organisation.add", "place")
    made = await registry.add_organisation(place=place, by=me(request), **await _named(request, form, "organisation.add"))
    return pages.redirect(f"/organisations/{made.id}", Phrase("%(name)s has been entered.", name=made.name))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    made = await find(request, PartyOrganisation, "neighbourhood.see", "place", "unit", "parent")
    return pages.show(
        request, "organisations/page.html", made.name, errors=errors, kept=kept or {"last_day": clock.today().isoformat()},
        organisation=made, kind=ORGANISATIONS[made.kind], covered=await made.covered(),
        offices=holders(await lists.holders(organisation_id=made.id)),
        below=[{"href": f"/organisations/{o.id}", "title": o.name, "facts": [ORGANISATIONS[o.kind]]} for o in await lists.below(made)],
        alliances=[{"href": f"/alliances/{a.id}", "title": a.name} for a in await alliances.allied(organisation_id=made.id)],
        **await changes(request, made),
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    made = await find(request, PartyOrganisation, "organisation.correct")
    kept = kept or {
        "name": made.name, "kind": made.kind, "unit": str(made.unit_id or ""), "parent": str(made.parent_id or ""),
        "temporary": "yes" if made.temporary else "", "covers": [str(number) for number in await lists.covered_ids(made)],
    }  # fmt: skip
    return await _form(request, _("Correct: %(name)s") % {"name": made.name}, made, "organisation.correct", errors, kept)


@signed_in
async def correct(request: Request) -> Response:
    made = await find(request, PartyOrganisation, "organisation.correct")
    form = await forms.read(request, Particulars, again=correction)
    await corrections.correct_organisation(made, by=me(request), **await _named(request, form, "organisation.correct"))
    return pages.redirect(f"/organisations/{made.id}", Phrase("The correction has been saved."))


end = ending("organisations", PartyOrganisation, "organisation.end", page)
routes = routes_of("organisations", index=index, new=new, add=add, page=page, correction=correction, correct=correct, end=end)
