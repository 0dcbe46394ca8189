"""Tasks: who does what by when, and the proof that it was done."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.matters import Matter
from council.proceedings.resolutions import Resolution

KINDS = ("carry_out", "prepare_owners_vote", "answer")


class Task(Model):
    id = fields.IntField(primary_key=True)
    kind = fields.CharField(24, default="carry_out")
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    resolution: fields.ForeignKeyNullableRelation[Resolution] = belongs("Resolution", null=True)
    resolution_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    unit: fields.ForeignKeyNullableRelation[Unit] = belongs("Unit", null=True)
    unit_id: int | None
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    words = fields.TextField()
    deadline = fields.DateField()
    stage = fields.CharField(24, default="assigned")
    proof = fields.TextField(default="")
    assigned_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "task"
        indexes = (("stage", "deadline"), ("path", "id"))
