"""Finding a time: some beginnings in question, a tap from everybody invited, and the one that suits most members becomes the draft's time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings import calling
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, NotFound, Refusal

MOST = 12
ANSWERS = {"yes": Phrase("suits me"), "maybe": Phrase("if need be"), "no": Phrase("does not suit")}


class Candidate(Model):
    """A beginning in question for a draft."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    starts_at = fields.DatetimeField()

    class Meta:
        table = "candidate"
        unique_together = (("meeting", "starts_at"),)

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Candidate, Meeting]:
        if (found := await cls.get_or_none(id=number)) is None:
            raise NotFound
        return found, await Meeting.find(found.meeting_id, by)


class Preference(Model):
    """What one invited person said to one beginning. `by_id` is whoever entered it: the grid worker for those who were rung up."""

    id = fields.IntField(primary_key=True)
    candidate: fields.ForeignKeyRelation[Candidate] = belongs("Candidate")
    candidate_id: int
    invitation: fields.ForeignKeyRelation[Invitation] = belongs("Invitation")
    invitation_id: int
    answer = fields.CharField(8)
    by_id = fields.IntField(null=True)
    at = fields.DatetimeField()

    class Meta:
        table = "preference"
        unique_together = (("candidate", "invitation"),)


@dataclass(frozen=True, slots=True)
class Tally:
    """One beginning and what was said to it; `members` are those with a vote for whom it is possible."""

    candidate: Candidate
    counts: Counter[str]
    members: int
    mine: str = ""

    @property
    def weight(self) -> tuple[int, int]:
        """Members who can come, then those whom it suits."""
        return self.members, self.counts["yes"]


def _draft(meeting: Meeting) -> None:
    if meeting.stage != "drafted":
        raise Conflict("The meeting has been called: its time is no longer in question.")


async def propose(meeting: Meeting, starts: Sequence[datetime], *, by: Person) -> list[Candidate]:
    """Put beginnings in question; those that are in question already stay. Whoever is invited is asked."""
    async with writing():
        await must(by, "meeting.change", meeting)
        _draft(meeting)
        known = {one.starts_at for one in await Candidate.filter(meeting_id=meeting.id)}
        fresh = sorted(set(starts) - known)
        if any(one <= clock.now() for one in fresh):
            raise Refusal("This time is past. Choose a later one.", field="day")
        if not fresh or len(known) + len(fresh) > MOST:
            raise Refusal("From one to %(most)s different times can be in question.", most=MOST, field="day")
        made = [await Candidate.create(meeting_id=meeting.id, starts_at=one) for one in fresh]
        await note("times.asked", meeting, by, meeting_id=meeting.id, count=len(made))
    return made


async def drop(candidate: Candidate, meeting: Meeting, *, by: Person) -> None:
    """A beginning is no longer in question; what was said to it goes with it."""
    async with writing():
        await must(by, "meeting.change", meeting)
        await Preference.filter(candidate_id=candidate.id).delete()
        await note("times.dropped", meeting, by, meeting_id=meeting.id, candidate=candidate.id)
        await candidate.delete()


async def say(candidate: Candidate, meeting: Meeting, invitation: Invitation, answer: str, *, by: Actor) -> None:
    """Write down one answer at once; said again it replaces the one before. Officers enter what they heard on the telephone."""
    if answer not in ANSWERS or invitation.meeting_id != meeting.id:
        raise Refusal("Choose one of the answers shown.", field="answer")
    async with writing():
        if "invitee" not in await invitation.relations(by):
            await must(by, "meeting.invite", meeting)
        _draft(await Meeting.get(id=meeting.id))
        said = {"answer": answer, "by_id": by.id, "at": clock.now()}
        await Preference.update_or_create(defaults=said, candidate_id=candidate.id, invitation_id=invitation.id)
        await note("times.answered", invitation, by, meeting_id=meeting.id, candidate=candidate.id, answer=answer)


async def wanted(meeting: Meeting, mine: Invitation | None) -> bool:
    """Is this person asked when the meeting could be?"""
    return mine is not None and meeting.stage == "drafted" and await Candidate.exists(meeting_id=meeting.id)


async def tallies(meeting: Meeting, mine: Invitation | None = None) -> list[Tally]:
    """Every beginning in order of time, with what was said."""
    candidates = await Candidate.filter(meeting_id=meeting.id).order_by("starts_at")
    said = await Preference.filter(candidate_id__in=[one.id for one in candidates] or [0]).prefetch_related("invitation")
    return [_tally(one, [p for p in said if p.candidate_id == one.id], mine) for one in candidates]


def _tally(candidate: Candidate, said: Sequence[Preference], mine: Invitation | None) -> Tally:
    own = next((p.answer for p in said if mine and p.invitation_id == mine.id), "")
    members = sum(p.invitation.votes and p.answer != "no" for p in said)
    return Tally(candidate, Counter(p.answer for p in said), members, own)


def best(found: Sequence[Tally]) -> Tally | None:
    """The beginning at which most members can come; the earlier of two equal ones; None before anybody has answered."""
    return max((one for one in found if one.counts), key=lambda one: one.weight, default=None)


async def choose(candidate: Candidate, meeting: Meeting, *, by: Person) -> None:
    """The draft is held at this time; the question is over."""
    async with writing():
        await calling.move_draft(meeting, candidate.starts_at, by=by)
        await Preference.filter(candidate__meeting_id=meeting.id).delete()
        await Candidate.filter(meeting_id=meeting.id).delete()
        await note("times.chosen", meeting, by, meeting_id=meeting.id, starts_at=meeting.starts_at.isoformat())
