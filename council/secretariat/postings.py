"""Postings: what is shown publicly, from which day to which, and the objections to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import DEFAULT, Phrase, day, speaking
from council.i18n import gettext as _
from council.neighbourhood.journal import Entry, note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.neighbourhood.sealed import seal, unseal
from council.proceedings.ballots import Ballot
from council.proceedings.resolutions import Resolution
from council.proceedings.tasks import Task
from council.refusals import Conflict, NotFound, Refusal
from council.rules.calendar import posting as posting_days
from council.rules.law import Flag
from council.rules.privacy import check_text, redact
from council.secretariat import inbox, jobs

DAYS = 15  # RC art. 34, VC art. 35: at least
PAGE = 20
STATES = ("", "hanging", "past")
RAISED = Phrase("Somebody has objected to what you hung on the notice board. Please read it and answer.")
ANSWERED = Phrase("Your objection to what hangs on the notice board has an answer.")


class Posting(Model):
    """At least 15 days (RC art. 34). `body` is de-identified text, the signed original stays inside."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(32)
    subject_id = fields.IntField()
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    title = fields.CharField(120)
    body = fields.TextField()
    first_day = fields.DateField()
    last_day = fields.DateField()
    contact = fields.CharField(120, default="")
    board = fields.CharField(120, default="")
    made_by_id = fields.IntField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "posting"
        indexes = (("path", "last_day"), ("subject", "subject_id"))

    def hangs(self, on: date | None = None) -> bool:
        """Is it up on this day? First and last day included."""
        return self.first_day <= (on or clock.today()) <= self.last_day

    @classmethod
    async def find(cls, number: int) -> Posting:
        """Postings are for everybody and stay readable after their last day."""
        if (found := await cls.get_or_none(id=number).prefetch_related("place")) is None:
            raise NotFound
        return found

    @classmethod
    async def board_of(cls, state: str = "", q: str = "", before: int = 0) -> tuple[list[Posting], int]:
        """The board, newest first: a page, and the id to go on from (0 at the end). `state`: hanging, past or all."""
        found = cls.all().prefetch_related("place").order_by("-id")
        if state in ("hanging", "past"):
            found = found.filter(**{"last_day__gte" if state == "hanging" else "last_day__lt": clock.today()})
        if q.strip():
            found = found.filter(title__contains=q.strip())
        rows = await (found.filter(id__lt=before) if before else found).limit(PAGE + 1)
        return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else 0

    async def objections(self) -> list[Objection]:
        return await Objection.filter(posting_id=self.id).order_by("id")

    async def object(self, text: str, *, by: Actor, name: str = "", phone: str = "") -> Objection:
        """Anybody may object while it hangs. Name and telephone are sealed, only those who answer may read them."""
        if len(check_text(text.strip(), "text")) < 4:
            raise Refusal("Write what you object to.", field="text")
        async with writing():
            await must(by, "posting.object", self)
            if not self.hangs():
                raise Conflict("This posting has ended. Please turn to the community.")
            made = await Objection.create(
                posting_id=self.id, place_id=self.place_id, text=text.strip(), name_sealed=seal(name.strip(), "name"),
                phone_sealed=seal(phone.strip(), "phone"), at=clock.now(),
            )  # fmt: skip
            await note("posting.objected", self, by, objection=made.id, texts={"text": text})
            await inbox.tell_all([self.made_by_id], RAISED, link=f"/postings/{self.id}", subject=self)
        return made


class Objection(Model):
    """What somebody holds against a posting, and the answer they were given."""

    id = fields.IntField(primary_key=True)
    posting: fields.ForeignKeyRelation[Posting] = belongs("Posting")
    posting_id: int
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    text = fields.TextField()
    name_sealed = fields.CharField(400, default="")
    phone_sealed = fields.CharField(200, default="")
    at = fields.DatetimeField()
    answer = fields.TextField(default="")
    answered_by_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "objection"

    @property
    def name(self) -> str:
        return unseal(self.name_sealed, "name")

    @property
    def phone(self) -> str:
        return unseal(self.phone_sealed, "phone")

    @property
    def shown(self) -> str:
        """The objection as everybody may read it."""
        return redact(self.text, [self.name])

    async def reply(self, text: str, *, by: Person) -> None:
        """Answer it once, in words everybody may read."""
        if len(check_text(text.strip(), "answer")) < 2:
            raise Refusal("Write the answer.", field="answer")
        async with writing():
            await must(by, "posting.answer", self)
            values = {"answer": redact(text.strip(), [self.name]), "answered_by_id": by.id, "answered_at": clock.now()}
            if not await Objection.filter(id=self.id, answered_at=None).update(**values):
                raise Conflict("This has been answered already.")
            self.update_from_dict(values)
            await note("posting.answered", self, by, posting=self.posting_id, texts={"answer": text})
            await inbox.tell_all(await self._objector(), ANSWERED, link=f"/postings/{self.posting_id}", subject=self)

    async def _objector(self) -> list[int]:
        """The account that objected, if there was one: only the journal knows it."""
        entries = await Entry.filter(act="posting.objected", subject="Posting", subject_id=self.posting_id)
        return [one.by_id for one in entries if one.numbers.get("objection") == self.id and one.by_id]


