"""The agenda: in which order topics are taken up, how each of them ended, and the notice that fixes it."""

from __future__ import annotations

from datetime import datetime

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.joined import fetch_all
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, NotFound, Refusal
from council.rules import calendar, stages
from council.rules.affairs import Affair
from council.rules.numbering import room_number
from council.rules.privacy import check_text


class AgendaItem(Model):
    """A topic. `notified` says that it stood in the notice: nothing is decided on what was not notified (agenda lock)."""

    id = fields.IntField(primary_key=True)
    meeting: fields.ForeignKeyRelation[Meeting] = belongs("Meeting")
    meeting_id: int
    matter: fields.ForeignKeyNullableRelation[Matter] = belongs("Matter", null=True)
    matter_id: int | None
    title = fields.CharField(120)
    words = fields.TextField(default="")
    order = fields.IntField()
    stage = fields.CharField(24, default="pending")
    notified = fields.BooleanField(default=False)
    outcome = fields.TextField(default="")
    opened_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "agenda_item"
        indexes = (("meeting_id", "order"),)

    def __str__(self) -> str:
        return self.title

    async def relations(self, by: Actor | None) -> set[str]:
        """What the actor is in the meeting."""
        return await (await Meeting.get(id=self.meeting_id)).relations(by)

    async def about(self) -> Matter | None:
        """The matter as it stands now, if the topic is one."""
        return await Matter.get_or_none(id=self.matter_id) if self.matter_id else None

    async def move(self, stage: str) -> None:
        """To another stage if the table knows the way and nobody moved it in between. Within the caller's transaction."""
        stages.check("AgendaItem", self.stage, stage)
        if not await AgendaItem.filter(id=self.id, stage=self.stage).update(stage=stage):
            raise Conflict("Somebody else has just moved this item. Please look again.")
        self.stage = stage

    def must_be_notified(self) -> None:
        """Agenda lock: nothing is decided on what did not stand in the notice."""
        if not self.notified:
            raise Conflict("This item did not stand in the notice: it can be talked about, but nothing is decided on it.")

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[AgendaItem, Meeting]:
        """An item and its meeting, if this person may know of the meeting; else NotFound."""
        item = await cls.get_or_none(id=number).prefetch_related("matter") if number < 2**31 else None
        if item is None:
            raise NotFound
        return item, await Meeting.find(item.meeting_id, by)

    @classmethod
    async def of(cls, meeting: Meeting) -> list[AgendaItem]:
        """The agenda in its order."""
        return await fetch_all(cls, 't.meeting_id = ? ORDER BY t."order", t.id', meeting.id, along=("matter",))

    @classmethod
    async def current(cls, meeting: Meeting) -> AgendaItem | None:
        """The item on the floor, if one is."""
        found = cls.filter(meeting_id=meeting.id, stage__in=["open", "voting"]).prefetch_related("matter")
        return await found.order_by("order", "id").first()


async def add(meeting: Meeting, title: str, *, by: Person, words: str = "", matter: Matter | None = None) -> AgendaItem:
    """Put a topic on the agenda, a matter or a free one. What is added after the notice is only talked about."""
    async with writing():
        await must(by, "item.add", meeting)
        if matter is not None:
            _fits(meeting, matter)
        last = await AgendaItem.filter(meeting_id=meeting.id).order_by("-order").first()
        item = await AgendaItem.create(
            meeting_id=meeting.id, matter_id=matter.id if matter else None, title=check_text(title, "title")[:120],
            words=check_text(words, "words"), order=last.order + 1 if last else 1,
        )  # fmt: skip
        if matter is not None:
            await matter.list_for(item, by=by)
        await note("item.added", item, by, meeting_id=meeting.id, matter=item.matter_id, texts={"title": title, "words": words})
    return item


def _fits(meeting: Meeting, matter: Matter) -> None:
    """A household matter only in a closed meeting; and a meeting takes up the matters of its own place."""
    if matter.affair == Affair.HOUSEHOLD and not meeting.private:
        raise Refusal("A household matter is talked about only in a closed meeting of the grid.", field="matter")
    if not matter.path.startswith(meeting.path) and not meeting.path.startswith(matter.path):
        raise Refusal("This matter belongs to another place.", field="matter")


async def strike(item: AgendaItem, meeting: Meeting, *, by: Person) -> None:
    """Take a topic off a draft; the matter waits for another meeting. After the notice an item is deferred instead."""
    async with writing():
        await must(by, "item.add", meeting)
        if item.notified:
            raise Conflict("The notice is out: an item can only be deferred in the meeting.")
        if (matter := await item.about()) is not None:
            await matter.unlisted(item, by=by)
        await note("item.struck", item, by, meeting_id=meeting.id)
        await item.delete()


async def sooner(item: AgendaItem, meeting: Meeting, *, by: Person) -> None:
    """One place nearer to the beginning."""
    async with writing():
        await must(by, "item.add", meeting)
        before = await AgendaItem.filter(meeting_id=meeting.id, order__lt=item.order).order_by("-order").first()
        if before is None:
            return
        item.order, before.order = before.order, item.order
        await item.save(update_fields=["order"])
        await before.save(update_fields=["order"])
        await note("item.moved", item, by, meeting_id=meeting.id, order=item.order)


