"""The chair's desk: what can be done next, and what else, as one screen of it."""

from __future__ import annotations

from typing import Any

from council import clock
from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood.people import Actor
from council.proceedings import attendance, roll, speakers, undoing
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.secretariat import scenes

Act = dict[str, Any]
UNDO = {
    "speaker.called": Phrase("Undo: give the word"), "speaker.ended": Phrase("Undo: end the speech"),
    "speaker.lengthened": Phrase("Undo: a minute more"), "item.taken_up": Phrase("Undo: take up the item"),
    "item.deferred": Phrase("Undo: put the item off"), "point.ruled": Phrase("Undo: the ruling"),
}  # fmt: skip


def act(word: str, action: str = "", *, href: str = "", hint: str = "", key: str = "", kind: str = "second", **fields: str) -> Act:
    """A button: a form with `action`, or a link with `href` to a page that asks first. `key` is its key on the keyboard."""
    return {"word": word, "action": action, "href": href, "hint": hint, "key": key, "kind": kind, "fields": fields}


async def desk(meeting: Meeting, by: Actor) -> dict[str, Any]:
    """Everything on the desk but the parts that everybody sees."""
    items = await AgendaItem.of(meeting)
    current = next((item for item in items if item.stage in ("open", "voting")), None)
    ballot = await scenes.last_ballot(current)
    undecided = sum(one.stage in ("seconded", "put") for one in await Proposal.of(current)) if current else 0
    waiting = bool(await speakers.queue(current)) if current else False
    speaking = current is not None and await speakers.speaking(current) is not None
    first = _next(meeting, items, current, ballot, undecided)
    return {
        "item": _item(items, current, ballot),
        "next": first,
        "others": [one for one in _others(meeting, current, ballot) if not first["href"] or one["href"] != first["href"]],
        "speeches": _speeches(current, waiting, speaking),
        "undo": await _undo(meeting, by),
        "lost": meeting.stage == "open" and not (await roll.quorum(meeting)).met,
        "requests": [_request(seat, invitation) for seat, invitation in (await attendance.waiting(meeting))[:3]],
    }


def _item(items: list[AgendaItem], current: AgendaItem | None, ballot: Ballot | None) -> dict[str, str]:
    if current is None:
        done = sum(item.stage in ("decided", "deferred") for item in items)
        caption = _("%(done)s of %(all)s items dealt with") % {"done": done, "all": len(items)}
        return {"caption": caption, "title": _("No item is on the floor"), "text": ""}
    caption = _("Item %(number)s of %(all)s") % {"number": items.index(current) + 1, "all": len(items)}
    warning = "" if current.notified else _("Not in the notice: talk about it, decide nothing.")
    voted = ballot.question if ballot and ballot.stage != "drafted" else ""
    return {"caption": caption, "title": current.title, "text": voted or warning or current.words}


def _next(meeting: Meeting, items: list[AgendaItem], current: AgendaItem | None, ballot: Ballot | None, undecided: int) -> Act:
    """The one primary act. `undecided`: proposals that still wait for their vote."""
    if meeting.stage == "called":
        hint = _("First enter when the Party organisation discussed it.") if meeting.discussion_missing else ""
        return act(_("Open the meeting"), f"/meetings/{meeting.id}/opening", hint=hint, key="n")
    if meeting.stage == "adjourned":
        return act(_("Call the roll and go on"), href=f"/meetings/{meeting.id}/resumption", hint=scenes.until(meeting), key="n")
    if meeting.stage != "open":
        return act(_("About this meeting"), href=f"/meetings/{meeting.id}", key="n")
    if current is None:
        return _between_items(meeting, items)
    if ballot is not None and ballot.stage in ("drafted", "open", "closed"):
        return _ballot(ballot)
    if meeting.private:
        return act(_("Write down what was promised"), href=f"/items/{current.id}/promise", key="n")
    if current.notified and (ballot is None or undecided):
        return act(_("Go to proposals and vote"), href=f"/meetings/{meeting.id}/proposals", key="n")
    if not current.notified:
        return act(_("Put this item off"), href=f"/items/{current.id}/deferral", key="n")
    return act(_("Conclude this item"), href=f"/items/{current.id}/conclusion", key="n")


