"""Being told: a notice to a person, and one delivery row for each way it goes. Nothing is called told without such a row."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock, i18n
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.listing import Part, in_force, part, within
from council.neighbourhood.offices import Office, Standing, must
from council.neighbourhood.people import Person
from council.secretariat import jobs
from council.settings import settings
from council.workshop import mail

CHANNELS = {"inbox": Phrase("in the inbox"), "slip": Phrase("by slip"), "mail": Phrase("by e-mail")}


class Notice(Model):
    """`message` and `values` are a phrase, said in the reader's language, `link` is an own path."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    message = fields.CharField(300)
    values: dict[str, Any] = fields.JSONField(default=dict)
    link = fields.CharField(200, default="")
    subject = fields.CharField(32, default="")
    subject_id = fields.IntField(null=True)
    at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notice"
        indexes = (("person_id", "id"),)

    @property
    def phrase(self) -> Phrase:
        """The sentence, in whatever language it is read."""
        return Phrase(self.message, **{k: _unpacked(v) for k, v in self.values.items()})

    async def relations(self, by: Any) -> set[str]:
        return {"self"} if by is not None and by.id == self.person_id else set()


class Delivery(Model):
    """The interface says "told" only from such a row. `state`: waiting, done or failed."""

    id = fields.IntField(primary_key=True)
    notice: fields.ForeignKeyRelation[Notice] = belongs("Notice")
    notice_id: int
    channel = fields.CharField(8)
    state = fields.CharField(12, default="waiting")
    at = fields.DatetimeField(null=True)
    by_id = fields.IntField(null=True)
    fault = fields.CharField(200, default="")

    class Meta:
        table = "delivery"
        unique_together = (("notice", "channel"),)


def _packed(value: Any) -> Any:
    """A value of a phrase as JSON that can be said again in another language."""
    if isinstance(value, Phrase):
        return {"phrase": value.message, "values": {k: _packed(v) for k, v in value.values.items()}}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value if isinstance(value, (int, str)) else str(value)


class _When:
    """A day or moment that is written when it is read."""

    def __init__(self, value: date | datetime) -> None:
        self.value = value

    def __str__(self) -> str:
        return i18n.moment(self.value) if isinstance(self.value, datetime) else i18n.day(self.value)


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "phrase" in value:
        return Phrase(value["phrase"], **{k: _unpacked(v) for k, v in value["values"].items()})
    return _When(datetime.fromisoformat(value["moment"]) if "moment" in value else date.fromisoformat(value["day"]))


async def tell(person: Person, phrase: Phrase, *, link: str = "", subject: Any = None) -> Notice:
    """Tell somebody, within `writing()`: in the inbox at once; on a slip that waits for the grid worker; by mail where there is an address.

    `link` is a path of ours, `subject` the record it is about.
    """
    values = {k: _packed(v) for k, v in phrase.values.items()}
    about = {"subject": type(subject).__name__, "subject_id": subject.id} if subject is not None else {}
    notice = await Notice.create(person=person, message=phrase.message, values=values, link=link, at=clock.now(), **about)
    await Delivery.create(notice=notice, channel="inbox", state="done", at=notice.at)
    await Delivery.create(notice=notice, channel="slip")
    if settings().smtp and person.mail_sealed:
        await Delivery.create(notice=notice, channel="mail")
        await jobs.later("mail", {"notice": notice.id})
    return notice


ALL_WAYS = frozenset({"slip", "mail"})


async def tell_all(people: Sequence[int], phrase: Phrase, *, link: str, subject: Any, ways: frozenset[str] = ALL_WAYS) -> None:
    """Tell many the same, within `writing()`, in as many statements for two thousand as for one. `people` are ids, each once.

    `ways` are those beside the inbox, where somebody chose.
    """
    values, kind = {k: _packed(v) for k, v in phrase.values.items()}, type(subject).__name__
    last = (await sql("SELECT COALESCE(MAX(id), 0) AS n FROM notice"))[0]["n"]
    await Notice.bulk_create([
        Notice(person_id=one, message=phrase.message, values=values, link=link, at=clock.now(), subject=kind, subject_id=subject.id)
        for one in people
    ])  # fmt: skip
    fresh = "FROM notice n WHERE n.id > ? AND n.subject = ? AND n.subject_id = ?"
    await sql(f"INSERT INTO delivery (notice_id, channel, state, at, fault) SELECT n.id, 'inbox', 'done', n.at, '' {fresh}",
              last, kind, subject.id)  # fmt: skip
    if "slip" in ways:
        await sql(f"INSERT INTO delivery (notice_id, channel, state, fault) SELECT n.id, 'slip', 'waiting', '' {fresh}", last, kind, subject.id)
    if "mail" in ways and settings().smtp:
        await _by_mail(last, kind, subject.id)


