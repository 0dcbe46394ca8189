"""Offices with their terms: see, give, end."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, i18n
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing, lists, registry
from council.neighbourhood.offices import Office, may
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.titles import OFFICES
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import asked, choice, chosen, enter, find, me, needed, number, show_list, signed_in, upwards

OF_ORGANISATIONS = frozenset({"secretary", "deputy_secretary"})
OF_UNITS = frozenset({"unit_head", "unit_representative", "property_manager", "department_officer", "owners_committee_head"})


class Grant(forms.Shape):
    person: int
    code: str
    organisation: int | None = None
    unit: int | None = None
    place: int | None = None
    first_day: date | None = None
    last_day: date | None = None


class End(forms.Shape):
    last_day: date


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted, held = asked(request, "q", "code", "state"), sessions.held(request)
    part = await lists.offices(held, wanted["q"], wanted["code"], request.query_params.get("after", ""), ended=wanted["state"])
    rows = [{"href": f"/offices/{o.id}", "title": o.person.name, "facts": [OFFICES[o.code], where(o), term(o)]} for o in part.rows]
    return show_list(
        request, _("Offices"), part, rows, asked=wanted, label=_("Full name"), empty=_("Nobody holds an office yet."),
        filters=[
            choice("code", _("Office"), wanted["code"], list(OFFICES.items()), _("All offices")),
            choice("state", _("Term of office"), wanted["state"], [("ended", _("ended"))], _("in office")),
        ],
        add=("/offices/new", _("Give an office")) if listing.reach(held, "office.grant") else None,
    )  # fmt: skip


def where(office: Office) -> str:
    return str(office.organisation or office.unit or office.place)


def term(office: Office) -> str:
    """From when to when, as it is read beside a name."""
    first = i18n.day(office.first_day)
    return f"{first} – {i18n.day(office.last_day)}" if office.last_day else _("since %(day)s") % {"day": first}


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "office.grant")
    held = sessions.held(request)
    kept = kept or {"person": request.query_params.get("person", ""), "first_day": clock.today().isoformat()}
    person = await lists.allowed(Person, number(str(kept.get("person", ""))), sessions.who(request), "person.see")
    if person is None:
        return pages.show(request, "offices/whom.html", _("Give an office"), errors=errors)
    organisations = await lists.choices(PartyOrganisation, held, "office.grant")
    units = await lists.choices(Unit, held, "office.grant")
    return pages.show(
        request, "offices/form.html", _("Give %(name)s an office") % {"name": person.name}, errors=errors, kept=kept, person=person,
        codes=list(OFFICES.items()), organisations=listing.options(organisations), units=listing.options(units),
        places=listing.options(await listing.places_within(held, "office.grant"), "　"),
    )  # fmt: skip


@signed_in
async def grant(request: Request) -> Response:
    enter(request, "office.grant")
    form = await forms.read(request, Grant, again=new)
    person = await needed(request, Person, form.person, "person.see", "person")
    organisation = await chosen(request, PartyOrganisation, form.organisation, "office.grant", "organisation")
    unit = await chosen(request, Unit, form.unit, "office.grant", "unit")
    place = await chosen(request, Place, form.place, "office.grant", "place")
    if form.code in OF_ORGANISATIONS and organisation is None:
        raise Refusal("Say of which Party organisation.", field="organisation")
    office = await registry.grant(
        person, form.code, by=me(request), organisation=organisation if form.code in OF_ORGANISATIONS else None,
        unit=unit if form.code in OF_UNITS else None, place=place, first_day=form.first_day, last_day=form.last_day,
    )  # fmt: skip
    return pages.redirect(f"/offices/{office.id}", Phrase("%(name)s holds the office from the first day on.", name=person.name))


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    office = await find(request, Office, "neighbourhood.see", "person", "organisation", "unit", "place")
    reached = await office.organisation.covered() if office.organisation else [office.place]
    return pages.show(
        request, "offices/page.html", str(OFFICES[office.code]), errors=errors, kept=kept or {"last_day": clock.today().isoformat()},
        office=office, where=where(office), term=term(office), in_force=office.in_force(), reached="、".join(p.name for p in reached),
        may_end=office.in_force() and await may(sessions.who(request), "office.end", office),
    )  # fmt: skip


@signed_in
async def end(request: Request) -> Response:
    office = await find(request, Office, "office.end", "person")
    if not office.in_force():
        raise NotFound
    form = await forms.read(request, End, again=page)
    await registry.end_office(office, form.last_day, by=me(request))
    return pages.redirect(f"/offices/{office.id}", Phrase("The office ends at midnight of the day you gave."))


routes = [
    Route("/offices", index),
    Route("/offices", grant, methods=["POST"]),
    Route("/offices/new", new),
    Route("/offices/{id:int}", page),
    Route("/offices/{id:int}/end", end, methods=["POST"]),
    Route("/offices/{id:int}/end", upwards),
]
