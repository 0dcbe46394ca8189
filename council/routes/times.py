"""Finding a time: beginnings put in question, a tap each, the one that suits most chosen."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.proceedings import clashes, times
from council.proceedings.invitations import Invitation
from council.proceedings.times import ANSWERS, Candidate
from council.refusals import Refusal
from council.routes import forms, pages, sessions
from council.routes.meetings import Hour, at, found, path
from council.routes.standing import me, signed_in


class CandidateForm(forms.Shape):
    day: date
    hour: Hour


class AnswerForm(forms.Shape):
    answer: Literal["yes", "maybe", "no"]
    invitation: int = 0


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    meeting, who = await found(request), me(request)
    mine, prepares = await Invitation.of(meeting, who), await may(who, "meeting.change", meeting) and meeting.stage == "drafted"
    tallies = await times.tallies(meeting, mine)
    invited = await Invitation.all_of(meeting) if prepares else []
    return pages.show(
        request, "meetings/times.html", _("When can you come?"), here="meetings", block="times", errors=errors, kept=kept or {}, meeting=meeting,
        tallies=tallies, best=times.best(tallies), mine=mine, prepares=prepares, answers=[(code, str(word)) for code, word in ANSWERS.items()],
        invited=[(str(one.id), one.label) for one in invited], free=await clashes.free(meeting) if prepares and not tallies else [],
    )  # fmt: skip


@signed_in
async def propose(request: Request) -> Response:
    meeting = await found(request)
    given = await forms.read(request, CandidateForm, again=page)
    await times.propose(meeting, [at(given.day, given.hour)], by=me(request))
    return pages.redirect(path(meeting, "times"))


@signed_in
async def propose_free(request: Request) -> Response:
    """The free times of chair and room, all put in question by one press."""
    meeting = await found(request)
    await times.propose(meeting, await clashes.free(meeting), by=me(request))
    return pages.redirect(path(meeting, "times"), Phrase("Those invited with an account are asked now."))


@signed_in
async def say(request: Request) -> Response:
    """One tap is one answer, kept at once."""
    candidate, meeting = await Candidate.find(request.path_params["id"], sessions.who(request))
    given = await forms.read(request, AnswerForm)
    mine = (await Invitation.find(given.invitation, me(request)))[0] if given.invitation else await Invitation.of(meeting, me(request))
    if mine is None:
        raise Refusal("You are not invited to this meeting.", status=403)
    await times.say(candidate, meeting, mine, given.answer, by=me(request))
    return pages.redirect(path(meeting, "times"))


@signed_in
async def choose(request: Request) -> Response:
    candidate, meeting = await Candidate.find(request.path_params["id"], sessions.who(request))
    await times.choose(candidate, meeting, by=me(request))
    return pages.redirect(path(meeting), Phrase("The draft is held at this time now."))


@signed_in
async def drop(request: Request) -> Response:
    candidate, meeting = await Candidate.find(request.path_params["id"], sessions.who(request))
    await times.drop(candidate, meeting, by=me(request))
    return pages.redirect(path(meeting, "times"))


routes = [
    Route("/meetings/{id:int}/times", page),
    Route("/meetings/{id:int}/times", propose, methods=["POST"]),
    Route("/meetings/{id:int}/times/free", propose_free, methods=["POST"]),
    Route("/times/{id:int}/answers", say, methods=["POST"]),
    Route("/times/{id:int}/choice", choose, methods=["POST"]),
    Route("/times/{id:int}/withdrawal", drop, methods=["POST"]),
]
