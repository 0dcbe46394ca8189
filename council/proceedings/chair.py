"""The chair's acts: open, take up, defer, conclude, adjourn, resume, close, hand over, and write down what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import Office, must
from council.neighbourhood.people import Person
from council.proceedings import roll, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.meetings import Meeting
from council.proceedings.resolutions import Resolution
from council.refusals import Conflict, Forbidden, Refusal
from council.rules import stages
from council.rules.privacy import check_text


async def _move(meeting: Meeting, stage: str) -> None:
    """To another stage, unless somebody else was quicker. Within the caller's transaction."""
    stages.check("Meeting", meeting.stage, stage)
    if not await Meeting.filter(id=meeting.id, stage=meeting.stage).update(stage=stage):
        raise Conflict("Somebody else has just moved this meeting on. Please look again.")
    meeting.stage = stage


async def open(meeting: Meeting, *, by: Person) -> None:
    """Open the meeting and write down how many are present. Where the law asks for it, not before the Party organisation has discussed (RC 30)."""
    async with writing():
        await must(by, "meeting.open", meeting)
        if meeting.discussion_missing:
            raise Refusal("The law asks that the Party organisation discusses first: enter the day and the body.", status=409, field="discussed_on")
        if not meeting.doors_open:
            raise Conflict("The meeting can be opened from two hours before it begins.")
        if meeting.stage != "called":
            raise Conflict("The meeting is open already.")
        await _move(meeting, "open")
        meeting.opened_at = clock.now()
        await meeting.save(update_fields=["opened_at"])
        present = await roll.quorum(meeting)
        await note("meeting.opened", meeting, by, meeting_id=meeting.id, present=present.present, listed=present.entitled, needed=present.needed)


async def adjourn(meeting: Meeting, reason: str, *, by: Person, resumes_at: datetime | None = None) -> None:
    """Break off; with an open ballot never. Whoever speaks is cut short, seats and queue are kept; nobody counts until the roll is called again.

    `resumes_at`: when it goes on, where that is another day; those invited are told.
    """
    if resumes_at is not None and resumes_at <= clock.now():
        raise Refusal("This time is past. Choose a later one.", field="day")
    async with writing():
        await must(by, "meeting.adjourn", meeting)
        await _no_open_ballot(meeting)
        if (item := await AgendaItem.current(meeting)) is not None:
            await speakers.cut_short(item, meeting, "adjournment", by=by)
        await _move(meeting, "adjourned")
        await roll.send_out(meeting)
        meeting.reason, meeting.resumes_at = check_text(reason, "reason"), resumes_at
        meeting.version += int(resumes_at is not None)
        await meeting.save(update_fields=["reason", "resumes_at", "version"])
        resumes = resumes_at.isoformat() if resumes_at else ""
        await note("meeting.adjourned", meeting, by, meeting_id=meeting.id, texts={"reason": reason}, resumes_at=resumes)


async def resume(meeting: Meeting, *, by: Person, back: Iterable[int] = ()) -> None:
    """Reopen after the roll was called again: `back` are the seats of those who answered, besides those who came back by themselves.

    The quorum is established anew; too few may talk on, but no vote opens.
    """
    async with writing():
        await must(by, "meeting.open", meeting)
        if meeting.stage != "adjourned":
            raise Conflict("The meeting is not adjourned.")
        await roll.call_roll(meeting, back, by=by)
        await _move(meeting, "open")
        present = await roll.quorum(meeting)
        await note("meeting.resumed", meeting, by, meeting_id=meeting.id, present=present.present, needed=present.needed)


async def close(meeting: Meeting, *, by: Person) -> None:
    """End the meeting; what was not taken up is deferred. Refused while a ballot is open or an item is on the floor."""
    async with writing():
        await must(by, "meeting.close", meeting)
        await _no_open_ballot(meeting)
        items = await AgendaItem.of(meeting)
        if any(item.stage in ("open", "voting") for item in items):
            raise Conflict("Conclude or defer the item on the floor first.")
        for item in items:
            if item.stage == "pending":
                await _defer(item, meeting, by, "")
        await _move(meeting, "closed")
        meeting.closed_at = clock.now()
        await meeting.save(update_fields=["closed_at"])
        await note("meeting.closed", meeting, by, meeting_id=meeting.id)


async def _no_open_ballot(meeting: Meeting) -> None:
    if await Ballot.exists(meeting_id=meeting.id, stage="open"):
        raise Conflict("A ballot is open. Close it first.")
    if await Ballot.exists(meeting_id=meeting.id, stage="closed"):
        raise Conflict("The result of a ballot has not been declared yet.")


