"""Needs: what residents or the community need (需求清单)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.places import Place


class Need(Model):
    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    asked_by = fields.CharField(120, default="")
    beneficiaries = fields.CharField(120, default="")
    urgency = fields.CharField(24, default="")
    period = fields.CharField(60, default="")
    stage = fields.CharField(24, default="open")
    made_at = fields.DatetimeField()

    class Meta:
        table = "need"
