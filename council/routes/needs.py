"""The list of needs: everybody reads it, field staff and partners add to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.offices import may
from council.neighbourhood.places import Place
from council.partnership import needs
from council.partnership.needs import URGENCIES, Need
from council.routes import forms, pages, sessions
from council.routes.standing import asked, find, me, needed, number, signed_in
from council.rules.stages import name
from council.text import Line

SIZE = 20
Title = Annotated[Line, Field(min_length=2, max_length=120)]
Short = Annotated[Line, Field(max_length=60)]


class NewNeed(forms.Shape):
    place: int
    title: Title
    asked_by: Short = ""
    beneficiaries: Annotated[Line, Field(max_length=120)] = ""
    urgency: Literal["urgent", "soon", "usual"]
    period: Short = ""


def more(request: Request, rows: Sequence[Any], **kept: str) -> str:
    """The address of the next part of a list that was read one row beyond its size."""
    if len(rows) <= SIZE:
        return ""
    return f"{request.url.path}?{urlencode({k: v for k, v in kept.items() if v} | {'after': str(rows[SIZE - 1].id)})}"


def places(request: Request, act: str) -> Any:
    """Where this person may add something, as choices."""
    return listing.places_within(sessions.held(request), act)


async def index(request: Request) -> Response:
    rows = await needs.needs("/", before=number(asked(request, "after")["after"]), limit=SIZE + 1)
    shown = [
        {
            "need": each, "urgency": URGENCIES.get(each.urgency, ""), "stage": name("Need", each.stage),
            "may_withdraw": await may(sessions.who(request), "need.withdraw", each),
        }
        for each in rows[:SIZE]
    ]  # fmt: skip
    may_add = bool(listing.reach(sessions.held(request), "need.add"))
    return pages.show(request, "needs/list.html", _("Needs"), here="agreements", rows=shown, more=more(request, rows), may_add=may_add)


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    where = listing.options(await places(request, "need.add"), "　")
    kept = kept or {"place": where[0][0] if len(where) == 1 else "", "urgency": "usual"}
    return pages.show(
        request, "needs/new.html", _("Add a need"), here="agreements", errors=errors, kept=kept, places=where,
        urgencies=list(URGENCIES.items()),
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    form = await forms.read(request, NewNeed, again=new)
    place = await needed(request, Place, form.place, "need.add", "place")
    wish = needs.Wish(form.title, form.asked_by, form.beneficiaries, form.urgency, form.period)
    await needs.add_need(place, wish, by=me(request))
    return pages.redirect("/needs", Phrase("“%(title)s” is on the list.", title=form.title))


@signed_in
async def withdraw(request: Request) -> Response:
    need = await find(request, Need, "need.withdraw")
    await need.withdraw(by=me(request))
    return pages.redirect("/needs", Phrase("“%(title)s” has been taken off the list.", title=need.title))


routes = [
    Route("/needs", index),
    Route("/needs", add, methods=["POST"]),
    Route("/needs/new", new),
    Route("/needs/{id:int}/withdrawal", withdraw, methods=["POST"]),
]
