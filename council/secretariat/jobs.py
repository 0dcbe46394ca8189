"""Jobs: work written down in the same transaction as the act that asks for it, done after it."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model


class Job(Model):
    id = fields.IntField(primary_key=True)
    kind = fields.CharField(32)
    payload: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    run_at = fields.DatetimeField()
    state = fields.CharField(12, default="waiting")
    attempts = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    dedupe = fields.CharField(120, null=True, unique=True)
    fault = fields.CharField(300, default="")

    class Meta:
        table = "job"
        indexes = (("state", "run_at"),)
