"""Matters: what somebody brings, in their words, and where it stands."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import Person, new_salt
from council.neighbourhood.places import Place

# The level that handles each affair when nothing else is decided (domain: class and level are two fields).
LEVEL_OF = {"OFFICIAL": "STREET", "COLLABORATIVE": "COMMUNITY", "HOUSEHOLD": "GRID"}


class Matter(Model):
    """One taken-in report with class, level and history.

    `affair` is empty until a person has confirmed it, `suggestion` keeps what the sorter proposed and why. The query code is never stored,
    only its keyed digest. A household matter is never public: `public` is true only for confirmed matters of the two other affairs.
    """

    id = fields.IntField(primary_key=True)
    code_digest = fields.CharField(64, unique=True)
    title = fields.CharField(120)
    text = fields.TextField()
    salt = fields.CharField(32, default=new_salt)
    spot = fields.CharField(120, default="")
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    reporter: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    reporter_id: int | None
    reporter_name_sealed = fields.CharField(300, default="")
    phone_sealed = fields.CharField(200, default="")
    entered_by_id = fields.IntField(null=True)
    affair = fields.CharField(16, default="")
    level = fields.CharField(12, default="COMMUNITY")
    stage = fields.CharField(24, default="reported")
    suggestion: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    flags: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    public = fields.BooleanField(default=False)
    reopened = fields.IntField(default=0)
    same_as: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    same_as_id: int | None
    reported_at = fields.DatetimeField()
    due = fields.DateField(null=True)
    closed_at = fields.DatetimeField(null=True)
    answer = fields.TextField(default="")
    nonce = fields.CharField(64, null=True, unique=True)

    class Meta:
        table = "matter"
        indexes = (("public", "id"), ("path", "id"), ("affair", "id"), ("stage", "id"))


class Photo(Model):
    """A picture, upright, at most 1600 px, without EXIF, visible only with what it belongs to."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    file = fields.CharField(64)
    digest = fields.CharField(64)
    width = fields.IntField()
    height = fields.IntField()
    made_at = fields.DatetimeField()

    class Meta:
        table = "photo"
        indexes = (("subject", "subject_id"),)


class HandOff(Model):
    """A report that belongs to another body at once (110, gas, court …): recorded without becoming a matter."""

    id = fields.IntField(primary_key=True)
    text = fields.TextField()
    salt = fields.CharField(32, default=new_salt)
    to: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    spot = fields.CharField(120, default="")
    at = fields.DatetimeField()
    nonce = fields.CharField(64, null=True, unique=True)
    seen_by_id = fields.IntField(null=True)

    class Meta:
        table = "hand_off"
