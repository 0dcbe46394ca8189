"""Scenes: what the pages of a running meeting show, gathered before anything is drawn.

`common` is the same for everybody, `mine` is one seat's, `desk` the chair's.
"""

from __future__ import annotations

from typing import Any

from council.i18n import Phrase, hour, moment
from council.i18n import gettext as _
from council.neighbourhood.offices import may
from council.neighbourhood.people import Actor
from council.proceedings import roll, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import DOORS, Meeting
from council.proceedings.orders import RulesOfOrder
from council.proceedings.points import ABOUT, PointOfOrder
from council.proceedings.proposals import Proposal
from council.proceedings.roll import Seat
from council.proceedings.speakers import Speaker
from council.rules.decide import RESULTS
from council.rules.kinds import Capacity

TONES = {"pending": "wait", "open": "now", "voting": "now", "decided": "done", "deferred": "wait"}
WORDS = {
    "pending": Phrase("still to come"), "open": Phrase("being discussed"), "voting": Phrase("being voted"), "decided": Phrase("concluded"),
    "deferred": Phrase("put off"),
}  # fmt: skip
STANCES = {"": Phrase("waiting"), "pro": Phrase("for"), "contra": Phrase("against")}
VOTE_TONES = {"yes": "yes", "no": "no", "abstain": "abstain", "spoiled": "spoiled"}


def _clock(speaking: Speaker | None, order: RulesOfOrder) -> dict[str, Any] | None:
    """When the one who speaks was called, and how many seconds the speech may last; 0 where there is no limit."""
    if speaking is None or speaking.called_at is None:
        return None
    limit = order.speech + speaking.added if order.speech else 0
    return {"since": speaking.called_at.timestamp(), "limit": limit, "from": hour(speaking.called_at)}


async def common(meeting: Meeting) -> dict[str, Any]:
    """What everybody in the room and in front of the wall sees."""
    items = await AgendaItem.of(meeting)
    current = next((item for item in items if item.stage in ("open", "voting")), None)
    ballot = await last_ballot(current)
    speaking = await speakers.speaking(current) if current else None
    return {
        "now": _now(meeting, items, current, ballot),
        "turnout": {"cast": ballot.cast, "entitled": ballot.entitled} if ballot and ballot.stage == "open" else None,
        "result": result(ballot),
        "unit": _unit(ballot) if ballot else "",
        "options": ballot.options if ballot and ballot.stage in ("open", "closed") else [],
        "quorum": await roll.quorum(meeting),
        "agenda": [_line(item) for item in items],
        "speakers": await _speakers(current, speaking),
        "clock": _clock(speaking, await RulesOfOrder.of(meeting.id)),
        "point": await _point(meeting),
    }


async def _point(meeting: Meeting) -> dict[str, Any] | None:
    """The point of order before the chair: what it is about, and whose it is."""
    found = await PointOfOrder.open_in(meeting) if meeting.stage == "open" else None
    return {"id": found.id, "word": str(ABOUT[found.about]), "name": found.seat.name.partition(" ")[0] or _("Guest")} if found else None


async def last_ballot(item: AgendaItem | None) -> Ballot | None:
    """The newest ballot on an item that has not been called off."""
    if item is None:
        return None
    return await Ballot.filter(item_id=item.id).exclude(stage="cancelled").order_by("-id").first()


def result(ballot: Ballot | None) -> list[tuple[str, int, str]] | None:
    """Words, votes and tone for each choice, only once the result has been declared."""
    if ballot is None or ballot.stage != "declared" or ballot.paper or ballot.hushed:
        return None
    return [(str(row.label), row.votes, VOTE_TONES.get(row.code, "turnout")) for row in ballot.tally().rows]


def _unit(ballot: Ballot) -> str:
    """What the bars of a result count."""
    return _("points") if ballot.method == "points" else _("marks") if ballot.tally().marks else _("votes")


def _now(meeting: Meeting, items: list[AgendaItem], item: AgendaItem | None, ballot: Ballot | None) -> dict[str, str]:
    """The headline: a word, a sentence and a tone."""
    if meeting.stage != "open":
        return _out_of_session(meeting)
    if item is None:
        text = _("The next item will be taken up in a moment.") if any(i.stage == "pending" for i in items) else _("All items have been dealt with.")
        return {"word": _("The meeting is open"), "text": text, "tone": "wait"}
    place = next(n for n, one in enumerate(items, 1) if one.id == item.id)
    title = _("Item %(number)s: %(title)s") % {"number": place, "title": item.title}
    if ballot is None or ballot.stage == "drafted":
        return {"word": _("Being discussed"), "text": title, "tone": "now"}
    if ballot.stage == "declared":
        verdict = RESULTS[ballot.decision.get("carried")]
        return {"word": _("Result of the vote: %(verdict)s") % {"verdict": verdict}, "text": _outcome(ballot), "tone": "done"}
    words = {"open": _("Voting now"), "closed": _("Voting is closed")}
    return {"word": words.get(ballot.stage, ""), "text": ballot.question, "tone": "now"}


def _outcome(ballot: Ballot) -> str:
    """The question; where so few voted in secret that no bars are shown, with what was chosen."""
    won = ballot.outcome().chosen(ballot.options) if ballot.hushed else []
    return f"{ballot.question} {_('Chosen')}：{'；'.join(won)}" if won else ballot.question


def _out_of_session(meeting: Meeting) -> dict[str, str]:
    beginning = _("It begins on %(moment)s (Beijing time).") % {"moment": moment(meeting.starts_at)}
    return {
        "called": {"word": _("Not open yet"), "text": beginning, "tone": "wait"},
        "adjourned": {"word": _("Adjourned"), "text": until(meeting), "tone": "wait"},
        "closed": {"word": _("The meeting is over"), "text": _("Thank you for coming. The minutes will be posted."), "tone": "done"},
        "cancelled": {"word": _("Called off"), "text": meeting.reason, "tone": "wait"},
    }.get(meeting.stage, {"word": _("Draft"), "text": beginning, "tone": "wait"})


