"""Summons: whoever is invited hears in the inbox that a meeting was called, moved or called off."""

from __future__ import annotations

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office, may
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.petitions import Petition
from council.proceedings.series import Series
from council.rules.powers import POWERS
from council.secretariat import inbox

SAID = {
    "meeting.called": Phrase("You are invited: %(title)s, %(moment)s, %(venue)s."),
    "meeting.moved": Phrase("The meeting “%(title)s” has been moved: %(moment)s, %(venue)s."),
    "meeting.moved_anew": Phrase("The meeting “%(title)s” has been moved: %(moment)s, %(venue)s. Please say again whether you come."),
    "meeting.adjourned": Phrase("The meeting “%(title)s” was broken off and goes on: %(moment)s, %(venue)s."),
    "times.asked": Phrase("When can you come to “%(title)s”? Some times are in question: please tap what suits you."),
    "meeting.cancelled": Phrase("The meeting “%(title)s” is called off."),
}


async def _officers(entry: Entry) -> None:
    """Those who must call the meeting hear that enough have signed, and by when."""
    petition = await Petition.get(id=entry.subject_id).prefetch_related("place")
    steps = [int(step) for step in petition.path.strip("/").split("/")]
    held = await Office.filter(in_force(), code__in=sorted(POWERS["petition.answer"].offices), place_id__in=steps).only("id", "person_id")
    phrase = Phrase("Enough have signed for “%(title)s”. The meeting must be called by %(day)s.", title=petition.title, day=petition.due)
    async with writing():
        await inbox.tell_all(sorted({one.person_id for one in held}), phrase, link=f"/petitions/{petition.id}", subject=petition)


async def _second_person(entry: Entry) -> None:
    """A paper record waits: whoever may confirm it is told, but for the one who entered it."""
    meeting = await Meeting.get(id=entry.subject_id).prefetch_related("place")
    near = [meeting.place_id, (await meeting.place.at_level("COMMUNITY")).id]
    held = Office.filter(in_force(), code__in=sorted(POWERS["meeting.confirm_paper"].offices), place_id__in=near)
    asked = {one.id: one for one in [await meeting.chair, *[office.person for office in await held.prefetch_related("person")]]}
    people = [number for number, one in sorted(asked.items()) if number != entry.by_id and await may(one, "meeting.confirm_paper", meeting)]
    title = meeting.row.name if meeting.private else meeting.title
    phrase = Phrase("“%(title)s” was held on paper. Please compare what was entered with the scan: it counts only then.", title=title)
    async with writing():
        await inbox.tell_all(people, phrase, link=f"/meetings/{meeting.id}/paper", subject=meeting)


async def _chairs(entry: Entry) -> None:
    """Whoever chairs meetings of a plan that somebody else made hears of it: agenda and notice are theirs."""
    series = await Series.get(id=entry.subject_id)
    chairs = {one.chair_id for one in await Meeting.filter(series_id=series.id).only("id", "chair_id")} - {entry.by_id}
    phrase = Phrase("Meetings were planned that you chair: “%(title)s”. Please set the agenda, invite and give notice.", title=series.title)
    async with writing():
        if chairs:
            await inbox.tell_all(sorted(chairs), phrase, link="/meetings?which=mine", subject=series)


async def _next_chair(entry: Entry) -> None:
    """Whoever has been given the chair hears of it."""
    meeting = await Meeting.get(id=entry.subject_id)
    title = meeting.row.name if meeting.private else meeting.title
    phrase = Phrase("The chair of “%(title)s” was handed over to you: %(moment)s.", title=title, moment=meeting.next_at)
    async with writing():
        await inbox.tell_all([meeting.chair_id], phrase, link=f"/meetings/{meeting.id}", subject=meeting)


async def hear(entry: Entry) -> None:
    """A listener of the journal. Only those with an account are told here; the others get a slip."""
    if entry.act == "petition.reached":
        await _officers(entry)
    if entry.act == "meeting.paper_entered":
        await _second_person(entry)
    if entry.act == "series.planned":
        await _chairs(entry)
    if entry.act == "meeting.handed_over":
        await _next_chair(entry)
    if entry.act not in SAID or (entry.act == "meeting.adjourned" and not entry.numbers.get("resumes_at")):
        return
    meeting = await Meeting.get(id=entry.subject_id)
    if entry.act == "meeting.cancelled" and meeting.notice_at is None:
        return
    await _tell(meeting, "meeting.moved_anew" if entry.act == "meeting.moved" and entry.numbers.get("anew") else entry.act)


async def _tell(meeting: Meeting, act: str) -> None:
    # A closed meeting is named by its kind: an inbox is read over a shoulder.
    title = meeting.row.name if meeting.private else meeting.title
    phrase = Phrase(SAID[act].message, title=title, moment=meeting.next_at, venue=meeting.venue or Phrase("the place is not fixed yet"))
    link = f"/meetings/{meeting.id}/times" if act == "times.asked" else f"/meetings/{meeting.id}"
    async with writing():
        called = Invitation.filter(meeting_id=meeting.id, person_id__isnull=False)
        people = [one.person_id for one in await called.only("id", "person_id") if one.person_id]
        if not people:
            return
        await inbox.tell_all(people, phrase, link=link, subject=meeting)
        if act != "times.asked":  # a question is no notice of a meeting
            await called.update(told_at=clock.now())
