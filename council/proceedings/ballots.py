"""Ballots: the occasion on which a question is voted, who is entitled, and the count."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.neighbourhood.people import new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register
from council.proceedings.agenda import AgendaItem
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal

ELECTORATES = ("members_present", "representatives", "households", "owners")


class Ballot(Model):
    """drafted -> open -> closed -> declared. Question, options and electorate do not change after the first vote, a new round instead of a reset.

    `entitled` persons and `entitled_area` in cm² are frozen at opening. `cast` is the turnout, the split is counted only at closing.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    meeting_id: int | None
    item: fields.ForeignKeyNullableRelation[AgendaItem] = belongs("AgendaItem", null=True)
    item_id: int | None
    proposal: fields.ForeignKeyNullableRelation[Proposal] = belongs("Proposal", null=True)
    proposal_id: int | None
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    question = fields.TextField()
    method = fields.CharField(24, default="yes_no_abstain")
    options: list[str] = fields.JSONField(default=list)  # type: ignore[assignment]
    rule_id = fields.CharField(40)
    electorate = fields.CharField(24, default="members_present")
    register: fields.ForeignKeyNullableRelation[Register] = belongs("Register", null=True)
    register_id: int | None
    paper = fields.BooleanField(default=False)
    stage = fields.CharField(24, default="drafted")
    opened_at = fields.DatetimeField(null=True)
    closes_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    declared_at = fields.DatetimeField(null=True)
    entitled = fields.IntField(default=0)
    entitled_area = fields.BigIntField(default=0)
    present = fields.IntField(default=0)
    cast = fields.IntField(default=0)
    figures: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    decision: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    needs_owners = fields.BooleanField(default=False)
    round = fields.IntField(default=1)
    previous: fields.ForeignKeyNullableRelation[Ballot] = belongs("Ballot", null=True)
    previous_id: int | None
    reason = fields.CharField(300, default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "ballot"
        indexes = (("meeting_id", "stage"), ("path", "id"))


class Entitlement(Model):
    """One voter of the set frozen at opening. `voter` is the key that paper and web share: "invitation:12", "household:7", "line:33"."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    person_id = fields.IntField(null=True)
    label = fields.CharField(120, default="")
    area_cm2 = fields.BigIntField(default=0)

    class Meta:
        table = "entitlement"
        unique_together = (("ballot", "voter"),)


class Vote(Model):
    """One voter's vote: one row, whatever the channel, changeable until closing. `receipt` can be looked up by the voter."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    choice = fields.CharField(40)
    channel = fields.CharField(8, default="web")
    entered_by_id = fields.IntField(null=True)
    cast_at = fields.DatetimeField()
    changes: list[Any] = fields.JSONField(default=list)  # type: ignore[assignment]
    receipt = fields.CharField(16)

    class Meta:
        table = "vote"
        unique_together = (("ballot", "voter"),)


class PaperCount(Model):
    """What one person counted on paper. Two persons count independently, only equal counts close the ballot."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Ballot] = belongs("Ballot")
    ballot_id: int
    by_id = fields.IntField()
    figures: dict[str, Any] = fields.JSONField(default=dict)  # type: ignore[assignment]
    at = fields.DatetimeField()

    class Meta:
        table = "paper_count"
        unique_together = (("ballot", "by_id"),)
