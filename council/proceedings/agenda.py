"""The agenda: in which order topics are taken up, and how each of them ended."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting


class AgendaItem(Model):
    """A topic. `notified` says that it stood in the notice: nothing is decided on what was not notified (agenda lock)."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    title = fields.CharField(120)
    words = fields.TextField(default="")
    order = fields.IntField()
    stage = fields.CharField(24, default="pending")
    notified = fields.BooleanField(default=False)
    outcome = fields.TextField(default="")
    opened_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "agenda_item"
        indexes = (("meeting_id", "order"),)
