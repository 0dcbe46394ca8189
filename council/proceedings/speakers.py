"""The speaking queue: ask, give the word, withdraw. Those who have not spoken come first; for and against alternate."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.orders import RulesOfOrder
from council.proceedings.roll import Seat
from council.refusals import Conflict, NotFound, Refusal
from council.rules.order import LONGER, in_order

STANCES = ("", "pro", "contra")


class Speaker(Model):
    """A request to speak on an item. `added`: seconds that the chair gave beyond the usual time."""

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[AgendaItem] = belongs("AgendaItem")
    item_id: int
    seat: fields.ForeignKeyRelation[Seat] = belongs("Seat")
    seat_id: int
    stance = fields.CharField(8, default="")
    asked_at = fields.DatetimeField()
    called_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    added = fields.IntField(default=0)

    class Meta:
        table = "speaker"
        indexes = (("item_id", "asked_at"),)

    @classmethod
    async def find(cls, number: int) -> tuple[Speaker, AgendaItem]:
        found = await cls.get_or_none(id=number).prefetch_related("item", "seat") if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, found.item

    async def relations(self, by: Actor | None) -> set[str]:
        return await (await Seat.get(id=self.seat_id)).relations(by)


async def _requests(item: AgendaItem) -> list[Speaker]:
    """Everybody who asked on this item and has not taken it back, as they asked; only those who are still in the room wait."""
    found = Speaker.filter(item_id=item.id, withdrawn_at=None).prefetch_related("seat__invitation__household")
    return await found.order_by("asked_at", "id")


async def queue(item: AgendaItem) -> list[Speaker]:
    """Those waiting, in the order in which they will be called."""
    asked = await _requests(item)
    called = sorted((one for one in asked if one.called_at), key=lambda one: (one.called_at, one.id))
    waiting = [one for one in asked if one.called_at is None and one.seat.left_at is None and not one.seat.away]
    rules = frozenset((await RulesOfOrder.of(item.meeting_id)).chosen)
    return in_order(waiting, (one.seat_id for one in called), called[-1].stance if called else "", rules)


async def speaking(item: AgendaItem) -> Speaker | None:
    """Who has the word."""
    found = Speaker.filter(item_id=item.id, called_at__isnull=False, ended_at=None, withdrawn_at=None, seat__left_at=None)
    return await found.prefetch_related("seat__invitation__household").order_by("-called_at", "-id").first()


async def ask(item: AgendaItem, seat: Seat, *, by: Actor, stance: str = "") -> Speaker:
    """Raise a hand on the item on the floor. An unconfirmed seat may ask too: the chair decides. Once at a time."""
    async with writing():
        await must(by, "speaker.ask", seat)
        if item.stage not in ("open", "voting") or seat.meeting_id != item.meeting_id or seat.left_at is not None:
            raise Conflict("This topic is not being talked about now.")
        if await Speaker.exists(item_id=item.id, seat_id=seat.id, called_at=None, withdrawn_at=None):
            raise Conflict("Your hand is up already.")
        await _in_order(item, seat, stance)
        made = await Speaker.create(item_id=item.id, seat_id=seat.id, stance=stance, asked_at=clock.now())
        await note("speaker.asked", made, by, meeting_id=item.meeting_id, item=item.id)
    return made


async def _in_order(item: AgendaItem, seat: Seat, stance: str) -> None:
    """Refuse what a rule of order of this meeting does not allow."""
    order = await RulesOfOrder.of(item.meeting_id)
    if order.on("position_first") and not stance:
        raise Refusal("Say first whether you speak for or against.", field="stance")
    if order.on("neutral_chair") and await _chairs(item.meeting_id, seat):
        raise Conflict("The chair does not speak on the matter. Hand the chair over first.")
    if order.on("times") and await Speaker.filter(item_id=item.id, seat_id=seat.id, called_at__isnull=False).count() >= order.times:
        raise Conflict("You have spoken %(n)s times on this item. Now it is the others' turn; you may hand in a written opinion.", n=order.times)
    if order.on("motion_first") and not await sql("SELECT 1 FROM proposal WHERE item_id = ? AND stage <> 'withdrawn' LIMIT 1", item.id):
        raise Conflict("No proposal, no discussion: somebody must make a proposal on this item first.")


async def _chairs(meeting_id: int, seat: Seat) -> bool:
    """Does the chair sit here? A hand that the chair raises for somebody without a phone is that somebody's."""
    invitation = await Invitation.get(id=seat.invitation_id) if seat.invitation_id else None
    sitting = {seat.person_id, invitation.person_id if invitation else None} - {None}
    return bool(sitting) and await Meeting.exists(id=meeting_id, chair_id__in=sitting)


async def withdraw(speaker: Speaker, item: AgendaItem, *, by: Actor) -> None:
    """Take the hand down; the chair may pass somebody over."""
    async with writing():
        await must(by, "speaker.withdraw", speaker)
        if speaker.called_at is not None:
            raise Conflict("This speech has begun already.")
        speaker.withdrawn_at = clock.now()
        await speaker.save(update_fields=["withdrawn_at"])
        await note("speaker.withdrew", speaker, by, meeting_id=item.meeting_id, item=item.id)


async def call_next(item: AgendaItem, meeting: Meeting, *, by: Actor) -> Speaker | None:
    """The chair gives the word to the next one; the speech before ends. None when nobody waits."""
    async with writing():
        await must(by, "speaker.call", meeting)
        if meeting.stage != "open" or item.stage not in ("open", "voting"):
            raise Conflict("This topic is not being talked about now.")
        waiting = await queue(item)
        before = await _end(item, meeting, by, "call" if waiting else "")
        if not waiting:
            return None
        one = waiting[0]
        one.called_at = clock.now()
        await one.save(update_fields=["called_at"])
        await note("speaker.called", one, by, meeting_id=meeting.id, item=item.id, before=before.id if before else None)
    return one


async def end(item: AgendaItem, meeting: Meeting, *, by: Actor) -> None:
    """The speech is over."""
    async with writing():
        await must(by, "speaker.call", meeting)
        await _end(item, meeting, by, "")


async def cut_short(item: AgendaItem, meeting: Meeting, why: str, *, by: Actor) -> None:
    """The speech ends with something else: `why` is "conclusion" or "adjournment". Within the caller's transaction."""
    await _end(item, meeting, by, why)


async def _end(item: AgendaItem, meeting: Meeting, by: Actor, why: str) -> Speaker | None:
    """`why`: the act it ends with; empty where it is an act of its own, which alone can be undone."""
    one = await speaking(item)
    if one is not None:
        one.ended_at = clock.now()
        await one.save(update_fields=["ended_at"])
        await note("speaker.ended", one, by, meeting_id=meeting.id, item=item.id, why=why)
    return one


async def lengthen(item: AgendaItem, meeting: Meeting, *, by: Actor) -> None:
    """The chair lets whoever speaks go on a minute longer."""
    async with writing():
        await must(by, "speaker.call", meeting)
        one = await speaking(item)
        if one is None:
            raise Conflict("Nobody is speaking at the moment.")
        one.added += LONGER
        await one.save(update_fields=["added"])
        await note("speaker.lengthened", one, by, meeting_id=meeting.id, item=item.id, seconds=LONGER)
