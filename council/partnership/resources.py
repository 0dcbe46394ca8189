"""Resources: what partner units can offer (资源清单)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.places import Place

KINDS = ("venue", "people", "equipment", "funds", "skills")


class Resource(Model):
    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    organisation: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    organisation_id: int
    title = fields.CharField(120)
    kind = fields.CharField(16)
    amount = fields.CharField(60, default="")
    times = fields.CharField(120, default="")
    conditions = fields.CharField(200, default="")
    last_day = fields.DateField(null=True)
    made_at = fields.DatetimeField()

    class Meta:
        table = "resource"
