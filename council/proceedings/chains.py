"""Chains: what goes through the four deliberations and two publicities, gate by gate; and meetings that follow one another."""

from __future__ import annotations

from datetime import date
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must
from council.neighbourhood.people import Actor, Person, new_salt
from council.neighbourhood.places import Place
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, NotFound, Refusal
from council.rules import chains as rules
from council.rules.chains import GATES, Figures
from council.rules.privacy import check_text
from council.rules.villages import applies

LONGEST = 30  # meetings shown before and after one


class Chain(Model):
    """One proposal on its way. `rule_id` is the rule by which the residents or their representatives resolve."""

    id = fields.IntField(primary_key=True)
    title = fields.CharField(120)
    place: fields.ForeignKeyRelation[Place] = belongs("Place")
    place_id: int
    path = fields.CharField(120)
    rule_id = fields.CharField(40, default="RC_REPS")
    made_at = fields.DatetimeField()
    made_by_id = fields.IntField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "chain"
        indexes = (("path", "id"),)

    @classmethod
    async def find(cls, number: int) -> Chain:
        """A chain is for everybody to read: that is what it is for."""
        if (found := await cls.get_or_none(id=number).prefetch_related("place")) is None:
            raise NotFound
        return found

    @classmethod
    async def newest(cls) -> list[Chain]:
        return await cls.all().prefetch_related("place").order_by("-id").limit(50)

    async def steps(self) -> list[Step]:
        """The gates that have been passed, in order."""
        order = {gate.code: n for n, gate in enumerate(GATES)}
        return sorted(await Step.filter(chain_id=self.id).prefetch_related("meeting"), key=lambda one: order[one.code])


class Step(Model):
    """A gate that was passed: the body, the day, the figures, the paper. `until` is the last day of what was hung up.

    `ballot` is the vote the figures were taken from, empty where they were typed or nothing is counted.
    """

    id = fields.IntField(primary_key=True)
    chain: fields.ForeignKeyRelation[Chain] = belongs("Chain")
    chain_id: int
    code = fields.CharField(24)
    body = fields.CharField(120)
    day = fields.DateField()
    until = fields.DateField(null=True)
    entitled = fields.IntField(default=0)
    present = fields.IntField(default=0)
    yes = fields.IntField(default=0)
    document = fields.CharField(300)
    meeting: fields.ForeignKeyNullableRelation[Meeting] = belongs("Meeting", null=True)
    meeting_id: int | None
    ballot: fields.ForeignKeyNullableRelation[Any] = belongs("Ballot", null=True)
    ballot_id: int | None
    by_id = fields.IntField()
    at = fields.DatetimeField()

    class Meta:
        table = "chain_step"
        unique_together = (("chain", "code"),)


async def begin(title: str, place: Place, rule_id: str, *, by: Person) -> Chain:
    """Begin a chain at a community; nothing has been passed yet."""
    if place.level != "COMMUNITY" or rule_id not in rules.RESOLVING:
        raise Refusal("Choose one of the answers shown.", field="place" if place.level != "COMMUNITY" else "rule")
    if not applies(rule_id, [(place.name, place.code)]):
        raise Refusal("This law does not hold here: a city community and a village each have their own.", field="rule")
    async with writing():
        await must(by, "chain.keep", at=place)
        await Place.filter(id=place.id).select_for_update().only("id").get()  # two presses at once come one after the other
        if await Chain.exists(title=title, place=place):
            raise Conflict("This has been entered already.")
        made = await Chain.create(
            title=check_text(title, "title"), place=place, path=place.path, rule_id=rule_id, made_at=clock.now(), made_by_id=by.id
        )
        await note("chain.begun", made, by, rule=rule_id, texts={"title": title})
    return made


async def passed(
    chain: Chain, code: str, *, by: Person, body: str, day: date, document: str, figures: Figures, until: date | None = None,
    meeting: Meeting | None = None, ballot_id: int | None = None,
) -> Step:  # fmt: skip
    """Pass the next gate: only it, with its quorum, not before the day of the gate before, with its paper."""
    step = rules.gate(code)
    async with writing():
        await must(by, "chain.keep", chain)
        await Chain.filter(id=chain.id).select_for_update().only("id").get()
        before = await chain.steps()
        if len(before) >= len(GATES) or GATES[len(before)].code != code:
            raise Conflict("The steps are passed one after another: this is not the next one.")
        last = before[-1] if before else None
        rules.check_days(step, day, until, last.day if last else None, clock.today())
        rules.check_figures(step, chain.rule_id, figures)
        if meeting is not None:
            await _fits(step, chain, meeting, last)
        made = await Step.create(
            chain_id=chain.id, code=code, body=check_text(body, "body"), day=day, until=until, document=check_text(document, "document"),
            entitled=figures.entitled, present=figures.present, yes=figures.yes, meeting_id=meeting.id if meeting else None,
            ballot_id=ballot_id, by_id=by.id, at=clock.now(),
        )  # fmt: skip
        await note("chain.passed", chain, by, code=code, day=day.isoformat(), present=figures.present, entitled=figures.entitled,
                   yes=figures.yes, meeting=meeting.id if meeting else None, ballot=ballot_id,
                   texts={"body": body, "document": document})  # fmt: skip
    return made


async def _fits(step: rules.Gate, chain: Chain, meeting: Meeting, last: Step | None) -> None:
    """The meeting of a gate has been held, is of the right kind, lies in the community; it follows the meeting of the gate before."""
    if meeting.stage != "closed" or meeting.kind not in step.kinds or not meeting.path.startswith(chain.path):
        raise Refusal("This is no meeting of that step, or it is not over yet.", field="meeting")
    if last is not None and last.meeting_id and meeting.follows_id is None and last.meeting_id != meeting.id:
        meeting.follows_id = last.meeting_id
        await meeting.save(update_fields=["follows_id"])


async def meetings_for(chain: Chain, step: rules.Gate) -> list[Meeting]:
    """Meetings that may have been this gate."""
    held = Meeting.filter(path__startswith=chain.path, kind__in=step.kinds, stage="closed", private=False)
    return await held.order_by("-starts_at").limit(20)


async def follow(meeting: Meeting, earlier: Meeting, *, by: Person) -> None:
    """Say that a draft takes up what an earlier meeting left."""
    async with writing():
        await must(by, "meeting.change", meeting)
        if earlier.id == meeting.id or (earlier.private and not meeting.private):
            raise Refusal("An open meeting does not follow a closed one.", field="follows")
        meeting.follows_id = earlier.id
        await meeting.save(update_fields=["follows_id"])
        await note("meeting.follows", meeting, by, meeting_id=meeting.id, earlier=earlier.id)


async def line(meeting: Meeting, by: Actor) -> list[Meeting]:
    """The meetings before and after this one, oldest first, as far as this person may know of them."""
    before: list[Meeting] = []
    after = [meeting]
    while (number := (before or [meeting])[-1].follows_id) and len(before) < LONGEST:
        before.append(await Meeting.get(id=number).select_related("place"))
        if before[-1].id == meeting.id:
            break
    while len(after) < LONGEST and (later := await Meeting.filter(follows_id=after[-1].id).select_related("place").order_by("id").first()):
        if later.id in {one.id for one in after}:
            break
        after.append(later)
    found = {one.id: one for one in [*reversed(before), *after]}
    return [one for one in found.values() if one.announced or await may(by, "meeting.see", one)]
