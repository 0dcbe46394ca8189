"""Triage: the confirmation by a person, the transfer up or down, the reporter's doubt."""

from __future__ import annotations

from dataclasses import dataclass

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, new_salt
from council.proceedings.matters import LEVEL_OF, Matter, hold
from council.refusals import Conflict, Refusal
from council.rules import privacy
from council.rules.affairs import Affair
from council.rules.calendar import add_working_days

LEVELS = ("GRID", "COMMUNITY", "STREET", "DISTRICT")
# Grounds for raising a matter (domain: escalation); sending back is none of them.
UPWARD: dict[str, Phrase] = {
    "NO_POWER": Phrase("We have no power over it"),
    "NO_FUNDS": Phrase("The money is not there"),
    "CROSS_AREA": Phrase("It concerns more than our area"),
    "NOT_SETTLED": Phrase("Two meetings have not settled it"),
    "OVERDUE": Phrase("It is overdue"),
    "SAFETY": Phrase("It is a danger"),
}
BACK = "SENT_BACK"
# Working days within which a matter of each affair should be dealt with, and a transfer answered: this system's own promise.
WITHIN = {"OFFICIAL": 15, "COLLABORATIVE": 30, "HOUSEHOLD": 10}
REPLY = 5


class Decision(Model):
    """A person confirmed or corrected the affair of a matter, with the reason."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    affair = fields.CharField(16)
    suggested = fields.CharField(16, default="")
    reason = fields.TextField(default="")
    by_id = fields.IntField()
    at = fields.DatetimeField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "triage_decision"


class Transfer(Model):
    """A matter moved to another level, its class stays unless a person reclassifies it with a reason."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    before = fields.CharField(12)
    after = fields.CharField(12)
    ground = fields.CharField(16)
    words = fields.TextField(default="")
    by_id = fields.IntField()
    at = fields.DatetimeField()
    due = fields.DateField(null=True)
    answer = fields.TextField(default="")
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "transfer"


class Doubt(Model):
    """The reporter thinks that the affair is wrong. It waits until a person confirms or corrects again."""

    id = fields.IntField(primary_key=True)
    matter: fields.ForeignKeyRelation[Matter] = belongs("Matter")
    matter_id: int
    words = fields.TextField(default="")
    at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "doubt"


@dataclass(frozen=True)
class Finding:
    """What a person decides on a report: the affair, why, how it is called, and whether and how it is shown to everybody."""

    affair: str
    reason: str = ""
    title: str = ""
    public_text: str = ""
    publish: str = "no"


async def confirm(matter: Matter, found: Finding, *, by: Person) -> Decision:
    """Confirm or correct the affair. Whoever differs from the suggestion, or from an earlier decision, says why."""
    _check(found, matter.affair or matter.suggestion.get("class", ""))
    async with writing():
        await hold(matter)
        await must(by, "matter.confirm", matter)
        before = matter.affair
        if matter.stage == "reported":
            await matter.move("confirmed")
        await _enter(matter, found)
        made = await Decision.create(
            matter=matter, affair=found.affair, suggested=matter.suggestion.get("class", ""), reason=found.reason, by_id=by.id, at=clock.now()
        )
        await Doubt.filter(matter_id=matter.id, answered_at=None).update(answered_at=clock.now())
        act = "matter.corrected" if before and before != found.affair else "matter.confirmed"
        await note(act, matter, by, affair=found.affair, texts={"reason": found.reason})
    return made


def _check(found: Finding, proposed: str) -> None:
    if found.affair not in set(Affair):
        raise Refusal("Choose one of the answers shown.", field="affair")
    if found.affair != proposed and len(found.reason.strip()) < 4:
        raise Refusal("You differ from what was proposed: write down why.", field="reason")
    for field, value in (("reason", found.reason), ("title", found.title), ("public_text", found.public_text)):
        privacy.check_text(value, field)


