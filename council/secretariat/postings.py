"""Postings: what is shown publicly, from which day to which, and the objections to it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.neighbourhood.places import Place


class Posting(Model):
    """At least 15 days (RC art. 34). `body` is de-identified text, the signed original stays inside."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    body = fields.TextField()
    first_day = fields.DateField()
    last_day = fields.DateField()
    contact = fields.CharField(120, default="")
    board = fields.CharField(120, default="")
    made_by_id = fields.IntField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "posting"
        indexes = (("path", "last_day"), ("subject", "subject_id"))


class Objection(Model):
    id = fields.IntField(primary_key=True)
    posting: fields.ForeignKeyRelation[Posting] = belongs("Posting")
    posting_id: int
    text = fields.TextField()
    name_sealed = fields.CharField(300, default="")
    phone_sealed = fields.CharField(200, default="")
    at = fields.DatetimeField()
    answer = fields.TextField(default="")
    answered_by_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "objection"