async def post(
    subject: Resolution | Model,
    title: str,
    body: str,
    place: Place,
    *,
    by: Person,
    contact: str,
    board: str = "",
    days: int = DAYS,
    names: Iterable[str] = (),
) -> Posting:
    """Hang it up from today on. The day of posting is not counted and the last day is a working day (Civil Code arts 201, 203).

    `names` of people are masked, telephone and card numbers hidden: what hangs here is read by everybody.
    """
    if days < DAYS:
        raise Refusal("The law wants at least %(days)s days.", field="days", days=DAYS)
    if not contact.strip():
        raise Refusal("Say where objections go: an office and a telephone number.", field="contact")
    today = clock.today()
    async with writing():
        await must(by, "posting.make", at=place)
        made = await Posting.create(
            subject=type(subject).__name__, subject_id=subject.pk, place=place, path=place.path, title=redact(title, names)[:120],
            body=redact(body, names), first_day=today, last_day=posting_days(today, days).last_day,
            contact=contact.strip()[:120], board=board.strip()[:120], made_by_id=by.id,
        )  # fmt: skip
        await note("posting.made", made, by, last_day=made.last_day.isoformat(), texts={"title": made.title, "body": made.body})
    return made


async def post_resolution(
    resolution: Resolution, *, by: Person, contact: str, board: str = "", days: int = DAYS, names: Iterable[str] = ()
) -> Posting:
    """Hang up a resolution. A private one never hangs anywhere."""
    if resolution.private:
        raise Refusal("A promise between neighbours is never posted.", status=409)
    async with writing():
        await must(by, "resolution.post", resolution)
        title = resolution.text.splitlines()[0]
        place = await Place.get(id=resolution.place_id)
        made = await post(resolution, title, await _whole(resolution), place, by=by, contact=contact, board=board, days=days, names=names)
        await resolution.posted(made.id, by=by)
        if resolution.binds():
            await _look_again(resolution.id, made)
    return made


async def _whole(resolution: Resolution) -> str:
    """What was decided, by which count, what that is worth, who carries it out by when: all that everybody may ask."""
    ballot = await Ballot.get_or_none(id=resolution.ballot_id or 0)
    tasks = await Task.filter(resolution_id=resolution.id).prefetch_related("unit", "person").order_by("id")
    with speaking(DEFAULT):
        lines = [resolution.text, *(_counted(ballot) if ballot else [])]
        lines += [_("Advice only: the owners must vote (Civil Code art. 278).") if resolution.needs_owners else str(resolution.effect.label)]
        lines += [
            _("Responsible: %(who)s, until %(day)s: %(words)s") % {"who": task.unit or task.person, "day": day(task.deadline), "words": task.words}
            for task in tasks
        ]
    return "\n".join(lines)


def _counted(ballot: Ballot) -> list[str]:
    rows = "，".join(f"{row.label} {row.votes}" for row in ballot.tally().rows) if ballot.counts else ""
    indicative = str(Flag.INDICATIVE.label) if Flag.INDICATIVE in ballot.decision.get("flags", []) else ""
    return [line for line in (rows, *ballot.decision.get(f"arithmetic_{DEFAULT}", []), indicative) if line]


async def _look_again(resolution_id: int, posting: Posting) -> None:
    """The morning after its last day, or tomorrow where an objection still waits. Within writing()."""
    after = max(posting.last_day, clock.today()) + timedelta(days=1)
    at = datetime.combine(after, time(), clock.ZONE)
    await jobs.later("resolution_in_force", {"resolution": resolution_id, "posting": posting.id}, at=at)


@jobs.does("resolution_in_force")
async def come_into_force(payload: dict[str, Any]) -> None:
    """A posted decision is in force once its days are over and every objection has its answer (RC art. 34; VC art. 35)."""
    posting = await Posting.get(id=payload["posting"])
    async with writing():
        resolution = await Resolution.get(id=payload["resolution"])
        if resolution.stage != "posted":
            return
        if posting.hangs() or await Objection.exists(posting_id=posting.id, answered_at=None):
            await _look_again(resolution.id, posting)
        else:
            await resolution.come_into_force()
