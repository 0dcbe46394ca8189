"""Drawing up what is voted: the whole text of a proposal, a choice between options, a question to owners or households; a new round."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.neighbourhood.places import Place
from council.neighbourhood.registers import Register
from council.proceedings.agenda import AgendaItem
from council.proceedings.ballots import Ballot
from council.proceedings.electorates import OF_AREA
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.proposals import Proposal
from council.refusals import Conflict, Refusal
from council.rules.affairs import Affair
from council.rules.methods import Terms, voting_method
from council.rules.privacy import redact
from council.rules.tally import MOST_OPTIONS

THREE_QUARTERS = (6, 7, 8)  # items of Civil Code art. 278 that need three quarters, the others a half
# What the next round of a ballot shares with the one before it.
KEPT = (
    "meeting_id", "item_id", "matter_id", "proposal_id", "place_id", "path", "question", "method", "options", "terms", "secret",
    "rule_id", "electorate", "register_id", "owners_item", "paper",
)  # fmt: skip
COST = re.compile(r"^(?P<name>.+?)[\s:：]+(?P<cost>[\d,，]{1,15})\s*元?$")


@dataclass(frozen=True, slots=True)
class Way:
    """How a question is voted: by which method ("": found from the options), with which numbers, named or sealed.

    `holding` is "sheet" for owners' papers counted together by two people, "each" for votes taken one by one, by phone and on paper.
    """

    method: str = ""
    numbers: Terms = field(default_factory=dict)
    secrecy: str = "named"
    electorate: str = "households"
    holding: str = "sheet"


USUAL = Way()


async def draw(
    item: AgendaItem,
    *,
    by: Actor,
    proposal: Proposal | None = None,
    question: str = "",
    options: tuple[str, ...] = (),
    owners_item: int | None = None,
    way: Way = USUAL,
) -> Ballot:
    """A vote on an item: on a proposal, whose whole text is the question, or between several options. The rule comes from the meeting.

    `owners_item`: which item of Civil Code art. 278 this falls under, if any; then the result is advice and the owners must vote.
    """
    meeting = await Meeting.get(id=item.meeting_id)
    made = Ballot(
        meeting_id=meeting.id, item_id=item.id, proposal_id=proposal.id if proposal else None, matter_id=item.matter_id,
        place_id=meeting.place_id, path=meeting.path, rule_id=meeting.rule_id, owners_item=owners_item,
        question=proposal.text if proposal else redact(question.strip()), **_asked(options, way),
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
    options: tuple[str, ...] = (),
    owners_item: int | None = None,
    way: Way = USUAL,
) -> Ballot:
    """A vote outside a meeting: of the owners in a register, of those on another list, or of the people of a place as advice."""
    owners = register is not None and register.kind == "owners"
    if owners and owners_item is None:
        raise Refusal("Choose the item of article 278 this falls under.", field="owners_item")
    if owners and way.secrecy == "sealed":
        raise Refusal(
            "Owners vote by name: every vote counts with its area, and an area tells whose it is. A secret vote would be secret in name only.",
            field="secrecy",
        )  # fmt: skip
    if owners and options:
        raise Refusal("Owners vote in favour or against: persons and area are counted.", field="options")
    if matter is not None and matter.affair == Affair.HOUSEHOLD:
        raise Conflict("A household matter is talked over in a closed meeting; it is never put to a vote of others.")
    electorate = register.kind if register else _of_area(way.electorate)
    made = Ballot(
        place_id=place.id, path=place.path, matter_id=matter.id if matter else None, question=redact(question.strip()),
        rule_id=_rule(electorate, owners_item), electorate=electorate,
        register_id=register.id if register else None, owners_item=owners_item, paper=owners and way.holding == "sheet", **_asked(options, way),
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


ADVICE = {
    "households": "ADVICE_HOUSEHOLDS", "persons": "ADVICE_ADULTS", "representatives": "ADVICE_REPS", "party_members": "ADVICE_PARTY",
}  # fmt: skip


def _rule(electorate: str, owners_item: int | None) -> str:
    """Outside a meeting only owners decide; whoever else is asked gives advice, Party members too, whose branch decides in its meeting (PB 11)."""
    if electorate == "owners":
        return "OWN_SPECIAL" if owners_item in THREE_QUARTERS else "OWN_ORD"
    return ADVICE.get(electorate, "ADVICE_LISTED")


def _of_area(electorate: str) -> str:
    if electorate not in OF_AREA:
        raise Refusal("Choose who votes.", field="electorate")
    return electorate


def _asked(options: tuple[str, ...], way: Way) -> dict[str, Any]:
    """Method, options and terms. Several options make it a choice of one of them unless a method is named; none, a yes or no."""
    kept = [redact(option.strip()) for option in options if option.strip()]
    method = voting_method(way.method or ("one_of_several" if kept else "yes_no_abstain"))
    if method.code == "yes_no_abstain" and kept:
        raise Refusal("Options belong to another way of voting. Choose one, or leave them out.", field="options")
    numbers = dict(way.numbers)
    if method.code == "budget":
        kept, numbers["costs"] = _priced(kept)
    if (method.code != "yes_no_abstain" and not 2 <= len(kept) <= MOST_OPTIONS) or len(set(kept)) < len(kept):
        raise Refusal("Write two to twelve different options, one a line.", field="options")
    return {"method": method.code, "options": kept, "terms": method.settle(kept, numbers), "secret": way.secrecy == "sealed"}


def _priced(lines: list[str]) -> tuple[list[str], list[int]]:
    """路灯改造 30000: the project, and what it costs in yuan."""
    read = [COST.match(line) for line in lines]
    if not all(read):
        raise Refusal("Write the cost behind every project; none may cost more than there is.", field="options")
    return [one["name"] for one in read if one], [int(one["cost"].replace(",", "").replace("，", "")) for one in read if one]


async def next_round(ballot: Ballot) -> Ballot | None:
    """The round that was drawn up after this one."""
    return await Ballot.get_or_none(previous_id=ballot.id)


async def again(ballot: Ballot, *, by: Actor) -> Ballot:
    """A new round of the same question instead of a reset: after a cancellation, a tie between options, or too few taking part.

    What a meeting has carried or rejected it does not vote again.
    """
    if not ballot.undecided:
        raise Conflict("This has been decided. The same question is not voted again here.")
    if await next_round(ballot):
        raise Conflict("The next round has been drawn up already.")
    made = Ballot(**{name: getattr(ballot, name) for name in KEPT}, round=ballot.round + 1, previous_id=ballot.id)
    return await _drawn(made, await Proposal.get_or_none(id=ballot.proposal_id or 0), by)
