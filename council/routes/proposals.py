"""Proposals in the room: moved, seconded, amended, put to the vote."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor
from council.proceedings import merging
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.electorates import seat_of
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import SECONDS_NEEDED, Proposal
from council.refusals import NotFound
from council.routes import forms, pages, sessions
from council.routes.meetings import whence
from council.rules import stages
from council.rules.privacy import mask_name

TONES = {"submitted": "wait", "seconded": "now", "put": "now", "carried": "done", "rejected": "stop", "withdrawn": "plain", "merged": "plain"}


class Words(forms.Shape):
    text: Annotated[str, Field(min_length=4, max_length=2000)]
    reason: Annotated[str, Field(max_length=1000)] = ""
    cost: Annotated[str, Field(max_length=120)] = ""


async def part(request: Request) -> Response:
    """The texts before the room, on the item that is taken up."""
    by = sessions.who(request)
    meeting = await Meeting.find(request.path_params["id"], by)
    item = await AgendaItem.current(meeting)
    cards = [await card(one, meeting, by) for one in await Proposal.of(item)] if item else []
    able = item is not None and await may(by, "proposal.submit", Proposal(item_id=item.id))
    return pages.show(
        request, "proposals/part.html", _("Proposals"), here="meetings", block="part", meeting=meeting, item=item, cards=cards,
        may_submit=able and not pages.fragment(request), may_ask=item is not None and await _may_ask(item, meeting, by),
        why="" if able or not item else await why_not(meeting, by), whence=await whence(request, meeting),
    )  # fmt: skip


async def _may_ask(item: AgendaItem, meeting: Meeting, by: Actor) -> bool:
    """May this person put several options to the vote, or a question nobody has moved? One vote at a time, on what was notified."""
    free = meeting.stage == "open" and item.stage == "open" and item.notified and not meeting.private
    busy = free and await Ballot.exists(item_id=item.id, stage__in=["drafted", "open", "closed"])
    return free and not busy and await may(by, "ballot.draw", Ballot(meeting_id=meeting.id, path=meeting.path))


async def why_not(meeting: Meeting, by: Actor) -> str:
    seat = await seat_of(by, meeting)
    if seat is None:
        return _("Members with a confirmed seat propose and second.")
    return _("You sit in: you may speak to a proposal, but not make one.")


async def card(proposal: Proposal, meeting: Meeting, by: Actor) -> dict[str, Any]:
    """One proposal as the room sees it."""
    waiting, outdated = await proposal.amendments_first(), await proposal.outdated()
    return {
        "proposal": proposal, "mover": await moved_by(proposal, meeting, by),
        "seconds": await proposal.seconds(), "needed": SECONDS_NEEDED, "word": stages.NAMES[proposal.stage],
        "tone": TONES[proposal.stage], "changes": await proposal.changes() if proposal.amends_id or proposal.version > 1 else [],
        "waiting": waiting, "outdated": outdated, "may": await allowed(proposal, meeting, by, waiting or outdated),
    }  # fmt: skip


async def moved_by(proposal: Proposal, meeting: Meeting, by: Actor) -> str:
    """Whose text it is; outside the room nobody is named in full."""
    mover = proposal.mover.person.name if proposal.mover and proposal.mover.person else proposal.mover.label if proposal.mover else ""
    if not mover:
        return _("the chair")
    return mover if await may(by, "meeting.see", meeting) else mask_name(mover)


async def allowed(proposal: Proposal, meeting: Meeting, by: Actor, held_up: bool) -> dict[str, bool]:
    seat = await seat_of(by, meeting)
    own = seat is not None and seat.invitation_id == proposal.mover_id
    live = proposal.stage in ("submitted", "seconded")
    return {
        "second": proposal.stage == "submitted" and not own and await may(by, "proposal.second", proposal),
        "amend": live and not proposal.amends_id and await may(by, "proposal.submit", proposal),
        "withdraw": await may(by, "proposal.withdraw", proposal),
        "renew": held_up and bool(proposal.amends_id) and await may(by, "proposal.renew", proposal),
        "merge": live and not proposal.amends_id and await may(by, "proposal.merge", proposal) and bool(await merging.targets(proposal)),
        "answer": not proposal.amends_id and await may(by, "proposal.answer", proposal, at=await meeting.place),
        "put": proposal.stage == "seconded" and not held_up and await may(by, "proposal.put", proposal),
    }


async def _item(request: Request) -> tuple[AgendaItem, Meeting]:
    item = await AgendaItem.get(id=request.path_params["id"])
    return item, await Meeting.find(item.meeting_id, sessions.who(request))


async def find(request: Request) -> tuple[Proposal, Meeting]:
    """The proposal of this address, in a meeting this person may know of."""
    return await Proposal.find(request.path_params["id"], sessions.who(request))


async def new(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    item, meeting = await _item(request)
    if not await may(sessions.who(request), "proposal.submit", Proposal(item_id=item.id)):
        raise NotFound
    return pages.show(
        request, "proposals/new.html", _("Make a proposal"), here="meetings", errors=errors, kept=kept or {}, item=item,
        meeting=meeting, main=None, action=f"/items/{item.id}/proposals",
    )  # fmt: skip


async def submit(request: Request) -> Response:
    item, meeting = await _item(request)
    given = await forms.read(request, Words, new)
    await Proposal.submit(item, given.text, by=sessions.who(request), reason=given.reason, cost=given.cost)
    return pages.redirect(f"/meetings/{meeting.id}/proposals", Phrase("Your proposal is before the room. It needs a second."))


async def show(request: Request) -> Response:
    proposal, meeting = await find(request)
    by = sessions.who(request)
    amendments = [await card(one, meeting, by) for one in await proposal.amendments()]
    return pages.show(
        request, "proposals/page.html", _("Proposal"), here="meetings", meeting=meeting, card=await card(proposal, meeting, by),
        amendments=amendments, merged=[await card(one, meeting, by) for one in await merging.merged(proposal)],
        versions=[await _version(one, meeting, by) for one in await merging.versions(proposal)] if not proposal.amends_id else [],
        may_ask=not meeting.private and not proposal.amends_id and await may(by, "consultation.draft", at=await meeting.place),
    )  # fmt: skip


async def _version(one: merging.Version, meeting: Meeting, by: Actor) -> dict[str, Any]:
    mover = await moved_by(one.amendment, meeting, by) if one.amendment else ""
    return {"number": one.number, "text": one.text, "changes": one.changes, "mover": mover}


async def second(request: Request) -> Response:
    proposal, meeting = await find(request)
    await proposal.second(by=sessions.who(request))
    return pages.redirect(f"/meetings/{meeting.id}/proposals", Phrase("Seconded."))


async def withdraw(request: Request) -> Response:
    proposal, meeting = await find(request)
    await proposal.withdraw(by=sessions.who(request))
    return pages.redirect(f"/meetings/{meeting.id}/proposals", Phrase("The proposal has been withdrawn."))


async def amend_form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    proposal, meeting = await find(request)
    return pages.show(
        request, "proposals/new.html", _("Move an amendment"), here="meetings", errors=errors, kept=kept or {"text": proposal.text},
        item=proposal.item, meeting=meeting, main=proposal, action=f"/proposals/{proposal.id}/amendments",
    )  # fmt: skip


async def amend(request: Request) -> Response:
    proposal, meeting = await find(request)
    given = await forms.read(request, Words, amend_form)
    await proposal.amend(given.text, by=sessions.who(request), reason=given.reason)
    return pages.redirect(f"/meetings/{meeting.id}/proposals", Phrase("Your amendment is before the room. It needs a second."))


async def renew_form(request: Request, errors: dict[str, str] | None = None, kept: dict[str, Any] | None = None) -> Response:
    proposal, meeting = await find(request)
    if proposal.amends_id is None:
        raise NotFound
    main = await Proposal.get(id=proposal.amends_id)
    return pages.show(
        request, "proposals/new.html", _("Write the amendment anew"), here="meetings", errors=errors, kept=kept or {"text": main.text},
        item=proposal.item, meeting=meeting, main=main, action=f"/proposals/{proposal.id}/renewal",
    )  # fmt: skip


async def renew(request: Request) -> Response:
    proposal, meeting = await find(request)
    given = await forms.read(request, Words, renew_form)
    await proposal.renew(given.text, by=sessions.who(request))
    return pages.redirect(f"/meetings/{meeting.id}/proposals", Phrase("The amendment stands on the present text now."))


routes = [
    Route("/meetings/{id:int}/proposals", part, name="proposals"),
    Route("/items/{id:int}/proposals/new", new),
    Route("/items/{id:int}/proposals", submit, methods=["POST"]),
    Route("/proposals/{id:int}", show),
    Route("/proposals/{id:int}/seconds", second, methods=["POST"]),
    Route("/proposals/{id:int}/withdrawal", withdraw, methods=["POST"]),
    Route("/proposals/{id:int}/amendments/new", amend_form),
    Route("/proposals/{id:int}/amendments", amend, methods=["POST"]),
    Route("/proposals/{id:int}/renewal", renew_form),
    Route("/proposals/{id:int}/renewal", renew, methods=["POST"]),
]
