"""Drawing up what is voted: the whole text of a proposal, a choice between options, a question to owners or households; a new round."""

from __future__ import annotations

from typing import Any

from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.refusals import Conflict, Refusal
from council.rules.affairs import Affair

THREE_QUARTERS = (6, 7, 8)  # items of Civil Code art. 278 that need three quarters, the others a half
# What the next round of a ballot shares with the one before it.
KEPT = (
    "meeting_id", "item_id", "matter_id", "proposal_id", "place_id", "path", "question", "method", "options",
    "rule_id", "electorate", "register_id", "owners_item", "paper",
)  # fmt: skip


async def draw(
    item: AgendaItem,
    *,
    by: Actor,
    proposal: Proposal | None = None,
    question: str = "",
    options: tuple[str, ...] = (),
    owners_item: int | None = None,
) -> Ballot:
    """A vote on an item: on a proposal, whose whole text is the question, or between several options. The rule comes from the meeting.

    `owners_item`: which item of Civil Code art. 278 this falls under, if any; then the result is advice and the owners must vote.
    """
    meeting = await Meeting.get(id=item.meeting_id)
    made = Ballot(
        meeting_id=meeting.id, item_id=item.id, proposal_id=proposal.id if proposal else None, matter_id=item.matter_id,
        place_id=meeting.place_id, path=meeting.path, rule_id=meeting.rule_id, owners_item=owners_item,
        question=proposal.text if proposal else question.strip(), **_asked(options),
        electorate="households" if meeting.rule_id.endswith("_HH") else "members_present",
    )  # fmt: skip
    return await _drawn(made, proposal, by)


async def draw_outside(
    place: Place,
    question: str,
    *,
    by: Actor,
    matter: Matter | None = None,
    register: Register | None = None,
    owners_item: int | None = None,
) -> Ballot:
    """A vote outside a meeting: of the owners in a register, counted on paper; or of all households of a place, as advice."""
    if register is not None and owners_item is None:
        raise Refusal("Choose the item of article 278 this falls under.", field="owners_item")
    if matter is not None and matter.affair == Affair.HOUSEHOLD:
        raise Conflict("A household matter is talked over in a closed meeting; it is never put to a vote of others.")
    rule = "DELIBERATION" if register is None else "OWN_SPECIAL" if owners_item in THREE_QUARTERS else "OWN_ORD"
    made = Ballot(
        place_id=place.id, path=place.path, matter_id=matter.id if matter else None, question=question.strip(), rule_id=rule,
        electorate="owners" if register else "households", register_id=register.id if register else None,
        owners_item=owners_item, paper=register is not None,
    )  # fmt: skip
    return await _drawn(made, None, by)


async def _drawn(made: Ballot, proposal: Proposal | None, by: Actor) -> Ballot:
    """Keep what was drawn up and put its proposal to the vote."""
    if not made.question:
        raise Refusal("Write the question that is voted.", field="question")
    async with writing():
        await must(by, "ballot.draw", made)
        if proposal is not None:
            await proposal.put(by=by)
        await made.save()
        await made.note("ballot.drawn", by, texts={"question": made.question, "options": "\n".join(made.options)})
    return made


def _asked(options: tuple[str, ...]) -> dict[str, Any]:
    """Several options make it a choice of one of them; none, a yes or no."""
    kept = [option.strip() for option in options if option.strip()]
    if len(kept) == 1 or len(kept) > 12 or len(set(kept)) < len(kept):
        raise Refusal("Write two to twelve different options, one a line.", field="options")
    return {"method": "one_of_several", "options": kept} if kept else {"method": "yes_no_abstain", "options": []}


async def again(ballot: Ballot, *, by: Actor) -> Ballot:
    """A new round of the same question instead of a reset: after a cancellation, a tie between options, or too few taking part.

    What a meeting has carried or rejected it does not vote again.
    """
    if not ballot.undecided:
        raise Conflict("This has been decided. The same question is not voted again here.")
    if await Ballot.exists(previous_id=ballot.id):
        raise Conflict("The next round has been drawn up already.")
    made = Ballot(**{name: getattr(ballot, name) for name in KEPT}, round=ballot.round + 1, previous_id=ballot.id)
    return await _drawn(made, await Proposal.get_or_none(id=ballot.proposal_id or 0), by)
