"""Supplementary agreements (补充协议): a second document bound to the first, signed by the same parties, over with it."""

from __future__ import annotations

from collections.abc import Sequence

from council import clock
from council.i18n import DEFAULT, Phrase, speaking
from council.neighbourhood.journal import note, writing
from council.neighbourhood.numbering import next_number
from council.neighbourhood.offices import must
from council.neighbourhood.organisations import PartyOrganisation
from council.neighbourhood.people import Person
from council.partnership import drafting, editions
from council.partnership.agreements import Agreement, Signatory
from council.partnership.signers import signers
from council.refusals import Conflict, Refusal
from council.rules import numbering

UNWRITTEN = "……"  # what stands in the draft for the clause that has to be written


async def of(agreement: Agreement) -> list[Agreement]:
    """The supplements of an agreement, the oldest first."""
    return await Agreement.filter(previous_id=agreement.id, kind="supplement").order_by("id").limit(100)


async def enter_again(agreement: Agreement, rows: Sequence[Signatory]) -> None:
    """The same organisations in the same order, each signed for by whoever holds the office now."""
    order = [each.organisation_id for each in rows]
    members = sorted(await PartyOrganisation.filter(id__in=order).select_related("unit"), key=lambda one: order.index(one.id))
    for each in drafting.parties(agreement, members, await signers([one.id for one in members])):
        await each.save()


async def supplement(agreement: Agreement, title: str, *, by: Person) -> Agreement:
    """A draft that names the agreement it adds to; its last day is that one's last day and stays so."""
    drafting.printable(title)
    async with writing():
        first = await Agreement.get(id=agreement.id).select_related("place")
        await must(by, "agreement.draft", at=first.place)
        if first.kind != "partnership" or not first.in_force():
            raise Conflict("Only an agreement that is in force can be supplemented.")
        rows = [each for each in await first.signatories() if each.stage == "signed"]
        made = await _drawn(first, title, by)
        await enter_again(made, rows)
        await editions.keep(made, by)
        await note("agreement.drafted", made, by, signatories=len(rows), version=1, supplements=first.id)
    return made


async def _drawn(first: Agreement, title: str, by: Person) -> Agreement:
    serial = await next_number(f"supplement:{first.id}")
    with speaking(DEFAULT):
        preamble = str(Phrase(
            "The parties of “%(title)s” (%(number)s) agree on the following supplement to it, after consultation and of their own will.",
            title=first.title, number=first.number,
        ))  # fmt: skip
        bound = str(Phrase(
            "This supplement is part of “%(title)s” (%(number)s). What it does not change stays as it is. It ends with that agreement; "
            "the last day of that agreement does not move.", title=first.title, number=first.number,
        ))  # fmt: skip
        headings = str(Phrase("What is added")), str(Phrase("How it belongs to the agreement"))
    return await Agreement.create(
        place=first.place, path=first.path, kind="supplement", previous=first, drafted_by=by, made_at=clock.now(), title=title,
        number=numbering.supplement_number(first.number, serial), public_code=numbering.query_code(), category=first.category,
        first_day=clock.today(), last_day=first.last_day, copies=first.copies, preamble=preamble,
        clauses=[{"heading": headings[0], "body": UNWRITTEN}, {"heading": headings[1], "body": bound}],
    )  # fmt: skip


async def check(agreement: Agreement) -> None:
    """Before a supplement is fixed: the first is in force, the parties are the same, the last day is the same. Other kinds pass."""
    if agreement.kind != "supplement":
        return
    first = await Agreement.get(id=agreement.previous_id or 0)
    if first.stage != "effective":
        raise Conflict("The agreement this belongs to is no longer in effect.")
    if any(clause["body"] == UNWRITTEN for clause in agreement.clauses):
        raise Refusal("Write what is added before the text is fixed.")
    if agreement.last_day != first.last_day:
        raise Refusal("A supplement ends with its agreement: its last day stays %(day)s.", day=first.last_day, field="last_day")
    ours = {each.organisation_id for each in await Signatory.filter(agreement_id=agreement.id)}
    theirs = {each.organisation_id for each in await Signatory.filter(agreement_id=first.id, stage="signed")}
    if ours != theirs:
        raise Conflict("The parties of the agreement have changed. Draft the supplement anew.")
