"""The list of resources: what partners can offer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import may
from council.neighbourhood.organisations import PartyOrganisation
from council.partnership import resources
from council.partnership.resources import KINDS, Resource
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.needs import SIZE, Short, Title, more
from council.routes.standing import asked, find, me, number, signed_in
from council.text import Line


class NewResource(forms.Shape):
    organisation: int
    title: Title
    kind: Literal["venue", "people", "equipment", "funds", "skills"]
    amount: Short = ""
    times: Annotated[Line, Field(max_length=120)] = ""
    conditions: Annotated[Line, Field(max_length=200)] = ""
    last_day: date | None = None


async def index(request: Request) -> Response:
    rows = await resources.resources("/", before=number(asked(request, "after")["after"]), limit=SIZE + 1)
    shown = [
        {
            "resource": each, "kind": KINDS[each.kind],
            "may_withdraw": await may(sessions.who(request), "resource.withdraw", each),
        }
        for each in rows[:SIZE]
    ]  # fmt: skip
    may_add = bool(listing.reach(sessions.held(request), "resource.add"))
    return pages.show(request, "resources/list.html", _("Resources"), here="agreements", rows=shown, more=more(request, rows), may_add=may_add)


async def _offerers(request: Request) -> list[PartyOrganisation]:
    """For whom this person may enter an offer."""
    found = await resources.offerers(sessions.held(request))
    if not found:
        raise NotFound
    return found


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    able = listing.options(await _offerers(request))
    kept = kept or {"organisation": able[0][0] if len(able) == 1 else ""}
    return pages.show(
        request, "resources/new.html", _("Offer a resource"), here="agreements", errors=errors, kept=kept, organisations=able,
        kinds=list(KINDS.items()),
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    form = await forms.read(request, NewResource, again=new)
    able = {each.id: each for each in await _offerers(request)}
    if form.organisation not in able:
        raise Refusal("Choose one of the answers shown.", field="organisation")
    given = resources.Offer(form.title, form.kind, form.amount, form.times, form.conditions, form.last_day)
    organisation = able[form.organisation]
    await resources.add_resource(await organisation.place, organisation, given, by=me(request))
    return pages.redirect("/resources", Phrase("“%(title)s” is on the list.", title=form.title))


@signed_in
async def withdraw(request: Request) -> Response:
    resource = await find(request, Resource, "resource.withdraw")
    await resource.withdraw(by=me(request))
    return pages.redirect("/resources", Phrase("“%(title)s” has been taken off the list.", title=resource.title))


routes = [
    Route("/resources", index),
    Route("/resources", add, methods=["POST"]),
    Route("/resources/new", new),
    Route("/resources/{id:int}/withdrawal", withdraw, methods=["POST"]),
]
