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
from council.proceedings import custodians, proxies
from council.proceedings.ballots import Ballot, Entitlement, Vote
from council.proceedings.proxies import Proxy
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.methods import voting_method
from council.rules.numbering import personal_code
from council.workshop import sealedbox

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
    """One paper on its way into the box. `after`: None for a first vote, else how many changes the voter had seen.

    `sealed` stands in the place of `choice` in a secret ballot; `proxy_id` is the authority somebody votes on for another.
    """

    ballot_id: int
    voter: str
    choice: str
    by: Actor | None
    channel: str = "web"
    after: int | None = None
    sealed: str = ""
    proxy_id: int | None = None
    witness: str = ""
    answer: asyncio.Future[Answer] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


_waiting: deque[Slip] = deque()
_writer: asyncio.Task[None] | None = None


async def cast(ballot: Ballot, choice: str, *, by: Actor, proxy: Proxy | None = None) -> Answer:
    """Vote. Where a vote of this voter stands already it stays, and the answer says so with its receipt."""
    return await _drop(await _slip(ballot, choice, by, proxy))


async def change(ballot: Ballot, choice: str, *, by: Actor, after: int, proxy: Proxy | None = None) -> Answer:
    """Vote otherwise while it is open; what was before is kept. `after`: how many changes there were when the voter looked."""
    slip = await _slip(ballot, choice, by, proxy)
    slip.after = after
    return await _drop(slip)


async def enter_paper(ballot: Ballot, voter: str, choice: str, *, by: Actor, channel: str = "paper", witness: str = "") -> Answer:
    """A paper of a listed voter is entered: in the room by the recorder, or collected at the door with a witness.

    A vote that stands already wins, whatever its channel: Conflict. A paper that is as it was entered before is no conflict.
    """
    await must(by, "ballot.enter_paper", ballot)
    _offered(ballot, choice)
    if channel == "door" and not witness.strip():
        raise Refusal("Name the witness who was there.", field="witness")
    answer = await _drop(await _sealed(ballot, Slip(ballot.id, voter, choice, by, channel=channel, witness=witness.strip()[:50])))
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
    slip = Slip(ballot.id, vote.voter, choice, by, channel=vote.channel, after=len(vote.changes), witness=vote.witness)
    return await _drop(await _sealed(ballot, slip))


async def _slip(ballot: Ballot, choice: str, by: Actor, proxy: Proxy | None) -> Slip:
    """The paper of whoever votes for themselves, or on a written authority for another."""
    _offered(ballot, choice)
    voter = proxy.voter if proxy else await ballot.voter(by)
    if voter is None:
        raise Forbidden("You are not on the list that was fixed when this vote opened.")
    return await _sealed(ballot, Slip(ballot.id, voter, choice, by, proxy_id=proxy.id if proxy else None))


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
    ballot, now, voters = await Ballot.get(id=number), clock.now(), {slip.voter for slip in slips}
    allowed, voices = await _listed(number, voters), await proxies.voices(ballot, voters)
    before = ballot.cast
    for slip in slips:
        if not ballot.running(now):
            answers[id(slip)] = Conflict("This vote is closed. Nothing more is taken.")
        elif slip.voter not in allowed:
            answers[id(slip)] = Forbidden("You are not on the list that was fixed when this vote opened.")
        else:
            answers[id(slip)] = await _unless(ballot, slip, voices) or await _paper(ballot, slip, now)
    if ballot.cast != before:
        await Ballot.filter(id=number).update(cast=ballot.cast)
        await note("ballot.turnout", ballot, None, meeting_id=ballot.meeting_id, cast=ballot.cast, entitled=ballot.entitled)


async def _unless(ballot: Ballot, slip: Slip, voices: dict[str, int]) -> Exception | None:
    """Why this paper is not its bringer's to cast: an authority that does not hold, or another voice of the household."""
    if slip.proxy_id is not None:
        return await proxies.stands_for(ballot, slip.proxy_id, slip.voter, slip.by)
    named = voices.get(slip.voter)
    if slip.channel == "web" and named is not None and named != _enterer(slip):
        return Forbidden("Your household has named somebody else to vote for it. It can name you instead.")
    return None


async def _listed(number: int, voters: Iterable[str]) -> set[str]:
    return set(await Entitlement.filter(ballot_id=number, voter__in=list(voters)).values_list("voter", flat=True))  # type: ignore[arg-type]


async def _paper(ballot: Ballot, slip: Slip, now: datetime) -> Answer | Exception:
    """One paper: a first vote goes in; a second one finds the first, and changes it only where that is what was asked."""
    receipt = personal_code()
    made = await sql(
        "INSERT INTO vote (ballot_id, voter, choice, sealed, channel, entered_by_id, proxy_id, witness, cast_at, changes, attempts, receipt) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING receipt",
        ballot.id, slip.voter, slip.choice, slip.sealed, slip.channel, _enterer(slip), slip.proxy_id, slip.witness, now, "[]", "[]", receipt,
    )  # fmt: skip
    if made:
        ballot.cast += 1
        await _note("ballot.voted", ballot, slip, receipt)
        return Answer("taken", receipt, now, slip.channel)
    standing = await Vote.get(ballot_id=ballot.id, voter=slip.voter)
    if slip.after is not None:
        return await _changed(ballot, standing, slip, now)
    await proxies.attempted(standing, slip.by, slip.channel)
    await note("ballot.paper_conflict" if slip.channel != "web" else "ballot.voted_already", ballot, slip.by, voter=slip.voter)
    return Answer("already", standing.receipt, standing.cast_at, standing.channel)


async def _changed(ballot: Ballot, vote: Vote, slip: Slip, now: datetime) -> Answer | Exception:
    if len(vote.changes) != slip.after:
        return Conflict("This vote has been changed in between, by you elsewhere or by your household. Please look at it first.")
    if vote.choice == slip.choice and not ballot.secret:
        return Answer("already", vote.receipt, vote.cast_at, vote.channel)
    kept = {} if ballot.secret else {"choice": vote.choice}
    vote.changes = [*vote.changes, kept | {"at": vote.cast_at.isoformat(), "channel": vote.channel, "by": vote.entered_by_id}]
    vote.choice, vote.sealed, vote.cast_at, vote.channel = slip.choice, slip.sealed, now, slip.channel
    vote.entered_by_id, vote.proxy_id, vote.witness, vote.checked_by_id, vote.checked_at = _enterer(slip), slip.proxy_id, slip.witness, None, None
    await vote.save(update_fields=[
        "choice", "sealed", "cast_at", "channel", "changes", "entered_by_id", "proxy_id", "witness", "checked_by_id", "checked_at"
    ])  # fmt: skip
    await _note("ballot.vote_changed", ballot, slip, vote.receipt)
    return Answer("changed", vote.receipt, now, slip.channel)


def _enterer(slip: Slip) -> int | None:
    return getattr(slip.by, "id", None)


async def _note(act: str, ballot: Ballot, slip: Slip, receipt: str) -> None:
    """The journal keeps who voted, not what: a named choice only as a digest that nobody can guess without the receipt."""
    kept = {} if ballot.secret else {"vote": json.dumps([slip.voter, slip.choice, receipt], ensure_ascii=False)}
    await note(act, ballot, slip.by, voter=slip.voter, channel=slip.channel, texts=kept)
