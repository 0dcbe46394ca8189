"""Withdrawals: whoever brought a matter takes it back, with a reason, before anything was decided on it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.matters import Matter, hold
from council.proceedings.resolutions import Resolution
from council.refusals import Conflict, Refusal
from council.rules import privacy

REASONS: dict[str, Phrase] = {
    "SOLVED": Phrase("It has been solved"),
    "TWICE": Phrase("I reported it twice"),
    "MISTAKEN": Phrase("I was mistaken"),
    "UNWISHED": Phrase("I do not wish it any more"),
    "OTHER": Phrase("Another reason"),
}


class Withdrawal(Model):
    """One a matter, and for good: who changes their mind reports again."""

    id = fields.IntField(primary_key=True)
    matter: fields.OneToOneRelation[Matter] = fields.OneToOneField("council.Matter", related_name=False, on_delete=fields.RESTRICT)
    matter_id: int
    reason = fields.CharField(12)
    words = fields.TextField(default="")
    at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "withdrawal"


async def withdraw(matter: Matter, reason: str, words: str = "", *, by: Actor) -> Withdrawal:
    """Take it back. It leaves every public list at once; those who dealt with it still see it, with the reason."""
    _check(reason, words)
    async with writing():
        await hold(matter)
        await must(by, "matter.withdraw", matter)
        if await _decided(matter):
            raise Conflict("Something has been decided on it already, so it cannot be taken back. Ring the community if it is settled for you.")
        await matter.move("withdrawn")
        matter.public, matter.due = False, None
        await matter.save(update_fields=["public", "due"])
        made = await Withdrawal.create(matter=matter, reason=reason, words=words.strip(), at=clock.now())
        await note("matter.withdrawn", matter, by, withdrawal=made.id, reason=reason, texts={"words": made.words})
    return made


def _check(reason: str, words: str) -> None:
    if reason not in REASONS:
        raise Refusal("Choose one of the answers shown.", field="reason")
    if reason == "OTHER" and len(words.strip()) < 2:
        raise Refusal("Write the reason in a few words.", field="words")
    privacy.check_text(words, "words")


async def _decided(matter: Matter) -> bool:
    return await Resolution.exists(matter_id=matter.id)


async def withdrawable(matter: Matter, by: Actor) -> bool:
    """May `by` take it back now?"""
    return await may(by, "matter.withdraw", matter) and not await _decided(matter)
