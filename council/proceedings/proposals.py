"""Proposals and amendments: a concrete text that can be voted, its mover and its seconds. No motion, no discussion."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.proceedings.agenda import AgendaItem
from council.proceedings.invitations import Invitation


class Proposal(Model):
    """A proposal, or an amendment of one (`amends`). Amendments are voted first."""

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[AgendaItem] = belongs("AgendaItem")
    item_id: int
    amends: fields.ForeignKeyNullableRelation[Proposal] = belongs("Proposal", null=True)
    amends_id: int | None
    text = fields.TextField()
    reason = fields.TextField(default="")
    cost = fields.CharField(120, default="")
    mover: fields.ForeignKeyNullableRelation[Invitation] = belongs("Invitation", null=True)
    mover_id: int | None
    stage = fields.CharField(24, default="submitted")
    version = fields.IntField(default=1)
    original = fields.TextField(default="")
    made_at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "proposal"


class Second(Model):
    id = fields.IntField(primary_key=True)
    proposal: fields.ForeignKeyRelation[Proposal] = belongs("Proposal")
    proposal_id: int
    invitation: fields.ForeignKeyRelation[Invitation] = belongs("Invitation")
    invitation_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "second"
        unique_together = (("proposal", "invitation"),)
