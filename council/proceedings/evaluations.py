"""Evaluations: the reporter says whether it was solved."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.matters import Matter, hold
from council.refusals import Refusal
from council.rules import privacy

SCORES: dict[str, Phrase] = {
    "very_satisfied": Phrase("Very satisfied"),
    "satisfied": Phrase("Satisfied"),
    "fairly_satisfied": Phrase("Fairly satisfied"),
    "dissatisfied": Phrase("Dissatisfied"),
    "not_solved": Phrase("Not solved"),
}


class Evaluation(Model):
    """One rating a round, "not solved" reopens the matter once."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    round = fields.IntField(default=0)
    score = fields.CharField(24)
    words = fields.TextField(default="")
    at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "evaluation"
        unique_together = (("matter", "round"),)


async def rate(matter: Matter, score: str, words: str = "", *, by: Actor) -> Phrase:
    """Rate what was done; what follows, in a sentence. "Not solved" takes it up again, once."""
    if score not in SCORES:
        raise Refusal("Choose one of the answers shown.", field="score")
    privacy.check_text(words, "words")
    async with writing():
        await hold(matter)
        await must(by, "matter.rate", matter)
        await Evaluation.create(matter=matter, round=matter.reopened, score=score, words=words, at=clock.now())
        await note("matter.rated", matter, by, score=score, round=matter.reopened, texts={"words": words})
        return await _follow(matter, score, by)


async def _follow(matter: Matter, score: str, by: Actor) -> Phrase:
    if score == "not_solved" and matter.reopened == 0:
        await must(by, "matter.reopen", matter)
        matter.reopened = 1
        await matter.save(update_fields=["reopened"])
        await matter.move("confirmed")
        await note("matter.reopened", matter, by)
        return Phrase("It is taken up again. Somebody will ring you.")
    await matter.move("closed")
    await note("matter.closed", matter, by)
    if score == "not_solved":
        return Phrase("Your answer is kept. It was taken up again once already: please speak with the street, or ring 12345.")
    return Phrase("Thank you. The matter is closed.")
