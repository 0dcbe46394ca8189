"""Documents: what those in the meeting read beside a topic: a draft of rules, an offer, a table of costs. PDF, as the office has it."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Actor, Person, new_salt
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, NotFound, Refusal
from council.rules.privacy import check_text
from council.settings import settings

LARGEST, MOST = 10_000_000, 6  # bytes of one, how many an item has


class Document(Model):
    """`name` is the SHA-256 of the file, which is also where it lies. Taken back it is shown to nobody, and the file stays on record."""

    id = fields.IntField(primary_key=True)
    item: fields.ForeignKeyRelation[AgendaItem] = belongs("AgendaItem")
    item_id: int
    title = fields.CharField(120)
    name = fields.CharField(64)
    size = fields.IntField()
    added_by_id = fields.IntField()
    added_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "document"
        indexes = (("item_id", "id"),)

    @property
    def path(self) -> Path:
        return settings().media / "documents" / self.name[:2] / f"{self.name}.pdf"

    @property
    def kilobytes(self) -> int:
        return -(-self.size // 1000)

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Document, Meeting]:
        """A document and its meeting, for whoever may look into the meeting; else NotFound."""
        found = await cls.get_or_none(id=number, withdrawn_at=None).prefetch_related("item") if number < 2**31 else None
        if found is None:
            raise NotFound
        meeting = await Meeting.find(found.item.meeting_id, by)
        if not await may(by, "meeting.see", meeting):
            raise NotFound
        return found, meeting

    @classmethod
    async def of(cls, item: AgendaItem) -> list[Document]:
        return await cls.filter(item_id=item.id, withdrawn_at=None).order_by("id")

    @classmethod
    async def of_meeting(cls, meeting: Meeting) -> list[Document]:
        """In the order of the agenda."""
        found = cls.filter(item__meeting_id=meeting.id, withdrawn_at=None).prefetch_related("item")
        return sorted(await found, key=lambda one: (one.item.order, one.id))


async def add(item: AgendaItem, meeting: Meeting, title: str, data: bytes, *, by: Person) -> Document:
    """Lay a PDF beside a topic, also while it is talked about."""
    if len(data) > LARGEST:
        raise Refusal("This file is too large. It may have %(mb)s MB.", mb=LARGEST // 1_000_000, status=413, field="file")
    if not data.startswith(b"%PDF-"):
        raise Refusal("Only a PDF can be read on every phone. Save the document as PDF and choose it again.", field="file")
    made = Document(item_id=item.id, title=check_text(title, "title"), name=sha256(data).hexdigest(), size=len(data), added_by_id=by.id,
                    added_at=clock.now())  # fmt: skip
    await must(by, "document.add", meeting)
    await asyncio.to_thread(_keep, made.path, data)
    async with writing():
        await must(by, "document.add", await Meeting.get(id=meeting.id))
        known = await Document.of(item)
        if any(one.name == made.name for one in known):
            raise Conflict("This document lies there already.")
        if len(known) >= MOST:
            raise Refusal("At most %(n)s documents to a topic: put them together.", n=MOST, field="file")
        await made.save()
        await note("document.added", item, by, meeting_id=meeting.id, document=made.id, digest=made.name, texts={"title": title})
    return made


def _keep(path: Path, data: bytes) -> None:
    """The file first: a row never points to nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data)


async def withdraw(document: Document, meeting: Meeting, *, by: Person) -> None:
    """Take it back: it was the wrong one."""
    async with writing():
        await must(by, "document.add", meeting)
        if await Document.filter(id=document.id, withdrawn_at=None).update(withdrawn_at=clock.now()):
            await note("document.withdrawn", document.item, by, meeting_id=meeting.id, document=document.id)
