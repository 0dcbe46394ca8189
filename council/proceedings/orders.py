"""The rules of order of one meeting: which of them are on, and the limits of time."""

from __future__ import annotations

from collections.abc import Iterable

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings.meetings import Meeting
from council.refusals import Refusal
from council.rules.order import RULES, SPEECH, TIMES, USUAL


class RulesOfOrder(Model):
    """What a chair has settled for a meeting, a meeting without a row has the usual rules. `seconds` a speech, `times` on one item."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    chosen: list[str] = fields.JSONField(default=list)
    seconds = fields.IntField(default=SPEECH)
    times = fields.IntField(default=TIMES)

    class Meta:
        table = "rules_of_order"
        unique_together = (("meeting",),)

    def on(self, code: str) -> bool:
        return code in self.chosen

    @property
    def speech(self) -> int:
        """Seconds a speech may last; 0 where it has no limit."""
        return self.seconds if self.on("time") else 0

    @classmethod
    async def of(cls, meeting_id: int) -> RulesOfOrder:
        """The rules of a meeting: as settled, or the usual ones."""
        return await cls.get_or_none(meeting_id=meeting_id) or cls(meeting_id=meeting_id, chosen=sorted(USUAL))


async def settle(meeting: Meeting, chosen: Iterable[str], *, by: Actor, seconds: int = SPEECH, times: int = TIMES) -> RulesOfOrder:
    """Switch rules on and off, before the meeting or in it. It is written down, and holds from now on."""
    known = [rule.code for rule in RULES if rule.code in set(chosen)]
    if not 30 <= seconds <= 1800:
        raise Refusal("A speech lasts from half a minute to half an hour.", field="seconds")
    if not 1 <= times <= 20:
        raise Refusal("One to twenty speeches on an item.", field="times")
    async with writing():
        await must(by, "meeting.order", meeting)
        kept = await RulesOfOrder.of(meeting.id)
        kept.chosen, kept.seconds, kept.times = known, seconds, times
        await kept.save()
        await note("meeting.order_settled", meeting, by, meeting_id=meeting.id, rules=known, seconds=seconds, times=times)
    return kept
