"""The versions of a draft that is consulted on, clause by clause, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person, new_salt
from council.proceedings.consultations import MOST_PARTS, Consultation
from council.refusals import Conflict, Refusal
from council.rules.privacy import check_text
from council.workshop.differences import Run, differences


class Wording(Model):
    """One version of a draft: its clauses in order, and in a word why it changed. Earlier ones stay readable."""

    id = fields.IntField(primary_key=True)
    consultation: fields.ForeignKeyRelation[Consultation] = belongs("Consultation")
    consultation_id: int
    version = fields.IntField()
    clauses: list[str] = fields.JSONField(default=list)
    reason = fields.CharField(300, default="")
    made_at = fields.DatetimeField()
    made_by_id = fields.IntField()
    salt = fields.CharField(32, default=new_salt)

    class Meta:
        table = "wording"
        unique_together = (("consultation", "version"),)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of the newest version: its number, its words, and how it reads against the version before."""

    key: str
    text: str
    changes: list[Run]


async def newest(consultation: Consultation) -> int:
    """The number of the newest version; 1 where there is no draft text."""
    last = await Wording.filter(consultation_id=consultation.id).order_by("-version").first()
    return last.version if last else 1


async def versions(consultation: Consultation) -> list[Wording]:
    return await Wording.filter(consultation_id=consultation.id).order_by("version")


async def publish(consultation: Consultation, clauses: list[str], *, by: Person, reason: str = "", after: int = 0) -> Wording:
    """The first version, or the next one: what people said about the earlier one stays with it. `after`: the version that was seen."""
    kept = [check_text(one.strip(), "lines") for one in clauses if one.strip()]
    if not 0 < len(kept) <= MOST_PARTS:
        raise Refusal("Write the clauses, one a line.", field="lines")
    if after and len(reason.strip()) < 2:
        raise Refusal("Write what was changed and why.", field="reason")
    async with writing():
        await must(by, "wording.publish", consultation)
        last = await newest(consultation) if await Wording.exists(consultation_id=consultation.id) else 0
        if last != after:
            raise Conflict("Somebody has published another version in between. Please look at it first.")
        made = await Wording.create(
            consultation_id=consultation.id, version=last + 1, clauses=kept, reason=check_text(reason.strip(), "reason")[:300],
            made_at=clock.now(), made_by_id=by.id,
        )  # fmt: skip
        await note("wording.published", made, by, consultation=consultation.id, version=made.version, texts={"clauses": "\n".join(kept)})
    return made


def compared(before: Wording | None, now: Wording) -> list[Clause]:
    """The newest clauses in order, each against what stood there before; a clause taken out keeps no key."""
    if before is None:
        return [Clause(str(n), text, differences(text, text)) for n, text in enumerate(now.clauses, 1)]
    found: list[Clause] = []
    for _tag, a, b, c, d in SequenceMatcher(None, before.clauses, now.clauses, autojunk=False).get_opcodes():
        for n in range(max(b - a, d - c)):
            old, new = before.clauses[a + n] if a + n < b else "", now.clauses[c + n] if c + n < d else ""
            found.append(Clause(str(c + n + 1) if c + n < d else "", new, differences(old, new)))
    return found
