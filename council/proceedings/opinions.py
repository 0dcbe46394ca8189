"""Written opinions: what somebody hands in instead of, or besides, a speech. It is read out or taken to the record."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Conflict, NotFound, Refusal
from council.rules.privacy import check_text

LONGEST, MOST = 2000, 3  # signs; opinions of one seat on one item


class Opinion(Model):
    """What somebody in the room wrote on an item. Read by everybody in the room, nobody outside."""

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[AgendaItem] = belongs("AgendaItem")
    item_id: int
    seat: fields.ForeignKeyRelation[Seat] = belongs("Seat")
    seat_id: int
    words = fields.TextField()
    made_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "opinion"
        indexes = (("item_id", "id"),)

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Opinion, Meeting]:
        found = await cls.get_or_none(id=number, withdrawn_at=None).prefetch_related("seat__invitation", "item") if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, await Meeting.find(found.item.meeting_id, by)

    @classmethod
    async def of(cls, item: AgendaItem) -> list[Opinion]:
        return await cls.filter(item_id=item.id, withdrawn_at=None).prefetch_related("seat__invitation__person").order_by("id")


async def hand_in(item: AgendaItem, seat: Seat, words: str, *, by: Actor) -> Opinion:
    """Hand in what one thinks, as long as the item is not concluded; an unconfirmed seat may too."""
    words = check_text(words.strip(), "words")
    if len(words) < 2:
        raise Refusal("Write what you think.", field="words")
    if len(words) > LONGEST:
        raise Refusal("At most %(n)s signs. You have written %(written)s.", n=LONGEST, written=len(words), field="words")
    async with writing():
        await must(by, "speaker.ask", seat)
        if seat.meeting_id != item.meeting_id or seat.left_at is not None:
            raise Conflict("Take your seat in the room first.")
        if item.stage in ("decided", "deferred"):
            raise Conflict("This item has been dealt with.")
        if await Opinion.filter(item_id=item.id, seat_id=seat.id, withdrawn_at=None).count() >= MOST:
            raise Conflict("You have handed in %(n)s opinions on this item. Take one back first.", n=MOST)
        made = await Opinion.create(item_id=item.id, seat_id=seat.id, words=words, made_at=clock.now())
        await note("opinion.handed_in", made, by, meeting_id=item.meeting_id, item=item.id, texts={"words": words})
    return made


async def take_back(opinion: Opinion, meeting: Meeting, *, by: Actor) -> None:
    """Whoever wrote it takes it back while the meeting goes on."""
    async with writing():
        await must(by, "opinion.take_back", opinion.seat)
        if meeting.stage not in ("called", "open", "adjourned"):
            raise Conflict("The meeting is over: what was handed in stays in the record.")
        opinion.withdrawn_at = clock.now()
        await opinion.save(update_fields=["withdrawn_at"])
        await note("opinion.taken_back", opinion, by, meeting_id=meeting.id, item=opinion.item_id)
