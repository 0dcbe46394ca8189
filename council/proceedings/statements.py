"""Short statements to agree or disagree with, or to pass over; whoever takes part adds their own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings import answers, consultations, masking, wordings
from council.proceedings.answers import Said
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.contributions import Contribution, mine
from council.refusals import Conflict, NotFound, Refusal
from council.rules.manners import check_manners
from council.rules.opinion_map import Matrix

LONGEST, OWN, MOST = 140, 3, 200  # signs; statements of one person; statements of one consultation
STANCES: dict[str, Phrase] = {"agree": Phrase("Agree"), "disagree": Phrase("Disagree"), "pass": Phrase("Pass, or not sure")}
VALUES = {"agree": 1, "disagree": -1, "pass": 0}


class Statement(Model):
    """One sentence. `contribution_id` names the answer of whoever added it, empty for those the secretary began with."""

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    contribution_id = fields.IntField(null=True)
    words = fields.CharField(200)
    made_at = fields.DatetimeField()
    hidden_at = fields.DatetimeField(null=True)
    hidden_by_id = fields.IntField(null=True)
    hidden_reason = fields.CharField(300, default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "statement"
        indexes = (("consultation_id", "id"),)

    async def relations(self, by: Actor | None) -> set[str]:
        """Its author is whoever's answer it came with; the first ones are the office's."""
        found = await Contribution.get_or_none(id=self.contribution_id or 0)
        return await found.relations(by) if found else set()

    @classmethod
    async def of(cls, consultation: Consultation) -> list[Statement]:
        """Those that are shown, in the order they were made."""
        return await cls.filter(consultation_id=consultation.id, hidden_at=None).order_by("id")

    @classmethod
    async def find(cls, number: int, by: Actor) -> tuple[Statement, Consultation]:
        found = await cls.get_or_none(id=number, hidden_at=None) if number < 2**31 else None
        if found is None:
            raise NotFound
        return found, await Consultation.find(found.consultation_id, by)


class Stance(Model):
    """What one answer says to one statement: 1 agree, -1 disagree, 0 pass."""

    id = fields.IntField(primary_key=True)
    statement: fields.ForeignKeyRelation[Statement] = belongs("Statement")
    statement_id: int
    contribution: fields.ForeignKeyRelation[Contribution] = belongs("Contribution")
    contribution_id: int
    value = fields.SmallIntField()
    at = fields.DatetimeField()

    class Meta:
        table = "stance"
        unique_together = (("statement", "contribution"),)
        indexes = (("contribution_id",),)


@dataclass(frozen=True)
class Deck:
    """What one person has before them: the next statement, what they said to the others, how many there are."""

    next: Statement | None
    said: list[tuple[Statement, str]]
    total: int


async def prepare(place: Place, plan: Plan, *, by: Person) -> Consultation:
    """A consultation with its clauses or first statements: all of it, or nothing."""
    async with writing():
        made = await consultations.draft(place, plan, by=by)
        if plan.form == "draft":
            await wordings.publish(made, list(plan.lines), by=by)
        if plan.form == "statements":
            for line in plan.lines:
                await Statement.create(consultation_id=made.id, words=await _tidy(made, line), made_at=clock.now())
    return made


async def _tidy(consultation: Consultation, words: str) -> str:
    kept = await masking.masked(consultation, check_manners(words))
    if not 4 <= len(kept) <= LONGEST:
        raise Refusal("A statement is one short sentence of at most %(n)s signs.", n=LONGEST, field="words")
    return kept


async def deck(consultation: Consultation, by: Actor) -> Deck:
    """The next statement of this person: the order differs from one to the next, so that none is always seen first."""
    answer = await mine(consultation, by)
    shown = await Statement.of(consultation)
    words = {value: code for code, value in VALUES.items()}
    stands = {one.statement_id: words[one.value] for one in await Stance.filter(contribution_id=answer.id)} if answer else {}
    left = [one for one in shown if one.id not in stands]
    start = (answer.id * 7919) % len(left) if answer and left else 0
    return Deck(left[start] if left else None, [(one, stands[one.id]) for one in shown if one.id in stands], len(shown))


async def own_answer(consultation: Consultation, said: Said, *, by: Actor) -> Contribution:
    """The answer that stances belong to: it begins with the first."""
    if (stands := await mine(consultation, by)) is not None:
        return stands
    made = await answers.answer(consultation, said, by=by)
    return await Contribution.get(id=made.contribution_id)


async def take(statement: Statement, consultation: Consultation, code: str, said: Said, *, by: Actor) -> Contribution:
    """Agree, disagree or pass; said again it replaces what was said before, until the end."""
    if code not in VALUES:
        raise Refusal("Choose one of the answers shown.", field="stance")
    async with writing():
        answer = await own_answer(consultation, said, by=by)
        await answers.running(consultation)
        await sql(
            "INSERT INTO stance (statement_id, contribution_id, value, at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (statement_id, contribution_id) DO UPDATE SET value = excluded.value, at = excluded.at",
            statement.id, answer.id, VALUES[code], clock.now(),
        )  # fmt: skip
        await consultation.note("consultation.stance_taken", by, statement=statement.id, voter=answer.voter)
    return answer


async def add(consultation: Consultation, words: str, said: Said, *, by: Actor) -> Statement:
    """A statement of one's own, for all others to agree or disagree with."""
    kept = await _tidy(consultation, words)
    async with writing():
        answer = await own_answer(consultation, said, by=by)
        await answers.running(consultation)
        if await Statement.filter(contribution_id=answer.id).count() >= OWN:
            raise Conflict("Each person adds %(n)s statements at most.", n=OWN)
        if await Statement.filter(consultation_id=consultation.id).count() >= MOST:
            raise Conflict("There are %(n)s statements already: please agree or disagree with those.", n=MOST)
        if await Statement.exists(consultation_id=consultation.id, words=kept):
            raise Conflict("This statement stands here already.")
        made = await Statement.create(consultation_id=consultation.id, contribution_id=answer.id, words=kept, made_at=clock.now())
        await Stance.create(statement_id=made.id, contribution_id=answer.id, value=1, at=clock.now())
        await note("statement.added", made, by, consultation=consultation.id, texts={"words": kept})
    return made


async def matrix(consultation: Consultation) -> Matrix:
    """Adults by statements, as the opinion map takes it: nobody's name, rows in an order that tells nothing."""
    shown = await Statement.of(consultation)
    found = await sql(
        "SELECT s.contribution_id AS person, s.statement_id AS statement, s.value AS value FROM stance s "
        "JOIN contribution c ON c.id = s.contribution_id WHERE c.consultation_id = ? AND c.minor = ? ORDER BY c.receipt",
        consultation.id, False,
    )  # fmt: skip
    # Hundreds of thousands of answers: beside the pages, not before them.
    return await asyncio.to_thread(_arranged, found, [one.id for one in shown])


def _arranged(found: list[dict[str, Any]], shown: list[int]) -> Matrix:
    place, rows = {number: n for n, number in enumerate(shown)}, dict[int, dict[int, int]]()
    for one in found:
        if one["statement"] in place:
            rows.setdefault(one["person"], {})[place[one["statement"]]] = int(one["value"])
    return [[row.get(n) for n in range(len(shown))] for row in rows.values()]
