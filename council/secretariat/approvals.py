"""Who approves the minutes: chair, recorder and, where the kind asks, two residents' representatives; the last approval seals the text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must, standing
from council.neighbourhood.people import Actor, Person
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden
from council.rules.powers import STAFF
from council.secretariat.minutes import Minutes
from council.secretariat.remonstrances import Remonstrance

ROLES = {"chair": Phrase("Chair"), "recorder": Phrase("Recorder"), "representative": Phrase("Residents' representative")}


class Approval(Model):
    """One who stands by one wording: a correction makes another version, and what was approved before no longer counts.

    A representative approves as invited (`invitation`), by account, by personal link or on paper: `entered_by` is then who saw the signature.
    """

    id = fields.IntField(primary_key=True)
    minutes: fields.ForeignKeyRelation[Minutes] = belongs("Minutes")
    minutes_id: int
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    invitation: fields.ForeignKeyNullableRelation[Invitation] = belongs("Invitation", null=True)
    invitation_id: int | None
    role = fields.CharField(16)
    version = fields.IntField()
    at = fields.DatetimeField()
    entered_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    entered_by_id: int | None

    class Meta:
        table = "minutes_approval"
        unique_together = (("minutes", "person", "version"), ("minutes", "invitation", "version"))

    @property
    def name(self) -> str:
        """Who approved; person and invitation are fetched with it."""
        return self.person.name if self.person else self.invitation.label if self.invitation else ""


async def role_of(minutes: Minutes, by: Actor) -> tuple[str, Invitation | None]:
    """As what somebody approves, and a representative's invitation: "" for whoever does not.

    A meeting without a recorder of its own: somebody of the staff who did not chair it signs as recorder.
    """
    meeting = await Meeting.get(id=minutes.meeting_id)
    if isinstance(by, Person) and by.id == meeting.chair_id:
        return "chair", None
    named = meeting.recorder_id if meeting.recorder_id != meeting.chair_id else None
    if isinstance(by, Person) and by.id == named:
        return "recorder", None
    mine = await Invitation.of(meeting, by)
    if mine and mine.id in {one.id for one in await representatives(minutes)}:
        return "representative", mine
    stands_in = named is None and (await standing(by)).reaches(STAFF, meeting.path)
    return ("recorder" if stands_in else ""), None


async def representatives(minutes: Minutes) -> list[Invitation]:
    """The residents' representatives who were there; those of the Party are none of them."""
    seats = await Seat.filter(meeting_id=minutes.meeting_id, invitation_id__isnull=False).values_list("invitation_id", flat=True)
    found = Invitation.filter(id__in=[*seats] or [0], representative=True).exclude(group="party_representative")
    return await found.prefetch_related("person").order_by("id")


async def wanted(minutes: Minutes) -> dict[str, int]:
    """How many of each role: two representatives where the kind asks for them, or as many as came if fewer did."""
    meeting = await Meeting.get(id=minutes.meeting_id)
    return {"chair": 1, "recorder": 1, "representative": min(meeting.row.witnesses, len(await representatives(minutes)))}


async def given(minutes: Minutes) -> list[Approval]:
    """Those who stand by the wording as it is now."""
    of = Approval.filter(minutes_id=minutes.id, version=minutes.version)
    return await of.prefetch_related("person", "invitation", "entered_by").order_by("id")


async def missing(minutes: Minutes, signed: Sequence[Approval]) -> list[tuple[Phrase, int]]:
    """Whose approval is still wanted, and of how many."""
    left = {role: number - sum(one.role == role for one in signed) for role, number in (await wanted(minutes)).items()}
    return [(ROLES[role], number) for role, number in left.items() if number > 0]


def digest(minutes: Minutes, signed: Sequence[Approval]) -> str:
    """SHA-256 over the facts, the words and who stands by them, hex."""
    by = sorted([one.role, one.person_id or 0, one.invitation_id or 0] for one in signed)
    said = {"facts": minutes.facts, "written": minutes.written, "version": minutes.version, "by": by}
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


async def approve(minutes: Minutes, version: int, *, by: Actor) -> str:
    """Stand by the wording of `version`; the seal (SHA-256, hex) once everybody needed has, else ""."""
    async with writing():
        await must(by, "minutes.approve", minutes)
        role, invitation = await role_of(minutes, by)
        if not role:
            raise Forbidden("Chair, recorder and the residents' representatives who were there approve the minutes.")
        person = by if isinstance(by, Person) else None
        made = Approval(minutes_id=minutes.id, person=person, invitation=invitation, role=role, version=version, at=clock.now())
        return await _kept(made, minutes, by)


async def enter_paper(minutes: Minutes, invitation: Invitation, version: int, *, by: Person) -> str:
    """A representative has signed the printed minutes by hand: `by` saw the signature. Shares the one approval each has with the web."""
    async with writing():
        await must(by, "minutes.enter_approval", minutes)
        if invitation.id not in {one.id for one in await representatives(minutes)}:
            raise Forbidden("Chair, recorder and the residents' representatives who were there approve the minutes.")
        if invitation.person_id == by.id:
            raise Forbidden("Your own approval you give yourself, not as a signature on paper.")
        made = Approval(minutes_id=minutes.id, person_id=invitation.person_id, invitation=invitation, role="representative", version=version,
                        at=clock.now(), entered_by=by)  # fmt: skip
        return await _kept(made, minutes, by)


async def _kept(made: Approval, minutes: Minutes, by: Actor) -> str:
    now = await Minutes.get(id=minutes.id)
    if now.version != made.version or now.stage != "circulated":
        raise Conflict("The minutes have changed since you read them. Read them again before you approve.")
    if await Remonstrance.exists(minutes_id=now.id, answered_at=None):
        raise Conflict("An objection to these minutes waits for its answer. Nobody approves before that.")
    try:
        await made.save()
    except IntegrityError:
        raise Conflict("This approval has been given already.") from None
    paper = int(made.entered_by_id is not None)
    await note("minutes.approved", now, by, meeting_id=now.meeting_id, version=made.version, role=made.role, paper=paper)
    signed = await given(now)
    if await missing(now, signed):
        return ""
    await now.close_with(digest(now, signed), by=by)
    return now.seal
