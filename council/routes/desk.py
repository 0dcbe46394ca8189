"""The desk of an officer: what waits, the most pressing first."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council import i18n
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import listing
from council.neighbourhood.people import Person
from council.proceedings.ballots import Ballot
from council.proceedings.contacts import to_report_at
from council.proceedings.electorates import NAMES
from council.proceedings.handoffs import HandOff
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.petitions import Petition
from council.refusals import NotFound
from council.routes import matters, pages, sessions, tasks
from council.rules import stages
from council.rules.bodies import HANDOFF_NUMBERS
from council.secretariat import awaited, desk, minutesdue
from council.secretariat.postings import Objection


async def show(request: Request) -> Response:
    who, held = sessions.who(request), sessions.held(request)
    if not isinstance(who, Person) or not held:
        raise NotFound
    found, places = await desk.waiting(who, held), {place.id: place.name for place in await to_report_at()}
    waits = [*await awaited.groups(who, held), (_("Minutes that wait for you"), await minutesdue.due(who))]
    groups = [
        (_("To confirm: which kind of matter?"), [_to_confirm(one, places) for one in found.to_confirm]),
        (_("The reporter thinks it is sorted wrongly"), [_to_confirm(one, places) for one in found.doubts]),
        (_("Enough have signed: the meeting must be called"), [_petition(one) for one in found.petitions]),
        (_("Objections to answer"), [_objection(one) for one in found.objections]),
        (_("Overdue"), [tasks.row(one) for one in found.overdue]),
        (_("Reported as done: have a look"), [tasks.row(one) for one in found.to_accept]),
        (_("For you to do"), [tasks.row(one) for one in found.mine]),
        (_("Raised to the street"), [matters.row(one, places) for one in found.raised]),
        (_("Votes under way"), [vote_row(one) for one in found.votes]),
        *waits,
        (_("Meetings of the next two weeks"), [meeting_row(one) for one in found.meetings]),
    ]
    return pages.show(
        request, "desk/page.html", _("Desk"), here="desk", handoffs=[_handoff(one, places) for one in found.handoffs],
        sets_up=bool(listing.reach(held, "neighbourhood.see")), may_call=bool(listing.reach(held, "meeting.call")),
        groups=[(title, rows) for title, rows in groups if rows], empty=not (found or any(rows for _title, rows in waits)),
    )  # fmt: skip


def _to_confirm(matter: Matter, places: dict[int, str]) -> dict[str, Any]:
    due = str(Phrase("To be sorted by %(day)s", day=i18n.day(matter.due))) if matter.due else ""
    return matters.row(matter, places) | {"href": f"/matters/{matter.id}/triage", "note": due}


def _petition(one: Petition) -> dict[str, Any]:
    """A meeting that residents have asked for, with the day by which the law wants it called."""
    due = str(Phrase("to be called by %(day)s", day=i18n.day(one.due))) if one.due else ""
    return {"href": f"/petitions/{one.id}", "title": one.title, "stage": _("overdue") if one.overdue else _("enough have signed"),
            "tone": "stop" if one.overdue else "now", "facts": [one.place.name], "note": due}  # fmt: skip


def _objection(one: Objection) -> dict[str, Any]:
    """What somebody holds against a posting, as everybody may read it."""
    return {
        "href": f"/postings/{one.posting_id}", "title": one.shown[:80], "stage": _("Not answered yet."), "tone": "now",
        "facts": [one.posting.title, i18n.day(one.at)],
    }  # fmt: skip


def _handoff(one: HandOff, places: dict[int, str]) -> dict[str, Any]:
    numbers = dict.fromkeys(HANDOFF_NUMBERS[code].phone for code in one.to if code in HANDOFF_NUMBERS)
    return {
        "id": one.id, "text": one.text, "when": i18n.moment(one.at),
        "title": Phrase("They were told to ring %(numbers)s", numbers="、".join(numbers)),
        "where": f"{places[one.place_id]} {one.spot}" if one.place_id in places else _("place not known yet"),
    }  # fmt: skip


def meeting_row(meeting: Meeting) -> dict[str, Any]:
    """A meeting as ui.rows shows it."""
    return {
        "href": f"/meetings/{meeting.id}", "title": meeting.title, "stage": str(stages.NAMES[meeting.stage]),
        "tone": "now" if meeting.stage == "open" else "wait", "facts": [i18n.moment(meeting.starts_at), meeting.venue],
    }  # fmt: skip


def vote_row(ballot: Ballot) -> dict[str, Any]:
    """A vote outside a meeting: what is asked, who votes, how many have, until when."""
    turnout = _("%(cast)s of %(entitled)s") % {"cast": ballot.cast, "entitled": ballot.entitled} if ballot.stage != "drafted" else ""
    until = str(Phrase("until %(moment)s", moment=i18n.moment(ballot.closes_at))) if ballot.closes_at else ""
    return {
        "href": f"/ballots/{ballot.id}", "title": ballot.question.splitlines()[0][:80], "stage": str(stages.NAMES[ballot.stage]),
        "tone": "now" if ballot.stage == "open" else "wait", "facts": [str(NAMES[ballot.electorate]), turnout, until],
    }  # fmt: skip


routes = [Route("/desk", show, name="desk")]
