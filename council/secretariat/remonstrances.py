"""Remonstrances: what somebody who was there holds against the minutes that were circulated, and the answer they were given."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules.privacy import check_text
from council.secretariat import inbox
from council.secretariat.minutes import Minutes

ANSWERED = Phrase("Your objection to the minutes of a meeting has been answered.")
RAISED = Phrase("Somebody objects to the minutes of a meeting you chaired or recorded. Please answer.")


class Remonstrance(Model):
    """An objection to one version of the minutes. It stays on record with its answer, whether the words were changed or not."""

    id = fields.IntField(primary_key=True)
    minutes: fields.ForeignKeyRelation[Minutes] = belongs("Minutes")
    minutes_id: int
    invitation: fields.ForeignKeyRelation[Invitation] = belongs("Invitation")
    invitation_id: int
    version = fields.IntField()
    text = fields.TextField()
    at = fields.DatetimeField()
    answer = fields.TextField(default="")
    answered_by_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "remonstrance"


async def of(minutes: Minutes) -> list[Remonstrance]:
    """All that was raised, with who raised it, oldest first."""
    return await Remonstrance.filter(minutes_id=minutes.id).prefetch_related("invitation").order_by("id")


async def seat_of(minutes: Minutes, by: Actor) -> Invitation | None:
    """The invitation of somebody who was there; None for everybody else."""
    mine = await Invitation.of(await Meeting.get(id=minutes.meeting_id), by)
    return mine if mine and await Seat.exists(invitation_id=mine.id) else None


async def raise_one(minutes: Minutes, text: str, *, by: Actor) -> Remonstrance:
    """Say what is wrong in the minutes. Chair and recorder are told; nobody approves before it is answered."""
    if len(check_text(text.strip(), "text")) < 4:
        raise Refusal("Write what you object to.", field="text")
    async with writing():
        await must(by, "minutes.object", minutes)
        mine = await seat_of(minutes, by)
        if mine is None:
            raise Forbidden("Only those who were at the meeting object to its minutes.")
        made = await Remonstrance.create(minutes=minutes, invitation=mine, version=minutes.version, text=text.strip(), at=clock.now())
        await note("minutes.objected", minutes, by, meeting_id=minutes.meeting_id, remonstrance=made.id, texts={"text": made.text})
        meeting = await Meeting.get(id=minutes.meeting_id)
        await inbox.tell_all(sorted({one for one in (meeting.chair_id, meeting.recorder_id) if one}), RAISED,
                             link=f"/minutes/{minutes.id}", subject=minutes)  # fmt: skip
    return made


async def answer(minutes: Minutes, number: int, text: str, *, by: Person) -> None:
    """Answer it once: what was changed in the words, or why they stay."""
    if len(check_text(text.strip(), "answer")) < 2:
        raise Refusal("Write the answer.", field="answer")
    async with writing():
        await must(by, "minutes.answer", minutes)
        found = await Remonstrance.get_or_none(id=number, minutes_id=minutes.id).prefetch_related("invitation")
        if found is None:
            raise NotFound
        values = {"answer": text.strip(), "answered_by_id": by.id, "answered_at": clock.now()}
        if not await Remonstrance.filter(id=number, answered_at=None).update(**values):
            raise Conflict("This has been answered already.")
        await note("minutes.objection_answered", minutes, by, meeting_id=minutes.meeting_id, remonstrance=number, texts={"answer": text})
        whom = [found.invitation.person_id] if found.invitation.person_id else []
        await inbox.tell_all(whom, ANSWERED, link=f"/minutes/{minutes.id}", subject=minutes)
