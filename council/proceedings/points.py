"""Points of order: somebody says that a rule is broken; the chair rules on it at once."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.orders import RulesOfOrder
from council.proceedings.roll import Seat
from council.refusals import Conflict, NotFound, Refusal

ABOUT: dict[str, Phrase] = {
    "subject": Phrase("The speech is off the subject"), "time": Phrase("The speech is too long"), "interruption": Phrase("Somebody interrupts"),
    "person": Phrase("Somebody attacks a person"), "procedure": Phrase("The procedure is not kept"),
}  # fmt: skip
RULINGS: dict[str, Phrase] = {"upheld": Phrase("upheld"), "overruled": Phrase("not upheld")}


class PointOfOrder(Model):
    """A point raised on a seat. `ruling` is empty until the chair rules."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    item: fields.ForeignKeyNullableRelation[AgendaItem] = belongs("AgendaItem", null=True)
    item_id: int | None
    seat: fields.ForeignKeyRelation[Seat] = belongs("Seat")
    seat_id: int
    about = fields.CharField(16)
    ruling = fields.CharField(12, default="")
    raised_at = fields.DatetimeField()
    ruled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "point_of_order"
        indexes = (("meeting_id", "ruling"),)

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[PointOfOrder, Meeting]:
        found = await cls.get_or_none(id=number).prefetch_related("seat__invitation") if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, await Meeting.find(found.meeting_id, by)

    @classmethod
    async def open_in(cls, meeting: Meeting) -> PointOfOrder | None:
        """The point that waits for the chair, the oldest first."""
        return await cls.filter(meeting_id=meeting.id, ruling="").prefetch_related("seat__invitation").order_by("id").first()


async def raise_point(meeting: Meeting, seat: Seat, about: str, *, by: Actor) -> PointOfOrder:
    """Say that a rule is broken. It goes before everything else; one at a time from a seat."""
    if about not in ABOUT:
        raise Refusal("Choose one of the answers shown.", field="about")
    async with writing():
        await must(by, "speaker.ask", seat)
        if not (await RulesOfOrder.of(meeting.id)).on("points"):
            raise Conflict("Points of order are switched off in this meeting. Please raise your hand.")
        if meeting.stage != "open" or seat.left_at is not None or seat.meeting_id != meeting.id:
            raise Conflict("The meeting is not open.")
        if await PointOfOrder.exists(meeting_id=meeting.id, seat_id=seat.id, ruling=""):
            raise Conflict("Your point of order is before the chair already.")
        item = await AgendaItem.current(meeting)
        made = await PointOfOrder.create(
            meeting_id=meeting.id, item_id=item.id if item else None, seat_id=seat.id, about=about, raised_at=clock.now()
        )
        await note("point.raised", made, by, meeting_id=meeting.id, about=about, item=made.item_id)
    return made


async def rule(point: PointOfOrder, meeting: Meeting, ruling: str, *, by: Actor) -> None:
    """The chair upholds a point of order, or not."""
    if ruling not in RULINGS:
        raise Refusal("Choose one of the answers shown.", field="ruling")
    async with writing():
        await must(by, "point.rule", meeting)
        if not await PointOfOrder.filter(id=point.id, ruling="").update(ruling=ruling, ruled_at=clock.now()):
            raise Conflict("This point of order has been ruled on.")
        await note("point.ruled", point, by, meeting_id=meeting.id, ruling=ruling)
