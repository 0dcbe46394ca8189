"""The agenda: topics put on, moved, struck."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.proceedings import agenda
from council.proceedings.agenda import AgendaItem
from council.proceedings.matters import Matter
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.meetings import found, path
from council.routes.standing import me, signed_in
from council.text import Line


class ItemForm(forms.Shape):
    title: Annotated[Line, Field(max_length=120)] = ""
    words: Annotated[str, Field(max_length=4000)] = ""
    matter: int = 0


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "item.add", meeting)
    return pages.show(
        request, "meetings/agenda.html", _("Agenda"), here="meetings", errors=errors, kept=kept or {}, meeting=meeting,
        items=await AgendaItem.of(meeting), matters=[(str(one.id), one.title) for one in await agenda.addable(meeting)],
    )  # fmt: skip


@signed_in
async def add(request: Request) -> Response:
    meeting, who = await found(request), me(request)
    given = await forms.read(request, ItemForm, again=page)
    matter = await Matter.seen_by(who, given.matter) if given.matter else None
    if matter is None and len(given.title) < 2:
        raise Refusal("Write the topic, or choose a matter.", field="title")
    await agenda.add(meeting, given.title or str(matter), by=who, words=given.words, matter=matter)
    return pages.redirect(path(meeting, "agenda"), Phrase("The topic stands on the agenda."))


@signed_in
async def strike(request: Request) -> Response:
    item, meeting = await AgendaItem.find(request.path_params["id"], sessions.who(request))
    await agenda.strike(item, meeting, by=me(request))
    return pages.redirect(path(meeting, "agenda"), Phrase("The topic is off the agenda."))


@signed_in
async def sooner(request: Request) -> Response:
    item, meeting = await AgendaItem.find(request.path_params["id"], sessions.who(request))
    await agenda.sooner(item, meeting, by=me(request))
    return pages.redirect(path(meeting, "agenda"))


routes = [
    Route("/meetings/{id:int}/agenda", page),
    Route("/meetings/{id:int}/items", add, methods=["POST"]),
    Route("/items/{id:int}/withdrawal", strike, methods=["POST"]),
    Route("/items/{id:int}/place", sooner, methods=["POST"]),
]
