"""Moderation: what insults or names somebody is hidden with a reason everybody may read; its author may appeal to the level above."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Remark
from council.proceedings.statements import Statement
from council.refusals import Conflict, NotFound, Refusal
from council.rules.privacy import check_text, redact


class Appeal(Model):
    """Against the hiding of a remark, by whoever wrote it. The next level above decides, in words everybody may read."""

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


async def find_remark(number: int, by: Actor) -> tuple[Remark, Consultation]:
    """A remark that stands, with its consultation."""
    found = await Remark.get_or_none(id=number, withdrawn_at=None) if number < 2**31 else None
    if found is None:
        raise NotFound
    return found, await Consultation.find(found.consultation_id, by)


async def hide(remark: Remark, reason: str, *, by: Person) -> None:
    """Not shown any more, with a reason everybody may read; nothing is deleted, and whoever wrote it may appeal."""
    consultation = await Consultation.get(id=remark.consultation_id)
    if len(check_text(reason.strip(), "reason")) < 4:
        raise Refusal("Write the reason. Everybody can read it.", field="reason")
    async with writing():
        await must(by, "consultation.listen", consultation)
        told = redact(reason.strip())[:300]
        values = {"hidden_at": clock.now(), "hidden_by_id": by.id, "hidden_reason": told}
        if not await Remark.filter(id=remark.id, hidden_at=None).update(**values):
            raise Conflict("Somebody was faster: please look at the newest state.")
        await note("remark.hidden", remark, by, consultation=consultation.id, texts={"reason": told})


async def show_again(remark: Remark, *, by: Person) -> None:
    """Whoever hides may think better of it."""
    consultation = await Consultation.get(id=remark.consultation_id)
    async with writing():
        await must(by, "consultation.listen", consultation)
        await Remark.filter(id=remark.id).update(hidden_at=None, hidden_reason="", hidden_by_id=None)
        await note("remark.shown", remark, by, consultation=consultation.id)


async def appeal(remark: Remark, words: str, *, by: Actor) -> Appeal:
    """Whoever wrote a hidden remark asks the level above to look at it, once."""
    if len(check_text(words.strip(), "words")) < 4:
        raise Refusal("Write why it should be shown.", field="words")
    async with writing():
        await must(by, "remark.appeal", remark)
        if remark.hidden_at is None:
            raise Conflict("This opinion is not hidden.")
        if await Appeal.exists(remark_id=remark.id, answered_at=None):
            raise Conflict("Your appeal is with the level above already.")
        made = await Appeal.create(remark_id=remark.id, words=redact(words.strip()), at=clock.now())
        await note("remark.appealed", remark, by, consultation=remark.consultation_id, texts={"words": made.words})
    return made


async def above(consultation: Consultation) -> Place:
    """Where an appeal is decided: the place above; at the very top the place itself."""
    place = await Place.get(id=consultation.place_id)
    return await Place.get(id=place.parent_id) if place.parent_id else place


async def decide_appeal(case: Appeal, verdict: str, words: str, *, by: Person) -> None:
    """The level above shows it again ("show") or leaves it hidden ("hide"), in words everybody may read. Never by whoever hid it."""
    remark = await Remark.get(id=case.remark_id)
    consultation = await Consultation.get(id=remark.consultation_id)
    if verdict not in ("show", "hide") or len(check_text(words.strip(), "answer")) < 2:
        raise Refusal("Write the answer.", field="answer")
    async with writing():
        await must(by, "remark.judge", at=await above(consultation))
        if by.id == remark.hidden_by_id:
            raise Conflict("Whoever hid it does not decide on the appeal.")
        values = {"upheld": verdict == "show", "answer": redact(words.strip()), "answered_by_id": by.id, "answered_at": clock.now()}
        if not await Appeal.filter(id=case.id, answered_at=None).update(**values):
            raise Conflict("This has been answered already.")
        if verdict == "show":
            await Remark.filter(id=remark.id).update(hidden_at=None)
        await note("remark.judged", remark, by, consultation=consultation.id, texts={"answer": str(values["answer"])})


async def appeals(consultation: Consultation) -> list[Appeal]:
    own = [one.id for one in await Remark.filter(consultation_id=consultation.id).only("id")]
    return await Appeal.filter(remark_id__in=own or [0]).prefetch_related("remark").order_by("id")
