"""Proposals and amendments: a concrete text that can be voted, its mover and its seconds. No motion, no discussion."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.agenda import AgendaItem
from council.proceedings.electorates import seat_of
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.orders import RulesOfOrder
from council.refusals import Conflict, NotFound, Refusal
from council.rules import stages
from council.rules.privacy import check_text
from council.workshop.differences import Run, differences

SECONDS_NEEDED = 1


class Proposal(Model):
    """A proposal, or an amendment of one (`amends`). Amendments are voted first.

    `text` of an amendment is the whole text as it would read, `version` the version of the main text it was written on. A carried
    amendment makes a new version of the main text, whose first wording stays in `original` and later ones in the carried amendments.
    """

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[AgendaItem] = belongs("AgendaItem")
    item_id: int
    amends: fields.ForeignKeyNullableRelation[Proposal] = belongs("Proposal", null=True)
    amends_id: int | None
    text = fields.TextField()
    reason = fields.TextField(default="")
    cost = fields.CharField(120, default="")
    mover: fields.ForeignKeyNullableRelation[Invitation] = belongs("Invitation", null=True)
    mover_id: int | None
    stage = fields.CharField(24, default="submitted")
    version = fields.IntField(default=1)
    original = fields.TextField(default="")
    merged_into: fields.ForeignKeyNullableRelation[Proposal] = belongs("Proposal", null=True)
    merged_into_id: int | None
    answer = fields.TextField(default="")
    answered_by_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    made_at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "proposal"

    async def meeting(self) -> Meeting:
        item = await AgendaItem.get(id=self.item_id)
        return await Meeting.get(id=item.meeting_id)

    async def relations(self, by: Actor | None) -> set[str]:
        meeting = await self.meeting()
        seat = await seat_of(by, meeting)
        own = seat is not None and self.mover_id is not None and seat.invitation_id == self.mover_id
        return await meeting.relations(by) | ({"mover"} if own else set())

    @classmethod
    async def submit(
        cls, item: AgendaItem, text: str, *, by: Actor, reason: str = "", cost: str = "", amends: Proposal | None = None
    ) -> Proposal:
        """A member present or the chair moves a text on the item that is taken up. It waits for a second."""
        made = cls(item_id=item.id, text=_own_words(text), original=text, reason=_own_words(reason, "reason"), cost=cost)
        made.amends_id, made.version, made.made_at = (amends.id, amends.version, clock.now()) if amends else (None, 1, clock.now())
        async with writing():
            await must(by, "proposal.submit", made)
            _taken_up(await AgendaItem.get(id=item.id))
            order = await RulesOfOrder.of(item.meeting_id)
            if order.on("no_second_vote"):
                await _not_voted_yet(made, item)
            made.stage = "submitted" if order.on("seconder") else "seconded"
            seat = await seat_of(by, await made.meeting())
            made.mover_id = seat.invitation_id if seat else None
            await made.save()
            await made.note("amendment.submitted" if amends else "proposal.submitted", by)
        return made

    async def amend(self, text: str, *, by: Actor, reason: str = "") -> Proposal:
        """Move that the text should read otherwise. Voted before the proposal itself."""
        if self.amends_id:
            raise Refusal("An amendment is not amended: move another one.", status=409)
        if self.stage not in ("submitted", "seconded"):
            raise _not_now(self)
        if text.strip() == self.text.strip():
            raise Refusal("This is the text as it stands: change something in it.", field="text")
        return await Proposal.submit(await AgendaItem.get(id=self.item_id), text, by=by, reason=reason, amends=self)

    async def second(self, *, by: Actor) -> None:
        """A member present supports that this is discussed and voted. Nobody seconds an own text, nobody twice."""
        async with writing():
            await must(by, "proposal.second", self)
            if self.stage not in ("submitted", "seconded"):
                raise _not_now(self)
            seat = await seat_of(by, await self.meeting())
            if seat is None or seat.invitation_id is None or seat.invitation_id == self.mover_id:
                raise Refusal("The mover cannot second their own proposal.", status=403)
            if await Second.exists(proposal_id=self.id, invitation_id=seat.invitation_id):
                raise Conflict("You have seconded this already.")
            await Second.create(proposal_id=self.id, invitation_id=seat.invitation_id, at=clock.now())
            if self.stage == "submitted" and await self.seconds() >= SECONDS_NEEDED:
                await self.move("seconded")
            await self.note("proposal.seconded", by)

    async def renew(self, text: str, *, by: Actor) -> None:
        """The mover or the chair writes an amendment anew on the present main text; its seconds stay."""
        async with writing():
            await must(by, "proposal.renew", self)
            main = await Proposal.get(id=self.amends_id)
            self.text, self.version = _own_words(text), main.version
            await self.save(update_fields=["text", "version"])
            await self.note("amendment.renewed", by)

    async def withdraw(self, *, by: Actor) -> None:
        """The mover takes it back, or the chair where nobody upholds it."""
        async with writing():
            await must(by, "proposal.withdraw", self)
            await self.move("withdrawn")
            await self.note("proposal.withdrawn", by)

    async def put(self, *, by: Actor) -> None:
        """The chair puts it to the vote: seconded, its amendments decided, an amendment written on the text as it stands."""
        async with writing():
            await must(by, "proposal.put", self)
            if self.stage == "submitted":
                raise Conflict("Nobody has seconded this yet.")
            if await self.amendments_first():
                raise Conflict("Amendments are voted first.")
            if await self.outdated():
                raise Conflict("The main text has changed since: the amendment must be written anew on it.")
            await self.move("put")
            await self.note("proposal.put", by)

    async def decided(self, outcome: str) -> None:
        """What the vote came to: carried, rejected, or seconded again where none was held.

        A carried amendment becomes the next version of its main text.
        """
        await self.move(outcome)
        if outcome == "carried" and self.amends_id:
            main = await Proposal.get(id=self.amends_id)
            main.text, main.version = self.text, main.version + 1
            await main.save(update_fields=["text", "version"])

    async def move(self, stage: str) -> None:
        """To another stage, unless somebody moved it in between."""
        stages.check("Proposal", self.stage, stage)
        if not await Proposal.filter(id=self.id, stage=self.stage).update(stage=stage):
            raise _not_now(await Proposal.get(id=self.id))
        self.stage = stage

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Proposal, Meeting]:
        """A proposal and its meeting, if this person may know of the meeting; else NotFound."""
        found = await cls.get_or_none(id=number).prefetch_related("mover__person", "item") if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, await Meeting.find(found.item.meeting_id, by)

    @classmethod
    async def with_item(cls, number: int) -> Proposal:
        return await cls.get(id=number).prefetch_related("mover__person", "item")

    @classmethod
    async def of(cls, item: AgendaItem) -> list[Proposal]:
        """Every proposal on an item with its amendments behind it, as they were moved."""
        found = await cls.filter(item_id=item.id).prefetch_related("mover__person").order_by("id")
        return sorted(found, key=lambda one: (one.amends_id or one.id, one.id))

    async def seconds(self) -> int:
        return await Second.filter(proposal_id=self.id).count()

    async def amendments(self) -> list[Proposal]:
        return await Proposal.filter(amends_id=self.id).prefetch_related("mover__person").order_by("id")

    async def amendments_waiting(self) -> bool:
        """Is there a seconded amendment that has not been voted?"""
        return await Proposal.exists(amends_id=self.id, stage__in=["seconded", "put"])

    async def amendments_first(self) -> bool:
        """Must a seconded amendment be voted before this? The rule can be switched off for a meeting."""
        item = await AgendaItem.get(id=self.item_id)
        return (await RulesOfOrder.of(item.meeting_id)).on("amendments_first") and await self.amendments_waiting()

    async def outdated(self) -> bool:
        """Was this amendment written on a main text that has changed since?"""
        return bool(self.amends_id) and not await Proposal.exists(id=self.amends_id, version=self.version)

    async def changes(self) -> list[Run]:
        """What an amendment changes in the main text; of a main text, what amendments have changed in it."""
        if self.amends_id and self.stage != "carried":
            return differences((await Proposal.get(id=self.amends_id)).text, self.text)
        return differences(await self._before() if self.amends_id else self.original or self.text, self.text)

    async def _before(self) -> str:
        """The main text before this amendment was carried."""
        main = await Proposal.get(id=self.amends_id)
        earlier = await Proposal.filter(amends_id=self.amends_id, stage="carried", version=self.version - 1).first()
        return earlier.text if earlier else main.original

    async def note(self, act: str, by: Actor, **numbers: int) -> None:
        item = await AgendaItem.get(id=self.item_id)
        texts = {"text": self.text, "reason": self.reason}
        await note(act, self, by, meeting_id=item.meeting_id, texts=texts, item=self.item_id, version=self.version, **numbers)


class Second(Model):
    id = fields.IntField(primary_key=True)
    proposal: fields.ForeignKeyRelation[Proposal] = belongs("Proposal")
    proposal_id: int
    invitation: fields.ForeignKeyRelation[Invitation] = belongs("Invitation")
    invitation_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "second"
        unique_together = (("proposal", "invitation"),)


def _own_words(text: str, field: str = "text") -> str:
    return check_text(text.strip(), field)


async def _not_voted_yet(made: Proposal, item: AgendaItem) -> None:
    """A motion that has been voted is not put again in the same meeting."""
    items = await AgendaItem.filter(meeting_id=item.meeting_id).values_list("id", flat=True)
    if await Proposal.exists(item_id__in=[int(str(one)) for one in items], text=made.text, stage__in=["carried", "rejected"]):
        raise Conflict("The room has voted on these very words already. They are not voted again in the same meeting.")


def _taken_up(item: AgendaItem) -> None:
    if item.stage not in ("open", "voting"):
        raise Conflict("Proposals can be made once the chair has taken up this item.")


def _not_now(proposal: Proposal) -> Conflict:
    return Conflict("This is not possible now: the present stage is “%(stage)s”.", stage=stages.NAMES[proposal.stage])
