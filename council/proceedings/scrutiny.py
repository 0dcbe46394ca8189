"""Votes held against the journal: whoever changes a vote, a count or a question behind the application's back is found by `council verify`.

The journal has a salted digest of every vote by name, of every sealed paper, of every question and of what a secret ballot came to; the log over
it cannot be changed unseen.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

from tortoise.exceptions import DoesNotExist, FieldError

from council.db import sql
from council.i18n import Phrase
from council.neighbourhood.journal import digest
from council.proceedings.ballots import Ballot
from council.proceedings.tallying import counted, recounted
from council.proceedings.votes import attested
from council.rules.figures import COUNTED

AT_ONCE = 5_000
MISCOUNTED = Phrase("its count is not what its papers come to")
MOVED = Phrase("what was voted on is not what was drawn up")
OTHERWISE = Phrase("its result is not what the journal says")
ROLL = Phrase("its list of voters is not the one it opened with")
STAGED = Phrase("it is not at the stage where the journal left it")
UNREADABLE = Phrase("it cannot be read any more")
MISSING = Phrase("it is gone")
ALTERED = Phrase("the vote of %(voter)s is not what was cast")
UNKNOWN = Phrase("a vote of %(voter)s was never cast")
GONE = Phrase("%(n)s votes that were cast are gone")
Found = tuple[int, Phrase]


async def faults() -> list[Found]:
    """Number of a ballot and what is wrong with it; there is none unless somebody has changed the files."""
    drawn = {row["subject_id"] for row in await sql("SELECT DISTINCT subject_id FROM entry WHERE subject = 'Ballot'")}
    found: list[Found] = []
    for number in [row["id"] for row in await sql("SELECT id FROM ballot ORDER BY id")]:
        drawn.discard(number)
        try:
            ballot = await Ballot.get(id=number)
            found += [(number, fault) async for fault in _of(ballot)]
        except (ValueError, TypeError, KeyError, AttributeError, FieldError, DoesNotExist):
            found.append((number, UNREADABLE))
    return found + [(number, MISSING) for number in sorted(drawn)]


async def _of(ballot: Ballot) -> AsyncIterator[Phrase]:
    acts = await _acts(ballot)
    for fault in _told(ballot, acts):
        yield fault
    if ballot.paper:
        return
    if not await _counters_stand(ballot):
        yield MISCOUNTED
    if not await _roll_stands(ballot, acts):
        yield ROLL
    async for fault in strange_votes(ballot):
        yield fault


async def _counters_stand(ballot: Ballot) -> bool:
    rows = await sql("SELECT COUNT(*) AS n FROM vote WHERE ballot_id = ?", ballot.id)
    return rows[0]["n"] == ballot.cast and (ballot.secret or await counted(ballot) == await recounted(ballot))


async def _acts(ballot: Ballot) -> dict[str, dict[str, Any]]:
    """The journal's entries on a ballot apart from single votes: the last of each kind, and under "" the stage where they left it."""
    rows = await sql(
        "SELECT act, stage, numbers, digests FROM entry WHERE subject = 'Ballot' AND subject_id = ? AND act IN ('ballot.drawn', 'ballot.opened', "
        "'ballot.closed', 'ballot.unsealed', 'ballot.declared', 'ballot.cancelled', 'ballot.entered') ORDER BY id", ballot.id,
    )  # fmt: skip
    found = {row["act"]: {"numbers": _read(row["numbers"]), "digests": _read(row["digests"])} for row in rows}
    return found | ({"": {"stage": rows[-1]["stage"]}} if rows else {})


def _read(kept: Any) -> Any:
    return json.loads(kept) if isinstance(kept, str) else kept


def _told(ballot: Ballot, acts: dict[str, dict[str, Any]]) -> Iterator[Phrase]:
    """Question, count and outcome against what was written down at the time."""
    texts = {"question": ballot.question, "options": "\n".join(ballot.options), "figures": base(ballot)}
    kept = {name: one for act in ("ballot.drawn", "ballot.opened", "ballot.entered") for name, one in acts.get(act, {}).get("digests", {}).items()}
    if any(digest(ballot.salt, texts[name]) != one for name, one in kept.items() if name in texts):
        yield MOVED
    if acts.get("", {}).get("stage") != ballot.stage:
        yield STAGED
    counted_so = _closed_so(ballot, acts.get("ballot.closed") or acts.get("ballot.entered"))
    if not (counted_so and _opened_so(ballot, acts.get("ballot.unsealed")) and _declared_so(ballot, acts)):
        yield OTHERWISE


