"""Listening: what was said is put under headings and joined by reference; nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person, new_salt
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Remark
from council.proceedings.proposals import Proposal
from council.proceedings.resolutions import Resolution
from council.proceedings.unheard import last_shown
from council.refusals import Conflict, NotFound, Refusal
from council.rules.likeness import Pair, alike
from council.rules.privacy import check_text, redact

VERDICTS: dict[str, Phrase] = {"taken": Phrase("Taken over"), "partly": Phrase("Partly taken over"), "not": Phrase("Not taken over")}
BECAME: dict[str, tuple[type[Model], Phrase]] = {
    "AgendaItem": (AgendaItem, Phrase("Agenda item")), "Proposal": (Proposal, Phrase("Proposal")), "Ballot": (Ballot, Phrase("Ballot")),
    "Resolution": (Resolution, Phrase("Resolution")),
}  # fmt: skip


class Heading(Model):
    """A group of opinions and the answer given to it: taken over, partly or not, with the reason, and what it became."""

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    title = fields.CharField(80)
    verdict = fields.CharField(8, default="")
    answer = fields.TextField(default="")
    became = fields.CharField(16, default="")
    became_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    answered_by_id = fields.IntField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "heading"
        indexes = (("consultation_id", "id"),)

    @classmethod
    async def find(cls, number: int) -> Heading:
        found = await cls.get_or_none(id=number) if number < 2**31 else None
        if found is None:
            raise NotFound
        return found


class Filing(Model):
    """A remark under a heading. It may stand under several."""

    id = fields.IntField(primary_key=True)
    heading: fields.ForeignKeyRelation[Heading] = belongs("Heading")
    heading_id: int
    remark: fields.ForeignKeyRelation[Remark] = belongs("Remark")
    remark_id: int

    class Meta:
        table = "filing"
        unique_together = (("heading", "remark"),)


@dataclass(frozen=True)
class Group:
    """A heading with what stands under it; `voices` counts joined duplicates too."""

    heading: Heading
    remarks: list[Remark]
    voices: int


@dataclass(frozen=True)
class Listening:
    """Everything said, sorted: groups, what still stands under nothing, what is hidden, and what was joined to which remark."""

    groups: list[Group]
    loose: list[Remark]
    hidden: list[Remark]
    joined: dict[int, list[Remark]]


async def listening(consultation: Consultation) -> Listening:
    """In an order that tells nothing of who came when; of a list that still answers only what may be looked at already."""
    last = await last_shown(consultation)
    standing = sorted((one for one in await Remark.of(consultation) if one.contribution_id <= last), key=lambda one: one.salt)
    shown = {one.id: one for one in standing if one.hidden_at is None}
    joined: dict[int, list[Remark]] = {}
    for one in shown.values():
        if one.same_as_id in shown:
            joined.setdefault(int(one.same_as_id or 0), []).append(one)
    own = {number: one for number, one in shown.items() if one.same_as_id not in shown}
    headings = await Heading.filter(consultation_id=consultation.id).order_by("id")
    filed = await Filing.filter(heading_id__in=[one.id for one in headings] or [0])
    under = {one.remark_id for one in filed}
    held = {(one.heading_id, one.remark_id) for one in filed}
    groups = [_group(one, [remark for number, remark in own.items() if (one.id, number) in held], joined) for one in headings]
    return Listening(groups, [one for number, one in own.items() if number not in under], [o for o in standing if o.hidden_at], joined)


def _group(heading: Heading, remarks: list[Remark], joined: dict[int, list[Remark]]) -> Group:
    return Group(heading, remarks, sum(1 + len(joined.get(one.id, ())) for one in remarks))


def suggestions(remarks: Iterable[Remark]) -> list[Pair]:
    """Remarks much alike, for a person to look at."""
    return alike({one.id: one.words for one in remarks})


async def add(consultation: Consultation, title: str, *, by: Person, remarks: Iterable[int] = ()) -> Heading:
    """A new heading, with the remarks that belong under it."""
    if not check_text(title.strip(), "title"):
        raise Refusal("Give the heading a name.", field="title")
    async with writing():
        await must(by, "consultation.listen", consultation)
        made = await Heading.create(consultation_id=consultation.id, title=redact(title.strip())[:80])
        await note("heading.added", made, by, consultation=consultation.id, texts={"title": made.title})
        await file(made, consultation, remarks, by=by)
    return made


async def file(heading: Heading, consultation: Consultation, remarks: Iterable[int], *, by: Person) -> None:
    """Put remarks under a heading; they stay wherever else they stand."""
    async with writing():
        await must(by, "consultation.listen", consultation)
        wanted = await Remark.filter(id__in=list(remarks) or [0], consultation_id=consultation.id, withdrawn_at=None)
        standing = {one.remark_id for one in await Filing.filter(heading_id=heading.id)}
        fresh = [one.id for one in wanted if one.id not in standing]
        await Filing.bulk_create([Filing(heading_id=heading.id, remark_id=number) for number in fresh])
        if fresh:
            await note("heading.filed", heading, by, consultation=consultation.id, count=len(fresh))


async def take_out(heading: Heading, remark: Remark, *, by: Person) -> None:
    """It does not belong here after all; while the group has no answer."""
    consultation = await Consultation.get(id=heading.consultation_id)
    async with writing():
        await must(by, "consultation.listen", consultation)
        await Filing.filter(heading_id=heading.id, remark_id=remark.id).delete()
        await note("heading.taken_out", heading, by, consultation=consultation.id, remark=remark.id)


async def join(remark: Remark, same_as: int, *, by: Person) -> None:
    """It says the same as another one: it stays, points there, and counts as one voice more. Joined by a person, and parted again with 0."""
    consultation = await Consultation.get(id=remark.consultation_id)
    async with writing():
        await must(by, "consultation.listen", consultation)
        other = await Remark.get_or_none(id=same_as, consultation_id=consultation.id, withdrawn_at=None) if same_as else None
        if same_as and (other is None or other.id == remark.id):
            raise Refusal("There is no such opinion here.", field="same_as")
        target = (other.same_as_id or other.id) if other else None
        if target == remark.id or (target and await Remark.exists(same_as_id=remark.id)):
            raise Conflict("Others point at this opinion. Point them elsewhere first.")
        await Remark.filter(id=remark.id).update(same_as_id=target)
        await note("remark.joined" if target else "remark.parted", remark, by, consultation=consultation.id, same_as=target or 0)
