"""What happened, who did it, at which stage: at once audit trail, live signal and source of the minutes.

An entry carries ids, stage words, numbers and salted digests of texts; names and texts stay in the records, the salt beside them,
so that erasing a person leaves the log verifying.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Protocol

from tortoise import fields
from tortoise.models import Model
from tortoise.transactions import in_transaction

from council import clock
from council.db import slots, sql, writing_now
from council.neighbourhood.numbering import next_numbers

log = logging.getLogger(__name__)
# Made once: `json.dumps` makes a new writer for every entry.
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_plain = json.JSONEncoder(ensure_ascii=False).encode


class Entry(Model):
    """One act. `position` is its place in the tamper-evident log, given after commit."""

    id = fields.BigIntField(primary_key=True)
    at = fields.DatetimeField()
    act = fields.CharField(64)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    by_id = fields.IntField(null=True)
    place_id = fields.IntField(null=True)
    stage = fields.CharField(24, default="")
    meeting_id = fields.IntField(null=True)
    sequence = fields.IntField(null=True)
    numbers: dict[str, Any] = fields.JSONField(default=dict)
    digests: dict[str, str] = fields.JSONField(default=dict)
    position = fields.BigIntField(null=True, unique=True)
    leaf = fields.CharField(64, default="")

    class Meta:
        table = "entry"
        indexes = (("subject", "subject_id"), ("meeting_id", "sequence"), ("place_id", "id"))

    def canonical(self) -> bytes:
        """The bytes that the log commits to: sorted JSON without spaces, times in UTC to the microsecond."""
        return _canonical(
            {
                "id": self.id, "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"), "act": self.act,
                "subject": f"{self.subject}:{self.subject_id}", "by": self.by_id, "place": self.place_id, "stage": self.stage,
                "meeting": self.meeting_id, "sequence": self.sequence, "numbers": self.numbers, "digests": self.digests,
            }
        ).encode()  # fmt: skip


class Subject(Protocol):
    """What an entry is about: any record."""

    id: Any


Listener = Callable[[Entry], Awaitable[None] | None]
_listeners: list[Listener] = []
_pending: ContextVar[list[Entry] | None] = ContextVar("pending", default=None)


def listen(listener: Listener) -> Listener:
    """`listener` hears every entry after its commit; a fault in it is logged and stops nobody."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def silence(listener: Listener) -> None:
    """`listener` hears no more."""
    if listener in _listeners:
        _listeners.remove(listener)


@asynccontextmanager
async def writing() -> AsyncIterator[None]:
    """One transaction. Nested blocks join the outer one; listeners hear only after the outermost commit."""
    if _pending.get() is not None:
        yield
        return
    entries: list[Entry] = []
    held, routed = _pending.set(entries), writing_now.set(True)
    try:
        async with in_transaction("default"):
            yield
    finally:
        _pending.reset(held)
        writing_now.reset(routed)
    await _announce(entries)


async def _announce(entries: list[Entry]) -> None:
    for entry in entries:
        for listener in _listeners:
            try:
                answer = listener(entry)
                if answer is not None:
                    await answer
            except Exception:
                log.exception("a listener failed on %s", entry.act)


def digest(salt: str, text: str) -> str:
    """SHA-256 over the record's own salt and a text, hex."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Act:
    """One act to be noted: what was done, by whom (a person, a visitor or None), ids and numbers, texts that become salted digests."""

    act: str
    by: Any
    numbers: dict[str, Any]
    texts: dict[str, str] = field(default_factory=dict)


async def note(
    act: str,
    subject: Subject,
    by: Any,
    *,
    meeting_id: int | None = None,
    texts: dict[str, str] | None = None,
    **numbers: Any,
) -> Entry:
    """Write down an act within `writing()`. `by` is the person or visitor; `texts` become salted digests; `numbers` are ids, counts, stage words."""
    return (await note_all([Act(act, by, numbers, texts or {})], subject, meeting_id=meeting_id))[0]


async def note_all(acts: Sequence[Act], subject: Subject, *, meeting_id: int | None = None) -> list[Entry]:
    """Write down several acts on one record, in their order, with one statement."""
    entries = _pending.get()
    if entries is None:
        raise RuntimeError("an act is noted only within writing()")
    sequences = await next_numbers(f"meeting:{meeting_id}", len(acts)) if meeting_id else [None] * len(acts)
    about = {
        "at": clock.now(), "subject": type(subject).__name__, "subject_id": subject.id, "place_id": getattr(subject, "place_id", None),
        "stage": getattr(subject, "stage", ""), "meeting_id": meeting_id, "position": None, "leaf": "",
    }  # fmt: skip
    salt = getattr(subject, "salt", "")
    rows = [
        about | {
            "act": one.act, "by_id": getattr(one.by, "id", None), "sequence": sequence, "numbers": one.numbers,
            "digests": {name: digest(salt, text) for name, text in one.texts.items()},
        }
        for one, sequence in zip(acts, sequences, strict=True)
    ]  # fmt: skip
    made = await _keep(rows)
    entries += made
    return made


async def _keep(rows: list[dict[str, Any]]) -> list[Entry]:
    """All of them in one statement; each then knows its id."""
    names = list(rows[0])
    values = [_plain(row[name]) if name in ("numbers", "digests") else row[name] for row in rows for name in names]
    kept = await sql(f"INSERT INTO entry ({', '.join(names)}) VALUES {slots(len(rows), len(names))} RETURNING id", *values)  # noqa: S608
    return [Entry._init_from_db(**row, id=number) for row, number in zip(rows, sorted(one["id"] for one in kept), strict=True)]


async def history(subject: Subject) -> list[Entry]:
    """What happened to a record, oldest first."""
    return await Entry.filter(subject=type(subject).__name__, subject_id=subject.id).order_by("id")