async def hand_over(meeting: Meeting, to: Person, *, by: Person) -> None:
    """Give the chair to somebody who holds an office of the same organisation or place: when one wants to speak in the matter, or must leave."""
    async with writing():
        await must(by, "meeting.hand_over", meeting)
        if to.id not in {person.id for person in await deputies(meeting)}:
            raise Forbidden("The chair is handed to an officer of the organisation that leads the meeting.")
        before, meeting.chair = meeting.chair_id, to
        await meeting.save(update_fields=["chair_id"])
        await note("meeting.handed_over", meeting, by, meeting_id=meeting.id, before=before, person=to.id)


async def deputies(meeting: Meeting) -> list[Person]:
    """Who may take the chair over: secretaries, deputies and directors whose office reaches the meeting and is in force."""
    codes = ("secretary", "deputy_secretary", "director")
    held = await Office.filter(code__in=codes).prefetch_related("person", "place", "organisation").order_by("id")
    able = [o for o in held if o.in_force() and meeting.path.startswith(o.place.path) and not (o.organisation and o.organisation.unit_id)]
    return list({office.person_id: office.person for office in able if office.person_id != meeting.chair_id}.values())


def _in_session(meeting: Meeting) -> None:
    if meeting.stage != "open":
        raise Conflict("The meeting is not open.")


async def take_up(item: AgendaItem, meeting: Meeting, *, by: Person) -> None:
    """Put an item on the floor: one thing at a time."""
    async with writing():
        await must(by, "item.take_up", meeting)
        _in_session(meeting)
        if await AgendaItem.current(meeting) is not None:
            raise Conflict("Conclude or defer the item on the floor first.")
        before = item.stage
        if item.stage == "deferred":
            await item.move("pending")
        await item.move("open")
        await AgendaItem.filter(id=item.id).update(opened_at=clock.now())
        await note("item.taken_up", item, by, meeting_id=meeting.id, order=item.order, before=before)


async def defer(item: AgendaItem, meeting: Meeting, *, by: Person, reason: str = "") -> None:
    """Leave an item for another meeting; its matter waits again."""
    async with writing():
        await must(by, "item.defer", meeting)
        _in_session(meeting)
        await _no_open_ballot(meeting)
        await _defer(item, meeting, by, check_text(reason, "reason"))


async def _defer(item: AgendaItem, meeting: Meeting, by: Person, reason: str) -> None:
    before = item.stage
    if item.stage == "voting":
        await item.move("open")
    await item.move("deferred")
    await AgendaItem.filter(id=item.id).update(outcome=reason, closed_at=clock.now())
    matter = await item.about()
    if matter is not None and matter.stage == "listed":
        await matter.unlisted(item, by=by)
    await note("item.deferred", item, by, meeting_id=meeting.id, texts={"reason": reason}, before=before)


async def conclude(item: AgendaItem, meeting: Meeting, outcome: str, *, by: Person) -> None:
    """End an item with what came of it, in words. A decision needs the notice (agenda lock); a ballot on it must be declared first."""
    async with writing():
        await must(by, "item.conclude", meeting)
        _in_session(meeting)
        await _no_open_ballot(meeting)
        item.must_be_notified()
        await _finish(item, meeting, outcome, by)


async def _finish(item: AgendaItem, meeting: Meeting, outcome: str, by: Person) -> None:
    await speakers.cut_short(item, meeting, "conclusion", by=by)
    await item.move("decided")
    await AgendaItem.filter(id=item.id).update(outcome=check_text(outcome, "outcome"), closed_at=clock.now())
    await note("item.concluded", item, by, meeting_id=meeting.id, texts={"outcome": outcome})
    matter = await item.about()
    if matter is not None and matter.stage == "listed":
        await matter.deliberated(item, by=by)


async def record_promise(item: AgendaItem, text: str, *, by: Person) -> Resolution:
    """Write down what the sides promised each other in a closed meeting. No vote: it ends the item, settles the matter and stays closed."""
    meeting = await Meeting.get(id=item.meeting_id)
    async with writing():
        await must(by, "item.conclude", meeting)
        item.must_be_notified()
        promise = await Resolution.promise(item, text, by=by)
        await _finish(item, meeting, text, by)
        if (matter := await item.about()) is not None:
            await matter.settle(text, by=by)
    return promise
