"""Draws by lot: the published list, the seed, who was drawn, acceptance and replacement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from council.i18n import Phrase, day
from council.i18n import gettext as _
from council.neighbourhood.listing import options, places_within
from council.neighbourhood.offices import may
from council.neighbourhood.places import Place
from council.proceedings import draws
from council.proceedings.draws import STATES, Draw, Drawable
from council.refusals import NotFound
from council.routes import forms, pages, sessions, standing

# The script as everybody may run it: from the checkout, or the copy inside an installed wheel.
SCRIPTS = (Path(__file__).parents[2] / "docs/redraw.py", Path(__file__).parents[1] / "_docs/redraw.py")


class Publishing(forms.Shape):
    place: Annotated[int, Field(ge=1)]
    title: Annotated[str, Field(max_length=120)] = ""
    seats: Annotated[int, Field(ge=1, le=draws.MOST)]


class Throwing(forms.Shape):
    seed: Annotated[str, Field(max_length=120)] = ""
    source: Annotated[str, Field(max_length=300)] = ""


class Replying(forms.Shape):
    answer: Annotated[str, Field(max_length=8)] = ""


async def find(request: Request) -> Draw:
    return await Draw.find(request.path_params["id"])


async def index(request: Request) -> Response:
    found, more = await Draw.all_of(standing.number(request.query_params.get("before", "")))
    rows = [
        {
            "href": f"/draws/{one.id}", "title": one.title, "stage": _("drawn") if one.stage == "drawn" else _("list published"),
            "tone": "done" if one.stage == "drawn" else "now", "facts": [one.place.name, day(one.drawn_at or one.listed_at)],
        }
        for one in found
    ]  # fmt: skip
    may_draw = bool(await places_within(sessions.held(request), "draw.make"))
    return pages.show(
        request, "draws/list.html", _("Draws by lot"), here="consultations", block="rows", rows=rows, may_draw=may_draw,
        more=f"/draws?before={more}" if more else "",
    )  # fmt: skip


async def new(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    places = await places_within(sessions.held(request), "draw.make")
    if not places:
        raise NotFound
    return pages.show(request, "draws/new.html", _("Draw by lot"), here="desk", errors=errors, kept=kept or {}, places=options(places, "　"))


async def create(request: Request) -> Response:
    given = await forms.read(request, Publishing, new)
    made = await draws.publish(await Place.get(id=given.place), given.title, given.seats, by=sessions.person(request))
    return pages.redirect(f"/draws/{made.id}", Phrase("The list is published. Throw the seed where people can watch, then write it here."))


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    draw, by = await find(request), sessions.who(request)
    rows = await draws.seated(draw)
    office = await may(by, "draw.make", draw)
    return pages.show(
        request, "draws/page.html", draw.title, here="consultations", errors=errors, kept=kept or {}, draw=draw, rows=rows, states=STATES,
        office=office, mine=[one.number for one in rows if one.person_id == by.id and by.id is not None], size=len(await draw.entrants()),
    )  # fmt: skip


async def throw(request: Request) -> Response:
    draw = await find(request)
    given = await forms.read(request, Throwing, show)
    await draws.throw(draw, given.seed, given.source, by=sessions.person(request))
    return pages.redirect(f"/draws/{draw.id}", Phrase("Drawn. Anybody can draw again from the list and the seed."))


async def reply(request: Request) -> Response:
    drawn = await Drawable.get(draw_id=request.path_params["id"], number=request.path_params["number"])
    given = await forms.read(request, Replying)
    follower = await draws.reply(drawn, given.answer, by=sessions.person(request))
    said = Phrase("Number %(n)s comes in instead.", n=follower.number) if follower else Phrase("Saved.")
    return pages.redirect(f"/draws/{drawn.draw_id}", said)


async def listing(request: Request) -> Response:
    """The published list, byte for byte as its digest was made from."""
    draw = await find(request)
    headers = {"content-disposition": f'attachment; filename="draw-{draw.id}.csv"'}
    return PlainTextResponse(await draw.listing(), headers=headers, media_type="text/csv; charset=utf-8")


async def script(request: Request) -> Response:
    """What a stranger needs besides the list and the seed."""
    here = next(one for one in SCRIPTS if one.exists())
    return FileResponse(here, media_type="text/plain; charset=utf-8", headers={"content-disposition": 'attachment; filename="redraw.py"'})


routes = [
    Route("/draws", index),
    Route("/draws/redraw.py", script),
    Route("/draws/new", new),
    Route("/draws", create, methods=["POST"]),
    Route("/draws/{id:int}", show),
    Route("/draws/{id:int}/list", listing),
    Route("/draws/{id:int}/seed", throw, methods=["POST"]),
    Route("/draws/{id:int}/numbers/{number:int}", reply, methods=["POST"]),
]
