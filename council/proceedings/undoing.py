"""Undoing: for ten seconds a chair may take back a call to speak, an item moved, time given, a ruling. It is a second act, not an erasure.

What opens, closes or declares a vote, adjourns or closes asks once before and cannot be undone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from council import clock
from council.neighbourhood.journal import Entry, Subject, note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.meetings import Meeting
from council.proceedings.points import PointOfOrder
from council.proceedings.speakers import Speaker, speaking
from council.refusals import Conflict
from council.rules.order import LONGER

SPAN = timedelta(seconds=10)
LASTING = ("ballot.", "meeting.", "resolution.")  # what came before one of these stands
Way = Callable[[Entry, Meeting, Actor], Awaitable[Subject]]


async def last(meeting: Meeting, by: Actor) -> Entry | None:
    """The newest act of this chair that can still be taken back, the ones taken back apart."""
    entries = await Entry.filter(meeting_id=meeting.id, by_id=by.id or 0, at__gt=clock.now() - SPAN).order_by("-sequence")
    undone = {entry.numbers.get("undoes") for entry in entries}
    for entry in entries:
        if entry.act.startswith(LASTING):
            return None
        if _undoable(entry) and entry.id not in undone:
            return entry
    return None


def _undoable(entry: Entry) -> bool:
    return entry.act in WAYS and not entry.numbers.get("why")


async def undo(meeting: Meeting, number: int, *, by: Person) -> Entry:
    """Take back the entry `number`, the newest that can be; what was taken back."""
    async with writing():
        await must(by, "meeting.undo", meeting)
        entry = await last(meeting, by)
        if entry is None or entry.id != number:
            raise Conflict("This can no longer be undone: ten seconds have passed, or something else has been done since.")
        subject = await WAYS[entry.act](entry, meeting, by)
        await note(f"{entry.act.partition('.')[0]}.undone", subject, by, meeting_id=meeting.id, undoes=entry.id)
    return entry


def _overtaken() -> Conflict:
    return Conflict("Something else has been done since: this can no longer be undone.")


async def _uncall(entry: Entry, meeting: Meeting, by: Actor) -> Subject:
    """Back into the queue at the old place; whoever was cut short by it has the word again."""
    if not await Speaker.filter(id=entry.subject_id, ended_at=None, called_at__isnull=False).update(called_at=None, added=0):
        raise _overtaken()
    await Speaker.filter(id=entry.numbers.get("before") or 0).update(ended_at=None)
    return await Speaker.get(id=entry.subject_id)


async def _let_speak_on(entry: Entry, meeting: Meeting, by: Actor) -> Subject:
    item = await AgendaItem.current(meeting)
    if item is None or item.id != entry.numbers.get("item") or await speaking(item) is not None:
        raise _overtaken()
    await Speaker.filter(id=entry.subject_id).update(ended_at=None)
    return await Speaker.get(id=entry.subject_id)


async def _shorten(entry: Entry, meeting: Meeting, by: Actor) -> Subject:
    one = await Speaker.get(id=entry.subject_id)
    one.added = max(0, one.added - LONGER)
    await one.save(update_fields=["added"])
    return one


async def _put_back(entry: Entry, meeting: Meeting, by: Actor) -> Subject:
    """An item that was taken up waits again, unless a vote has been drawn up on it."""
    item = await AgendaItem.get(id=entry.subject_id)
    if item.stage != "open" or await Ballot.filter(item_id=item.id).exclude(stage="cancelled").exists():
        raise _overtaken()
    if (one := await speaking(item)) is not None:
        await Speaker.filter(id=one.id).update(called_at=None)
    await item.move("pending")
    if entry.numbers.get("before") == "deferred":
        await item.move("deferred")
    await AgendaItem.filter(id=item.id).update(opened_at=None)
    return item


async def _take_up_again(entry: Entry, meeting: Meeting, by: Actor) -> Subject:
    """An item that was put off is where it was, and so is its matter."""
    item = await AgendaItem.get(id=entry.subject_id)
    before = entry.numbers.get("before")
    if item.stage != "deferred" or (before in ("open", "voting") and await AgendaItem.current(meeting) is not None):
        raise _overtaken()
    await item.move("pending")
    if before in ("open", "voting"):
        await item.move("open")
    await AgendaItem.filter(id=item.id).update(outcome="", closed_at=None)
    if (matter := await item.about()) is not None and matter.stage == "confirmed":
        await matter.list_for(item, by=by)
    return item


async def _unrule(entry: Entry, meeting: Meeting, by: Actor) -> Subject:
    point = await PointOfOrder.get(id=entry.subject_id)
    point.ruling, point.ruled_at = "", None
    await point.save(update_fields=["ruling", "ruled_at"])
    return point


WAYS: dict[str, Way] = {
    "speaker.called": _uncall, "speaker.ended": _let_speak_on, "speaker.lengthened": _shorten, "item.taken_up": _put_back,
    "item.deferred": _take_up_again, "point.ruled": _unrule,
}  # fmt: skip
