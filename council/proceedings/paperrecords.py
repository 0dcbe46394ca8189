"""Paper records: a meeting held on paper because the line was dead, entered afterwards by one officer and confirmed by another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person, new_salt
from council.proceedings import electorates, photos
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import must_be_quorate
from council.proceedings.invitations import Invitation
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules.decide import decide
from council.rules.figures import COUNTED
from council.rules.privacy import check_text
from council.settings import settings

LARGEST = 15_000_000  # bytes of one scan


@dataclass(frozen=True, slots=True)
class Topic:
    """What the paper says of one item: the question that was voted and how many papers said what, and what came of it in words.

    Without a question nothing was voted. `owners_item` is the item of Civil Code art. 278 it falls under, 0 for none.
    """

    item: int
    outcome: str = ""
    question: str = ""
    owners_item: int = 0
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Account:
    """What stands on the paper: from when to when, the invitations of those on the roll, and the items."""

    opened_at: datetime
    closed_at: datetime
    present: tuple[int, ...]
    topics: tuple[Topic, ...]


class PaperRecord(Model):
    """It counts only once a second officer has compared it with the scan. One a meeting, enforced by the database, unless set aside.

    `account` is an `Account` as JSON. `scan` names the PDF, where there is one, pictures are photos of this record.
    """

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    opened_at = fields.DatetimeField()
    closed_at = fields.DatetimeField()
    account: dict[str, Any] = fields.JSONField(default=dict)
    scan = fields.CharField(64, default="")
    entered_by: fields.ForeignKeyRelation[Person] = belongs("Person")
    entered_by_id: int
    entered_at = fields.DatetimeField()
    confirmed_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    confirmed_by_id: int | None
    confirmed_at = fields.DatetimeField(null=True)
    dropped_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "paper_record"

    @property
    def present(self) -> list[int]:
        return list(self.account["present"])

    @property
    def topics(self) -> list[Topic]:
        return [Topic(**one) for one in self.account["topics"]]

    @property
    def path(self) -> Path:
        return settings().media / "scans" / self.scan[:2] / f"{self.scan}.pdf"

    @classmethod
    async def of(cls, meeting: Meeting) -> PaperRecord | None:
        """The record of a meeting, waiting or confirmed."""
        return await cls.get_or_none(meeting_id=meeting.id, dropped_at=None).prefetch_related("entered_by", "confirmed_by")

    @classmethod
    async def waiting(cls, meeting: Meeting) -> PaperRecord:
        """The one that waits for its second person; else NotFound."""
        found = await cls.of(meeting)
        if found is None or found.confirmed_at is not None:
            raise NotFound
        return found

    async def on_roll(self) -> list[Invitation]:
        return await Invitation.filter(id__in=self.present or [0], meeting_id=self.meeting_id).order_by("id")

    async def digests(self) -> list[str]:
        """SHA-256 of every page of the scan, hex: those of pictures, then that of the PDF, which is its name."""
        pictures = [one.digest for one in await photos.of("PaperRecord", self.id)]
        return [*pictures, self.scan] if self.scan else pictures


async def open_items(meeting: Meeting) -> list[AgendaItem]:
    """What the paper may speak of: what was not decided or deferred in the room before the line went."""
    return [item for item in await AgendaItem.of(meeting) if item.stage in ("pending", "open")]


async def seated(meeting: Meeting) -> set[int]:
    """The invitations that have or had a confirmed seat in the room."""
    return {seat.invitation_id or 0 for seat in await Seat.filter(meeting_id=meeting.id, invitation_id__isnull=False)}


async def enter(meeting: Meeting, account: Account, scans: Sequence[bytes], *, by: Person) -> PaperRecord:
    """Keep what the paper says beside its scan (pictures, or one PDF). Nothing counts before `paperoutcomes.confirm`."""
    await must(by, "meeting.enter_paper", meeting)
    pdfs, pictures = _sorted(scans)
    await check(meeting, account)
    name = await asyncio.to_thread(_keep, pdfs[0]) if pdfs else ""
    made = PaperRecord(meeting_id=meeting.id, opened_at=account.opened_at, closed_at=account.closed_at, account=_packed(account), scan=name,
                       entered_by=by, entered_at=clock.now())  # fmt: skip
    async with writing():
        await must(by, "meeting.enter_paper", await Meeting.get(id=meeting.id))
        try:
            await made.save()
        except IntegrityError:
            raise Conflict("A paper record of this meeting waits to be confirmed already.") from None
        await photos.keep(pictures, "PaperRecord", made.id)
        await note("meeting.paper_entered", meeting, by, meeting_id=meeting.id, record=made.id, present=len(account.present),
                   scans=await made.digests())  # fmt: skip
    return made


def _sorted(scans: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """PDFs and pictures; at least one of them, and one PDF at most."""
    if any(len(one) > LARGEST for one in scans):
        raise Refusal("This file is too large. It may have %(mb)s MB.", mb=LARGEST // 1_000_000, status=413, field="scan")
    pdfs = [one for one in scans if one.startswith(b"%PDF-")]
    if not scans or len(pdfs) > 1:
        raise Refusal("Send the signed papers: up to three photos, or one PDF of all pages.", field="scan")
    return pdfs, [one for one in scans if not one.startswith(b"%PDF-")]


def _keep(data: bytes) -> str:
    """The file first: a row never points to nothing. Its name is its SHA-256."""
    name = sha256(data).hexdigest()
    path = settings().media / "scans" / name[:2] / f"{name}.pdf"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(data)
    return name


def _packed(account: Account) -> dict[str, Any]:
    return {"present": sorted(set(account.present)), "topics": [asdict(one) for one in account.topics]}


async def check(meeting: Meeting, account: Account) -> None:
    """Refuse what cannot be: times, names that were not invited, items that are not open, votes the law does not let such a meeting hold."""
    if not account.opened_at < account.closed_at <= clock.now():
        raise Refusal("The meeting ended after it began, and not in the future.", field="closed")
    if meeting.notice_at is None or account.opened_at < meeting.notice_at:
        raise Refusal("The meeting cannot have begun before its notice was given.", field="opened")
    invited = {one.id: one for one in await Invitation.filter(meeting_id=meeting.id)}
    if not account.present or not set(account.present) <= set(invited):
        raise Refusal("Tick those who signed the roll.", field="present")
    items = {item.id: item for item in await open_items(meeting)}
    present = heads(meeting, [invited[one] for one in set(account.present)])
    for topic in account.topics:
        if (item := items.get(topic.item)) is None:
            raise Conflict("This item has been dealt with in the room already.")
        await _possible(meeting, item, topic, present)


async def _possible(meeting: Meeting, item: AgendaItem, topic: Topic, present: int) -> None:
    check_text(topic.outcome, f"outcome_{item.id}")
    papers = sum(topic.counts.values())
    if not topic.question:
        if papers:
            raise Refusal("Write the question that was voted.", field=f"question_{item.id}")
        return
    item.must_be_notified()
    if meeting.private:
        raise Refusal("In a closed meeting between neighbours nothing is voted: write what they promised each other.", field=f"question_{item.id}")
    if not 0 < papers <= present:
        raise Refusal("%(papers)s papers and %(present)s on the roll do not fit together.", papers=papers, present=present, field=f"yes_{item.id}")
    must_be_quorate(decide(meeting.rule_id, await figures(meeting, topic, present) | topic.counts), present)


async def figures(meeting: Meeting, topic: Topic, present: int) -> dict[str, Any]:
    """What the rule is asked apart from the votes."""
    bound = {"owners_item": topic.owners_item} if topic.owners_item else {}
    return await electorates.meeting_figures(meeting, meeting.rule_id, present) | bound


def heads(meeting: Meeting, present: Iterable[Invitation]) -> int:
    """How many of those on the roll have a vote: members, or their households where households vote (RC 26)."""
    members = [one for one in present if one.votes]
    if meeting.rule_id.endswith("_HH"):
        return len({one.household_id for one in members if one.household_id})
    return len(members)


async def drop(record: PaperRecord, meeting: Meeting, *, by: Person) -> None:
    """It was entered wrongly: it counts for nothing, and can be entered anew. The scan stays on record."""
    async with writing():
        await must(by, "meeting.enter_paper", meeting)
        if not await PaperRecord.filter(id=record.id, confirmed_at=None, dropped_at=None).update(dropped_at=clock.now()):
            raise Conflict("Somebody was faster: please look at the newest state.")
        await note("meeting.paper_dropped", meeting, by, meeting_id=meeting.id, record=record.id)


async def must_be_second(record: PaperRecord, meeting: Meeting, *, by: Person) -> None:
    """Who confirms is another person than who entered it, and no vote of the room is left open."""
    await must(by, "meeting.confirm_paper", meeting)
    if record.entered_by_id == by.id:
        raise Forbidden("Whoever entered the paper does not confirm it. Ask a colleague.")
    if await Ballot.exists(meeting_id=meeting.id, stage__in=["drafted", "open", "closed"]):
        raise Conflict("A vote of the room has not ended: declare it or call it off first.")


def counted(values: dict[str, int]) -> dict[str, int]:
    """The papers in the order of the law's words."""
    return {key: values.get(key, 0) for key in COUNTED}