def in_time(meeting: Meeting, starts_at: datetime, reason: str = "") -> calendar.Notice:
    """Whether a notice given today comes early enough for a beginning at `starts_at`."""
    return calendar.notice(meeting.rule_id, clock.today(), clock.local(starts_at).date(), reason)


async def give_notice(meeting: Meeting, *, by: Person, temporary_reason: str = "") -> None:
    """Call the meeting: fixes the agenda, gives the room its number. Who is told, hears it from the journal.

    Refused without a topic, without a member, or too late (RC 26: ten days, a reason makes a temporary notice; ours: three working days).
    """
    async with writing():
        await must(by, "meeting.give_notice", meeting)
        stages.check("Meeting", meeting.stage, "called")
        if not await AgendaItem.exists(meeting_id=meeting.id):
            raise Refusal("Put at least one topic on the agenda first.", field="agenda")
        if not await Invitation.exists(meeting_id=meeting.id, capacity="MEMBER"):
            raise Refusal("Invite at least one member first.", field="invitations")
        _early_enough(meeting, meeting.starts_at, temporary_reason)
        await AgendaItem.filter(meeting_id=meeting.id).update(notified=True)
        meeting.stage, meeting.notice_at, meeting.temporary_reason = "called", clock.now(), temporary_reason
        meeting.wall_code = await _free_number()
        await meeting.save(update_fields=["stage", "notice_at", "temporary_reason", "wall_code"])
        await note("meeting.called", meeting, by, meeting_id=meeting.id, texts={"title": meeting.title, "reason": temporary_reason})


def _early_enough(meeting: Meeting, starts_at: datetime, reason: str) -> None:
    if starts_at <= clock.now():
        raise Refusal("This time is past. Choose a later one.", field="day")
    notice = in_time(meeting, starts_at, reason)
    # The three working days are this house's own rule: a recorded reason shortens them. A statutory period yields only where the law says so.
    if notice.ok or (notice.unit == "working_days" and reason):
        return
    if notice.unit == "working_days":
        raise Refusal("This is too late: %(days)s working days lie between today and the meeting, %(needed)s are needed.",
                      days=notice.days, needed=notice.needed, field="temporary_reason")  # fmt: skip
    raise Refusal("This is too late: the meeting is %(days)s days from today, %(needed)s are needed.",
                  days=notice.days, needed=notice.needed, field="temporary_reason")  # fmt: skip


async def _free_number() -> str:
    number = room_number()
    while await Meeting.exists(wall_code=number, stage__in=["called", "open", "adjourned"]):
        number = room_number()
    return number


async def postpone(meeting: Meeting, starts_at: datetime, *, by: Person, venue: str = "", reason: str = "") -> None:
    """Move a meeting that has been called to another time or venue. The notice period is counted anew; codes and links stay.

    At another time those invited are asked again whether they come.
    """
    async with writing():
        await must(by, "meeting.give_notice", meeting)
        if meeting.stage != "called":
            raise Conflict("A draft is simply corrected.")
        anew = starts_at != meeting.starts_at
        if anew:
            _early_enough(meeting, starts_at, reason)
            # What was answered was answered for the old time.
            await Invitation.filter(meeting_id=meeting.id).update(reply="", reply_at=None, substitute="")
        if meeting.ends_at is not None:
            meeting.ends_at += starts_at - meeting.starts_at
        meeting.starts_at, meeting.venue = starts_at, venue or meeting.venue
        meeting.version, meeting.temporary_reason = meeting.version + 1, reason or meeting.temporary_reason
        await meeting.save(update_fields=["starts_at", "ends_at", "venue", "version", "temporary_reason"])
        await note("meeting.moved", meeting, by, meeting_id=meeting.id, version=meeting.version, anew=int(anew), texts={"reason": reason})


async def call_off(meeting: Meeting, reason: str, *, by: Person) -> None:
    """Call a meeting off, with a reason that those invited are told; its matters wait for another one."""
    async with writing():
        await must(by, "meeting.cancel", meeting)
        stages.check("Meeting", meeting.stage, "cancelled")
        for item in await AgendaItem.of(meeting):
            if (matter := await item.about()) is not None and matter.stage == "listed":
                await matter.unlisted(item, by=by)
        meeting.stage, meeting.reason, meeting.version = "cancelled", check_text(reason, "reason"), meeting.version + 1
        await meeting.save(update_fields=["stage", "reason", "version"])
        await note("meeting.cancelled", meeting, by, meeting_id=meeting.id, texts={"reason": reason})


async def addable(meeting: Meeting) -> list[Matter]:
    """Confirmed matters of the place, or of a place it lies in, that wait for a meeting; household matters only for a closed one."""
    above = [int(part) for part in meeting.path.strip("/").split("/")]
    waiting = Matter.filter(Q(path__startswith=meeting.path) | Q(place_id__in=above), stage__in=["confirmed", "deliberated"])
    closed = waiting if meeting.private else waiting.exclude(affair=Affair.HOUSEHOLD)
    return await closed.order_by("-id").limit(50)
