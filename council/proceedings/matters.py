"""Matters: what somebody brings, in their words, and where it stands."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, Visitor, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import lookup, unseal
from council.proceedings.sight import answers_for, visible, wholly
from council.refusals import NotFound
from council.rules import privacy, stages

# The level that handles each affair when nothing else is decided (domain: class and level are two fields).
LEVEL_OF = {"OFFICIAL": "STREET", "COLLABORATIVE": "COMMUNITY", "HOUSEHOLD": "GRID"}
MOST = 2**31 - 1  # the largest id a database holds


class Matter(Model):
    """One taken-in report with class, level and history.

    `affair` is empty until a person has confirmed it, `suggestion` keeps what the sorter proposed and why. The query code is never stored,
    only its keyed digest. A household matter is never public: `public` is true only for confirmed matters of the two other affairs, and what
    the public reads is `public_text`, the de-identified words a person has approved.
    """

    id = fields.IntField(primary_key=True)
    code_digest = fields.CharField(64, unique=True)
    title = fields.CharField(120)
    text = fields.TextField()
    public_text = fields.TextField(default="")
    salt = fields.CharField(32, default=new_salt)
    spot = fields.CharField(120, default="")
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    reporter: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    reporter_id: int | None
    reporter_name_sealed = fields.CharField(400, default="")
    phone_sealed = fields.CharField(200, default="")
    entered_by_id = fields.IntField(null=True)
    channel = fields.CharField(12, default="web")
    affair = fields.CharField(16, default="")
    level = fields.CharField(12, default="COMMUNITY")
    stage = fields.CharField(24, default="reported")
    suggestion: dict[str, Any] = fields.JSONField(default=dict)
    flags: list[str] = fields.JSONField(default=list)
    public = fields.BooleanField(default=False)
    reopened = fields.IntField(default=0)
    same_as: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    same_as_id: int | None
    reported_at = fields.DatetimeField()
    due = fields.DateField(null=True)
    closed_at = fields.DatetimeField(null=True)
    answer = fields.TextField(default="")
    nonce = fields.CharField(64, null=True, unique=True)

    class Meta:
        table = "matter"
        indexes = (("public", "id"), ("path", "id"), ("affair", "id"), ("stage", "id"))

    def __str__(self) -> str:
        return self.title

    @property
    def reporter_name(self) -> str:
        return unseal(self.reporter_name_sealed, "name")

    @property
    def phone(self) -> str:
        """The number in clear: only for those who may see it."""
        return unseal(self.phone_sealed, "phone")

    @property
    def private(self) -> bool:
        """Is it, or may it become, a household matter? Then the code alone opens nothing."""
        return (self.affair or self.suggestion.get("class")) == "HOUSEHOLD"

    @property
    def open_by_code(self) -> bool:
        """Does the query code alone open it? A household matter also asks for the telephone's last digits, where one was left."""
        return not (self.private and self.phone_sealed)

    async def relations(self, by: Actor | None) -> set[str]:
        """How `by` stands to this matter: reporter, holder of its code, responsible for one of its tasks."""
        if isinstance(by, Visitor):
            return {"code_holder"} if by.holds("Matter", self.id) else set()
        if by is None:
            return set()
        mine = {"reporter"} if self.reporter_id == by.id else set()
        theirs = answers_for(by)
        tasks = await sql(f"SELECT t.id FROM task t WHERE t.matter_id = ? AND {theirs.sql} LIMIT 1", self.id, *theirs.values)  # noqa: S608
        return mine | ({"responsible"} if tasks else set())

    @classmethod
    async def seen_by(cls, by: Actor | None, number: int) -> Matter:
        """The matter, or NotFound: the same answer for what does not exist and for what `by` may not see."""
        where = await visible(by)
        if number > MOST or not await sql(f"SELECT 1 AS one FROM matter m WHERE m.id = ? AND {where.sql}", number, *where.values):  # noqa: S608
            raise NotFound
        return await cls.get(id=number)

    async def told_to(self, by: Actor | None) -> bool:
        """May `by` read it as it was told, or only what was made public?"""
        where = await wholly(by)
        return bool(await sql(f"SELECT 1 AS one FROM matter m WHERE m.id = ? AND {where.sql}", self.id, *where.values))  # noqa: S608

    @classmethod
    async def with_code(cls, code: str) -> Matter | None:
        """The matter whose query code this is."""
        plain = "".join(sign for sign in code.upper() if sign.isalnum())
        return await cls.get_or_none(code_digest=lookup(plain, "matter") or "-")

    async def move(self, stage: str) -> None:
        """To another stage if the table of moves knows the way; the journal entry follows from the caller."""
        stages.check("Matter", self.stage, stage)
        self.stage = stage
        if stage == "closed":
            self.closed_at = clock.now()
        await self.save(update_fields=["stage", "closed_at"])

    async def list_for(self, item: Any, *, by: Actor) -> None:
        """Put on the agenda: `item` has an `id` and a `meeting_id`."""
        async with writing():
            await hold(self)
            await must(by, "matter.list", self)
            await self.move("listed")
            await note("matter.listed", self, by, item=item.id, meeting=item.meeting_id)

    async def deliberated(self, item: Any, *, by: Actor) -> None:
        """The meeting has dealt with it. Whoever concluded the item was asked for the power there."""
        async with writing():
            await hold(self)
            await self.move("deliberated")
            await note("matter.deliberated", self, by, item=item.id, meeting=item.meeting_id)

    async def unlisted(self, item: Any, *, by: Actor) -> None:
        """The item was deferred or the meeting cancelled: it waits for another meeting."""
        async with writing():
            await hold(self)
            await self.move("confirmed")
            await note("matter.unlisted", self, by, item=item.id, meeting=item.meeting_id)

    async def settle(self, words: str, *, by: Actor) -> None:
        """Settled by agreement: what was promised, in words."""
        privacy.check_text(words, "words")
        async with writing():
            await hold(self)
            await must(by, "matter.settle", self)
            await self.finish("settled", words)
            await note("matter.settled", self, by, texts={"answer": words})

    async def reply(self, words: str, *, by: Actor) -> None:
        """Answered without a meeting: an enquiry, thanks, something done on the spot."""
        privacy.check_text(words, "words")
        async with writing():
            await hold(self)
            await must(by, "matter.answer", self)
            await self.finish("answered", words)
            await note("matter.answered", self, by, texts={"answer": words})

    async def finish(self, stage: str, words: str) -> None:
        """Ended for now, with an answer the reporter reads and rates. Within the caller's writing()."""
        await self.move(stage)
        self.answer, self.due = words, None
        await self.save(update_fields=["answer", "due"])


async def hold(record: Model) -> None:
    """The row as it stands now, held until the transaction ends: two who act at once act one after the other."""
    await type(record).filter(id=record.pk).select_for_update().only("id").get()
    await record.refresh_from_db()
