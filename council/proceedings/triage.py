"""Triage: the confirmation by a person, the transfer up or down, the reason."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.proceedings.matters import Matter

UPWARD = ("NO_POWER", "NO_FUNDS", "CROSS_AREA", "NOT_SETTLED", "OVERDUE", "SAFETY")


class Decision(Model):
    """A person confirmed or corrected the affair of a matter, with the reason."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    affair = fields.CharField(16)
    suggested = fields.CharField(16, default="")
    reason = fields.TextField(default="")
    by_id = fields.IntField()
    at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "triage_decision"


class Transfer(Model):
    """A matter moved to another level, its class stays unless a person reclassifies it with a reason."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    before = fields.CharField(12)
    after = fields.CharField(12)
    ground = fields.CharField(16)
    words = fields.TextField(default="")
    by_id = fields.IntField()
    at = fields.DatetimeField()
    due = fields.DateField(null=True)
    answer = fields.TextField(default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "transfer"


class Doubt(Model):
    """The reporter thinks that the affair is wrong."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    words = fields.TextField(default="")
    at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "doubt"
