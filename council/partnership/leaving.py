"""A party leaves an agreement in effect: in writing, with thirty days' notice; the others go on as long as there are two and 甲方 stays."""

from __future__ import annotations

from datetime import timedelta

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.partnership import supplements
from council.partnership.agreements import Agreement, Signatory
from council.refusals import Conflict, Forbidden, Refusal
from council.rules import stages
from council.rules.categories import FEWEST

NOTICE = timedelta(days=30)


class Leaving(Model):
    """A notice that a party leaves. `leaves_on` is its last day in the agreement, `done_at` is when that day was over."""

    id = fields.IntField(primary_key=True)
    signatory: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    signatory_id: int
    reason = fields.CharField(300)
    given_at = fields.DatetimeField()
    leaves_on = fields.DateField()
    taken_back_at = fields.DatetimeField(null=True)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "leaving"


async def _must(signatory: Signatory, by: Actor) -> Agreement:
    agreement = await Agreement.get(id=signatory.agreement_id)
    await must(by, "agreement.leave", agreement)
    if not signatory.is_for(by):
        raise Forbidden("This is not yours to do.")
    if agreement.kind != "partnership":
        raise Conflict("This document cannot be left alone.")
    return agreement


async def notice_of(signatory: Signatory) -> Leaving | None:
    """The notice that runs for this party, if any."""
    return await Leaving.filter(signatory_id=signatory.id, taken_back_at=None).order_by("-id").first()


async def running(agreement: Agreement) -> dict[int, Leaving]:
    """Every notice of an agreement that was not taken back, by signatory."""
    rows = await Leaving.filter(signatory__agreement_id=agreement.id, taken_back_at=None).order_by("id")
    return {row.signatory_id: row for row in rows}


async def give_notice(signatory: Signatory, reason: str, *, by: Actor) -> Leaving:
    """This party leaves thirty days from today, or with the last day of the agreement if that comes first. Everybody is told."""
    if not reason.strip():
        raise Refusal("Write down the reason. Every signatory reads it.", field="reason")
    async with writing():
        agreement = await _must(signatory, by)
        stages.check("Signatory", (await Signatory.get(id=signatory.id)).stage, "left")
        if await notice_of(signatory):
            raise Conflict("You have given notice already.")
        last = min(clock.today() + NOTICE, agreement.last_day)
        made = await Leaving.create(signatory=signatory, reason=reason, given_at=clock.now(), leaves_on=last)
        await note("agreement.notice_given", agreement, await signatory.signer, texts={"reason": reason}, signatory=signatory.id, leaves=made.id)
    return made


async def take_back(signatory: Signatory, *, by: Actor) -> None:
    """The party stays after all; possible until its last day is over."""
    async with writing():
        agreement = await _must(signatory, by)
        if not await Leaving.filter(signatory_id=signatory.id, taken_back_at=None, done_at=None).update(taken_back_at=clock.now()):
            raise Conflict("No notice of yours is running.")
        await note("agreement.notice_taken_back", agreement, await signatory.signer, signatory=signatory.id)


async def keep() -> int:
    """Every party whose last day is over leaves now; how many did."""
    due = Leaving.filter(taken_back_at=None, done_at=None, leaves_on__lt=clock.today(), signatory__agreement__stage="effective")
    return sum([await _leave(each) for each in await due.select_related("signatory__agreement").order_by("id").limit(200)])


async def _leave(leaving: Leaving) -> bool:
    agreement, signatory = leaving.signatory.agreement, leaving.signatory
    async with writing():
        if not await Leaving.filter(id=leaving.id, taken_back_at=None, done_at=None).update(done_at=clock.now()):
            return False
        await Signatory.filter(id=signatory.id).update(stage="left")
        await note("agreement.left", agreement, None, signatory=signatory.id)
        await _left_too(agreement, signatory)
        await _with_too_few(agreement, signatory)
    return True


async def _left_too(agreement: Agreement, gone: Signatory) -> None:
    """Whoever leaves an agreement leaves what was added to it."""
    for each in await supplements.of(agreement):
        await Signatory.filter(agreement_id=each.id, organisation_id=gone.organisation_id, stage="signed").update(stage="left")


async def _with_too_few(agreement: Agreement, gone: Signatory) -> None:
    """Without 甲方, or with one party alone, there is no agreement any more."""
    left = await Signatory.filter(agreement_id=agreement.id, stage="signed").count()
    if gone.order == 0 or left < FEWEST:
        agreement = await Agreement.get(id=agreement.id)
        await agreement.move("terminated")
        await note("agreement.terminated", agreement, None)
        await agreement.end_supplements(None)
