"""The ballot box: one writer a process takes every vote that waits (at most 500) into one transaction; each voter gets an own answer after it.

The unique constraint on (ballot, voter) is what makes one vote of many: it holds across processes, across paper and web. The ballot's row
stays locked while votes go in, so that a closing comes wholly before or wholly after them.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from council import clock
from council.db import sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Actor
from council.proceedings.ballots import Ballot, Entitlement, Vote
from council.refusals import Conflict, Forbidden
from council.rules.methods import voting_method
from council.rules.numbering import personal_code

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one paper. `news`: taken, already (a vote stood, this one changed nothing) or changed."""

    news: str
    receipt: str
    at: datetime
    channel: str


@dataclass(eq=False, slots=True)
class Slip:
    """One paper on its way into the box. `after`: None for a first vote, else how many changes the voter had seen."""

    ballot_id: int
    voter: str
    choice: str
    by: Actor | None
    channel: str = "web"
    after: int | None = None
    answer: asyncio.Future[Answer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


_waiting: deque[Slip] = deque()
_writer: asyncio.Task[None] | None = None


async def cast(ballot: Ballot, choice: str, *, by: Actor) -> Answer:
    """Vote. Where a vote of this voter stands already it stays, and the answer says so with its receipt."""
    return await _drop(Slip(ballot.id, await _entitled(ballot, choice, by), choice, by))


async def change(ballot: Ballot, choice: str, *, by: Actor, after: int) -> Answer:
    """Vote otherwise while it is open; what was before is kept. `after`: how many changes there were when the voter looked."""
    return await _drop(Slip(ballot.id, await _entitled(ballot, choice, by), choice, by, after=after))


async def enter_paper(ballot: Ballot, voter: str, choice: str, *, by: Actor) -> Answer:
    """The recorder enters a paper of a listed voter. A vote that stands already wins, whatever its channel: Conflict."""
    await must(by, "ballot.enter_paper", ballot)
    _offered(ballot, choice)
    answer = await _drop(Slip(ballot.id, voter, choice, by, channel="paper"))
    if answer.news == "already":
        raise Conflict(
            "A vote of this voter stands already, since %(hour)s. The paper was not counted.", hour=f"{clock.local(answer.at):%H:%M}"
        )
    return answer


async def _entitled(ballot: Ballot, choice: str, by: Actor) -> str:
    """The voter's key; a Refusal tells why somebody cannot vote here."""
    _offered(ballot, choice)
    voter = await ballot.voter(by)
    if voter is None:
        raise Forbidden("You are not on the list that was fixed when this vote opened.")
    return voter


def _offered(ballot: Ballot, choice: str) -> None:
    if ballot.paper:
        raise Conflict("This vote is held on paper.")
    voting_method(ballot.method).check(choice, ballot.options)


async def _drop(slip: Slip) -> Answer:
    """Into the box, and wait for the answer after the commit."""
    global _writer
    _waiting.append(slip)
    if _writer is None or _writer.done():
        # A context of its own: the writer belongs to no request and joins nobody's transaction.
        _writer = asyncio.get_running_loop().create_task(_write(), name="ballot box", context=Context())
    return await slip.answer


async def _write() -> None:
    """Empty the box, as many at once as wait."""
    while _waiting:
        slips = [_waiting.popleft() for _ in range(min(AT_ONCE, len(_waiting)))]
        try:
            answers = await _take(slips)
        except Exception as fault:
            answers = [fault] * len(slips)
        for slip, answer in zip(slips, answers, strict=True):
            _tell(slip, answer)


def _tell(slip: Slip, answer: Answer | Exception) -> None:
    if slip.answer.done():
        return
    if isinstance(answer, Exception):
        slip.answer.set_exception(answer)
    else:
        slip.answer.set_result(answer)


async def _take(slips: list[Slip]) -> list[Answer | Exception]:
    """One transaction for all of them. A paper that is refused spoils nobody else's."""
    answers: dict[int, Answer | Exception] = {}
    async with writing():
        for number, group in groupby(sorted(slips, key=lambda slip: slip.ballot_id), key=lambda slip: slip.ballot_id):
            await _into(number, list(group), answers)
    return [answers[id(slip)] for slip in slips]


async def _into(number: int, slips: list[Slip], answers: dict[int, Answer | Exception]) -> None:
    """The papers for one ballot, its row locked: entitlement, votes, turnout, journal."""
    await sql("UPDATE ballot SET round = round WHERE id = ?", number)
    ballot, now = await Ballot.get(id=number), clock.now()
    allowed = await _listed(number, {slip.voter for slip in slips})
    before = ballot.cast
    for slip in slips:
        if not ballot.running(now):
            answers[id(slip)] = Conflict("This vote is closed. Nothing more is taken.")
        elif slip.voter not in allowed:
            answers[id(slip)] = Forbidden("You are not on the list that was fixed when this vote opened.")
        else:
            answers[id(slip)] = await _paper(ballot, slip, now)
    if ballot.cast != before:
        await Ballot.filter(id=number).update(cast=ballot.cast)
        await note("ballot.turnout", ballot, None, meeting_id=ballot.meeting_id, cast=ballot.cast, entitled=ballot.entitled)


async def _listed(number: int, voters: Iterable[str]) -> set[str]:
    return set(await Entitlement.filter(ballot_id=number, voter__in=list(voters)).values_list("voter", flat=True))  # type: ignore[arg-type]


async def _paper(ballot: Ballot, slip: Slip, now: datetime) -> Answer | Exception:
    """One paper: a first vote goes in; a second one finds the first, and changes it only where that is what was asked."""
    receipt = personal_code()
    made = await sql(
        "INSERT INTO vote (ballot_id, voter, choice, channel, entered_by_id, cast_at, changes, receipt) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING receipt",
        ballot.id, slip.voter, slip.choice, slip.channel, _enterer(slip), now, "[]", receipt,
    )  # fmt: skip
    if made:
        ballot.cast += 1
        await _note("ballot.voted", ballot, slip, receipt)
        return Answer("taken", receipt, now, slip.channel)
    standing = await Vote.get(ballot_id=ballot.id, voter=slip.voter)
    if slip.after is not None:
        return await _changed(ballot, standing, slip, now)
    await note("ballot.paper_conflict" if slip.channel == "paper" else "ballot.voted_already", ballot, slip.by, voter=slip.voter)
    return Answer("already", standing.receipt, standing.cast_at, standing.channel)


async def _changed(ballot: Ballot, vote: Vote, slip: Slip, now: datetime) -> Answer | Exception:
    if len(vote.changes) != slip.after:
        return Conflict("This vote has been changed in between, by you elsewhere or by your household. Please look at it first.")
    if vote.choice == slip.choice:
        return Answer("already", vote.receipt, vote.cast_at, vote.channel)
    vote.changes = [*vote.changes, {"choice": vote.choice, "at": vote.cast_at.isoformat(), "channel": vote.channel}]
    vote.choice, vote.cast_at, vote.channel, vote.entered_by_id = (slip.choice, now, slip.channel, _enterer(slip))
    await vote.save(update_fields=["choice", "cast_at", "channel", "changes", "entered_by_id"])
    await _note("ballot.vote_changed", ballot, slip, vote.receipt)
    return Answer("changed", vote.receipt, now, slip.channel)


def _enterer(slip: Slip) -> int | None:
    return getattr(slip.by, "id", None)


async def _note(act: str, ballot: Ballot, slip: Slip, receipt: str) -> None:
    """The journal keeps who voted, not what: the choice only as a digest that nobody can guess without the receipt."""
    kept = json.dumps([slip.voter, slip.choice, receipt], ensure_ascii=False)
    await note(act, ballot, slip.by, voter=slip.voter, channel=slip.channel, texts={"vote": kept})
