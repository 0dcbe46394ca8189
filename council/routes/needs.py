"""The list of needs: everybody reads it, field staff and partners add to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.places import Place
from council.partnership import needs
from council.partnership.needs import URGENCIES, Need
from council.partnership.resources import KINDS
from council.routes import forms, pages, sessions
from council.routes.standing import me, needed, show_shelf, signed_in, withdrawing
from council.rules.stages import name
from council.text import Line

Title = Annotated[Line, Field(min_length=2, max_length=120)]
Short = Annotated[Line, Field(max_length=60)]


class NewNeed(forms.Shape):
    place: int
    title: Title
    asked_by: Short = ""
    beneficiaries: Annotated[Line, Field(max_length=120)] = ""
    urgency: Literal["urgent", "soon", "usual"]
    period: Short = ""
    kind: Literal["venue", "people", "equipment", "funds", "skills", ""] = ""


def places(request: Request, act: str) -> Any:
    """Where this person may add something, as choices."""
    return listing.places_within(sessions.held(request), act)


def _row(need: Need) -> dict[str, Any]:
    return {"urgency": URGENCIES.get(need.urgency, ""), "stage": name("Need", need.stage)}


async def index(request: Request) -> Response:
    return await show_shelf(request, _("Needs"), needs.needs, _row)


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    where = listing.options(await places(request, "need.add"), "　")
    kept = kept or {"place": where[0][0] if len(where) == 1 else "", "urgency": "usual"}
    return pages.show(
        request, "needs/new.html", _("Add a need"), here="agreements", errors=errors, kept=kept, places=where,
        urgencies=list(URGENCIES.items()), kinds=[("", _("I do not know")), *KINDS.items()],
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    form = await forms.read(request, NewNeed, again=new)
    place = await needed(request, Place, form.place, "need.add", "place")
    wish = needs.Wish(form.title, form.asked_by, form.beneficiaries, form.urgency, form.period, form.kind)
    await needs.add_need(place, wish, by=me(request))
    return pages.redirect("/needs", Phrase("“%(title)s” is on the list.", title=form.title))


routes = [
    Route("/needs", index),
    Route("/needs", add, methods=["POST"]),
    Route("/needs/new", new),
    Route("/needs/{id:int}/withdrawal", withdrawing("needs", Need, "need.withdraw"), methods=["POST"]),
]