def until(meeting: Meeting) -> str:
    """Why it was broken off, and when it goes on where that was said."""
    resumes = _("It goes on on %(moment)s (Beijing time).") % {"moment": moment(meeting.resumes_at)} if meeting.resumes_at else ""
    return " ".join(filter(None, [meeting.reason, resumes])) or _("The chair will reopen the meeting.")


def _line(item: AgendaItem) -> dict[str, Any]:
    return {
        "title": item.title, "word": str(WORDS[item.stage]), "tone": TONES[item.stage], "current": item.stage in ("open", "voting"),
        "href": "",
    }  # fmt: skip


async def _speakers(item: AgendaItem | None, speaking: Speaker | None) -> list[dict[str, Any]]:
    if item is None:
        return []
    queue = [(one, str(_("next to speak")) if n == 0 else str(STANCES[one.stance])) for n, one in enumerate(await speakers.queue(item))]
    rows = [_speaker(one, word) for one, word in queue[:8]]
    return ([_speaker(speaking, _("speaking")) | {"speaking": True}] if speaking else []) + rows


def _speaker(one: Speaker, word: str) -> dict[str, Any]:
    name, _sep, where = one.seat.name.partition(" ")
    return {"id": one.id, "name": name or _("Guest"), "who": where if one.seat.confirmed else _("not confirmed"), "word": word}


async def mine(meeting: Meeting, by: Actor) -> dict[str, Any]:
    """My seat, whether I may vote and if not why, my place in the queue, and what I can do now."""
    seat, invitation = await Seat.of(meeting, by), await Invitation.of(meeting, by)
    current = await AgendaItem.current(meeting)
    ballot = await last_ballot(current)
    open_ballot = ballot if ballot and ballot.stage == "open" else None
    shut_out = seat is not None and open_ballot is not None and await open_ballot.voter(by) is None
    return {
        "seat": _seat(meeting, seat, shut_out),
        "sit": bool(invitation and (seat is None or not seat.confirmed) and meeting.doors_open),
        "code": bool(seat and not seat.confirmed and meeting.doors_open),
        "leave": f"/seats/{seat.id}/leaving" if seat else "",
        "back": f"/seats/{seat.id}/return" if seat and seat.away else "",
        "hand": await _hand(meeting, seat, current),
        "opinions": f"/items/{current.id}/opinions" if seat and current else "",
        "propose": f"/items/{current.id}/proposals/new" if current and seat and await _may_propose(current, by) else "",
        "points": await _points(meeting, seat),
        "voting": open_ballot is not None,
    }


async def _may_propose(item: AgendaItem, by: Actor) -> bool:
    return await may(by, "proposal.submit", Proposal(item_id=item.id))


async def _points(meeting: Meeting, seat: Seat | None) -> list[tuple[str, str]]:
    """What a point of order may be about; nothing where none can be raised from here."""
    if seat is None or seat.away or meeting.stage != "open" or not (await RulesOfOrder.of(meeting.id)).on("points"):
        return []
    return [(code, str(word)) for code, word in ABOUT.items()]


def _seat(meeting: Meeting, seat: Seat | None, shut_out: bool) -> dict[str, Any]:
    if seat is None:
        early = meeting.stage == "called" and not meeting.doors_open
        reason = Phrase("Signing in begins at %(moment)s.", moment=moment(meeting.starts_at - DOORS)) if early else _("Take your seat first.")
        return {"text": _("You are not in the room."), "may_vote": False, "reason": str(reason)}
    if not seat.confirmed or seat.invitation is None:
        reason = _("Your seat is not confirmed yet, so you cannot vote. Type the code on your slip, or go to the desk.")
        return {"text": seat.name or _("Guest"), "may_vote": False, "reason": reason}
    text = seat.name
    if seat.away:
        return {"text": text, "may_vote": False, "reason": _("The meeting was adjourned. Say that you are here again, so that you count.")}
    if seat.invitation.capacity != Capacity.MEMBER:
        reason = _("You sit in as: %(capacity)s. You may speak; you have no vote.") % {"capacity": Capacity(seat.invitation.capacity).label}
        return {"text": text, "may_vote": False, "reason": reason}
    if shut_out:
        return {"text": text, "may_vote": False, "reason": _("You came after this vote was opened. You can take part in the next one.")}
    return {"text": _("%(name)s: you may vote here.") % {"name": text}, "may_vote": True, "reason": ""}


async def _hand(meeting: Meeting, seat: Seat | None, item: AgendaItem | None) -> dict[str, Any] | None:
    """Raise or take down my hand; None where nothing is on the floor."""
    if seat is None or item is None or meeting.stage != "open":
        return None
    speaking = await speakers.speaking(item)
    if speaking is not None and speaking.seat_id == seat.id:
        return {"action": "", "word": "", "place": _("You have the word."), "stances": ()}
    queue = await speakers.queue(item)
    for before, one in enumerate(queue):
        if one.seat_id == seat.id:
            place = _("Your turn is next.") if before == 0 else _("%(n)s people speak before you.") % {"n": before}
            return {"action": f"/speakers/{one.id}/withdrawal", "word": _("Take my hand down"), "place": place, "stances": ()}
    stances = (("pro", _("I speak for it")), ("contra", _("I speak against it")))
    must_say = (await RulesOfOrder.of(meeting.id)).on("position_first")
    return {"action": f"/items/{item.id}/speakers", "word": "" if must_say else _("I want to speak"), "place": "", "stances": stances}
