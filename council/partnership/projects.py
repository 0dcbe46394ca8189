"""Projects: a need matched with a resource, with lead, dates, indicator and proof (项目清单)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.places import Place
from council.partnership.needs import Need
from council.partnership.resources import Resource


class Project(Model):
    id = fields.IntField(primary_key=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    need: fields.ForeignKeyNullableRelation[Need] = belongs("Need", null=True)
    need_id: int | None
    resource: fields.ForeignKeyNullableRelation[Resource] = belongs("Resource", null=True)
    resource_id: int | None
    lead: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    lead_id: int
    helpers = fields.CharField(200, default="")
    first_day = fields.DateField(null=True)
    last_day = fields.DateField(null=True)
    indicator = fields.CharField(120, default="")
    responsible = fields.CharField(50, default="")
    stage = fields.CharField(24, default="planned")
    proof = fields.TextField(default="")
    made_at = fields.DatetimeField()

    class Meta:
        table = "project"
