"""Resolutions: what was decided, for everybody to read, without names; what may follow from it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor
from council.proceedings import evaluations, tasklists
from council.proceedings.ballots import Ballot
from council.proceedings.evaluations import SCORES
from council.proceedings.resolutions import Resolution
from council.routes import booth, forms, outcomes, pages, sessions, standing
from council.routes.tasks import row
from council.rules.law import Effect, Flag
from council.rules.privacy import redact
from council.secretariat.postings import post_resolution


class Hanging(forms.Shape):
    contact: Annotated[str, Field(min_length=4, max_length=120)]
    board: Annotated[str, Field(max_length=120)] = ""
    days: Annotated[int, Field(ge=15, le=365)] = 15


class Judging(forms.Shape):
    score: Literal["very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "not_solved"]


async def index(request: Request) -> Response:
    effect, before = request.query_params.get("effect", ""), request.query_params.get("before", "")
    found, more = await Resolution.board(effect, standing.number(before))
    rows = [
        {
            "href": f"/resolutions/{one.id}", "title": redact(one.text.splitlines()[0], await one.names())[:80], "stage": one.effect.label,
            "tone": "now" if one.needs_owners else "done", "facts": [str(Phrase("Resolution %(number)s", number=one.number)), one.place.name],
        }
        for one in found
    ]  # fmt: skip
    options = [("", _("All")), *((code.value, code.label) for code in (Effect.ADVISORY, Effect.COMMUNITY_DECISION, Effect.OWNERS_DECISION))]
    return pages.show(
        request, "resolutions/list.html", _("Resolutions"), here="postings", rows=rows, effect=effect, effects=options,
        more=f"/resolutions?effect={effect}&before={more}" if more else "",
    )  # fmt: skip


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    by = sessions.who(request)
    resolution = await Resolution.seen_by(by, request.path_params["id"])
    ballot = resolution.ballot
    vote = await Ballot.of_owners(resolution.matter_id) if resolution.needs_owners else None
    text = resolution.text if resolution.private else redact(resolution.text, await resolution.names())
    return pages.show(
        request, "resolutions/page.html", _("Resolution %(number)s") % {"number": resolution.number}, here="postings", errors=errors,
        kept=kept or {}, resolution=resolution, text=text, counted=await _counted(ballot) if ballot else None,
        may_post=not resolution.private and await may(by, "resolution.post", resolution),
        may_assign=await may(by, "task.assign", resolution), tasks=[row(task) for task in await tasklists.out_of(resolution, by)],
        may_call_owners=resolution.needs_owners and _callable(vote) and await may(by, "ballot.draw", Ballot(path=resolution.path)),
        vote=vote, **await _judged(resolution, by),
        state=booth.state(vote) if vote else None,
    )  # fmt: skip


async def _counted(ballot: Ballot) -> dict[str, Any]:
    """The count it came from. That the owners must vote stands in a warning of its own."""
    told = await outcomes.outcome(ballot)
    return told | {"flags": [flag for flag in told["flags"] if flag != Flag.NEEDS_OWNERS_VOTE.label]}


async def _judged(resolution: Resolution, by: Actor) -> dict[str, Any]:
    """What those who were invited say of how it was carried out, once it was."""
    if not await evaluations.carried_out(resolution):
        return {"said": None, "scores": []}
    counts, mine = await evaluations.verdicts(resolution, by)
    scores = list(SCORES.items()) if await may(by, "resolution.judge", resolution) else []
    return {"said": [(word, counts[code]) for code, word in SCORES.items() if counts[code]], "scores": scores, "mine": mine}


async def judge(request: Request) -> Response:
    resolution = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Judging, show)
    await evaluations.judge(resolution, given.score, by=sessions.who(request))
    return pages.redirect(f"/resolutions/{resolution.id}", Phrase("Thank you. Your answer is kept, and you can change it."))


def _callable(vote: Ballot | None) -> bool:
    """No second vote of the owners beside one that runs or has carried; after a defeat they may be asked anew."""
    return vote is None or vote.decision.get("carried") is False


async def post(request: Request) -> Response:
    resolution = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Hanging, show)
    names = await resolution.names()
    made = await post_resolution(resolution, by=sessions.person(request), contact=given.contact, board=given.board, days=given.days, names=names)
    return pages.redirect(f"/postings/{made.id}", Phrase("It hangs on the board now."))


routes = [
    Route("/resolutions", index, name="resolutions"),
    Route("/resolutions/{id:int}", show),
    Route("/resolutions/{id:int}/postings", post, methods=["POST"]),
    Route("/resolutions/{id:int}/judgement", judge, methods=["POST"]),
]
