"""One record, so that the bare start initialises an ORM too."""

from tortoise import fields
from tortoise.models import Model


class Row(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(120)
