"""The room: coming in by number, code or account, the page on the phone, and its live stream."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock, i18n, markup
from council.i18n import Phrase
from council.neighbourhood.offices import may
from council.proceedings import diary, roll
from council.proceedings.documents import Document
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import LIVE, Meeting
from council.proceedings.roll import Seat
from council.refusals import NotFound, Refusal
from council.routes import forms, limits, pages, sessions
from council.routes.meetings import found, path
from council.routes.standing import me, signed_in
from council.secretariat import announcements, doubts, scenes, signals, streams
from council.secretariat.listening import Stream
from council.secretariat.signals import Audience
from council.text import Line


class DoorForm(forms.Shape):
    name: Annotated[Line, Field(max_length=50)] = ""


class CodeForm(forms.Shape):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    where: Literal["room", "remote"] = "room"


class WhereForm(forms.Shape):
    where: Literal["room", "remote"] = "room"


async def find_door(request: Request) -> Response:
    """The number typed on the list of meetings."""
    limits.take(request, "room")
    digits = "".join(sign for sign in request.query_params.get("number", "") if sign.isdigit())[:12]
    if digits and await diary.numbered(digits):
        return pages.redirect(f"/r/{digits}")
    wrong = Phrase("No meeting has the number %(number)s now. Look at the wall and type its six digits again.", number=digits)
    return pages.redirect("/meetings", wrong if digits else Phrase("Type the six digits on the wall."), "stop")


async def door(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """Behind the number on the wall: confirm by code or account, or just listen."""
    limits.take(request, "room")
    meeting, who = await diary.by_number(request.path_params["number"]), sessions.who(request)
    return pages.show(
        request, "meetings/door.html", meeting.title, here="meetings", errors=errors, kept=kept or {}, meeting=meeting,
        number=meeting.wall_code, facts=announcements.call(meeting)[:2], invited=await Invitation.of(meeting, who), seat=await Seat.of(meeting, who),
    )  # fmt: skip


async def listen(request: Request) -> Response:
    """An unconfirmed seat: read along and ask to speak, nothing more."""
    meeting = await diary.by_number(request.path_params["number"])
    given = await forms.read(request, DoorForm, again=door)
    await _unconfirmed(request, meeting, given.name)
    return pages.redirect(path(meeting, "room"))


async def _unconfirmed(request: Request, meeting: Meeting, name: str = "") -> Seat:
    seat = await roll.enter(meeting, by=sessions.who(request), label=name)
    await sessions.carry(request, "Seat", seat.id)
    return seat


async def by_code(request: Request) -> Response:
    """The code on a slip, typed at the door."""
    limits.take(request, "slip")
    meeting = await diary.by_number(request.path_params["number"])
    given = await forms.read(request, CodeForm, again=door)
    seat = await _unconfirmed(request, meeting)
    return await _confirm(request, meeting, seat, given)


async def _confirm(request: Request, meeting: Meeting, seat: Seat, given: CodeForm) -> Response:
    if seat.confirmed:
        raise Refusal("Your seat is confirmed already.", status=409, field="code")
    seat = await roll.sit_by_code(seat, meeting, given.code, by=sessions.who(request), where=given.where)
    await sessions.carry(request, "Seat", seat.id)
    return pages.redirect(path(meeting, "room"), Phrase("Welcome, %(name)s. Your seat is confirmed.", name=seat.name))


@signed_in
async def sit(request: Request) -> Response:
    """One click for whoever is signed in and invited."""
    meeting = await found(request)
    given = await forms.read(request, WhereForm)
    await roll.sit_as_invited(meeting, by=me(request), where=given.where)
    return pages.redirect(path(meeting, "room"), Phrase("You are in the room."))


async def leave(request: Request) -> Response:
    seat, meeting = await Seat.find(request.path_params["id"], sessions.who(request))
    given = request.query_params.get("back", "")
    await roll.leave(seat, meeting, by=sessions.who(request))
    return pages.redirect(path(meeting, "roll") if given == "roll" else path(meeting), Phrase("Noted: left the room."))


async def come_back(request: Request) -> Response:
    """"I am here again", on one's own phone, after an adjournment."""
    seat, meeting = await Seat.find(request.path_params["id"], sessions.who(request))
    await roll.come_back(seat, meeting, by=sessions.who(request))
    return pages.redirect(path(meeting, "room"), Phrase("You count as present again."))


async def _inside(request: Request) -> Meeting:
    """The meeting, for those who sit in it or may look in; its page outside for everybody else."""
    meeting, who = await found(request), sessions.who(request)
    if not await may(who, "meeting.see", meeting) or meeting.stage == "drafted":
        raise NotFound
    return meeting


async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting, who = await _inside(request), sessions.who(request)
    number = await diary.sequence(meeting)
    part = request.query_params.get("part", "")
    return pages.show(
        request, "meetings/room.html", meeting.title, here="meetings", errors=errors, kept=kept or {}, meeting=meeting,
        **await scenes.common(meeting), documents=await Document.of_meeting(meeting) if part != "mine" else [],
        mine=await scenes.mine(meeting, who), stream=f"{path(meeting, 'stream')}?after={number}", address=path(meeting, "room"),
        caption=announcements.when(meeting), block="mine" if part == "mine" else None, running=meeting.stage in LIVE, jitter=secrets.randbelow(900),
        at=clock.now().timestamp(), is_chair=who.id is not None and who.id == meeting.chair_id,
    )  # fmt: skip


PAGES = {"room": "meetings/room.html", "wall": "meetings/wall.html"}


async def draw(meeting_id: int, parts: Sequence[str], audience: Audience) -> dict[str, str]:
    """Parts of a page that are the same for everybody, in one language."""
    with i18n.speaking(audience.language):
        scene = await scenes.common(await Meeting.get(id=meeting_id))
        return {part: markup.render(PAGES[audience.page], part, **scene) for part in parts}


streams.hub.draw = draw


async def stream(request: Request) -> Response:
    """What changes from now on. Opened only for whoever may see the page it belongs to."""
    meeting, who = await _inside(request), sessions.who(request)
    audience = signals.audience(request.query_params.get("page", "room"), i18n.language())
    seat, session, host = await Seat.of(meeting, who), request.state.session, limits.whence(request)
    number = session.id if session else None
    return Stream(
        streams.hub, meeting.id, audience, partial(may_listen, meeting.id, number), seat_id=seat.id if seat and audience.page == "room" else None,
        session_id=number, last=_last(request), keys=(f"address {host}", f"session {number or host}"),
    )  # fmt: skip


async def may_listen(meeting_id: int, session_id: int | None) -> bool:
    """Whether the holder of a stream may go on listening: the sign-in lives, and so does the seat or the right to look in."""
    return await doubts.allowed(meeting_id, await sessions.behind(session_id))


def _last(request: Request) -> int:
    """The newest act this browser has seen: by its own header after a break, else by the page it opened."""
    seen = (request.headers.get("last-event-id", ""), request.query_params.get("after", ""))
    return max((int(one) for one in seen if one.isascii() and one.isdigit() and len(one) < 10), default=0)


routes = [
    Route("/r", find_door),
    Route("/r/{number}", door),
    Route("/r/{number}/seats", listen, methods=["POST"]),
    Route("/r/{number}/codes", by_code, methods=["POST"]),
    Route("/meetings/{id:int}/room", page),
    Route("/meetings/{id:int}/stream", stream),
    Route("/meetings/{id:int}/seats", sit, methods=["POST"]),
    Route("/seats/{id:int}/leaving", leave, methods=["POST"]),
    Route("/seats/{id:int}/return", come_back, methods=["POST"]),
]
