"""What one turn of the ballot box writes: entitlement, votes, turnout, counters and journal of all papers that wait for a ballot, in few statements.

A paper that is refused spoils nobody else's. Everything here runs within the transaction that the box has opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from council import clock
from council.db import slots, sql
from council.neighbourhood.journal import Act, note_all
from council.neighbourhood.people import Actor
from council.proceedings import proxies, quorate
from council.proceedings.ballots import Ballot, Vote
from council.proceedings.tallying import Shift, raise_counts
from council.proceedings.votes import attested
from council.refusals import Conflict, Forbidden
from council.rules import numbering


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one paper. `news`: taken, already (a vote stood, this one changed nothing) or changed."""

    news: str
    receipt: str
    at: datetime
    channel: str


@dataclass(eq=False, slots=True)
class Slip:
    """One paper on its way into the box. `voters` are the keys its bringer could vote under; `voter` is the one of them that is listed.

    `after`: None for a first vote, else how many changes the voter had seen. `sealed` stands in the place of `choice` in a secret ballot;
    `proxy_id` is the authority somebody votes on for another.
    """

    ballot_id: int
    voters: list[str]
    choice: str
    by: Actor | None
    channel: str = "web"
    after: int | None = None
    sealed: str = ""
    proxy_id: int | None = None
    witness: str = ""
    voter: str = ""

    @property
    def enterer(self) -> int | None:
        return getattr(self.by, "id", None)


Answers = dict[int, Answer | Exception]  # by the identity of the slip


class Turn:
    """All papers for one ballot in one transaction: what they change together."""

    def __init__(self, ballot: Ballot, areas: dict[str, int]) -> None:
        self.ballot, self.areas, self.now = ballot, areas, clock.now()
        self.shift, self.acts = Shift(), list[Act]()

    def told(self, act: str, slip: Slip, receipt: str) -> None:
        """The journal keeps who voted, not what: a digest that nobody can guess without the receipt, of a secret vote that of the sealed paper."""
        kept = attested(slip.voter, slip.sealed if self.ballot.secret else slip.choice, receipt)
        self.acts.append(Act(act, slip.by, {"voter": slip.voter, "channel": slip.channel}, {"paper" if self.ballot.secret else "vote": kept}))


async def take(number: int, slips: list[Slip], answers: Answers) -> None:
    """The papers for one ballot, its row locked so that a closing comes wholly before or wholly after them."""
    await sql("UPDATE ballot SET round = round WHERE id = ?", number)
    ballot = await Ballot.numbered(number)
    assert ballot is not None
    turn = Turn(ballot, await _listed(number, {voter for slip in slips for voter in slip.voters}))
    fit = await _fit(turn, slips, answers)
    taken = await _first_votes(turn, fit, answers)
    for slip in fit:
        if id(slip) not in answers:
            answers[id(slip)] = await _again(turn, slip)
    await raise_counts(ballot, turn.shift)
    if taken:
        ballot.cast += taken
        await Ballot.filter(id=number).update(cast=ballot.cast)
        turn.acts.append(Act("ballot.turnout", None, {"cast": ballot.cast, "entitled": ballot.entitled}))
    if turn.acts:
        await note_all(turn.acts, ballot, meeting_id=ballot.meeting_id)


async def _listed(number: int, voters: Iterable[str]) -> dict[str, int]:
    """Those of them who stand on the list that was fixed, with their area in cm²."""
    keys = list(voters)
    if not keys:
        return {}
    rows = await sql(f"SELECT voter, area_cm2 FROM entitlement WHERE ballot_id = ? AND voter IN {slots(1, len(keys))}", number, *keys)  # noqa: S608
    return {row["voter"]: row["area_cm2"] for row in rows}


async def _fit(turn: Turn, slips: list[Slip], answers: Answers) -> list[Slip]:
    """Those that may go in now; the others are answered."""
    ballot = turn.ballot
    for slip in slips:
        slip.voter = next((voter for voter in slip.voters if voter in turn.areas), "")
    running = ballot.running(turn.now)
    closed = await quorate.lost(ballot) if running else Conflict("This vote is closed. Nothing more is taken.")
    voices = await proxies.voices(ballot, set(turn.areas))
    for slip in slips:
        why = closed or await _unless(ballot, slip, voices)
        if why:
            answers[id(slip)] = why
    return [slip for slip in slips if id(slip) not in answers]