async def _by_mail(last: int, kind: str, number: int) -> None:
    """A mail to each of those just told who has entered an address."""
    fresh = Notice.filter(id__gt=last, subject=kind, subject_id=number).exclude(person__mail_sealed="")
    for notice in await fresh:
        await Delivery.create(notice=notice, channel="mail")
        await jobs.later("mail", {"notice": notice.id})


@jobs.does("mail")
async def _mail(payload: dict[str, Any]) -> None:
    """Send one notice. A second call finds the row done and sends nothing."""
    notice = await Notice.get(id=payload["notice"]).select_related("person")
    waiting = Delivery.filter(notice_id=notice.id, channel="mail", state="waiting")
    address = notice.person.mail
    if not address or not await waiting.exists():
        return
    sentence = str(notice.phrase)
    where = f"\n\n{settings().origin}{notice.link}" if settings().origin and notice.link else ""
    await asyncio.to_thread(mail.send, settings().smtp, address, sentence[:80], f"{notice.person.name}：\n\n{sentence}{where}\n")
    async with writing():
        await waiting.update(state="done", at=clock.now())


async def of(person: Person, after: str = "") -> Part:
    """What somebody was told, the newest first."""
    query = Notice.filter(person_id=person.id)
    if after.isdecimal() and len(after) < 10:
        query = query.filter(id__lt=int(after))
    rows = await query.order_by("-id").limit(31)
    return Part(rows[:30], str(rows[29].id) if len(rows) > 30 else "")


async def unread(person: Person) -> bool:
    return await Notice.filter(person_id=person.id, read_at=None).exists()


async def read(person: Person, upto: int, *, by: Any) -> None:
    """Everything up to this notice has been read. Only for oneself."""
    async with writing():
        await Notice.filter(person_id=person.id if person.id == by.id else 0, id__lte=upto, read_at=None).update(read_at=clock.now())


async def told(subject: str, number: int) -> dict[int, list[str]]:
    """Who was told of a record, and how: person id -> channels whose delivery is done."""
    rows = await Delivery.filter(state="done", notice__subject=subject, notice__subject_id=number).select_related("notice").order_by("id")
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.notice.person_id, []).append(row.channel)
    return found


async def slips(held: Standing, after: str = "") -> Part:
    """Slips to carry: not read in the inbox, to people within reach who hold no office and so rarely look."""
    offices = Office.filter(in_force()).values("person_id")
    waiting = Delivery.filter(within(held, "slip.hand_over", "notice__person__place__path"), channel="slip", state="waiting")
    waiting = waiting.filter(notice__read_at=None).exclude(notice__person_id__in=_Subquery(offices))
    return await part(waiting.prefetch_related("notice__person__household", "notice__person__place"), after)


def _Subquery(query: Any) -> Any:
    from tortoise.expressions import Subquery

    return Subquery(query)


async def hand_over(deliveries: Sequence[int], *, by: Person) -> int:
    """These slips were put into the hands of those they are for; each must lie within reach."""
    rows = await Delivery.filter(id__in=list(deliveries), channel="slip", state="waiting").prefetch_related("notice__person__place")
    async with writing():
        for row in rows:
            await must(by, "slip.hand_over", at=row.notice.person.place)
            changed = await Delivery.filter(id=row.id, state="waiting").update(state="done", at=clock.now(), by_id=by.id)
            if changed:
                await note("slip.handed_over", row, by, notice=row.notice_id)
    return len(rows)
