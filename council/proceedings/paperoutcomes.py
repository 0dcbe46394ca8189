"""What a confirmed paper record does: roll, votes as counts, decisions. The same seats and rules as in the room, so that nobody counts twice."""

from __future__ import annotations

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.people import Person
from council.proceedings import conduct, paperrecords, scrutiny, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.meetings import Meeting
from council.proceedings.paperrecords import Account, PaperRecord, Topic
from council.proceedings.resolutions import Resolution
from council.proceedings.roll import Seat
from council.refusals import Conflict
from council.rules import stages


async def confirm(meeting: Meeting, *, by: Person) -> None:
    """A second officer has compared the record with the scan: it becomes the meeting, and the meeting is closed."""
    async with writing():
        meeting = await Meeting.get(id=meeting.id)
        record = await PaperRecord.waiting(meeting)
        await paperrecords.must_be_second(record, meeting, by=by)
        await paperrecords.check(meeting, Account(record.opened_at, record.closed_at, tuple(record.present), tuple(record.topics)))
        if not await PaperRecord.filter(id=record.id, confirmed_at=None, dropped_at=None).update(confirmed_at=clock.now(), confirmed_by_id=by.id):
            raise Conflict("Somebody was faster: please look at the newest state.")
        await _begin(meeting, record)
        present = await _roll(meeting, record)
        for item in await paperrecords.open_items(meeting):
            topic = next((one for one in record.topics if one.item == item.id), None)
            await _dealt_with(item, topic, meeting, record, present, by)
        await _end(meeting, record)
        await note("meeting.paper_confirmed", meeting, by, meeting_id=meeting.id, record=record.id, entered_by=record.entered_by_id,
                   present=present, scans=await record.digests())  # fmt: skip


async def _begin(meeting: Meeting, record: PaperRecord) -> None:
    """Open for as long as its decisions are written; what the room opened before the line went keeps its hour."""
    if meeting.stage != "open":
        stages.check("Meeting", meeting.stage, "open")
        meeting.stage, meeting.opened_at = "open", meeting.opened_at or record.opened_at
        await meeting.save(update_fields=["stage", "opened_at"])


async def _end(meeting: Meeting, record: PaperRecord) -> None:
    stages.check("Meeting", meeting.stage, "closed")
    meeting.stage, meeting.closed_at = "closed", record.closed_at
    await meeting.save(update_fields=["stage", "closed_at"])


async def _roll(meeting: Meeting, record: PaperRecord) -> int:
    """A seat for everybody on the paper who has none from the web: one invitation, one seat. How many of them have a vote."""
    invited, seated = await record.on_roll(), await paperrecords.seated(meeting)
    for one in invited:
        if one.id not in seated:
            await Seat.create(
                meeting_id=meeting.id, invitation_id=one.id, person_id=one.person_id, label=one.label[:50], how="paper",
                arrived_at=record.opened_at, confirmed_by_id=record.entered_by_id,
            )  # fmt: skip
    return paperrecords.heads(meeting, invited)


async def _dealt_with(item: AgendaItem, topic: Topic | None, meeting: Meeting, record: PaperRecord, present: int, by: Person) -> None:
    """Voted, talked out, or not reached."""
    if item.stage == "pending":
        await item.move("open")
    if topic is None or not (topic.outcome or topic.question):
        return await _not_reached(item, meeting, by)
    if topic.question:
        await _voted(item, topic, meeting, record, present, by)
    elif meeting.private:
        await Resolution.promise(item, topic.outcome, by=by)
    return await _concluded(item, topic, meeting, record, by)


async def _not_reached(item: AgendaItem, meeting: Meeting, by: Person) -> None:
    await item.move("deferred")
    if (matter := await item.about()) is not None and matter.stage == "listed":
        await matter.unlisted(item, by=by)
    await note("item.deferred", item, by, meeting_id=meeting.id, before="open")


async def _voted(item: AgendaItem, topic: Topic, meeting: Meeting, record: PaperRecord, present: int, by: Person) -> None:
    """A ballot of which only the counts are known, decided by the rule of the meeting like any other."""
    counts = paperrecords.counted(topic.counts)
    ballot = await Ballot.create(
        meeting_id=meeting.id, item_id=item.id, matter_id=item.matter_id, place_id=meeting.place_id, path=meeting.path, paper=True,
        question=topic.question, rule_id=meeting.rule_id, owners_item=topic.owners_item or None, stage="closed",
        electorate="households" if meeting.rule_id.endswith("_HH") else "members_present", opened_at=record.opened_at,
        closed_at=record.closed_at, entitled=present, present=present, cast=sum(counts.values()),
        figures=await paperrecords.figures(meeting, topic, present) | {"counts": counts},
    )  # fmt: skip
    await ballot.note("ballot.entered", by, texts={"figures": scrutiny.base(ballot)}, record=record.id, cast=ballot.cast, counts=counts)
    if (await conduct.announce(ballot, by=by)).carried:
        await Resolution.adopt(ballot, by=by)


async def _concluded(item: AgendaItem, topic: Topic, meeting: Meeting, record: PaperRecord, by: Person) -> None:
    await speakers.cut_short(item, meeting, "conclusion", by=by)
    await item.move("decided")
    await AgendaItem.filter(id=item.id).update(outcome=topic.outcome, closed_at=record.closed_at)
    await note("item.concluded", item, by, meeting_id=meeting.id, texts={"outcome": topic.outcome})
    matter = await item.about()
    if matter is not None and matter.stage == "listed":
        await matter.deliberated(item, by=by)
    if matter is not None and meeting.private and topic.outcome:
        await matter.settle(topic.outcome, by=by)
