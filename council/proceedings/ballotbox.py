"""The ballot box: one writer a process takes every vote that waits (at most 500) into one transaction; each voter gets an own answer after it.

The unique constraint on (ballot, voter) is what makes one vote of many: it holds across processes, across paper and web. The ballot's row
stays locked while votes go in, so that a closing comes wholly before or wholly after them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings import custodians
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.box import Box
from council.proceedings.casting import Answer, Answers, Slip, take
from council.proceedings.proxies import Proxy
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.methods import voting_method
from council.workshop import sealedbox

__all__ = ("Answer", "cast", "change", "correct_paper", "enter_paper")


async def cast(ballot: Ballot, choice: str, *, by: Actor, proxy: Proxy | None = None) -> Answer:
    """Vote. Where a vote of this voter stands already it stays, and the answer says so with its receipt."""
    return await BOX.drop(await _slip(ballot, choice, by, proxy))


async def change(ballot: Ballot, choice: str, *, by: Actor, after: int, proxy: Proxy | None = None) -> Answer:
    """Vote otherwise while it is open; what was before is kept. `after`: how many changes there were when the voter looked."""
    slip = await _slip(ballot, choice, by, proxy)
    slip.after = after
    return await BOX.drop(slip)


async def enter_paper(ballot: Ballot, voter: str, choice: str, *, by: Actor, channel: str = "paper", witness: str = "") -> Answer:
    """A paper of a listed voter is entered: in the room by the recorder, or collected at the door with a witness.

    A vote that stands already wins, whatever its channel: Conflict. A paper that is as it was entered before is no conflict.
    """
    await must(by, "ballot.enter_paper", ballot)
    _offered(ballot, choice)
    if channel == "door" and ballot.secret:
        raise Conflict("A secret paper is not collected at the door, where others read it. Bring a phone: the voter opens their own link on it.")
    if channel == "door" and not witness.strip():
        raise Refusal("Name the witness who was there.", field="witness")
    answer = await BOX.drop(await _sealed(ballot, Slip(ballot.id, [voter], choice, by, channel=channel, witness=witness.strip()[:50])))
    if answer.news == "already":
        raise Conflict(
            "A vote of this voter stands already, since %(hour)s. The paper was not counted.", hour=f"{clock.local(answer.at):%H:%M}"
        )
    return answer


async def correct_paper(ballot: Ballot, vote: Vote, choice: str, *, by: Actor) -> Answer:
    """Whoever entered a paper enters it anew, as long as no second person has checked it; what was entered before is kept."""
    await must(by, "ballot.enter_paper", ballot)
    _offered(ballot, choice)
    if vote.entered_by_id != getattr(by, "id", None) or vote.channel == "web" or vote.checked_at is not None:
        raise Conflict("Only whoever entered a paper corrects it, before it is checked.")
    slip = Slip(ballot.id, [vote.voter], choice, by, channel=vote.channel, after=len(vote.changes), witness=vote.witness)
    return await BOX.drop(await _sealed(ballot, slip))


async def _slip(ballot: Ballot, choice: str, by: Actor, proxy: Proxy | None) -> Slip:
    """The paper of whoever votes for themselves, or on a written authority for another."""
    _offered(ballot, choice)
    voters = [proxy.voter] if proxy else await ballot.keys_of(by)
    if not voters:
        raise Forbidden("You are not on the list that was fixed when this vote opened.")
    return await _sealed(ballot, Slip(ballot.id, voters, choice, by, proxy_id=proxy.id if proxy else None))


async def _sealed(ballot: Ballot, slip: Slip) -> Slip:
    """Of a secret ballot only the sealed paper goes on; what it says is kept nowhere."""
    if ballot.secret:
        slip.sealed = sealedbox.seal(slip.choice, await custodians.keys(ballot), custodians.context(ballot))
        slip.choice = ""
    return slip


def _offered(ballot: Ballot, choice: str) -> None:
    if ballot.paper:
        raise Conflict("This vote is held on paper.")
    voting_method(ballot.method).check(choice, ballot.options, ballot.terms)


async def _take(slips: Sequence[Slip]) -> list[Answer | Exception]:
    """One transaction for all of them. A paper that is refused spoils nobody else's."""
    answers: Answers = {}
    async with writing():
        for number, group in groupby(sorted(slips, key=lambda slip: slip.ballot_id), key=lambda slip: slip.ballot_id):
            await take(number, list(group), answers)
    return [answers[id(slip)] for slip in slips]


BOX: Box[Slip, Answer] = Box("ballot box", lambda slips: _take(slips))
