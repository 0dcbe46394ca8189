"""Households: the voting unit of household meetings. Every household belongs to exactly one grid."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.places import Place


class Household(Model):
    """`address` as people say it: 3号楼402."""

    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    building = fields.CharField(24, default="")
    unit = fields.CharField(24, default="")
    room = fields.CharField(24, default="")
    last_day = fields.DateField(null=True)

    class Meta:
        table = "household"
        unique_together = (("place", "building", "unit", "room"),)

    @property
    def address(self) -> str:
        return f"{self.building}{self.unit}{self.room}"

    def __str__(self) -> str:
        return self.address
