"""Resolutions: what a body decided, with which legal effect, and what it does to its matter."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.neighbourhood.places import Place
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting


class Resolution(Model):
    """A carried text, or a promise made in a household meeting (no ballot). `needs_owners`: advisory only, the owners must vote (Civil Code art. 278)."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyNullableRelation[Ballot] = belongs("Ballot", null=True)
    ballot_id: int | None
    meeting: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    meeting_id: int | None
    item: fields.ForeignKeyNullableRelation[AgendaItem] = belongs("AgendaItem", null=True)
    item_id: int | None
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    text = fields.TextField()
    legal_effect = fields.CharField(24, default="ADVISORY")
    needs_owners = fields.BooleanField(default=False)
    private = fields.BooleanField(default=False)
    stage = fields.CharField(24, default="adopted")
    adopted_at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "resolution"
        indexes = (("path", "id"),)