def _between_items(meeting: Meeting, items: list[AgendaItem]) -> Act:
    coming = next((item for item in items if item.stage == "pending"), None)
    if coming is None:
        return act(_("Close the meeting"), href=f"/meetings/{meeting.id}/closing", key="n")
    return act(_("Take up the next item"), f"/items/{coming.id}/taking-up", hint=coming.title, key="n")


def _ballot(ballot: Ballot) -> Act:
    if ballot.stage == "drafted":
        return act(_("Open the vote"), href=f"/meetings/{ballot.meeting_id}/ballot/opening", key="n")
    if ballot.stage == "open":
        left = max(ballot.entitled - ballot.cast, 0)
        hint = _("%(n)s have not voted yet. The result is seen only after closing.") % {"n": left}
        return act(_("Close the vote"), href=f"/meetings/{ballot.meeting_id}/ballot/closing", hint=hint, key="n")
    return act(_("Declare the result"), href=f"/meetings/{ballot.meeting_id}/ballot/declaration", key="n")


def _others(meeting: Meeting, current: AgendaItem | None, ballot: Ballot | None) -> list[Act]:
    if meeting.stage not in ("open", "adjourned"):
        return []
    found = []
    voting = ballot is not None and ballot.stage in ("open", "closed")
    if ballot is not None and (ballot.stage != "declared" or (current is not None and ballot.item_id == current.id)):
        found.append(act(_("The vote"), href=f"/ballots/{ballot.id}"))  # once declared, for a new round where nothing was chosen
    if current is not None and current.notified and ballot is not None and ballot.stage == "declared" and not meeting.private:
        found.append(act(_("Go to proposals and vote"), href=f"/meetings/{meeting.id}/proposals"))
    if current is not None and not voting and meeting.stage == "open":
        if current.notified:
            found.append(act(_("Conclude this item"), href=f"/items/{current.id}/conclusion"))
        found.append(act(_("Put this item off"), href=f"/items/{current.id}/deferral"))
    if meeting.stage == "open":
        found.append(act(_("Adjourn"), href=f"/meetings/{meeting.id}/adjournment", key="p"))
    found.append(act(_("Hand over the chair"), href=f"/meetings/{meeting.id}/chair"))
    if current is None and meeting.stage == "open":
        found.append(act(_("Close the meeting"), href=f"/meetings/{meeting.id}/closing"))
    return found


def _speeches(current: AgendaItem | None, waiting: bool, speaking: bool) -> list[Act]:
    """Give the word, end the speech, give a minute more."""
    found = []
    if current is not None and waiting:
        found.append(act(_("Next speaker"), f"/items/{current.id}/speakers/next", key=" "))
    if current is not None and speaking:
        found.append(act(_("End the speech"), f"/items/{current.id}/speakers/ending", key="" if waiting else " "))
        found.append(act(_("A minute more"), f"/items/{current.id}/speakers/longer"))
    return found


async def _undo(meeting: Meeting, by: Actor) -> Act | None:
    """The newest act that can be taken back, and until when."""
    entry = await undoing.last(meeting, by) if meeting.stage in ("open", "adjourned") else None
    if entry is None:
        return None
    until = entry.at + undoing.SPAN
    made = act(str(UNDO[entry.act]), f"/meetings/{meeting.id}/undoing", key="u", entry=str(entry.id))
    return made | {"until": until.timestamp(), "by": f"{clock.local(until):%H:%M:%S}"}


def _request(seat: Any, invitation: Any) -> Act:
    """Somebody who waits on an unconfirmed seat: one tick where the name fits one empty place, else the roll."""
    name = seat.label or _("Guest")
    if invitation is None:
        return act(_("Find on the roll"), href=f"/meetings/{seat.meeting_id}/roll?seat={seat.id}") | {"name": name}
    return act(_("Confirm"), f"/seats/{seat.id}/confirmation", invitation=str(invitation.id)) | {"name": name}
