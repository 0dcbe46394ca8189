"""Search: overlapping pairs of characters, so that two-character words are found on both databases."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class SearchEntry(Model):
    """What can be found. `grams` is the text as overlapping bigrams, indexed by FTS5 on SQLite and tsvector('simple') on PostgreSQL."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    path = fields.CharField(120)
    public = fields.BooleanField(default=False)
    grams = fields.TextField()

    class Meta:
        table = "search_entry"
        unique_together = (("subject", "subject_id"),)
