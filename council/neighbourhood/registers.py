"""Registers: imported lists that entitle, such as the owners of a compound with their areas."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.places import Place


class Register(Model):
    """A list with its source, as imported on a day. A newer one takes its place, none is deleted."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(24)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    source = fields.CharField(200, default="")
    made_at = fields.DatetimeField()
    made_by_id = fields.IntField(null=True)

    class Meta:
        table = "register"


class RegisterLine(Model):
    """One owner: several homes of one owner are one person with the areas summed (owners' interpretation arts 8-9). Area in cm²."""

    id = fields.IntField(primary_key=True)
    register: fields.ForeignKeyRelation[Register] = belongs("Register")
    register_id: int
    name = fields.CharField(50, default="")
    address = fields.CharField(80, default="")
    area_cm2 = fields.BigIntField(default=0)

    class Meta:
        table = "register_line"
