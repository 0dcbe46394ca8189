"""Ballots: the occasion on which a question is voted, who is entitled, and the count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must, standing
from council.neighbourhood.people import Actor, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register
from council.proceedings import electorates
from council.proceedings.agenda import AgendaItem
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.methods import Tally, voting_method
from council.rules.powers import FIELD, STAFF

CONDUCTING = STAFF | {"owners_committee_head"}


class Ballot(Model):
    """drafted -> open -> closed -> declared. Question, options and electorate never change, a new round instead of a reset.

    `entitled` voters and `entitled_area` in cm² are frozen at opening. `cast` is the turnout, the split is counted only at closing.
    `figures` holds what `rules.decide` was asked and `counts`, the votes per choice, `decision` what it answered in every language.
    `owners_item` is the item of Civil Code art. 278 (1 to 9) the question falls under, empty where it falls under none.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    meeting_id: int | None
    item: fields.ForeignKeyNullableRelation[AgendaItem] = belongs("AgendaItem", null=True)
    item_id: int | None
    proposal: fields.ForeignKeyNullableRelation[Proposal] = belongs("Proposal", null=True)
    proposal_id: int | None
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    question = fields.TextField()
    method = fields.CharField(24, default="yes_no_abstain")
    options: list[str] = fields.JSONField(default=list)
    rule_id = fields.CharField(40)
    electorate = fields.CharField(24, default="members_present")
    register: fields.ForeignKeyNullableRelation[Register] = belongs("Register", null=True)
    register_id: int | None
    owners_item = fields.SmallIntField(null=True)
    paper = fields.BooleanField(default=False)
    stage = fields.CharField(24, default="drafted")
    opened_at = fields.DatetimeField(null=True)
    closes_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    declared_at = fields.DatetimeField(null=True)
    entitled = fields.IntField(default=0)
    entitled_area = fields.BigIntField(default=0)
    present = fields.IntField(default=0)
    cast = fields.IntField(default=0)
    figures: dict[str, Any] = fields.JSONField(default=dict)
    decision: dict[str, Any] = fields.JSONField(default=dict)
    needs_owners = fields.BooleanField(default=False)
    round = fields.IntField(default=1)
    previous: fields.ForeignKeyNullableRelation[Ballot] = belongs("Ballot", null=True)
    previous_id: int | None
    reason = fields.CharField(300, default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "ballot"
        indexes = (("meeting_id", "stage"), ("path", "id"))

    async def relations(self, by: Actor | None) -> set[str]:
        """In a meeting those of the meeting; outside one, by office: `conductor` holds the vote, `collector` takes papers in."""
        if self.meeting_id:
            found = await (await Meeting.get(id=self.meeting_id)).relations(by)
        else:
            held = await standing(by)
            offices = {"conductor": CONDUCTING, "collector": FIELD}
            found = {name for name, codes in offices.items() if held.reaches(codes, self.path)}
        return found | ({"entitled"} if self.id and await self.voter(by) else set())

    def running(self, at: datetime | None = None) -> bool:
        """Is it open at this moment? From its opening on, up to its closing time without that time itself."""
        now = at or clock.now()
        return self.stage == "open" and (self.closes_at is None or now < self.closes_at)

    async def voter(self, by: Actor | None) -> str | None:
        """The key under which this actor is entitled, from the set frozen at opening; None if not entitled."""
        keys = await self._keys(by)
        found = await Entitlement.filter(ballot_id=self.id, voter__in=keys).first() if keys else None
        return found.voter if found else None

    async def _keys(self, by: Actor | None) -> list[str]:
        """The keys an actor could vote under: in a meeting only from a live confirmed seat."""
        if self.meeting_id is None:
            home = getattr(by, "household_id", None)
            return [f"household:{home}"] if home and getattr(by, "adult", False) else []
        seat = await electorates.seat_of(by, await Meeting.get(id=self.meeting_id))
        if seat is None or seat.invitation is None or seat.invitation.capacity != "MEMBER":
            return []
        return [f"invitation:{seat.invitation_id}", f"household:{seat.invitation.household_id}"]

    async def vote_of(self, by: Actor | None) -> Vote | None:
        """The vote that stands for this actor: their own, or their household's."""
        voter = await self.voter(by)
        return await Vote.get_or_none(ballot_id=self.id, voter=voter) if voter else None

    @classmethod
    async def seen_by(cls, by: Actor, number: int) -> Ballot:
        """A vote in a meeting for whoever may know of the meeting; outside one, on a public matter or none, for everybody; else NotFound."""
        found = await cls.get_or_none(id=number).prefetch_related("meeting", "proposal", "matter", "item", "place", "register")
        if found is None:
            raise NotFound
        if found.meeting_id:
            await Meeting.find(found.meeting_id, by)
        elif found.matter and not found.matter.public and not await found.relations(by):
            raise NotFound
        return found

    @classmethod
    async def current(cls, meeting: Meeting) -> Ballot | None:
        """The vote the room is busy with: the one not yet declared, else the newest that was."""
        of = cls.filter(meeting_id=meeting.id).order_by("-id")
        return await of.filter(stage__in=["open", "closed", "drafted"]).first() or await of.filter(stage="declared").first()

    @classmethod
    async def of_owners(cls, matter_id: int | None) -> Ballot | None:
        """The newest vote of the owners on a matter that was not called off."""
        found = cls.filter(matter_id=matter_id or 0, electorate="owners").exclude(stage="cancelled")
        return await found.order_by("-id").first()

    async def listed(self, q: str = "", limit: int = 60) -> list[Entitlement]:
        """The frozen list, found by name or address."""
        found = Entitlement.filter(ballot_id=self.id)
        return await (found.filter(label__contains=q.strip()) if q.strip() else found).order_by("id").limit(limit)

    @property
    def counts(self) -> dict[str, int]:
        """Votes per choice, known only from closing on; for owners, of persons."""
        return dict(self.figures.get("counts", {})) if self.stage in ("closed", "declared") else {}

    @property
    def undecided(self) -> bool:
        """May there be another round: it was called off, too few took part, or no option had enough?"""
        carried = self.decision.get("carried")
        open_end = carried is None or (self.method != "yes_no_abstain" and not carried)
        return self.stage == "cancelled" or (self.stage == "declared" and open_end)

    async def on_amendment(self) -> bool:
        """Is an amendment voted, not a text that stands for itself?"""
        return await Proposal.exists(id=self.proposal_id or 0, amends_id__isnull=False)

    def tally(self) -> Tally:
        """What the papers come to, in the order of the choices."""
        return voting_method(self.method).tally(self.counts, self.options)

    async def cancel(self, reason: str, *, by: Actor) -> None:
        """Call it off with a reason that everybody may read. The votes stay and are never counted."""
        if not reason.strip():
            raise Refusal("Give the reason: everybody may read it.", field="reason")
        async with writing():
            await must(by, "ballot.cancel", self)
            await self.move("cancelled", reason=reason.strip()[:300])
            await self.release("seconded")
            await self.note("ballot.cancelled", by, texts={"reason": reason})

    async def release(self, outcome: str) -> None:
        """Give the item back to the chair, and the proposal its outcome."""
        await AgendaItem.filter(id=self.item_id or 0, stage="voting").update(stage="open")
        if self.proposal_id:
            await (await Proposal.get(id=self.proposal_id)).decided(outcome)

    async def move(self, stage: str, **values: Any) -> None:
        """To another stage, unless somebody was faster. The row stays locked until the transaction ends."""
        stages.check("Ballot", self.stage, stage)
        if not await Ballot.filter(id=self.id, stage=self.stage).update(stage=stage, **values):
            raise Conflict("Somebody was faster: please look at the newest state.")
        self.stage = stage
        self.update_from_dict(values)

    async def note(self, act: str, by: Actor | None, texts: dict[str, str] | None = None, **numbers: Any) -> None:
        await note(act, self, by, meeting_id=self.meeting_id, texts=texts, **numbers)


class Entitlement(Model):
    """One voter of the set frozen at opening. `voter` is the key that paper and web share: "invitation:12", "household:7", "line:33"."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    person_id = fields.IntField(null=True)
    label = fields.CharField(120, default="")
    area_cm2 = fields.BigIntField(default=0)

    class Meta:
        table = "entitlement"
        unique_together = (("ballot", "voter"),)


class Vote(Model):
    """One voter's vote: one row, whatever the channel, changeable until closing. `receipt` can be looked up by the voter."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    choice = fields.CharField(40)
    channel = fields.CharField(8, default="web")
    entered_by_id = fields.IntField(null=True)
    cast_at = fields.DatetimeField()
    changes: list[Any] = fields.JSONField(default=list)
    receipt = fields.CharField(16)

    class Meta:
        table = "vote"
        unique_together = (("ballot", "voter"),)


class PaperCount(Model):
    """What one person counted on paper. Two persons count independently, only equal counts close the ballot."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    by_id = fields.IntField()
    figures: dict[str, Any] = fields.JSONField(default=dict)
    at = fields.DatetimeField()

    class Meta:
        table = "paper_count"
        unique_together = (("ballot", "by_id"),)
