"""The board of votes: every vote that everybody may know of, with how it ended; those called off with their reason."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase, moment
from council.i18n import gettext as _
from council.proceedings import ballotboard
from council.proceedings.ballots import Ballot
from council.routes import booth, pages, standing
from council.rules.privacy import redact

STATES = [
    ("", Phrase("All")), ("open", Phrase("open now")), ("coming", Phrase("coming")), ("declared", Phrase("decided")),
    ("cancelled", Phrase("called off")),
]  # fmt: skip


async def index(request: Request) -> Response:
    state, before = request.query_params.get("state", ""), request.query_params.get("before", "")
    found, more = await ballotboard.board(state, standing.number(before))
    asked = state if state in ballotboard.STATES else ""
    return pages.show(
        request, "ballots/list.html", _("All votes"), here="postings", block="rows", rows=[row(one) for one in found], state=asked, states=STATES,
        more=f"/ballots?state={asked}&before={more}" if more else "",
    )  # fmt: skip


def row(ballot: Ballot) -> dict[str, Any]:
    """Its question, where it stands, until when, how many took part, or why it was called off."""
    word, tone = booth.state(ballot)
    facts = [ballot.place.name]
    if ballot.round > 1:
        facts.append(_("round %(n)s") % {"n": ballot.round})
    if ballot.stage == "open" and ballot.closes_at:
        facts.append(_("Votes are taken until %(moment)s.") % {"moment": moment(ballot.closes_at)})
    if ballot.stage in ("closed", "declared"):
        facts.append(_("%(cast)s of %(entitled)s took part") % {"cast": ballot.cast, "entitled": ballot.entitled})
    if ballot.stage == "cancelled":
        facts.append(_("Reason: %(reason)s") % {"reason": redact(ballot.reason)})
    return {"href": f"/ballots/{ballot.id}", "title": ballotboard.heading(ballot), "stage": word, "tone": tone, "facts": facts}


def running(ballot: Ballot) -> dict[str, Any]:
    """A vote that is open, for the front page."""
    return {"href": f"/ballots/{ballot.id}", "title": ballotboard.heading(ballot), "until": ballot.closes_at}


routes = [Route("/ballots", index)]
