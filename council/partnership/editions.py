"""Every wording an agreement ever had, to compare any two; and what the parties said about the present one during the review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs
from council.i18n import Phrase, day
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person, Visitor
from council.partnership.agreements import Agreement, ChangeRequest, Signatory
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.workshop.differences import Run, differences


class Edition(Model):
    """The wording as it was saved once. `n` counts the wordings of one agreement from 1, `version` says under which version it stood."""

    id = fields.IntField(primary_key=True)
    agreement: fields.ForeignKeyRelation[Agreement] = belongs("Agreement")
    agreement_id: int
    n = fields.IntField()
    version = fields.IntField()
    title = fields.CharField(120)
    preamble = fields.TextField(default="")
    first_day = fields.DateField()
    last_day = fields.DateField()
    clauses: list[dict[str, Any]] = fields.JSONField(default=list)
    by: fields.ForeignKeyRelation[Person] = belongs("Person")
    by_id: int
    at = fields.DatetimeField()

    class Meta:
        table = "edition"
        unique_together = (("agreement", "n"),)


@dataclass(frozen=True)
class Changed:
    """One part of the text that differs: what it is called, and the runs of its new wording."""

    name: Phrase | str
    runs: list[Run]


def of_draft(agreement: Agreement, by: Person) -> Edition:
    """The first wording of a new draft, not yet saved; its agreement counts from 1."""
    return Edition(
        agreement=agreement, n=1, version=agreement.version, title=agreement.title, preamble=agreement.preamble, first_day=agreement.first_day,
        last_day=agreement.last_day, clauses=agreement.clauses, by=by, at=clock.now(),
    )  # fmt: skip


async def keep(agreement: Agreement, by: Person) -> Edition:
    """Keep the present wording, within `writing()`. Whoever agreed with an earlier one has not agreed with this."""
    agreement.edition += 1
    await agreement.save(update_fields=["edition"])
    return await Edition.create(
        agreement=agreement, n=agreement.edition, version=agreement.version, title=agreement.title, preamble=agreement.preamble,
        first_day=agreement.first_day, last_day=agreement.last_day, clauses=agreement.clauses, by=by, at=clock.now(),
    )  # fmt: skip


async def editions(agreement: Agreement) -> list[Edition]:
    """Every wording, the newest first."""
    return await Edition.filter(agreement_id=agreement.id).select_related("by").order_by("-n").limit(200)


async def edition(agreement: Agreement, n: int) -> Edition:
    found = await Edition.get_or_none(agreement_id=agreement.id, n=n).select_related("by")
    if found is None:
        raise NotFound
    return found


def _term(first: date, last: date) -> str:
    return str(Phrase("%(first)s to %(last)s", first=day(first), last=day(last)))


def compare(old: Edition, new: Edition) -> list[Changed]:
    """What differs, part by part in the order of the text. An article is compared with the one of the same heading, else of the same place."""
    parts: list[tuple[Phrase | str, str, str]] = [
        (Phrase("Title"), old.title, new.title),
        (Phrase("Preamble"), old.preamble, new.preamble),
        (Phrase("Term"), _term(old.first_day, old.last_day), _term(new.first_day, new.last_day)),
        *_articles(old.clauses, new.clauses),
    ]
    return [Changed(name, differences(before, after)) for name, before, after in parts if before != after]


def _whole(clause: dict[str, str] | None) -> str:
    return f"{clause['heading']}\n{clause['body']}" if clause else ""


def _articles(old: Sequence[dict[str, str]], new: Sequence[dict[str, str]]) -> list[tuple[Phrase | str, str, str]]:
    left, pairs = list(old), []
    for n, clause in enumerate(new, 1):
        same = next((one for one in left if one["heading"] == clause["heading"]), None)
        if same:
            left.remove(same)
        pairs.append((n, same, clause))
    unmatched = [n for n, same, _clause in pairs if same is None]
    twins = dict(zip(unmatched, left, strict=False))
    found: list[tuple[Phrase | str, str, str]] = [
        (Phrase("Article %(n)s", n=n), _whole(same or twins.get(n)), _whole(clause)) for n, same, clause in pairs
    ]
    return found + [(Phrase("Taken out: %(heading)s", heading=one["heading"]), _whole(one), "") for one in left[len(unmatched) :]]


async def comment(agreement: Agreement, clause: int, text: str, *, by: Actor) -> ChangeRequest:
    """A remark on an article (counted from 1, 0 for the text as a whole), read by all parties and the staff; it asks for nothing."""
    if not text.strip():
        raise Refusal("Write what you think.", field="text")
    if clause > len(agreement.clauses):
        raise Refusal("There is no such article.", field="clause")
    async with writing():
        await must(by, "agreement.comment", agreement)
        rows = await agreement.signatories()
        own = next((each for each in rows if each.is_for(by)), None)
        person = own.signer if own and isinstance(by, Visitor) else by
        made = await ChangeRequest.create(
            agreement=agreement, signatory=own, by=person if isinstance(person, Person) else None, kind="comment",
            version=agreement.version, clause=clause or None, text=text, at=clock.now(),
        )  # fmt: skip
        await note("agreement.commented", agreement, person, texts={"text": text}, clause=clause, signatory=own.id if own else None)
    return made


async def agree(signatory: Signatory, n: int, *, by: Actor) -> None:
    """During the review: this party agrees with edition `n`. It is no signature; a later wording has to be agreed with anew."""
    async with writing():
        agreement = await Agreement.get(id=signatory.agreement_id)
        await must(by, "agreement.agree", agreement)
        if not signatory.is_for(by):
            raise Forbidden("This is not yours to do.")
        if n != agreement.edition:
            raise Conflict("The text was changed meanwhile. Read it again first.")
        await Signatory.filter(id=signatory.id).update(agreed=n)
        await note("agreement.agreed", agreement, await signatory.signer, signatory=signatory.id, edition=n)
