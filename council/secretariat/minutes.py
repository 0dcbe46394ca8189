"""Minutes drawn from what happened, corrected, approved, posted."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.neighbourhood.places import Place
from council.proceedings.meetings import Meeting


class Minutes(Model):
    id = fields.IntField(primary_key=True)
    meeting: fields.OneToOneRelation[Meeting] = fields.OneToOneField("council.Meeting", related_name=False, on_delete=fields.RESTRICT)
    meeting_id: int
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    facts: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    remarks = fields.TextField(default="")
    stage = fields.CharField(24, default="drawn")
    version = fields.IntField(default=1)
    drawn_at = fields.DatetimeField()
    approved_at = fields.DatetimeField(null=True)
    approved_by_id = fields.IntField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "minutes"
