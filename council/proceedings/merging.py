"""What becomes of a proposal besides its vote: merged into another by reference, answered by the office; and how its text came about."""

from __future__ import annotations

from dataclasses import dataclass

from council import clock
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor, Person
from council.proceedings.proposals import Proposal
from council.refusals import Conflict, Refusal
from council.rules.privacy import check_text
from council.workshop.differences import Run, differences


async def merge(proposal: Proposal, into: Proposal, *, by: Actor) -> None:
    """The chair treats two proposals of one item as one. The text stays as it was moved, and says where it went."""
    async with writing():
        await must(by, "proposal.merge", proposal)
        if proposal.amends_id or into.amends_id:
            raise Conflict("An amendment is not merged: it belongs to its proposal.")
        if into.id == proposal.id or into.item_id != proposal.item_id:
            raise Refusal("Choose another proposal on the same item.", field="into")
        if into.stage not in ("submitted", "seconded"):
            raise Conflict("The other proposal has been dealt with.")
        if await Proposal.exists(amends_id=proposal.id, stage__in=["submitted", "seconded", "put"]):
            raise Conflict("Amendments of it are before the room. Decide them first.")
        await proposal.move("merged")
        await Proposal.filter(id=proposal.id).update(merged_into_id=into.id)
        await proposal.note("proposal.merged", by, into=into.id)


async def targets(proposal: Proposal) -> list[Proposal]:
    """The proposals that this one could be merged into."""
    live = Proposal.filter(item_id=proposal.item_id, amends_id=None, stage__in=["submitted", "seconded"])
    return await live.exclude(id=proposal.id).order_by("id")


async def merged(proposal: Proposal) -> list[Proposal]:
    """What has been merged into this one."""
    return await Proposal.filter(merged_into_id=proposal.id).prefetch_related("mover__person").order_by("id")


async def answer(proposal: Proposal, words: str, *, by: Person) -> None:
    """The office answers in public. A corrected answer takes its place; every answer leaves its digest in the journal."""
    words = check_text(words.strip(), "words")
    if len(words) < 4:
        raise Refusal("Write the answer.", field="words")
    async with writing():
        await must(by, "proposal.answer", proposal, at=await (await proposal.meeting()).place)
        proposal.answer, proposal.answered_by_id, proposal.answered_at = words, by.id, clock.now()
        await proposal.save(update_fields=["answer", "answered_by_id", "answered_at"])
        item = await proposal.item
        await note("proposal.answered", proposal, by, meeting_id=item.meeting_id, item=item.id, texts={"answer": words})


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a proposal: its number, the text, what changed against the one before, and whose amendment made it."""

    number: int
    text: str
    changes: list[Run]
    amendment: Proposal | None


async def versions(proposal: Proposal) -> list[Version]:
    """Every wording, the first one first."""
    carried = Proposal.filter(amends_id=proposal.id, stage="carried").prefetch_related("mover__person")
    found = [Version(1, proposal.original or proposal.text, [], None)]
    for one in await carried.order_by("version", "id"):
        found.append(Version(len(found) + 1, one.text, differences(found[-1].text, one.text), one))
    return found
