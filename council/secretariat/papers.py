"""Papers: issued files and their digests."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class Paper(Model):
    """A file issued once: the notice of a meeting, minutes, a slip list, an agreement's audit page."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(32)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    language = fields.CharField(12, default="zh_Hans_CN")
    digest = fields.CharField(64)
    file = fields.CharField(80)
    made_at = fields.DatetimeField()

    class Meta:
        table = "paper"
        indexes = (("subject", "subject_id"),)
