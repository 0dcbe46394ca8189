"""The speaking queue: ask, give the word, withdraw. Those who have not spoken come first; for and against alternate."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.proceedings.agenda import AgendaItem
from council.proceedings.roll import Seat


class Speaker(Model):
    """A request to speak on an item."""

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

    class Meta:
        table = "speaker"
        indexes = (("item_id", "asked_at"),)
