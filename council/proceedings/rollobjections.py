"""Objections to the list of voters before a ballot opens: somebody is missing, or should not stand there."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.ballots import Ballot
from council.refusals import Conflict, NotFound, Refusal

MOST = 200  # that wait on one ballot


class RollObjection(Model):
    """What somebody says is wrong with the list, and the answer. The vote opens only when every objection has one."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    by_id = fields.IntField(null=True)
    text = fields.CharField(500)
    answer = fields.CharField(500, default="")
    made_at = fields.DatetimeField()
    answered_by_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "roll_objection"
        indexes = (("ballot_id", "answered_at"),)

    @classmethod
    async def of(cls, ballot: Ballot) -> list[RollObjection]:
        return await cls.filter(ballot_id=ballot.id).order_by("id")

    @classmethod
    async def unanswered(cls, ballot: Ballot) -> int:
        return await cls.filter(ballot_id=ballot.id, answered_at=None).count()


async def object_to_roll(ballot: Ballot, text: str, *, by: Actor) -> RollObjection:
    """Say what is wrong with the list, as long as the vote has not opened."""
    if len(text.strip()) < 4:
        raise Refusal("Say who is missing or should not be on the list.", field="text")
    async with writing():
        await must(by, "ballot.object", ballot)
        if await RollObjection.unanswered(ballot) >= MOST:
            raise Conflict("Too many objections wait already. Please ask at the desk.")
        made = await RollObjection.create(ballot=ballot, by_id=by.id, text=text.strip()[:500], made_at=clock.now())
        await ballot.note("ballot.roll_objected", by, objection=made.id, texts={"objection": text})
    return made


async def one(ballot: Ballot, number: int) -> RollObjection:
    found = await RollObjection.get_or_none(id=number, ballot_id=ballot.id)
    if found is None:
        raise NotFound
    return found


async def answer(objection: RollObjection, text: str, *, by: Actor) -> None:
    """Answer it: put right in the register, or why not."""
    if len(text.strip()) < 4:
        raise Refusal("Write the answer.", field="answer")
    async with writing():
        ballot = await Ballot.get(id=objection.ballot_id)
        await must(by, "ballot.open", ballot)
        done = RollObjection.filter(id=objection.id, answered_at=None)
        if not await done.update(answer=text.strip()[:500], answered_by_id=by.id, answered_at=clock.now()):
            raise Conflict("This has been answered already.")
        await ballot.note("ballot.roll_answered", by, objection=objection.id, texts={"answer": text})
