"""Mediation agreements: those of oneself and of one's places, and drafting one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase, day
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.places import Place
from council.partnership import mediations
from council.refusals import NotFound
from council.routes import agreements, forms, pages, sessions
from council.routes.needs import places
from council.routes.standing import asked, me, needed, number, signed_in

LEVELS = ("COMMUNITY", "GRID")


class NewMediation(forms.Shape):
    place: int
    mediator: int
    concerned: Annotated[list[int], Field(min_length=1, max_length=mediations.MOST)]
    dispute: Annotated[str, Field(min_length=5, max_length=2000)]
    terms: Annotated[str, Field(min_length=5, max_length=4000)]
    last_day: date


@signed_in
async def index(request: Request) -> Response:
    held = sessions.held(request)
    rows = []
    for each in await mediations.seen(me(request), held):
        word, tone = agreements.stage_of(each)
        facts = [each.place.name, day(each.made_at)]
        rows.append({"href": f"/agreements/{each.id}", "title": each.number, "stage": word, "tone": tone, "facts": facts})
    may_draft = bool(listing.reach(held, "mediation.draft"))
    return pages.show(request, "mediations/list.html", _("Mediation agreements"), here="agreements", rows=rows, may_draft=may_draft)


async def _where(request: Request) -> list[tuple[str, str]]:
    """The communities and grids within reach, to choose from."""
    return listing.options([each for each in await places(request, "mediation.draft") if each.level in LEVELS], "　")


async def _place(request: Request) -> Place:
    """The community or grid the address names, or the first one within reach."""
    found = [each for each in await places(request, "mediation.draft") if each.level in LEVELS]
    if not found:
        raise NotFound
    wanted = number(request.query_params.get("place", ""))
    chosen: Place = next((each for each in found if each.id == wanted), found[0])
    return chosen


def _chosen(request: Request, kept: dict[str, Any] | None) -> list[int]:
    """Who was chosen so far: in the address while looking for people, in the form when it comes back."""
    given = (kept or {}).get("concerned") or request.query_params.getlist("concerned")
    return [int(one) for one in given if str(one).isdecimal() and len(str(one)) < 10][: mediations.MOST]


@signed_in
async def new(request: Request, errors: Any = None, kept: Any = None) -> Response:
    place, chosen = await _place(request), _chosen(request, kept)
    wanted = asked(request, "q")["q"]
    found = [each for each in await mediations.possible(place, wanted) if each.id not in chosen]
    kept = kept or {"last_day": (clock.today() + timedelta(days=30)).isoformat()}
    able = [(str(each.person_id), each.person.name) for each in await mediations.mediators(place)]
    return pages.show(
        request, "mediations/new.html", _("Draft a mediation agreement"), here="agreements", errors=errors, kept=kept, place=place, q=wanted,
        found=listing.options(found), where=await _where(request), people=await mediations.named(place, chosen), mediators=able,
    )  # fmt: skip


@signed_in
async def draft(request: Request) -> Response:
    form = await forms.read(request, NewMediation, again=new)
    place = await needed(request, Place, form.place, "mediation.draft", "place")
    given = mediations.Settlement(form.mediator, form.concerned, form.dispute, form.terms, form.last_day)
    made = await mediations.draft(place, given, by=me(request))
    return pages.redirect(f"/agreements/{made.id}", Phrase("The draft %(number)s has been made.", number=made.number))


routes = [
    Route("/mediations", index),
    Route("/mediations", draft, methods=["POST"]),
    Route("/mediations/new", new),
]
