"""The roll: who is present, how each seat was confirmed, and the quorum at this moment."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting

HOW = ("link", "code", "list", "account")


class Seat(Model):
    """Somebody in the room. Unconfirmed (`invitation` empty): may read and ask to speak, counts for nothing.

    One live seat an invitation, enforced by the database: one person is never counted twice across paper and web.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    invitation: fields.ForeignKeyNullableRelation[Invitation] = belongs("Invitation", null=True)
    invitation_id: int | None
    person_id = fields.IntField(null=True)
    label = fields.CharField(50, default="")
    tries = fields.IntField(default=0)
    how = fields.CharField(8, default="")
    remote = fields.BooleanField(default=False)
    confirmed_by_id = fields.IntField(null=True)
    arrived_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seat"
        indexes = (("meeting_id", "left_at"),)
