"""Invitations: who is called to a meeting, in which capacity, and what they answered."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.households import Household
from council.neighbourhood.organisations import PartyOrganisation, Unit
from council.neighbourhood.people import Person
from council.proceedings.meetings import Meeting



class Invitation(Model):
    """A listed seat. Members vote, observers and supervisors (RC art. 36) do not.

    The personal code (8 signs, printed slip) and the personal link are kept as keyed digests, single use, at most 5 tries.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    household: fields.ForeignKeyNullableRelation[Household] = belongs("Household", null=True)
    household_id: int | None
    label = fields.CharField(120, default="")
    group = fields.CharField(32, default="")
    capacity = fields.CharField(16, default="MEMBER")
    representative = fields.BooleanField(default=False)
    duty = fields.BooleanField(default=False)
    code_digest = fields.CharField(64, default="", db_index=True)
    code_handle = fields.CharField(4, default="")
    code_tries = fields.IntField(default=0)
    code_used_at = fields.DatetimeField(null=True)
    link_digest = fields.CharField(64, default="", db_index=True)
    reply = fields.CharField(16, default="")
    reply_at = fields.DatetimeField(null=True)
    substitute = fields.CharField(50, default="")
    told_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"
        unique_together = (("meeting", "person"),)
