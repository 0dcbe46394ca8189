"""Party organisations at every level, units of the area, and the alliances between them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.places import Place

UNIT_KINDS = ("resident_unit", "property_company", "owners_committee", "department", "utility", "social_organisation", "business")
FUNCTIONAL = ("owners_committee", "property_company")  # a branch inside one of these is a functional branch (功能型党支部)
ORGANISATION_KINDS = ("working_committee", "committee", "general_branch", "branch", "group", "centre_household")


class Unit(Model):
    """An organisation located in the area: office, enterprise, school, property company, department station, utility."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(120)
    kind = fields.CharField(24, default="resident_unit")
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    phone = fields.CharField(32, default="")
    credit_code = fields.CharField(18, default="")
    last_day = fields.DateField(null=True)

    class Meta:
        table = "unit"

    def __str__(self) -> str:
        return self.name


class PartyOrganisation(Model):
    """A Party organisation. One branch may cover several grids, some grids have none: coverage is a table, not a key.

    Party organisations usually have no unified social credit code, their unit is a separate field.
    """

    id = fields.IntField(primary_key=True)
    name = fields.CharField(120)
    kind = fields.CharField(24)
    temporary = fields.BooleanField(default=False)
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    parent: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    parent_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    last_day = fields.DateField(null=True)

    class Meta:
        table = "party_organisation"

    def __str__(self) -> str:
        return self.name

    @property
    def functional(self) -> bool:
        """A branch inside an owners' committee or a property company; its unit has to be fetched."""
        return self.unit is not None and self.unit.kind in FUNCTIONAL

    async def covered(self) -> list[Place]:
        """The places this organisation leads; its own place where none is listed."""
        rows = await Coverage.filter(organisation_id=self.id).prefetch_related("place")
        return [row.place for row in rows] or [await self.place]


class Coverage(Model):
    """An organisation leads a place."""

    id = fields.IntField(primary_key=True)
    organisation: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    organisation_id: int
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int

    class Meta:
        table = "coverage"
        unique_together = (("organisation", "place"),)


class Alliance(Model):
    """党建联盟 or 党建微盟: Party organisations and units that work together round a community or a grid."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(120)
    kind = fields.CharField(16, default="alliance")
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    last_day = fields.DateField(null=True)

    class Meta:
        table = "alliance"

    def __str__(self) -> str:
        return self.name


class AllianceMember(Model):
    """A Party organisation or a unit belongs to an alliance. Whoever leaves and comes back has two rows."""

    id = fields.IntField(primary_key=True)
    alliance: fields.ForeignKeyRelation[Alliance] = belongs("Alliance")
    alliance_id: int
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    last_day = fields.DateField(null=True)

    class Meta:
        table = "alliance_member"
