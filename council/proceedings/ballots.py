"""Ballots: the occasion on which a question is voted, who is entitled, and the count."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must, standing
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register
from council.proceedings import electorates
from council.proceedings.agenda import AgendaItem
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.proceedings.votes import Entitlement, PaperCount, Vote
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.methods import Tally, voting_method
from council.rules.powers import FIELD, STAFF

FEWEST = 5  # secret papers whose split may be shown
_newest: list[Any] = [None, None]  # the row asked for last, and what was read from it
MOMENTS = ("opened_at", "closes_at", "closed_at", "unsealed_at", "declared_at")
CONDUCTING = STAFF | {"owners_committee_head"}
__all__ = ("Ballot", "Entitlement", "PaperCount", "Vote")


class Ballot(Model):
    """drafted -> open -> closed -> declared. Question, options and electorate never change, a new round instead of a reset.

    `entitled` voters and `entitled_area` in cm² are frozen at opening. `cast` is the turnout, the split is counted only at closing.
    `figures` holds what `rules.decide` was asked and `counts`, the votes per choice, `decision` what it answered in every language.
    `owners_item` is the item of Civil Code art. 278 (1 to 9) the question falls under, empty where it falls under none.
    `terms` is what the method settles besides the options. `roll_opened` and `roll_closed` are journal numbers: the roll as it stood then.
    A `secret` ballot is sealed to three custodians, and counted once two of them have opened it (`unsealed_at`).
    `paper` is a vote counted on paper alone, by two count sheets.
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
    terms: dict[str, Any] = fields.JSONField(default=dict)
    secret = fields.BooleanField(default=False)
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
    unsealed_at = fields.DatetimeField(null=True)
    declared_at = fields.DatetimeField(null=True)
    roll_opened = fields.BigIntField(default=0)
    roll_closed = fields.BigIntField(default=0)
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
        if self.secret and isinstance(by, Person) and await sql("SELECT id FROM custodian WHERE ballot_id = ? AND person_id = ?", self.id, by.id):
            found = found | {"custodian"}
        if self.stage == "drafted" and await self._concerns(by):
            found = found | {"concerned"}
        return found | ({"entitled"} if self.id and self.stage != "drafted" and await self.voter(by) else set())

    async def _concerns(self, by: Actor | None) -> bool:
        """Is this somebody of the area, of the meeting or of the list, who may object to the roll?"""
        if self.meeting_id or self.register_id:
            return bool(await self.keys_of(by))
        return isinstance(by, Person) and bool(await Place.exists(id=by.place_id, path__startswith=self.path))

    def running(self, at: datetime | None = None) -> bool:
        """Is it open at this moment? From its opening on, up to its closing time without that time itself."""
        now = at or clock.now()
        return self.stage == "open" and (self.closes_at is None or now < self.closes_at)

    async def keys_of(self, by: Actor | None) -> list[str]:
        """The keys this actor could vote under, listed or not."""
        return await electorates.keys_of(by, self.meeting_id, self.electorate, self.register_id)

    async def entitlement(self, by: Actor | None) -> Entitlement | None:
        """The place of this actor in the set frozen at opening; None if not entitled."""
        keys = await self.keys_of(by)
        return await Entitlement.filter(ballot_id=self.id, voter__in=keys).first() if keys else None

    async def voter(self, by: Actor | None) -> str | None:
        """The key under which this actor is entitled; None if not entitled."""
        found = await self.entitlement(by)
        return found.voter if found else None

    async def vote_of(self, by: Actor | None) -> Vote | None:
        """The vote that stands for this actor: their own, or their household's."""
        voter = await self.voter(by)
        return await Vote.get_or_none(ballot_id=self.id, voter=voter) if voter else None

    @classmethod
    async def numbered(cls, number: int) -> Ballot | None:
        """The bare row, by one constant statement: whoever votes asks this first. A row that has not changed is not read into a record anew."""
        rows = await sql("SELECT * FROM ballot WHERE id = ?", number)
        if rows and _newest[0] != rows[0]:
            moments = {name: rows[0][name] and clock.moment(rows[0][name]) for name in MOMENTS}
            _newest[:] = [rows[0], cls._init_from_db(**rows[0] | moments)]
        return copy(_newest[1]) if rows else None

    @classmethod
    async def known_to(cls, by: Actor, number: int) -> Ballot:
        """A vote in a meeting for whoever may know of the meeting; outside one, on a public matter or none, for everybody; else NotFound."""
        found = await cls.numbered(number)
        if found is None:
            raise NotFound
        if found.meeting_id:
            await Meeting.known_to(found.meeting_id, by)
        elif found.matter_id and not await Matter.exists(id=found.matter_id, public=True) and not await found.relations(by):
            raise NotFound
        return found

    @classmethod
    async def seen_by(cls, by: Actor, number: int) -> Ballot:
        """The same with all it belongs to."""
        found = await cls.known_to(by, number)
        await found.fetch_related("meeting", "proposal", "matter", "item", "place", "register")
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

    @property
    def counts(self) -> dict[str, int]:
        """Votes per choice, known only from closing on; for owners, of persons. Of very few secret papers nothing is told."""
        return self.papers if self.counted and not self.hushed else {}

    @property
    def papers(self) -> dict[str, int]:
        """What all papers say, for the arithmetic alone."""
        return dict(self.figures.get("counts", {}))

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
        """What may be told of the papers, in the order of the choices."""
        return voting_method(self.method).tally(self.counts, self.options, self.terms)

    def outcome(self) -> Tally:
        """What the papers come to: for the rule, and for the text that is carried."""
        return voting_method(self.method).tally(self.papers, self.options, self.terms)

    @property
    def counted(self) -> bool:
        """Is it known what the papers say? Of a secret ballot only once two custodians have opened it."""
        return self.stage in ("closed", "declared") and "counts" in self.figures

    @property
    def hushed(self) -> bool:
        """Would the split of so few secret papers tell how somebody voted? Then only the outcome is shown."""
        return self.secret and self.cast < FEWEST

    async def cancel(self, reason: str, *, by: Actor) -> None:
        """Call it off with a reason that everybody may read. The votes stay and are never counted."""
        if not reason.strip():
            raise Refusal("Give the reason: everybody may read it.", field="reason")
        async with writing():
            await must(by, "ballot.cancel", self)
            if self.stage == "closed" and not await self._stuck():
                raise Conflict("What has been counted is declared, not called off.")
            await self.move("cancelled", reason=reason.strip()[:300])
            await self.release("seconded")
            await self.note("ballot.cancelled", by, texts={"reason": reason})

    async def _stuck(self) -> bool:
        """Closed, but it can never be declared: papers that nobody can open, or of which two people read different things."""
        return not self.counted or await Vote.exists(ballot_id=self.id, channel="door", checked_at=None)

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
