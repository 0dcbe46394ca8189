"""Meetings: called, opened, adjourned, closed."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person, new_salt
from council.neighbourhood.places import Place


class Meeting(Model):
    """One sitting of a body. `listed` is the number of listed members, quorum and majority come from the kind's rule or the body's charter.

    `wall_code` is the room number on the wall: it opens an unconfirmed seat and nothing more.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(40)
    rule_id = fields.CharField(40, default="DELIBERATION")
    title = fields.CharField(120)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    organisation: fields.ForeignKeyNullableRelation[PartyOrganisation] = belongs("PartyOrganisation", null=True)
    organisation_id: int | None
    chair: fields.ForeignKeyRelation[Person] = belongs("Person")
    chair_id: int
    recorder: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    recorder_id: int | None
    stage = fields.CharField(24, default="drafted")
    private = fields.BooleanField(default=False)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField(null=True)
    venue = fields.CharField(120, default="")
    link = fields.CharField(300, default="")
    wall_code = fields.CharField(12, default="", db_index=True)
    listed = fields.IntField(default=0)
    quorum_fraction = fields.CharField(24, default="2/3 inclusive")
    majority_fraction = fields.CharField(24, default="1/2 strict")
    notice_at = fields.DatetimeField(null=True)
    temporary_reason = fields.CharField(300, default="")
    discussed_on = fields.DateField(null=True)
    discussed_by = fields.CharField(120, default="")
    follows: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    follows_id: int | None
    opened_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)
    salt = fields.CharField(32, default=new_salt)
    reason = fields.CharField(300, default="")

    class Meta:
        table = "meeting"
        indexes = (("path", "starts_at"), ("stage", "starts_at"))
