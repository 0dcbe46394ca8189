"""The custodians of a secret vote: named by whoever conducts it, each makes their own code, two of them open the papers."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import custodians, unsealing
from council.proceedings.ballots import Ballot
from council.refusals import NotFound
from council.routes import ballots, forms, pages, sessions, votes
from council.routes.standing import me, signed_in
from council.rules.numbering import show_code


class Named(forms.Shape):
    chair: int
    scrutineer: int
    street: int


class Codes(forms.Shape):
    first: Annotated[str, Field(max_length=60)]
    second: Annotated[str, Field(max_length=60)]


async def _allowed(request: Request, act: str) -> Ballot:
    ballot = await ballots.find(request)
    if not ballot.secret or not await may(sessions.who(request), act, ballot):
        raise NotFound
    return ballot


@signed_in
async def naming(request: Request, errors: Any = None, kept: Any = None) -> Response:
    ballot = await _allowed(request, "ballot.open")
    people = await custodians.candidates(ballot)
    named = {one.seat: str(one.person_id) for one in await custodians.Custodian.of(ballot)}
    options = [("", _("choose")), *((str(number), f"{name}（{office}）") for number, name, office in people)]
    return pages.show(
        request, "ballots/custodians.html", _("Name the custodians"), here="meetings", errors=errors, kept=kept or named, ballot=ballot,
        options=options, seats=list(custodians.SEATS.items()),
    )  # fmt: skip


@signed_in
async def name(request: Request) -> Response:
    ballot = await _allowed(request, "ballot.open")
    given = await forms.read(request, Named, naming)
    people = {seat: await custodians.candidate(ballot, number, seat) for seat, number in given.model_dump().items()}
    await custodians.appoint(ballot, people, by=me(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The custodians are named. Each of them makes a code on their own phone."))


async def _mine(request: Request) -> Ballot:
    ballot = await ballots.find(request)
    if me(request).id not in {one.person_id for one in await custodians.Custodian.of(ballot)}:
        raise NotFound
    return ballot


@signed_in
async def code(request: Request, errors: Any = None, kept: Any = None) -> Response:
    ballot = await _mine(request)
    return pages.show(request, "ballots/code.html", _("Make my code"), here="meetings", errors=errors, ballot=ballot, code="")


@signed_in
async def make_code(request: Request) -> Response:
    """The code is in this one answer and nowhere else."""
    ballot = await _mine(request)
    votes.private(request, ballot)
    made = await custodians.make_code(ballot, by=me(request))
    return pages.show(request, "ballots/code.html", _("My code"), here="meetings", ballot=ballot, code=show_code(made).replace("-", " "))


async def opening(request: Request, errors: Any = None, kept: Any = None) -> Response:
    ballot = await _allowed(request, "ballot.unseal")
    return pages.show(request, "ballots/unsealing.html", _("Open the papers"), here="meetings", errors=errors, kept={}, ballot=ballot)


async def unseal(request: Request) -> Response:
    """Wait for a small vote; of a large one the page tells how far it has come."""
    ballot = await _allowed(request, "ballot.unseal")
    votes.private(request, ballot)
    given = await forms.read(request, Codes, opening)
    work = asyncio.create_task(unsealing.unseal(ballot, [given.first, given.second], by=sessions.who(request)))
    _working.add(work)
    work.add_done_callback(_working.discard)
    done, _left = await asyncio.wait({work}, timeout=PATIENCE)
    for one in done:
        one.result()
    said = Phrase("The papers are open and counted.") if done else Phrase("The papers are being opened. This page tells how far it has come.")
    return pages.redirect(f"/ballots/{ballot.id}", said)


PATIENCE = 10.0  # seconds
_working: set[asyncio.Task[None]] = set()

routes = [
    Route("/ballots/{id:int}/custodians", naming),
    Route("/ballots/{id:int}/custodians", name, methods=["POST"]),
    Route("/ballots/{id:int}/code", code),
    Route("/ballots/{id:int}/code", make_code, methods=["POST"]),
    Route("/ballots/{id:int}/unsealing", opening),
    Route("/ballots/{id:int}/unsealing", unseal, methods=["POST"]),
]
