"""What a ballot consists of: who is entitled, the votes that stand and how many of them say what, the counts of votes held on paper alone."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council.db import belongs


class Entitlement(Model):
    """One voter of the set frozen at opening. `voter` is the key that paper and web share: "invitation:12", "household:7", "line:33"."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Any] = belongs("Ballot")  # its record stands in the next module
    ballot_id: int
    voter = fields.CharField(40)
    person_id = fields.IntField(null=True)
    label = fields.CharField(120, default="")
    area_cm2 = fields.BigIntField(default=0)

    class Meta:
        table = "entitlement"
        unique_together = (("ballot", "voter"),)

    @classmethod
    async def listed(cls, ballot_id: int, q: str = "", limit: int = 60) -> list[Entitlement]:
        """The frozen list, found by name or address; of several words any one will do."""
        words = Q(*(Q(label__contains=word) for word in q.split()), join_type="OR") if q.split() else Q()
        return await cls.filter(words, ballot_id=ballot_id).order_by("id").limit(limit)

    @classmethod
    async def labels(cls, ballot_id: int, most: int = 2000) -> dict[str, str]:
        """Voter -> what stands on the list."""
        rows = await cls.filter(ballot_id=ballot_id).order_by("id").limit(most).values_list("voter", "label")
        return dict(rows)


class Vote(Model):
    """One voter's vote: one row, whatever the channel, changeable until closing. `receipt` can be looked up by the voter.

    Of a secret vote `choice` stays empty and `sealed` holds the paper locked to its custodians, until it is opened and emptied.
    `entered_by_id` is who voted or wrote the paper down. A paper collected at the door has its `witness`, and is checked by a second
    person who reads it without seeing what was entered. `attempts` are votes that came too late because this one stood: at, by, channel.
    """

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Any] = belongs("Ballot")
    ballot_id: int
    voter = fields.CharField(40)
    choice = fields.CharField(120, default="")
    sealed = fields.TextField(default="")
    channel = fields.CharField(8, default="web")
    entered_by_id = fields.IntField(null=True)
    proxy_id = fields.IntField(null=True)
    witness = fields.CharField(50, default="")
    checked_by_id = fields.IntField(null=True)
    checked_at: datetime | None = fields.DatetimeField(null=True)
    cast_at: datetime = fields.DatetimeField()
    changes: list[Any] = fields.JSONField(default=list)
    attempts: list[Any] = fields.JSONField(default=list)
    receipt = fields.CharField(16)

    class Meta:
        table = "vote"
        unique_together = (("ballot", "voter"),)
        # A recount reads this alone. Of a secret ballot every choice is empty.
        indexes = (("ballot_id", "choice"),)


def attested(voter: str, paper: str, receipt: str) -> str:
    """What the journal keeps a salted digest of for every vote: by name what it says, which nobody guesses without the receipt; else as sealed."""
    return json.dumps([voter, paper, receipt], ensure_ascii=False)


class VoteCount(Model):
    """How many papers of a ballot by name say the same, and the area behind them: kept with every vote, so that closing counts nothing.

    Of a secret ballot there is none. Nobody is shown it before the closing.
    """

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Any] = belongs("Ballot")
    ballot_id: int
    choice = fields.CharField(120)
    votes = fields.IntField(default=0)
    area_cm2 = fields.BigIntField(default=0)

    class Meta:
        table = "vote_count"
        unique_together = (("ballot", "choice"),)


class PaperCount(Model):
    """What one person counted on paper. Two persons count independently, only equal counts close the ballot."""

    id = fields.IntField(primary_key=True)
    ballot: fields.ForeignKeyRelation[Any] = belongs("Ballot")
    ballot_id: int
    by_id = fields.IntField()
    figures: dict[str, Any] = fields.JSONField(default=dict)
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "paper_count"
        unique_together = (("ballot", "by_id"),)
