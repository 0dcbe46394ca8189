"""Being told: a notice to a person, and one delivery row for each way it went."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import Person

CHANNELS = ("inbox", "slip", "mail")


class Notice(Model):
    """`message` and `values` are a phrase, said in the reader's language, `link` is an own path."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    message = fields.CharField(300)
    values: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    link = fields.CharField(200, default="")
    subject = fields.CharField(32, default="")
    subject_id = fields.IntField(null=True)
    at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notice"
        indexes = (("person_id", "id"),)


class Delivery(Model):
    """The interface says "told" only from such a row."""

    id = fields.IntField(primary_key=True)
    notice: fields.ForeignKeyRelation[Notice] = belongs("Notice")
    notice_id: int
    channel = fields.CharField(8)
    state = fields.CharField(12, default="waiting")
    at = fields.DatetimeField(null=True)
    by_id = fields.IntField(null=True)
    fault = fields.CharField(200, default="")

    class Meta:
        table = "delivery"
        unique_together = (("notice", "channel"),)