async def _enter(matter: Matter, found: Finding) -> None:
    """A household matter is never public, and what is public is what a person has read and approved."""
    publish = found.publish == "yes" and found.affair != Affair.HOUSEHOLD
    if matter.affair != found.affair:
        matter.level = LEVEL_OF[found.affair]
    matter.affair, matter.public = found.affair, publish
    matter.title = privacy.redact(found.title or matter.title, _names(matter))
    matter.public_text = privacy.redact(found.public_text or matter.text, _names(matter)) if publish else ""
    matter.due = add_working_days(clock.today(), WITHIN[found.affair])
    await matter.save(update_fields=["affair", "public", "level", "title", "public_text", "due"])


def _names(matter: Matter) -> list[str]:
    return [matter.reporter_name] if matter.reporter_name else []


async def doubt(matter: Matter, words: str = "", *, by: Actor) -> Doubt:
    """“I think this is sorted wrongly”: one waiting doubt a matter, however often it is pressed."""
    privacy.check_text(words, "words")
    async with writing():
        await hold(matter)
        await must(by, "matter.doubt", matter)
        if (waiting := await waiting_doubt(matter)) is not None:
            return waiting
        made = await Doubt.create(matter=matter, words=words, at=clock.now())
        await note("matter.doubted", matter, by, texts={"words": words})
    return made


async def waiting_doubt(matter: Matter) -> Doubt | None:
    return await Doubt.filter(matter_id=matter.id, answered_at=None).first()


async def escalate(matter: Matter, ground: str, words: str, *, by: Person) -> Transfer:
    """Raise it one level for support. The affair stays what it is."""
    if ground not in UPWARD:
        raise Refusal("Choose one of the answers shown.", field="ground")
    privacy.check_text(words, "words")
    async with writing():
        await hold(matter)
        await must(by, "matter.escalate", matter)
        above = LEVELS[min(LEVELS.index(matter.level) + 1, len(LEVELS) - 1)]
        if above == "DISTRICT":
            raise Conflict("The street is the highest level here; what goes beyond it is exported.")
        return await _transfer(matter, above, ground, words, by)


async def send_back(matter: Matter, words: str, *, by: Person) -> Transfer:
    """The level above sends it down once, saying why; after that it has to decide itself."""
    if len(words.strip()) < 4:
        raise Refusal("Write down why it is sent back.", field="words")
    privacy.check_text(words, "words")
    async with writing():
        await hold(matter)
        place = await matter.place
        await must(by, "matter.send_back", matter, at=await place.at_level(matter.level))
        last = await Transfer.filter(matter_id=matter.id).order_by("-id").first()
        if last is None or last.ground == BACK:
            raise Conflict("It was not raised to this level, so it cannot be sent back.")
        if await Transfer.exists(matter_id=matter.id, ground=BACK):
            raise Conflict("It was sent back once already: now this level decides.")
        return await _transfer(matter, last.before, BACK, words, by)


async def returnable(matter: Matter) -> bool:
    """Was it raised to its present level, and never sent back before?"""
    grounds = {transfer.ground for transfer in await Transfer.filter(matter_id=matter.id)}
    return bool(grounds) and BACK not in grounds


async def _transfer(matter: Matter, after: str, ground: str, words: str, by: Person) -> Transfer:
    before, due = matter.level, add_working_days(clock.today(), REPLY)
    made = await Transfer.create(
        matter=matter, before=before, after=after, ground=ground, words=words, by_id=by.id, at=clock.now(), due=due
    )
    matter.level = after
    await matter.save(update_fields=["level"])
    act = "matter.sent_back" if ground == BACK else "matter.escalated"
    await note(act, matter, by, before=before, after=after, ground=ground, texts={"words": words})
    return made


async def link(matter: Matter, number: int, *, by: Person) -> None:
    """The same case as an earlier matter: linked, not merged."""
    async with writing():
        await hold(matter)
        await must(by, "matter.link", matter)
        if number >= matter.id:
            raise Refusal("Name the number of an earlier matter.", field="number")
        earlier = await Matter.seen_by(by, number)
        if "HOUSEHOLD" in (matter.affair, earlier.affair) and matter.affair != earlier.affair:
            raise Refusal("A household matter is linked only with another household matter.", field="number")
        matter.same_as = (earlier.same_as_id and await Matter.get(id=earlier.same_as_id)) or earlier
        await matter.save(update_fields=["same_as_id"])
        await note("matter.linked", matter, by, same_as=matter.same_as.id)
