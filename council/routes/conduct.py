"""Conducting the vote from the chair's desk: each step asks once, acts, and leads back to the desk."""

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
from council.proceedings import roll
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.meetings import Meeting
from council.proceedings.resolutions import declare
from council.refusals import NotFound
from council.routes import chair, forms, pages
from council.routes.meetings import path
from council.routes.standing import me, signed_in

MINUTES = (("", Phrase("until I close it")), ("2", Phrase("2 minutes")), ("5", Phrase("5 minutes")), ("10", Phrase("10 minutes")))


class OpeningForm(forms.Shape):
    minutes: Annotated[int, Field(ge=1, le=120)] | None = None

    def closes_at(self) -> datetime | None:
        return clock.now() + timedelta(minutes=self.minutes) if self.minutes else None


async def _at(request: Request, stage: str) -> tuple[Meeting, Ballot]:
    """The vote the room is busy with, at this stage, for the chair."""
    meeting = await chair.chaired(request)
    ballot = await Ballot.current(meeting)
    if ballot is None or ballot.stage != stage:
        raise NotFound
    return meeting, ballot


@signed_in
async def opening(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting, ballot = await _at(request, "drafted")
    return await chair.ask(
        request, meeting, _("Open the vote"), _("Read the question aloud first. From now on whoever is confirmed in the room can vote."),
        _("Open the vote"), path(meeting, "ballot/opening"), quote=ballot.question, facts=[str((await roll.quorum(meeting)).words)],
        choice=("minutes", _("How long is it open?"), [(value, str(word)) for value, word in MINUTES]), errors=errors, kept=kept or {},
    )  # fmt: skip


@signed_in
async def open_it(request: Request) -> Response:
    meeting, ballot = await _at(request, "drafted")
    given = await forms.read(request, OpeningForm, again=opening)
    await open_ballot(ballot, by=me(request), closes_at=given.closes_at())
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def closing(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting, ballot = await _at(request, "open")
    cast = _("%(cast)s of %(entitled)s have voted.") % {"cast": ballot.cast, "entitled": ballot.entitled}
    return await chair.ask(
        request, meeting, _("Close the vote"), _("After closing nobody can vote or change a vote. It cannot be opened again."),
        _("Close and count"), path(meeting, "ballot/closing"), quote=ballot.question, facts=[cast, str((await roll.quorum(meeting)).words)],
        errors=errors,
    )  # fmt: skip


@signed_in
async def close_it(request: Request) -> Response:
    meeting, ballot = await _at(request, "open")
    await forms.read(request, forms.Shape, again=closing)
    await close_ballot(ballot, by=me(request))
    return pages.redirect(path(meeting, "desk"))


@signed_in
async def declaration(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting, ballot = await _at(request, "closed")
    counts = [f"{row.label}：{row.votes}" for row in ballot.tally().rows] if not ballot.paper else []
    return await chair.ask(
        request, meeting, _("Declare the result"), _("Read the figures aloud. A declared result stands."), _("Declare the result"),
        path(meeting, "ballot/declaration"), quote=ballot.question, facts=counts, errors=errors,
    )  # fmt: skip


@signed_in
async def declare_it(request: Request) -> Response:
    meeting, ballot = await _at(request, "closed")
    await forms.read(request, forms.Shape, again=declaration)
    await declare(ballot, by=me(request))
    return pages.redirect(path(meeting, "desk"))


routes = [
    route
    for address, ask, act in (("opening", opening, open_it), ("closing", closing, close_it), ("declaration", declaration, declare_it))
    for route in (Route(f"/meetings/{{id:int}}/ballot/{address}", ask), Route(f"/meetings/{{id:int}}/ballot/{address}", act, methods=["POST"]))
]