async def _unless(ballot: Ballot, slip: Slip, voices: dict[str, int]) -> Exception | None:
    """Why this paper is not its bringer's to cast: nobody listed, an authority that does not hold, or another voice of the household."""
    if not slip.voter:
        return Forbidden("You are not on the list that was fixed when this vote opened.")
    if slip.proxy_id is not None:
        return await proxies.stands_for(ballot, slip.proxy_id, slip.voter, slip.by)
    named = voices.get(slip.voter)
    if slip.channel == "web" and named is not None and named != slip.enterer:
        return Forbidden("Your household has named somebody else to vote for it. It can name you instead.")
    return None


COLUMNS = "ballot_id, voter, choice, sealed, channel, entered_by_id, proxy_id, witness, cast_at, changes, attempts, receipt"


async def _first_votes(turn: Turn, slips: list[Slip], answers: Answers) -> int:
    """Put in what finds no vote of its voter, all with one statement: the unique key on (ballot, voter) decides. How many went in."""
    papers = {numbering.receipt(): slip for slip in slips}
    if not papers:
        return 0
    values: list[Any] = []
    for receipt, slip in papers.items():
        values += (turn.ballot.id, slip.voter, slip.choice, slip.sealed, slip.channel, slip.enterer, slip.proxy_id, slip.witness,
                   turn.now, "[]", "[]", receipt)  # fmt: skip
    made = await sql(
        f"INSERT INTO vote ({COLUMNS}) VALUES {slots(len(papers), 12)} ON CONFLICT DO NOTHING RETURNING receipt", *values  # noqa: S608
    )
    for row in made:
        slip = papers[row["receipt"]]
        turn.shift.one(slip.choice, turn.areas[slip.voter])
        turn.told("ballot.voted", slip, row["receipt"])
        answers[id(slip)] = Answer("taken", row["receipt"], turn.now, slip.channel)
    return len(made)


async def _again(turn: Turn, slip: Slip) -> Answer | Exception:
    """A vote of this voter stands: it stays, unless a change of it was asked for."""
    standing = await Vote.get(ballot_id=turn.ballot.id, voter=slip.voter)
    if slip.after is not None:
        return await _changed(turn, standing, slip)
    await proxies.attempted(standing, slip.by, slip.channel)
    turn.acts.append(Act("ballot.paper_conflict" if slip.channel != "web" else "ballot.voted_already", slip.by, {"voter": slip.voter}))
    return Answer("already", standing.receipt, standing.cast_at, standing.channel)


CHANGED = (
    "choice", "sealed", "cast_at", "channel", "changes", "entered_by_id", "proxy_id", "witness", "checked_by_id", "checked_at",
)  # fmt: skip


async def _changed(turn: Turn, vote: Vote, slip: Slip) -> Answer | Exception:
    secret = turn.ballot.secret
    if len(vote.changes) != slip.after:
        return Conflict("This vote has been changed in between, by you elsewhere or by your household. Please look at it first.")
    if vote.choice == slip.choice and not secret:
        return Answer("already", vote.receipt, vote.cast_at, vote.channel)
    turn.shift.one(slip.choice, turn.areas[slip.voter], before=vote.choice)
    kept = {} if secret else {"choice": vote.choice}
    vote.changes = [*vote.changes, kept | {"at": vote.cast_at.isoformat(), "channel": vote.channel, "by": vote.entered_by_id}]
    vote.choice, vote.sealed, vote.cast_at, vote.channel = slip.choice, slip.sealed, turn.now, slip.channel
    vote.entered_by_id, vote.proxy_id, vote.witness, vote.checked_by_id, vote.checked_at = slip.enterer, slip.proxy_id, slip.witness, None, None
    await vote.save(update_fields=CHANGED)
    turn.told("ballot.vote_changed", slip, vote.receipt)
    return Answer("changed", vote.receipt, turn.now, slip.channel)
