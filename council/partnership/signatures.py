"""Keys and signatures: each party signs with its own P-256 key, wrapped by its own PIN."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person
from council.partnership.agreements import Agreement, Signatory


class SigningKey(Model):
    """A signer's key for an organisation. `wrapped` opens only with the PIN and the server's secret together, five wrong PINs lock it."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    organisation: fields.ForeignKeyRelation[PartyOrganisation] = belongs("PartyOrganisation")
    organisation_id: int
    custody = fields.CharField(1, default="B")
    wrapped: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    certificate = fields.TextField()
    serial = fields.CharField(64, unique=True)
    tries = fields.IntField(default=0)
    made_at = fields.DatetimeField()
    revoked_on = fields.DatetimeField(null=True)
    revoked_why = fields.CharField(200, default="")
    identified_by_id = fields.IntField()
    identified_how = fields.CharField(24, default="code")
    identified_at = fields.DatetimeField()

    class Meta:
        table = "signing_key"
        indexes = (("person_id", "organisation_id"),)


class IdentityCode(Model):
    """A code that an officer who did not draft hands over face to face. Single use, five tries."""

    id = fields.IntField(primary_key=True)
    signatory: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    signatory_id: int
    digest = fields.CharField(64)
    made_by_id = fields.IntField()
    made_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)
    tries = fields.IntField(default=0)
    ends_at = fields.DatetimeField()

    class Meta:
        table = "identity_code"


class Revision(Model):
    """The agreement's PDF after the n-th signature (0: as frozen). Each holds the one before it as its beginning."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    version = fields.IntField()
    n = fields.IntField()
    digest = fields.CharField(64)
    previous = fields.CharField(64, default="")
    file = fields.CharField(80)
    signatory: fields.ForeignKeyNullableRelation[Signatory] = belongs("Signatory", null=True)
    signatory_id: int | None
    at = fields.DatetimeField()

    class Meta:
        table = "revision"
        unique_together = (("agreement", "version", "n"),)
