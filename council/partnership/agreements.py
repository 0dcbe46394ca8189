"""Co-construction agreements: drafted, reviewed, frozen, signed by every partner, in effect."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person, new_salt
from council.neighbourhood.places import Place
from council.partnership.projects import Project


class Agreement(Model):
    """`clauses` is the text: a list of {"heading", "body"}. Frozen: `digest` is the SHA-256 of the PDF that all sign, any change makes a new version and voids all signatures.

    The term names its first and last day, it is in force from the later of the first day and the last signature, and the last day never moves.
    """

    id = fields.IntField(primary_key=True)
    number = fields.CharField(40, unique=True)
    public_code = fields.CharField(16, unique=True)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    category = fields.CharField(32)
    stage = fields.CharField(24, default="draft")
    version = fields.IntField(default=1)
    first_day = fields.DateField()
    last_day = fields.DateField()
    copies = fields.IntField(default=2)
    clauses: list[dict[str, Any]] = fields.JSONField(default=list)  # type: ignore[assignment]
    basis = fields.TextField(default="")
    venue = fields.CharField(120, default="")
    digest = fields.CharField(64, default="")
    boxes: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    drafted_by: fields.ForeignKeyRelation[Person] = belongs("Person")
    drafted_by_id: int
    made_at = fields.DatetimeField()
    frozen_at = fields.DatetimeField(null=True)
    sign_by = fields.DateField(null=True)
    effective_on = fields.DateField(null=True)
    reason = fields.CharField(300, default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "agreement"
        indexes = (("path", "id"), ("stage", "id"))


class AgreementProject(Model):
    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    project: fields.ForeignKeyRelation[Project] = belongs("Project")
    project_id: int

    class Meta:
        table = "agreement_project"
        unique_together = (("agreement", "project"),)


class Signatory(Model):
    """One party to the agreement: a Party organisation, its unit is a separate field. Order 0 is 甲方, the community Party committee."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    order = fields.IntField()
    organisation: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    organisation_id: int
    unit_name = fields.CharField(120, default="")
    signer: fields.ForeignKeyRelation[Person] = belongs("Person")
    signer_id: int
    post = fields.CharField(24, default="")
    liaison = fields.CharField(50, default="")
    phone = fields.CharField(32, default="")
    stage = fields.CharField(24, default="invited")
    link_digest = fields.CharField(64, default="", db_index=True)
    read_at = fields.DatetimeField(null=True)
    signed_at = fields.DatetimeField(null=True)
    serial = fields.CharField(64, default="")
    reason = fields.CharField(300, default="")

    class Meta:
        table = "signatory"
        unique_together = (("agreement", "organisation"), ("agreement", "order"))


class ChangeRequest(Model):
    """A party asks for a change of the text, or comments a clause."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    signatory: fields.ForeignKeyNullableRelation[Signatory] = belongs("Signatory", null=True)
    signatory_id: int | None
    version = fields.IntField()
    clause = fields.IntField(null=True)
    text = fields.TextField()
    at = fields.DatetimeField()
    answer = fields.TextField(default="")

    class Meta:
        table = "change_request"
