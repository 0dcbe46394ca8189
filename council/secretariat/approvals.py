"""Who stands by the minutes: chair, recorder and at least two resident representatives; when all have signed, the text is sealed by its digest."""

from __future__ import annotations

import json
from hashlib import sha256

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings.invitations import Invitation
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden
from council.secretariat.minutes import Minutes

ROLES = {"chair": Phrase("Chair"), "recorder": Phrase("Recorder"), "representative": Phrase("Residents' representative")}
WANTED = {"chair": 1, "recorder": 1, "representative": 2}


class Approval(Model):
    """One who stands by one wording: a correction makes another version, and what was signed before no longer counts."""

    id = fields.IntField(primary_key=True)
    minutes: fields.ForeignKeyRelation[Minutes] = belongs("Minutes")
    minutes_id: int
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    role = fields.CharField(16)
    version = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "minutes_approval"
        unique_together = (("minutes", "person", "version"),)


async def role_of(minutes: Minutes, person: Person) -> str:
    """As what somebody signs: "" for whoever does not."""
    meeting = await minutes.meeting
    if person.id in (meeting.chair_id, meeting.recorder_id):
        return "chair" if person.id == meeting.chair_id else "recorder"
    mine = await Invitation.get_or_none(meeting_id=meeting.id, person_id=person.id, representative=True)
    return "representative" if mine and await Seat.exists(invitation_id=mine.id) else ""


async def given(minutes: Minutes) -> list[Approval]:
    """Those who stand by the wording as it is now."""
    return await Approval.filter(minutes_id=minutes.id, version=minutes.version).prefetch_related("person").order_by("id")


def missing(signed: list[Approval]) -> list[tuple[Phrase, int]]:
    """Whose approval is still wanted, and of how many."""
    left = {role: wanted - sum(one.role == role for one in signed) for role, wanted in WANTED.items()}
    return [(ROLES[role], number) for role, number in left.items() if number > 0]


def digest(minutes: Minutes, signed: list[Approval]) -> str:
    """SHA-256 over the facts, the words and who stands by them."""
    said = {"facts": minutes.facts, "written": minutes.written, "version": minutes.version, "by": sorted([one.role, one.person_id] for one in signed)}
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


async def stand_by(minutes: Minutes, version: int, *, by: Person) -> str:
    """Stand by the wording of `version`; the digest once everybody needed has. The chair's approval also closes the text to corrections."""
    async with writing():
        await must(by, "minutes.stand_by", minutes)
        now = await Minutes.get(id=minutes.id)
        if now.version != version:
            raise Conflict("The minutes have changed since you read them. Read them again before you approve.")
        if not (role := await role_of(now, by)):
            raise Forbidden("Chair, recorder and the residents' representatives who were there approve the minutes.")
        if await Approval.exists(minutes_id=now.id, person_id=by.id, version=version):
            raise Conflict("You have approved these minutes already.")
        await Approval.create(minutes_id=now.id, person=by, role=role, version=version, at=clock.now())
        await note("minutes.stood_by", now, by, meeting_id=now.meeting_id, version=version, role=role)
        if role == "chair" and now.stage == "drawn":
            await now.approve(version, by=by)
        signed = await given(now)
        if missing(signed):
            return ""
        seal = digest(now, signed)
        await note("minutes.sealed", now, by, meeting_id=now.meeting_id, version=version, seal=seal)
    return seal
