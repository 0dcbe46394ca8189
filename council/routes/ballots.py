"""Ballots: drawn up, opened, closed, declared, called off; the page on which one votes and reads the result."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.registers import current
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import close_ballot, open_ballot
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.questions import again, draw, draw_outside
from council.proceedings.resolutions import Resolution, declare
from council.refusals import NotFound, Refusal
from council.routes import booth, forms, pages, proposals, sessions
from council.rules.thresholds import threshold

OWNERS_ITEMS: dict[int, Phrase] = {
    1: Phrase("Rules of procedure of the owners' assembly"), 2: Phrase("The management covenant"),
    3: Phrase("Electing the owners' committee or changing its members"), 4: Phrase("Hiring or dismissing the property company"),
    5: Phrase("Using the maintenance fund"), 6: Phrase("Raising the maintenance fund"), 7: Phrase("Rebuilding buildings and facilities"),
    8: Phrase("Changing the use of common parts, or business on them"), 9: Phrase("Another great matter of common ownership"),
}  # fmt: skip


class Question(forms.Shape):
    """`owners_item` 0: none of the items of Civil Code art. 278. `lawful`: the RC art. 31 check has been made."""

    owners_item: Annotated[int, Field(ge=0, le=9)]
    lawful: Literal["yes"]
    question: Annotated[str, Field(max_length=2000)] = ""
    options: Annotated[str, Field(max_length=1500)] = ""


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
    return pages.show(request, "ballots/part.html", _("Vote"), here="meetings", block="part", meeting=meeting, view=view, kept={})


async def find(request: Request) -> Ballot:
    return await Ballot.seen_by(sessions.who(request), request.path_params["id"])


async def show(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    ballot = await find(request)
    view = await booth.shown(ballot, sessions.who(request))
    return pages.show(
        request, "ballots/part.html", _("Vote"), here="meetings", block="part", errors=errors, kept=kept or {},
        meeting=ballot.meeting, view=view,
    )  # fmt: skip


async def _form(request: Request, ballot: Ballot, action: str, flags: list[str], errors: Any, kept: Any, **more: Any) -> Response:
    """What whoever draws up a vote fills in. A matter that needs its owners proposes item 8, the commonest."""
    if not await may(sessions.who(request), "ballot.draw", ballot):
        raise NotFound
    proposed = {"owners_item": "8"} if "NEEDS_OWNERS_VOTE" in flags else {}
    return pages.show(
        request, "ballots/new.html", _("Draw up a vote"), here="meetings", errors=errors, kept=kept or proposed, action=action,
        question=ballot.question, rule=threshold(ballot.rule_id) if ballot.rule_id else None,
        items=[(str(n), f"{n}. {word}") for n, word in OWNERS_ITEMS.items()], **{"register": None, "totals": None, "choice": False} | more,
    )  # fmt: skip


async def for_proposal(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    proposal, meeting = await proposals.find(request)
    matter = await proposal.item.about()
    ballot = Ballot(meeting_id=meeting.id, question=proposal.text, rule_id=meeting.rule_id, path=meeting.path)
    flags = matter.flags if matter and not proposal.amends_id else []
    return await _form(request, ballot, f"/proposals/{proposal.id}/ballots", flags, errors, kept)


async def draw_for_proposal(request: Request) -> Response:
    proposal, _meeting = await proposals.find(request)
    given = await forms.read(request, Question, for_proposal)
    ballot = await draw(proposal.item, by=sessions.who(request), proposal=proposal, owners_item=given.owners_item or None)
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is drawn up. Read the question aloud, then open it."))


async def for_item(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    item = await AgendaItem.get(id=request.path_params["id"])
    meeting = await Meeting.find(item.meeting_id, sessions.who(request))
    ballot = Ballot(meeting_id=meeting.id, question="", rule_id=meeting.rule_id, path=meeting.path)
    return await _form(request, ballot, f"/items/{item.id}/ballots", [], errors, kept, choice=True)


async def draw_for_item(request: Request) -> Response:
    item = await AgendaItem.get(id=request.path_params["id"])
    await Meeting.find(item.meeting_id, sessions.who(request))
    given = await forms.read(request, Question, for_item)
    ballot = await draw(
        item, by=sessions.who(request), question=given.question, options=tuple(given.options.splitlines()),
        owners_item=given.owners_item or None,
    )  # fmt: skip
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote is drawn up. Read the question aloud, then open it."))


async def for_owners(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    resolution = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    register = await current(resolution.place)
    ballot = Ballot(question=resolution.text, rule_id="", path=resolution.path)
    return await _form(
        request, ballot, f"/resolutions/{resolution.id}/ballots", ["NEEDS_OWNERS_VOTE"] if resolution.needs_owners else [], errors, kept,
        register=register or False, totals=await register.totals() if register else None,
    )  # fmt: skip


async def draw_for_owners(request: Request) -> Response:
    resolution = await Resolution.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Question, for_owners)
    if (register := await current(resolution.place)) is None:
        raise Refusal("There is no register of owners for this place. Enter it first.", field="owners_item")
    ballot = await draw_outside(
        resolution.place, resolution.text, by=sessions.who(request), matter=resolution.matter, register=register,
        owners_item=given.owners_item or None,
    )  # fmt: skip
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The owners' vote is drawn up. Open it and hand out the papers."))


async def for_matter(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    matter = await Matter.seen_by(sessions.who(request), request.path_params["id"])
    ballot = Ballot(question="", rule_id="DELIBERATION", path=matter.path)
    return await _form(request, ballot, f"/matters/{matter.id}/ballots", matter.flags, errors, kept, choice=True)


async def draw_for_matter(request: Request) -> Response:
    matter = await Matter.seen_by(sessions.who(request), request.path_params["id"])
    given = await forms.read(request, Question, for_matter)
    place = await matter.place
    ballot = await draw_outside(place, given.question, by=sessions.who(request), matter=matter, owners_item=given.owners_item or None)
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote of the households is drawn up. Say until when it runs, and open it."))


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
    return pages.show(request, "ballots/cancellation.html", _("Call the vote off"), here="meetings", errors=errors, kept=kept or {}, ballot=ballot)


async def cancel(request: Request) -> Response:
    ballot = await find(request)
    given = await forms.read(request, Reason, cancel_form)
    await ballot.cancel(given.reason, by=sessions.who(request))
    return pages.redirect(f"/ballots/{ballot.id}", Phrase("The vote has been called off."))


async def next_round(request: Request) -> Response:
    made = await again(await find(request), by=sessions.who(request))
    return pages.redirect(f"/ballots/{made.id}", Phrase("A new round is drawn up."))


routes = [
    Route("/meetings/{id:int}/ballot", part, name="ballot"),
    Route("/proposals/{id:int}/ballots/new", for_proposal),
    Route("/proposals/{id:int}/ballots", draw_for_proposal, methods=["POST"]),
    Route("/items/{id:int}/ballots/new", for_item),
    Route("/items/{id:int}/ballots", draw_for_item, methods=["POST"]),
    Route("/resolutions/{id:int}/ballots/new", for_owners),
    Route("/resolutions/{id:int}/ballots", draw_for_owners, methods=["POST"]),
    Route("/matters/{id:int}/ballots/new", for_matter),
    Route("/matters/{id:int}/ballots", draw_for_matter, methods=["POST"]),
    Route("/ballots/{id:int}", show),
    Route("/ballots/{id:int}/opening", open_it, methods=["POST"]),
    Route("/ballots/{id:int}/closing", close_it, methods=["POST"]),
    Route("/ballots/{id:int}/declaration", declare_it, methods=["POST"]),
    Route("/ballots/{id:int}/cancellation", cancel_form),
    Route("/ballots/{id:int}/cancellation", cancel, methods=["POST"]),
    Route("/ballots/{id:int}/rounds", next_round, methods=["POST"]),
]
