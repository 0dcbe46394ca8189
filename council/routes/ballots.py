"""Ballots: opened, closed, declared, called off; the page on which one votes and reads the result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor
from council.proceedings import ballotboard
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.meetings import Meeting
from council.proceedings.proxies import Proxy
from council.proceedings.questions import again
from council.proceedings.resolutions import declare
from council.refusals import NotFound
from council.routes import booth, forms, pages, sessions
from council.routes.meetings import whence
from council.rules.privacy import redact


class Opening(forms.Shape):
    minutes: Annotated[int, Field(ge=1, le=120)] | None = None
    until: datetime | None = None

    def closes_at(self) -> datetime | None:
        """The closing time; what the form gives is the district's wall clock."""
        if self.until is not None:
            return self.until if self.until.tzinfo else self.until.replace(tzinfo=clock.ZONE)
        return clock.now() + timedelta(minutes=self.minutes) if self.minutes else None


class Reason(forms.Shape):
    reason: Annotated[str, Field(max_length=300)] = ""


async def part(request: Request) -> Response:
    """The vote the room is busy with, for whoever asks."""
    by = sessions.who(request)
    meeting = await Meeting.find(request.path_params["id"], by)
    ballot = await Ballot.current(meeting)
    view = await booth.shown(await Ballot.seen_by(by, ballot.id), by) if ballot else None
    return pages.show(
        request, "ballots/part.html", _("Vote"), here="meetings", block="part", meeting=meeting, view=view, kept={},
        whence=await whence(request, meeting),
    )  # fmt: skip


async def find(request: Request) -> Ballot:
    return await Ballot.seen_by(sessions.who(request), request.path_params["id"])


async def known(request: Request) -> Ballot:
    """The vote alone, for whoever casts a paper on it."""
    return await Ballot.known_to(sessions.who(request), request.path_params["id"])


async def authority(ballot: Ballot, number: int | None, by: Actor) -> Proxy | None:
    """The written authority a paper is cast on, of those whoever asks holds here; NotFound for another's."""
    if not number:
        return None
    held = {one.id: one for one in await Proxy.held(ballot, by)}
    if number not in held:
        raise NotFound
    return held[number]


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    ballot = await find(request)
    view = await booth.shown(ballot, sessions.who(request))
    return pages.show(
        request, "ballots/part.html", _("Vote"), here="meetings", block="part", errors=errors, kept=kept or {},
        meeting=ballot.meeting, view=view, whence=await whence(request, ballot.meeting) if ballot.meeting else None,
    )  # fmt: skip


async def open_it(request: Request) -> Response:
    ballot = await find(request)
    given = await forms.read(request, Opening, show)
    await open_ballot(ballot, by=sessions.who(request), closes_at=given.closes_at())
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is open."))


async def close_it(request: Request) -> Response:
    ballot = await find(request)
    await close_ballot(ballot, by=sessions.who(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is closed and counted."))


async def declare_it(request: Request) -> Response:
    ballot = await find(request)
    await declare(ballot, by=sessions.who(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The result is declared."))


async def cancel_form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    ballot = await find(request)
    if not await may(sessions.who(request), "ballot.cancel", ballot):
        raise NotFound
    return pages.show(
        request, "ballots/cancellation.html", _("Call the vote off"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot,
        question=ballotboard.question(ballot),
    )  # fmt: skip


async def cancel(request: Request) -> Response:
    ballot = await find(request)
    given = await forms.read(request, Reason, cancel_form)
    await ballot.cancel(redact(given.reason), by=sessions.who(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote has been called off."))


async def next_round(request: Request) -> Response:
    made = await again(await find(request), by=sessions.who(request))
    return pages.redirect(f"/ballots/{made.id}", Phrase("A new round is drawn up."))


routes = [
    Route("/meetings/{id:int}/ballot", part, name="ballot"),
    Route("/ballots/{id:int}", show),
    Route("/ballots/{id:int}/opening", open_it, methods=["POST"]),
    Route("/ballots/{id:int}/closing", close_it, methods=["POST"]),
    Route("/ballots/{id:int}/declaration", declare_it, methods=["POST"]),
    Route("/ballots/{id:int}/cancellation", cancel_form),
    Route("/ballots/{id:int}/cancellation", cancel, methods=["POST"]),
    Route("/ballots/{id:int}/rounds", next_round, methods=["POST"]),
]
