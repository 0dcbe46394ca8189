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
from council.neighbourhood.organisations import PartyOrganisation
from council.partnership import resources
from council.partnership.resources import KINDS, Resource
from council.refusals import NotFound, Refusal
from council.routes import forms, pages, sessions
from council.routes.needs import Short, Title
from council.routes.standing import me, show_shelf, signed_in, withdrawing
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
    return await show_shelf(request, _("Resources"), resources.resources, lambda each: {"kind": KINDS[each.kind]})


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


routes = [
    Route("/resources", index),
    Route("/resources", add, methods=["POST"]),
    Route("/resources/new", new),
    Route("/resources/{id:int}/withdrawal", withdrawing("resources", Resource, "resource.withdraw"), methods=["POST"]),
]
