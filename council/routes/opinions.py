"""Written opinions on an item: read by the room, handed in, taken back."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import opinions
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.opinions import Opinion
from council.proceedings.roll import Seat
from council.refusals import Forbidden, NotFound
from council.routes import forms, pages, sessions
from council.routes.meetings import path


class OpinionForm(forms.Shape):
    words: str = ""


async def item_in_sight(request: Request) -> tuple[AgendaItem, Meeting]:
    """An item of a meeting that this person may look into: what is handed in is for the room, not for the street."""
    item, meeting = await AgendaItem.find(request.path_params["id"], sessions.who(request))
    if not await may(sessions.who(request), "meeting.see", meeting):
        raise NotFound
    return item, meeting


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    item, meeting = await item_in_sight(request)
    seat = await Seat.of(meeting, sessions.who(request))
    return pages.show(
        request, "meetings/opinions.html", _("Written opinions"), here="meetings", errors=errors, kept=kept or {}, item=item, meeting=meeting,
        rows=await Opinion.of(item), seat_id=seat.id if seat else 0, longest=opinions.LONGEST,
        open=seat is not None and item.stage not in ("decided", "deferred") and meeting.stage in ("called", "open", "adjourned"),
    )  # fmt: skip


async def hand_in(request: Request) -> Response:
    item, meeting = await item_in_sight(request)
    given, seat = await forms.read(request, OpinionForm, again=page), await Seat.of(meeting, sessions.who(request))
    if seat is None:
        raise Forbidden("Take your seat in the room first.")
    await opinions.hand_in(item, seat, given.words, by=sessions.who(request))
    return pages.redirect(f"/items/{item.id}/opinions", Phrase("Your opinion is handed in. Everybody in the room can read it."))


async def take_back(request: Request) -> Response:
    opinion, meeting = await Opinion.find(request.path_params["id"], sessions.who(request))
    await opinions.take_back(opinion, meeting, by=sessions.who(request))
    return pages.redirect(path(meeting, "room"), Phrase("Your opinion is taken back."))


routes = [
    Route("/items/{id:int}/opinions", page),
    Route("/items/{id:int}/opinions", hand_in, methods=["POST"]),
    Route("/opinions/{id:int}/withdrawal", take_back, methods=["POST"]),
]
