"""The roll: the list on the desk, ticked by whoever keeps it."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import must
from council.proceedings import attendance, chair, roll
from council.proceedings.invitations import Invitation
from council.proceedings.roll import Seat
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.chair import chaired
from council.routes.meetings import found, path
from council.routes.notices import printed
from council.routes.standing import asked, me, number, signed_in
from council.rules.kinds import Capacity
from council.secretariat import packs


class TickForm(forms.Shape):
    invitation: int
    where: Literal["room", "remote"] = "room"
    seat: int = 0
    q: str = ""


class BackForm(forms.Shape):
    """`everybody`: all who sat here before answered."""

    boxes = forms.A_ROLL
    seats: list[int] = []
    everybody: Literal["", "yes"] = ""


class ConfirmForm(forms.Shape):
    invitation: int


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting = await found(request)
    await must(me(request), "meeting.keep_roll", meeting)
    wanted = asked(request, "q", "seat")
    return pages.show(
        request, "meetings/roll.html", _("Roll"), here="meetings", errors=errors, meeting=meeting, q=wanted["q"], seat=number(wanted["seat"]),
        lines=await attendance.lines(meeting, wanted["q"]), waiting=await attendance.waiting(meeting), quorum=await roll.quorum(meeting),
        labels={c.value: str(c.label) for c in Capacity}, block="lines",
    )  # fmt: skip


@signed_in
async def tick(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, TickForm, again=page)
    invitation, theirs = await Invitation.find(given.invitation, me(request))
    seat = (await Seat.find(given.seat, me(request)))[0] if given.seat else None
    if theirs.id != meeting.id or (seat is not None and seat.meeting_id != meeting.id):
        raise NotFound
    await roll.tick(invitation, meeting, by=me(request), where=given.where, seat=seat)
    query = f"?{urlencode({'q': given.q})}" if given.q else ""
    return pages.redirect(path(meeting, "roll") + query, Phrase("%(name)s is in the room.", name=invitation.label))


@signed_in
async def confirm(request: Request) -> Response:
    """One tick for somebody who waits on an unconfirmed seat."""
    seat, meeting = await Seat.find(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, ConfirmForm)
    invitation, theirs = await Invitation.find(given.invitation, me(request))
    if theirs.id != meeting.id:
        raise NotFound
    await roll.tick(invitation, meeting, by=me(request), seat=seat)
    back = "desk" if me(request).id == meeting.chair_id else "roll"
    return pages.redirect(path(meeting, back), Phrase("%(name)s is in the room.", name=invitation.label))


@signed_in
async def resumption(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """The roll is called again: who answers counts, whoever does not is not in the room."""
    meeting = await chaired(request)
    away, quorum = await attendance.away(meeting), await roll.quorum(meeting)
    return pages.show(
        request, "meetings/resumption.html", _("Call the roll and go on"), here="meetings", errors=errors, kept=kept or {}, meeting=meeting,
        away=[(str(seat.id), seat.name) for seat in away], quorum=quorum,
    )  # fmt: skip


@signed_in
async def resume(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, BackForm, again=resumption)
    back = [seat.id for seat in await attendance.away(meeting)] if given.everybody else given.seats
    await chair.resume(meeting, by=me(request), back=back)
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def pack(request: Request) -> Response:
    """The printed pack, for those who keep the roll: with it the meeting is held when the line is dead."""
    meeting = await found(request)
    await must(me(request), "meeting.keep_roll", meeting)
    return await printed("papers/pack.html", f"pack-{meeting.id}", await packs.pack(meeting))


routes = [
    Route("/meetings/{id:int}/pack", pack),
    Route("/meetings/{id:int}/roll", page),
    Route("/meetings/{id:int}/roll", tick, methods=["POST"]),
    Route("/meetings/{id:int}/resumption", resumption),
    Route("/meetings/{id:int}/resumption", resume, methods=["POST"]),
    Route("/seats/{id:int}/confirmation", confirm, methods=["POST"]),
]
