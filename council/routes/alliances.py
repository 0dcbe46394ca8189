"""Alliances: see, add, correct, end; who joins and who leaves."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import alliances, listing, lists
from council.neighbourhood.offices import may
from council.neighbourhood.organisations import Alliance, PartyOrganisation, Unit
from council.neighbourhood.places import Place
from council.neighbourhood.titles import ALLIANCES
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.standing import (
    asked,
    changes,
    choice,
    ending,
    enter,
    find,
    me,
    needed,
    number,
    routes_of,
    show_list,
    signed_in,
    upwards,
)  # fmt: skip
from council.text import Line

MEMBERS = {"organisation": PartyOrganisation, "unit": Unit}


class AllianceForm(forms.Shape):
    name: Annotated[Line, Field(min_length=2, max_length=120)]
    kind: Literal["alliance", "micro_alliance"]
    place: int


class Joining(forms.Shape):
    member: Annotated[str, Field(pattern="(organisation|unit)-[0-9]{1,9}")]


@signed_in
async def index(request: Request) -> Response:
    enter(request, "neighbourhood.see")
    wanted = asked(request, "q", "kind")
    part = await alliances.alliances(sessions.held(request), wanted["q"], wanted["kind"], request.query_params.get("after", ""))
    rows = [{"href": f"/alliances/{a.id}", "title": a.name, "facts": [ALLIANCES[a.kind], a.place.name]} for a in part.rows]
    kinds = choice("kind", _("Kind"), wanted["kind"], list(ALLIANCES.items()), _("All kinds"))
    return show_list(
        request, _("Alliances"), part, rows, asked=wanted, filters=[kinds], label=_("Name of the alliance"),
        add=("/alliances/new", _("Add an alliance")) if listing.reach(sessions.held(request), "organisation.add") else None,
        empty=_("No alliance has been entered yet."),
    )  # fmt: skip


async def _form(request: Request, title: str, address: str, act: str, errors: Any, kept: Any) -> Response:
    places = await listing.places_within(sessions.held(request), act)
    return pages.show(
        request, "alliances/form.html", title, errors=errors, kept=kept, address=address, places=listing.options(places, "　"),
        kinds=list(ALLIANCES.items()),
    )  # fmt: skip


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    enter(request, "organisation.add")
    return await _form(request, _("Add an alliance"), "/alliances", "organisation.add", errors, kept or {"kind": "alliance"})


@signed_in
async def add(request: Request) -> Response:
    enter(request, "organisation.add")
    form = await forms.read(request, AllianceForm, again=new)
    place = await needed(request, Place, form.place, "organisation.add", "place")
    made = await alliances.ally(form.name, place, [], by=me(request), kind=form.kind)
    return pages.redirect(f"/alliances/{made.id}", Phrase("%(name)s has been entered.", name=made.name))


async def _joinable(request: Request, members: list[Any]) -> list[tuple[str, str]]:
    """Party organisations and units within reach that do not belong to it yet."""
    there = {("organisation", m.organisation_id) for m in members} | {("unit", m.unit_id) for m in members}
    held = sessions.held(request)
    act = "organisation.correct"
    found: list[tuple[str, Any]] = [(kind, one) for kind, model in MEMBERS.items() for one in await lists.choices(model, held, act)]
    return [(f"{kind}-{one.id}", one.name) for kind, one in found if (kind, one.id) not in there]


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    alliance = await find(request, Alliance, "neighbourhood.see", "place")
    members, able = await alliances.members(alliance), await changes(request, alliance)
    return pages.show(
        request, "alliances/page.html", alliance.name, errors=errors, kept={"last_day": clock.today().isoformat()} | (kept or {}),
        alliance=alliance, kind=ALLIANCES[alliance.kind], members=members,
        seen={one.id for one in members if await may(me(request), "neighbourhood.see", one.organisation or one.unit)},
        joinable=await _joinable(request, members) if able["may_end"] else [], **able,
    )  # fmt: skip


@signed_in
async def correction(request: Request, errors: Any = None, kept: Any = None) -> Response:
    alliance = await find(request, Alliance, "organisation.correct")
    kept = kept or {"name": alliance.name, "kind": alliance.kind, "place": str(alliance.place_id)}
    title = _("Correct: %(name)s") % {"name": alliance.name}
    return await _form(request, title, f"/alliances/{alliance.id}", "organisation.correct", errors, kept)


@signed_in
async def correct(request: Request) -> Response:
    alliance = await find(request, Alliance, "organisation.correct")
    form = await forms.read(request, AllianceForm, again=correction)
    place = await needed(request, Place, form.place, "organisation.correct", "place")
    await alliances.correct(alliance, by=me(request), name=form.name, kind=form.kind, place=place)
    return pages.redirect(f"/alliances/{alliance.id}", Phrase("The correction has been saved."))


@signed_in
async def join(request: Request) -> Response:
    alliance = await find(request, Alliance, "organisation.correct")
    form = await forms.read(request, Joining, again=page)
    kind, _dash, wanted = form.member.partition("-")
    joining: Any = await needed(request, MEMBERS[kind], number(wanted), "organisation.correct", "member")
    if joining.last_day is not None:
        raise Refusal("Choose one of the answers shown.", field="member")
    await alliances.join(alliance, joining, by=me(request))
    return pages.redirect(f"/alliances/{alliance.id}", Phrase("%(name)s belongs to the alliance now.", name=joining.name))


@signed_in
async def leave(request: Request) -> Response:
    alliance = await find(request, Alliance, "organisation.correct")
    member = await alliances.member(alliance, request.path_params["member"])
    await alliances.leave(member, by=me(request))
    left: Any = member.organisation or member.unit
    return pages.redirect(f"/alliances/{alliance.id}", Phrase("%(name)s belongs to the alliance no longer.", name=left.name))


end = ending("alliances", Alliance, "organisation.end", page)
routes = [
    *routes_of("alliances", index=index, new=new, add=add, page=page, correction=correction, correct=correct, end=end),
    Route("/alliances/{id:int}/members", join, methods=["POST"]),
    Route("/alliances/{id:int}/members", upwards),
    Route("/alliances/{id:int}/members/{member:int}/end", leave, methods=["POST"]),
]
