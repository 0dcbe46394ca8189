"""Evaluations: the reporter says whether it was solved; of a topic without a reporter, those who were at the meeting."""

from __future__ import annotations

from collections import Counter

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, new_salt
from council.proceedings.invitations import Invitation
from council.proceedings.matters import Matter, hold
from council.proceedings.meetings import Meeting
from council.proceedings.resolutions import Resolution
from council.refusals import Conflict, Refusal
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


class Verdict(Model):
    """What one of those invited says of how a resolution on a topic of its own was carried out. It may be changed."""

    id = fields.IntField(primary_key=True)
    resolution: fields.ForeignKeyRelation[Resolution] = belongs("Resolution")
    resolution_id: int
    invitation: fields.ForeignKeyRelation[Invitation] = belongs("Invitation")
    invitation_id: int
    score = fields.CharField(24)
    at = fields.DatetimeField()

    class Meta:
        table = "verdict"
        unique_together = (("resolution", "invitation"),)


async def carried_out(resolution: Resolution) -> bool:
    """Is there something to judge: tasks, all of them accepted, and no reporter who judges it?"""
    if resolution.matter_id is not None:
        return False
    rows = await sql("SELECT stage FROM task WHERE resolution_id = ?", resolution.id)
    return bool(rows) and all(row["stage"] == "accepted" for row in rows)


async def judge(resolution: Resolution, score: str, *, by: Actor) -> None:
    """Say how content one is; said again it replaces what was said before."""
    if score not in SCORES:
        raise Refusal("Choose one of the answers shown.", field="score")
    async with writing():
        await must(by, "resolution.judge", resolution)
        mine = await _invitation(resolution, by)
        if mine is None or not await carried_out(resolution):
            raise Conflict("It is judged by those invited to the meeting, once all of it has been carried out.")
        await Verdict.update_or_create(defaults={"score": score, "at": clock.now()}, resolution_id=resolution.id, invitation_id=mine.id)
        await note("resolution.judged", resolution, by, score=score)


async def _invitation(resolution: Resolution, by: Actor) -> Invitation | None:
    meeting = await Meeting.get_or_none(id=resolution.meeting_id or 0)
    return await Invitation.of(meeting, by) if meeting else None


async def verdicts(resolution: Resolution, by: Actor) -> tuple[Counter[str], str]:
    """How many said what, and what `by` has said."""
    mine, found = await _invitation(resolution, by), await Verdict.filter(resolution_id=resolution.id)
    return Counter(one.score for one in found), next((one.score for one in found if mine and one.invitation_id == mine.id), "")
