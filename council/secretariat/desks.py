"""The chair's desk: what can be done next, and what else, as one screen of it."""

from __future__ import annotations

from typing import Any

from council.i18n import gettext as _
from council.proceedings import attendance, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.secretariat import scenes

Act = dict[str, Any]


def act(word: str, action: str = "", *, href: str = "", hint: str = "", key: str = "", kind: str = "second", **fields: str) -> Act:
    """A button: a form with `action`, or a link with `href` to a page that asks first. `key` is its key on the keyboard."""
    return {"word": word, "action": action, "href": href, "hint": hint, "key": key, "kind": kind, "fields": fields}


async def desk(meeting: Meeting) -> dict[str, Any]:
    """Everything on the desk but the parts that everybody sees."""
    items = await AgendaItem.of(meeting)
    current = next((item for item in items if item.stage in ("open", "voting")), None)
    ballot = await scenes.last_ballot(current)
    undecided = sum(one.stage in ("seconded", "put") for one in await Proposal.of(current)) if current else 0
    waiting = bool(await speakers.queue(current)) if current else False
    speaking = current is not None and await speakers.speaking(current) is not None
    return {
        "item": _item(items, current, ballot),
        "next": _next(meeting, items, current, ballot, undecided),
        "others": _others(meeting, current, ballot),
        "call": _call(current, waiting) if waiting or speaking else None,
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
        return act(_("Reopen the meeting"), f"/meetings/{meeting.id}/resumption", key="n")
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
        return act(_("Open the vote"), href=f"/ballots/{ballot.id}", hint=ballot.question, key="n")
    if ballot.stage == "open":
        left = max(ballot.entitled - ballot.cast, 0)
        hint = _("%(n)s have not voted yet. The result is seen only after closing.") % {"n": left}
        return act(_("Close the vote"), href=f"/ballots/{ballot.id}", hint=hint, key="n")
    return act(_("Declare the result"), href=f"/ballots/{ballot.id}", key="n")


def _others(meeting: Meeting, current: AgendaItem | None, ballot: Ballot | None) -> list[Act]:
    if meeting.stage not in ("open", "adjourned"):
        return []
    found = []
    voting = ballot is not None and ballot.stage in ("open", "closed")
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


def _call(current: AgendaItem | None, waiting: bool) -> Act | None:
    if current is None:
        return None
    word = _("Next speaker") if waiting else _("End the speech")
    return act(word, f"/items/{current.id}/speakers/next", key=" ")


def _request(seat: Any, invitation: Any) -> Act:
    """Somebody who waits on an unconfirmed seat: one tick where the name fits one empty place, else the roll."""
    name = seat.label or _("Guest")
    if invitation is None:
        return act(_("Find on the roll"), href=f"/meetings/{seat.meeting_id}/roll?seat={seat.id}") | {"name": name}
    return act(_("Confirm"), f"/seats/{seat.id}/confirmation", invitation=str(invitation.id)) | {"name": name}
