"""How a person is known again: sessions as rows, one-time links, passwords of officers."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import Person


class Session(Model):
    """A sign-in on one device. The cookie holds an opaque id, this row its digest, ending the row ends the sign-in at once."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(64, unique=True)
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    carries: list[list[object]] = fields.JSONField(default=list)  # type: ignore[assignment]
    device = fields.CharField(120, default="")
    made_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "session"


class SignInLink(Model):
    """A link that signs one person in once. Opening it shows a page, only the click acts."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(64, unique=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    made_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    made_by_id: int | None
    made_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_link"


class Password(Model):
    """An officer's password as an argon2id hash."""

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("council.Person", related_name=False, on_delete=fields.RESTRICT)
    person_id: int
    login = fields.CharField(64, unique=True)
    hash = fields.CharField(200)
    tries = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "password"
