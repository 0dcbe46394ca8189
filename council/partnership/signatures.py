"""Keys, identity codes and the chain of signed files: each signatory signs with its own P-256 key, wrapped by its own PIN."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Actor, Person
from council.partnership.agreements import Agreement, Signatory

TRIES = 5


class SigningKey(Model):
    """A signer's key for an organisation, or for the signer alone (mediation).

    Custody A: it lives in the signer's browser, only its certificate is here.

    Custody B: `wrapped` opens only with the PIN and the server's secret together, five wrong PINs lock it.
    Custody C: the unit's own certificate file, given for each signature and not kept.
    """

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    custody = fields.CharField(1, default="B")
    wrapped: dict[str, Any] = fields.JSONField(default=dict)
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

    async def relations(self, by: Actor | None) -> set[str]:
        return {"owner"} if isinstance(by, Person) and by.id == self.person_id else set()

    @property
    def owner(self) -> str:
        """What the wrapped key is tied to: moved to another row it does not open."""
        return f"key:{self.person_id}:{self.organisation_id or 0}"

    @property
    def locked(self) -> bool:
        return self.tries >= TRIES

    def good_at(self, moment: datetime) -> bool:
        return self.revoked_on is None or moment < self.revoked_on


class Preparation(Model):
    """A file made ready for a key in the signer's browser: what it signs is sent there, the rest waits here for ten minutes."""

    id = fields.IntField(primary_key=True)
    signatory: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    signatory_id: int
    before: fields.ForeignKeyRelation[Revision] = belongs("Revision")
    before_id: int
    key: fields.ForeignKeyRelation[SigningKey] = belongs("SigningKey")
    key_id: int
    data = fields.BinaryField()
    digest = fields.CharField(64)
    start = fields.IntField()
    end = fields.IntField()
    attributes = fields.BinaryField()
    kind = fields.CharField(12)
    at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "preparation"


class IdentityCode(Model):
    """A code that an officer who did not draft hands over face to face. Single use, five tries."""

    id = fields.IntField(primary_key=True)
    signatory: fields.ForeignKeyRelation[Signatory] = belongs("Signatory")
    signatory_id: int
    digest = fields.CharField(64)
    how = fields.CharField(24)
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
    size = fields.IntField()
    signatory: fields.ForeignKeyNullableRelation[Signatory] = belongs("Signatory", null=True)
    signatory_id: int | None
    at = fields.DatetimeField()

    class Meta:
        table = "revision"
        unique_together = (("agreement", "version", "n"),)


async def key_of(signatory: Signatory) -> SigningKey | None:
    """The signer's key for this organisation, if one is in force."""
    rows = await SigningKey.filter(person_id=signatory.signer_id, organisation_id=signatory.organisation_id).order_by("-id")
    return next((row for row in rows if row.good_at(clock.now())), None)


async def keyed(signatories: Sequence[Signatory]) -> set[int]:
    """Those of these places, by number, whose signer has a key that can sign now."""
    rows = await SigningKey.filter(person_id__in=[each.signer_id for each in signatories] or [0])
    able = {(row.person_id, row.organisation_id) for row in rows if row.good_at(clock.now()) and not row.locked}
    return {each.id for each in signatories if (each.signer_id, each.organisation_id) in able}


async def head(agreement: Agreement) -> Revision | None:
    """The newest file of the present version, None while it is a draft."""
    return await Revision.filter(agreement_id=agreement.id, version=agreement.version).order_by("-n").first()
