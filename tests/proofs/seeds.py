"""Faults to be put into the voting, one function each: `SEEDS[name]()` has it in for a block. Every one is a mistake that somebody has made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from council import backups
from council.neighbourhood import journal
from council.proceedings import ballotbox, casting, conduct, proxies, publishing, reaching, tallying
from council.proceedings.ballots import Ballot
from council.proceedings.proxies import Voice
from council.proceedings.votes import Vote
from council.refusals import Conflict, Refusal

SEEDS: dict[str, Callable[[], Any]] = {}
Real = Any


def seed(where: Any, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Puts what is below it in the place of a function; its first argument is the real one. Its docstring names the fault."""

    def known(fault: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def put() -> Iterator[None]:
            real = vars(where)[name]
            setattr(where, name, partial(fault, real) if not isinstance(where, type) else lambda *args, **kwargs: fault(real, *args, **kwargs))
            try:
                yield
            finally:
                setattr(where, name, real)

        SEEDS[(fault.__doc__ or fault.__name__).rstrip(".")] = put
        return fault

    return known


@seed(Ballot, "running")
def _inclusive(real: Real, self: Ballot, at: Any = None) -> bool:
    """The closing time itself is still in time."""
    now = at or conduct.clock.now()
    return self.stage == "open" and (self.closes_at is None or now <= self.closes_at)


@seed(Ballot, "running")
def _timeless(real: Real, self: Ballot, at: Any = None) -> bool:
    """Open until somebody closes it, whatever the clock says."""
    return self.stage == "open"


@seed(Ballot, "running")
def _stageless(real: Real, self: Ballot, at: Any = None) -> bool:
    """Only the clock decides, not whether it was closed."""
    return self.closes_at is not None and (at or conduct.clock.now()) < self.closes_at


@seed(conduct, "_not_before_its_time")
async def _early(real: Real, ballot: Ballot) -> None:
    """The secretary closes before the time that was given."""


@seed(casting, "_listed")
async def _anybody(real: Real, number: int, voters: Any) -> dict[str, int]:
    """Nobody looks into the list that was fixed."""
    keys = list(voters)
    return dict.fromkeys(keys, 0) | await real(number, keys)


@seed(ballotbox, "_offered")
def _unread(real: Real, ballot: Ballot, choice: str) -> None:
    """What stands on the paper is not read."""


@seed(casting, "sql")
async def _last_wins(real: Real, statement: str, *values: Any) -> Any:
    """A second vote silently takes the place of the first."""
    changed = "ON CONFLICT (ballot_id, voter) DO UPDATE SET choice = excluded.choice"
    return await real(statement.replace("ON CONFLICT DO NOTHING", changed), *values)


@seed(casting, "sql")
async def _last_receipt(real: Real, statement: str, *values: Any) -> Any:
    """A second press is given a new receipt."""
    return await real(statement.replace("ON CONFLICT DO NOTHING", "ON CONFLICT (ballot_id, voter) DO UPDATE SET receipt = excluded.receipt"), *values)


@seed(casting, "_again")
async def _always_changed(real: Real, turn: Any, slip: Any) -> Any:
    """Who presses twice changes their vote."""
    slip.after = len((await Vote.get(ballot_id=turn.ballot.id, voter=slip.voter)).changes)
    return await real(turn, slip)


@seed(casting, "_changed")
async def _unseen(real: Real, turn: Any, vote: Vote, slip: Any) -> Any:
    """A change goes through although somebody else changed it in between."""
    slip.after = len(vote.changes)
    return await real(turn, vote, slip)


@seed(casting, "_changed")
async def _forgotten(real: Real, turn: Any, vote: Vote, slip: Any) -> Any:
    """What stood before a change is not kept."""
    answer = await real(turn, vote, slip)
    await Vote.filter(id=vote.id).update(changes=[])
    return answer


@seed(casting, "_changed")
async def _still_checked(real: Real, turn: Any, vote: Vote, slip: Any) -> Any:
    """A changed vote keeps the channel of the one before."""
    channel, answer = vote.channel, await real(turn, vote, slip)
    await Vote.filter(id=vote.id).update(channel=channel)
    return answer


@seed(tallying.Shift, "one")
def _never_lowered(real: Real, self: Any, choice: str, area_cm2: int, before: str | None = None) -> None:
    """A change raises one counter and lowers none."""
    real(self, choice, area_cm2)


@seed(tallying.Shift, "one")
def _rounded(real: Real, self: Any, choice: str, area_cm2: int, before: str | None = None) -> None:
    """Areas are rounded to whole square metres."""
    real(self, choice, area_cm2 // 10_000 * 10_000, before)


@seed(casting, "raise_counts")
async def _no_abstentions(real: Real, ballot: Ballot, shift: Any) -> None:
    """Abstentions do not count as taking part."""
    shift.votes.pop("abstain", None)
    await real(ballot, shift)


@seed(casting, "_first_votes")
async def _every_press(real: Real, turn: Any, slips: Any, answers: Any) -> int:
    """The turnout counts presses, not votes."""
    await real(turn, slips, answers)
    return len(slips)


@seed(ballotbox, "_take")
async def _mixed_up(real: Real, slips: Any) -> Any:
    """Those who wait together are given each other's answers."""
    return (await real(slips))[::-1]


@seed(journal, "in_transaction")
def _by_pieces(real: Real, name: str) -> Any:
    """A vote is written down piece by piece."""
    return nullcontext()


@seed(casting, "note_all")
async def _unnoted(real: Real, acts: Any, subject: Any, **about: Any) -> Any:
    """A change is not put into the journal."""
    left = [one for one in acts if one.act != "ballot.vote_changed"]
    return await real(left, subject, **about) if left else []


@seed(ballotbox, "enter_paper")
async def _paper_unheard(real: Real, ballot: Ballot, voter: str, choice: str, **about: Any) -> Any:
    """Whoever enters a paper is not told that a vote stands."""
    try:
        return await real(ballot, voter, choice, **about)
    except Conflict:
        return ballotbox.Answer("taken", "", conduct.clock.now(), "paper")


@seed(reaching, "check_paper")
async def _alone(real: Real, vote: Vote, choice: str, *, by: Any) -> None:
    """Whoever brought a paper checks it themselves."""
    vote.entered_by_id = None
    await real(vote, choice, by=by)


@seed(conduct, "unchecked")
async def _declared_unchecked(real: Real, ballot: Ballot) -> int:
    """Papers from the door count unchecked."""
    return 0


@seed(proxies, "stands_for")
async def _any_authority(real: Real, ballot: Ballot, proxy_id: int, voter: str, by: Any) -> Exception | None:
    """An authority is looked at when it is entered, not when it is used."""
    return None


@seed(proxies, "stands_for")
async def _boundless(real: Real, ballot: Ballot, proxy_id: int, voter: str, by: Any) -> Exception | None:
    """The bound on authorities is kept at the desk only."""
    found = await real(ballot, proxy_id, voter, by)
    return None if isinstance(found, Conflict) else found


@seed(proxies, "_allowed")
async def _ten_authorities(real: Real, ballot: Ballot, voter: str, holder: Any) -> None:
    """One person is given as many authorities as they bring."""
    try:
        await real(ballot, voter, holder)
    except Refusal as refusal:
        if "at most" not in refusal.phrase.message:
            raise


@seed(proxies, "withdraw")
async def _never_withdrawn(real: Real, proxy: Any, *, by: Any) -> None:
    """An authority taken back stays in force."""
    await real(proxy, by=by)
    await type(proxy).filter(id=proxy.id).update(withdrawn_at=None)


@seed(proxies, "voices")
async def _any_voice(real: Real, ballot: Ballot, voters: set[str]) -> dict[str, int]:
    """Whom a household has named is not looked at."""
    return {}


@seed(proxies, "name_voice")
async def _strange_voice(real: Real, ballot: Ballot, person: Any, *, by: Any) -> Any:
    """A household is represented by somebody who does not live in it."""
    try:
        return await real(ballot, person, by=by)
    except Refusal:
        return await Voice.create(ballot=ballot, voter=await ballot.voter(by) or "", person=person, named_at=conduct.clock.now())


@seed(proxies, "attempted")
async def _untold(real: Real, vote: Vote, by: Any, channel: str) -> None:
    """That somebody else tried to vote for the same voter is told to nobody."""


@seed(conduct, "asked")
def _generous(real: Real, ballot: Ballot) -> dict[str, Any]:
    """Abstentions are taken for consent."""
    found = real(ballot)
    if ballot.electorate == "owners":
        return found | {"yes": {name: found["yes"][name] + found["abstain"][name] for name in found["yes"]}}
    return found | {"yes": found["yes"] + found["abstain"]}


@seed(publishing, "_ballots")
async def _one_short(real: Real, ballot: Ballot, blindings: Any) -> Any:
    """The published file leaves a vote out."""
    async for lines in real(ballot, blindings):
        yield lines[1:]


@seed(backups, "_copied")
def _file_only(real: Real, ours: Any, folder: Path) -> tuple[str, Path]:
    """A backup copies the file of the database and not what is still in its log."""
    target = folder / backups.SQLITE
    target.write_bytes(ours.sqlite.read_bytes())
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
    return backups.SQLITE, target
