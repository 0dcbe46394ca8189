"""Evaluations: the reporter says whether it was solved."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.proceedings.matters import Matter

SCORES = ("very_satisfied", "satisfied", "fairly_satisfied", "dissatisfied", "not_solved")


class Evaluation(Model):
    """One rating a round, "not solved" reopens the matter once."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    round = fields.IntField(default=0)
    score = fields.CharField(24)
    words = fields.TextField(default="")
    at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "evaluation"
        unique_together = (("matter", "round"),)
