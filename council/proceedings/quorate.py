"""Is there still a quorum for a vote that is open? Without one nothing is decided: it waits for enough to be back, or is called off."""

from __future__ import annotations

from council.proceedings import electorates
from council.proceedings.ballots import Ballot
from council.proceedings.electorates import Voter
from council.proceedings.meetings import Meeting
from council.refusals import Conflict
from council.rules.decide import decide


async def in_the_room(ballot: Ballot) -> list[Voter]:
    """Who would be entitled at this moment, by seat or by household."""
    if ballot.electorate == "households":
        return await electorates.households_present(ballot.meeting_id or 0)
    return await electorates.members_present(ballot.meeting_id or 0)


async def lost(ballot: Ballot) -> Conflict | None:
    """Why an open vote of a meeting takes nothing at this moment, in numbers; None while enough are in the room."""
    missing = await _missing(ballot)
    return missing and Conflict(
        "The quorum is lost: %(present)s are present, %(needed)s are needed. No vote is taken until enough are back.",
        present=missing[0], needed=missing[1],
    )  # fmt: skip


async def must_still_be(ballot: Ballot) -> None:
    """Refuse to close a vote of a meeting whose quorum has been lost meanwhile."""
    if missing := await _missing(ballot):
        raise Conflict(
            "The quorum is lost: %(present)s are present, %(needed)s are needed. Wait until enough are back, or call the vote off.",
            present=missing[0], needed=missing[1],
        )  # fmt: skip


async def _missing(ballot: Ballot) -> tuple[int, object] | None:
    """How many are present and how many are needed, where they are too few."""
    if ballot.meeting_id is None or ballot.paper:
        return None
    present = await electorates.count_present(ballot.meeting_id, ballot.electorate)
    meeting = await Meeting.get(id=ballot.meeting_id)
    decision = decide(ballot.rule_id, await electorates.meeting_figures(meeting, ballot.rule_id, present) | {"yes": 0})
    return (present, decision.quorum) if decision.quorate is False else None
