"""Party organisations: see, add, correct what they lead, end."""

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
from council.neighbourhood import corrections, listing, registry
from council.neighbourhood.offices import Office, may
from council.neighbourhood.organisations import Coverage, PartyOrganisation, Unit
from council.neighbourhood.places import Place
from council.neighbourhood.titles import OFFICES, ORGANISATIONS
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import asked, choice, chosen, enter, find, me, needed, show_list, signed_in, upwards
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


class End(forms.Shape):
    last_day: date


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted = asked(request, "q", "kind")
    query = PartyOrganisation.filter(listing.within(sessions.held(request), "neighbourhood.see"), listing.in_force())
    query = query.filter(listing.matching(wanted["q"], ["name"]))
    query = query.filter(kind=wanted["kind"]) if wanted["kind"] else query
    part = await listing.part(query.prefetch_related("place"), request.query_params.get("after", ""))
    rows = [{"href": f"/organisations/{o.id}", "title": o.name, "facts": [ORGANISATIONS[o.kind], o.place.name]} for o in part.rows]
    kinds = choice("kind", _("Kind"), wanted["kind"], list(ORGANISATIONS.items()), _("All kinds"))
    return show_list(
        request, _("Party organisations"), part, rows, asked=wanted, filters=[kinds], label=_("Name of the organisation"),
        add=("/organisations/new", _("Add a Party organisation")) if listing.reach(sessions.held(request), "organisation.add") else None,
        empty=_("No Party organisation has been entered yet."),
    )  # fmt: skip


async def _above(request: Request, within: list[Place]) -> list[PartyOrganisation]:
    """What an organisation may stand under: those within reach, and those of the places above."""
    numbers = {int(n) for place in within for n in place.path.strip("/").split("/")}
    return await PartyOrganisation.filter(listing.in_force(), place_id__in=list(numbers)).order_by("place_id", "id").limit(200)


async def _form(request: Request, title: str, here: PartyOrganisation | None, act: str, errors: Any, kept: Any) -> Response:
    places = await listing.places_within(sessions.held(request), act)
    units = await Unit.filter(listing.within(sessions.held(request), act), listing.in_force()).order_by("id").limit(300)
    above = [o for o in await _above(request, places) if here is None or o.id != here.id]
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
    above = await PartyOrganisation.get_or_none(id=form.parent) if form.parent else None
    reached = await listing.places_within(sessions.held(request), act)
    if form.parent and above not in await _above(request, reached):
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
    who = sessions.who(request)
    below = await PartyOrganisation.filter(listing.in_force(), parent_id=made.id).order_by("id")
    offices = await Office.filter(listing.in_force(), organisation_id=made.id).prefetch_related("person").order_by("id")
    return pages.show(
        request, "organisations/page.html", made.name, errors=errors, kept=kept or {"last_day": clock.today().isoformat()},
        organisation=made, kind=ORGANISATIONS[made.kind], covered=await made.covered(),
        offices=[{"href": f"/offices/{o.id}", "title": o.person.name, "facts": [OFFICES[o.code]]} for o in offices],
        below=[{"href": f"/organisations/{o.id}", "title": o.name, "facts": [ORGANISATIONS[o.kind]]} for o in below],
        may_correct=await may(who, "organisation.correct", made),
        may_end=made.last_day is None and await may(who, "organisation.end", made),
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    made = await find(request, PartyOrganisation, "organisation.correct")
    kept = kept or {
        "name": made.name, "kind": made.kind, "unit": str(made.unit_id or ""), "parent": str(made.parent_id or ""),
        "temporary": "yes" if made.temporary else "", "covers": [str(c.place_id) for c in await Coverage.filter(organisation_id=made.id)],
    }  # fmt: skip
    return await _form(request, _("Correct: %(name)s") % {"name": made.name}, made, "organisation.correct", errors, kept)


@signed_in
async def correct(request: Request) -> Response:
    made = await find(request, PartyOrganisation, "organisation.correct")
    form = await forms.read(request, Particulars, again=correction)
    await corrections.correct_organisation(made, by=me(request), **await _named(request, form, "organisation.correct"))
    return pages.redirect(f"/organisations/{made.id}", Phrase("The correction has been saved."))


@signed_in
async def end(request: Request) -> Response:
    made = await find(request, PartyOrganisation, "organisation.end", "place")
    form = await forms.read(request, End, again=page)
    await corrections.end(made, form.last_day, by=me(request))
    return pages.redirect(f"/organisations/{made.id}", Phrase("%(name)s ends with the day you gave.", name=made.name))


routes = [
    Route("/organisations", index),
    Route("/organisations", add, methods=["POST"]),
    Route("/organisations/new", new),
    Route("/organisations/{id:int}", page),
    Route("/organisations/{id:int}/correction", correction),
    Route("/organisations/{id:int}/correction", correct, methods=["POST"]),
    Route("/organisations/{id:int}/end", end, methods=["POST"]),
    Route("/organisations/{id:int}/end", upwards),
]