def _closed_so(ballot: Ballot, act: dict[str, Any] | None) -> bool:
    if act is None or ballot.stage not in ("closed", "declared"):
        return True
    told = act["numbers"]
    same = told["cast"] == ballot.cast and (ballot.secret or told["counts"] == ballot.papers)
    return bool(same and told.get("areas", {}) == areas(ballot))


def base(ballot: Ballot) -> str:
    """What the rule is asked besides the papers, as it was fixed at the opening."""
    papers = {"counts", "participating", *COUNTED}
    return json.dumps({name: value for name, value in ballot.figures.items() if name not in papers}, sort_keys=True)


def areas(ballot: Ballot) -> dict[str, int]:
    """Square centimetres behind each choice of a counted owners' vote; nothing of any other."""
    if ballot.electorate != "owners":
        return {}
    return {name: pair["area_cm2"] for name, pair in ballot.figures.items() if isinstance(pair, dict) and "area_cm2" in pair and name != "entitled"}


def _opened_so(ballot: Ballot, act: dict[str, Any] | None) -> bool:
    """A secret count is in the journal only as a digest: of very few papers nothing is told, and the journal is read by many."""
    return act is None or not ballot.secret or act["digests"].get("counts") == digest(ballot.salt, secret_counts(ballot.papers))


def secret_counts(counts: dict[str, int]) -> str:
    return json.dumps(counts, sort_keys=True)


def _declared_so(ballot: Ballot, acts: dict[str, dict[str, Any]]) -> bool:
    if ballot.stage != "declared" or "ballot.declared" not in acts:
        return True
    told = acts["ballot.declared"]["numbers"]
    return bool((told["carried"], told["effect"]) == (ballot.decision.get("carried"), ballot.decision.get("legal_effect")))


async def _roll_stands(ballot: Ballot, acts: dict[str, dict[str, Any]]) -> bool:
    if "ballot.opened" not in acts:
        return True
    told = acts["ballot.opened"]["numbers"]
    # SQLite would also add up what is no number.
    rows = await sql(
        "SELECT COALESCE(SUM(CASE WHEN area_cm2 + 0 = area_cm2 THEN 1 ELSE 0 END), 0) AS n, COALESCE(SUM(area_cm2), 0) AS area "
        "FROM entitlement WHERE ballot_id = ?", ballot.id,
    )  # fmt: skip
    there = int(rows[0]["n"]), int(rows[0]["area"])
    return there == (told["entitled"], told["area_cm2"]) == (ballot.entitled, ballot.entitled_area)


async def strange_votes(ballot: Ballot) -> AsyncIterator[Phrase]:
    """Every vote against the newest digest of it: named ones by what they say, sealed papers as they lie there until they are opened."""
    cast = await _testified(ballot)
    async for row in _pages("SELECT id, voter, choice, receipt, sealed FROM vote WHERE ballot_id = ?", ballot.id):
        kept, said = cast.pop(row["voter"], None), _said(ballot, row)
        if kept is None:
            yield Phrase(UNKNOWN.message, voter=row["voter"])
        elif said is not None and kept.hex() != digest(ballot.salt, said):
            yield Phrase(ALTERED.message, voter=row["voter"])
    if cast:
        yield Phrase(GONE.message, n=len(cast))


def _said(ballot: Ballot, row: dict[str, Any]) -> str | None:
    """What the journal has a digest of; None of a paper that was opened, and emptied with all others."""
    shown, hidden = ("sealed", "choice") if ballot.secret else ("choice", "sealed")
    if row[hidden] != "":
        return ""
    opened = ballot.secret and ballot.unsealed_at is not None and row["sealed"] == ""
    return None if opened else attested(row["voter"], str(row[shown]), row["receipt"])


async def _testified(ballot: Ballot) -> dict[str, bytes]:
    """Voter -> digest of the vote that stands, as the journal has it."""
    wanted = "SELECT id, numbers, digests FROM entry WHERE subject = 'Ballot' AND subject_id = ? AND act IN ('ballot.voted', 'ballot.vote_changed')"
    return {_read(row["numbers"])["voter"]: bytes.fromhex(*_read(row["digests"]).values()) async for row in _pages(wanted, ballot.id)}


async def _pages(statement: str, number: int) -> AsyncIterator[dict[str, Any]]:
    """The rows in the order of their ids, so many at a time."""
    last = 0
    while rows := await sql(f"{statement} AND id > ? ORDER BY id LIMIT {AT_ONCE}", number, last):
        for row in rows:
            yield row
        last = rows[-1]["id"]
