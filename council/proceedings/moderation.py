"""Moderation: what insults or names somebody is hidden with a reason everybody may read; its author may appeal to the level above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.floods import public_reason
from council.proceedings.statements import Statement
from council.refusals import Conflict, NotFound, Refusal
from council.rules.privacy import check_text, redact

Hidden = Remark | Statement


class Appeal(Model):
    """Against the hiding of a remark or a statement, by whoever wrote it. The next level above decides, in words everybody may read."""

    id = fields.IntField(primary_key=True)
    remark: fields.ForeignKeyNullableRelation[Remark] = belongs("Remark", null=True)
    remark_id: int | None
    statement: fields.ForeignKeyNullableRelation[Statement] = belongs("Statement", null=True)
    statement_id: int | None
    words = fields.TextField()
    at = fields.DatetimeField()
    upheld = fields.BooleanField(null=True)
    answer = fields.TextField(default="")
    answered_by_id = fields.IntField(null=True)
    answered_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "appeal"

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Appeal, Consultation]:
        found = await cls.get_or_none(id=number) if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, await Consultation.find((await found.about()).consultation_id, by)

    async def about(self) -> Hidden:
        return await Remark.get(id=self.remark_id) if self.remark_id else await Statement.get(id=self.statement_id)


async def find_remark(number: int, by: Actor) -> tuple[Remark, Consultation]:
    """A remark that stands, with its consultation."""
    found = await Remark.get_or_none(id=number, withdrawn_at=None) if number < 2**31 else None
    if found is None:
        raise NotFound
    return found, await Consultation.find(found.consultation_id, by)


async def find_statement(number: int, by: Actor) -> tuple[Statement, Consultation]:
    """A statement, hidden or not, with its consultation."""
    found = await Statement.get_or_none(id=number) if number < 2**31 else None
    if found is None:
        raise NotFound
    return found, await Consultation.find(found.consultation_id, by)


async def of(hidden: Hidden) -> Consultation:
    return await Consultation.get(id=hidden.consultation_id)


async def hide(remark: Remark, reason: str, *, by: Person) -> None:
    """Not shown any more, with a reason everybody may read; nothing is deleted, and whoever wrote it may appeal."""
    consultation, told = await Consultation.get(id=remark.consultation_id), public_reason(reason)
    async with writing():
        await must(by, "consultation.listen", consultation)
        values = {"hidden_at": clock.now(), "hidden_by_id": by.id, "hidden_reason": told}
        if not await Remark.filter(id=remark.id, hidden_at=None).update(**values):
            raise Conflict("Somebody was faster: please look at the newest state.")
        await note("remark.hidden", remark, by, consultation=consultation.id, texts={"reason": told})


async def hide_statement(statement: Statement, consultation: Consultation, reason: str, *, by: Person) -> None:
    """A statement is not shown any more, for the same reasons and with the same appeal."""
    told = public_reason(reason)
    async with writing():
        await must(by, "consultation.listen", consultation)
        await Statement.filter(id=statement.id, hidden_at=None).update(hidden_at=clock.now(), hidden_by_id=by.id, hidden_reason=told)
        await note("statement.hidden", statement, by, consultation=consultation.id, texts={"reason": told})


async def show_again(remark: Remark, *, by: Person) -> None:
    """Whoever hides may think better of it."""
    consultation = await Consultation.get(id=remark.consultation_id)
    async with writing():
        await must(by, "consultation.listen", consultation)
        await Remark.filter(id=remark.id).update(hidden_at=None, hidden_reason="", hidden_by_id=None)
        await note("remark.shown", remark, by, consultation=consultation.id)


async def appeal(hidden: Hidden, words: str, *, by: Actor) -> Appeal:
    """Whoever wrote a hidden opinion or statement asks the level above to look at it."""
    if len(check_text(words.strip(), "words")) < 4:
        raise Refusal("Write why it should be shown.", field="words")
    named: dict[str, Any] = {"remark_id": hidden.id} if isinstance(hidden, Remark) else {"statement_id": hidden.id}
    async with writing():
        await must(by, "remark.appeal", hidden)
        if hidden.hidden_at is None:
            raise Conflict("This opinion is not hidden.")
        if await Appeal.exists(**named, answered_at=None):
            raise Conflict("Your appeal is with the level above already.")
        made = await Appeal.create(**named, words=redact(words.strip()), at=clock.now())
        await note("remark.appealed", hidden, by, consultation=hidden.consultation_id, appeal=made.id, texts={"words": made.words})
    return made


async def above(consultation: Consultation) -> Place:
    """Where an appeal is decided: the place above; at the very top the place itself."""
    place = await Place.get(id=consultation.place_id)
    return await Place.get(id=place.parent_id) if place.parent_id else place


async def decide_appeal(case: Appeal, verdict: str, words: str, *, by: Person) -> None:
    """The level above shows it again ("show") or leaves it hidden ("hide"), in words everybody may read. Never by whoever hid it."""
    hidden = await case.about()
    consultation = await of(hidden)
    if verdict not in ("show", "hide") or len(check_text(words.strip(), "answer")) < 2:
        raise Refusal("Write the answer.", field="answer")
    async with writing():
        await must(by, "remark.judge", at=await above(consultation))
        if by.id == hidden.hidden_by_id:
            raise Conflict("Whoever hid it does not decide on the appeal.")
        values = {"upheld": verdict == "show", "answer": redact(words.strip()), "answered_by_id": by.id, "answered_at": clock.now()}
        if not await Appeal.filter(id=case.id, answered_at=None).update(**values):
            raise Conflict("This has been answered already.")
        if verdict == "show":
            await type(hidden).filter(id=hidden.id).update(hidden_at=None)
        await note("remark.judged", hidden, by, consultation=consultation.id, texts={"answer": str(values["answer"])})


async def appeals(consultation: Consultation) -> list[Appeal]:
    found = Appeal.filter(Q(remark__consultation_id=consultation.id) | Q(statement__consultation_id=consultation.id))
    return await found.prefetch_related("remark", "statement").order_by("id")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the public log: how many were hidden for this reason, and what the level above said to it."""

    reason: str
    count: int
    answers: tuple[str, ...]


async def log(consultation: Consultation) -> list[Line]:
    """What is not shown, for everybody: reasons and how often, never the words, never when."""
    hidden: list[Hidden] = [
        *await Remark.filter(consultation_id=consultation.id, withdrawn_at=None, hidden_at__isnull=False),
        *await Statement.filter(consultation_id=consultation.id, hidden_at__isnull=False),
    ]
    answers = {(case.remark_id, case.statement_id): case.answer for case in await appeals(consultation) if case.answered_at}
    grouped: dict[str, list[str]] = {}
    for one in hidden:
        key = (one.id, None) if isinstance(one, Remark) else (None, one.id)
        grouped.setdefault(one.hidden_reason, []).append(answers.get(key, ""))
    return [Line(reason, len(said), tuple(one for one in said if one)) for reason, said in sorted(grouped.items())]


async def hidden_of(contribution: Contribution | None) -> list[tuple[Hidden, bool]]:
    """What of an answer is hidden, and whether its author has appealed already."""
    if contribution is None:
        return []
    mine: list[Hidden] = [
        *await Remark.filter(contribution_id=contribution.id, withdrawn_at=None, hidden_at__isnull=False),
        *await Statement.filter(contribution_id=contribution.id, hidden_at__isnull=False),
    ]
    known = {(case.remark_id, case.statement_id) for case in await Appeal.filter(answered_at=None)}
    return [(one, ((one.id, None) if isinstance(one, Remark) else (None, one.id)) in known) for one in mine]
