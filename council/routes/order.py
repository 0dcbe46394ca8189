"""Order in the room: the rules of this meeting, points of order, a minute more, and taking an act back."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.proceedings import orders, points, speakers, undoing
from council.proceedings.agenda import AgendaItem
from council.proceedings.orders import RulesOfOrder
from council.proceedings.points import PointOfOrder
from council.proceedings.roll import Seat
from council.refusals import Forbidden
from council.routes import forms, pages, sessions
from council.routes.meetings import found, path
from council.routes.standing import me, signed_in
from council.rules.order import RULES, SPEECH, TIMES


class OrderForm(forms.Shape):
    rules: list[str] = []
    seconds: Annotated[int, Field(ge=30, le=1800)] = SPEECH
    times: Annotated[int, Field(ge=1, le=20)] = TIMES


class PointForm(forms.Shape):
    about: str = ""


class RulingForm(forms.Shape):
    ruling: str = ""


class UndoForm(forms.Shape):
    entry: int = 0


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.order", meeting)
    settled = await RulesOfOrder.of(meeting.id)
    return pages.show(
        request, "meetings/order.html", _("Rules of order"), here="meetings", errors=errors, meeting=meeting,
        kept=kept or {"rules": settled.chosen, "seconds": settled.seconds, "times": settled.times},
        rules=[(rule.code, str(rule.words)) for rule in RULES], back=path(meeting, "desk") if me(request).id == meeting.chair_id else path(meeting),
    )  # fmt: skip


@signed_in
async def settle(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, OrderForm, again=page)
    await orders.settle(meeting, given.rules, by=me(request), seconds=given.seconds, times=given.times)
    return pages.redirect(path(meeting, "order"), Phrase("Saved. The rules hold from now on."))


async def raise_point(request: Request) -> Response:
    meeting, who = await found(request), sessions.who(request)
    given, seat = await forms.read(request, PointForm), await Seat.of(meeting, who)
    if seat is None:
        raise Forbidden("Take your seat in the room first.")
    await points.raise_point(meeting, seat, given.about, by=who)
    return pages.redirect(path(meeting, "room"), Phrase("Your point of order is before the chair."))


async def rule(request: Request) -> Response:
    who = sessions.who(request)
    point, meeting = await PointOfOrder.find(request.path_params["id"], who)
    given = await forms.read(request, RulingForm)
    await points.rule(point, meeting, given.ruling, by=who)
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def undo(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, UndoForm)
    await undoing.undo(meeting, given.entry, by=me(request))
    return pages.redirect(path(meeting, "desk"), Phrase("Taken back."))


async def lengthen(request: Request) -> Response:
    who = sessions.who(request)
    item, meeting = await AgendaItem.find(request.path_params["id"], who)
    await speakers.lengthen(item, meeting, by=who)
    return pages.redirect(path(meeting, "desk"))


async def end(request: Request) -> Response:
    who = sessions.who(request)
    item, meeting = await AgendaItem.find(request.path_params["id"], who)
    await speakers.end(item, meeting, by=who)
    return pages.redirect(path(meeting, "desk"))


routes = [
    Route("/meetings/{id:int}/order", page),
    Route("/meetings/{id:int}/order", settle, methods=["POST"]),
    Route("/meetings/{id:int}/points", raise_point, methods=["POST"]),
    Route("/meetings/{id:int}/undoing", undo, methods=["POST"]),
    Route("/points/{id:int}/ruling", rule, methods=["POST"]),
    Route("/items/{id:int}/speakers/longer", lengthen, methods=["POST"]),
    Route("/items/{id:int}/speakers/ending", end, methods=["POST"]),
]
