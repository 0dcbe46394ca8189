"""The speaking queue: raise a hand, take it down, call the next one."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.proceedings import speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.proceedings.speakers import Speaker
from council.refusals import Forbidden
from council.routes import forms, pages, sessions
from council.routes.meetings import path


class HandForm(forms.Shape):
    stance: Literal["", "pro", "contra"] = ""


async def ask(request: Request) -> Response:
    who = sessions.who(request)
    item, meeting = await AgendaItem.find(request.path_params["id"], who)
    given, seat = await forms.read(request, HandForm), await Seat.of(meeting, who)
    if seat is None:
        raise Forbidden("Take your seat in the room first.")
    await speakers.ask(item, seat, by=who, stance=given.stance)
    return pages.redirect(path(meeting, "room"), Phrase("Your hand is up."))


async def withdraw(request: Request) -> Response:
    who = sessions.who(request)
    speaker, item = await Speaker.find(request.path_params["id"])
    meeting = await Meeting.find(item.meeting_id, who)
    await speakers.withdraw(speaker, item, by=who)
    back = "desk" if who.id == meeting.chair_id and request.query_params.get("back") == "desk" else "room"
    return pages.redirect(path(meeting, back), Phrase("The hand is down."))


async def call_next(request: Request) -> Response:
    who = sessions.who(request)
    item, meeting = await AgendaItem.find(request.path_params["id"], who)
    await speakers.call_next(item, meeting, by=who)
    return pages.redirect(path(meeting, "desk"))


routes = [
    Route("/items/{id:int}/speakers", ask, methods=["POST"]),
    Route("/items/{id:int}/speakers/next", call_next, methods=["POST"]),
    Route("/speakers/{id:int}/withdrawal", withdraw, methods=["POST"]),
]
