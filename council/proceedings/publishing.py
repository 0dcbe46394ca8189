"""The published result: everything with which anybody counts a vote again, as documented in docs/results.md."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

from council.i18n import Phrase
from council.neighbourhood import treelog
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import asked
from council.proceedings.votes import Entitlement, Vote
from council.refusals import NotFound
from council.rules.recounting import FORMAT, faults, sealed_areas, told
from council.workshop import commitments
from council.workshop.workers import workers

FEW, SECONDS = 40, 300.0  # areas sealed in place; processor seconds for the others
KEPT = 8
_sealed: dict[int, list[str]] = {}  # the sealed areas of votes asked for lately: a declared vote does not change


async def published(ballot: Ballot) -> dict[str, Any]:
    """The file of a declared vote. Votes by name are listed by receipt, secret ones as a sorted list."""
    if ballot.stage != "declared":
        raise NotFound
    found = {
        "format": FORMAT, "ballot": ballot.id, "round": ballot.round, "question": ballot.question,
        "question_sha256": question_hash(ballot.question, ballot.options), "options": ballot.options, "method": ballot.method,
        "terms": ballot.terms, "secret": ballot.secret, "rule": ballot.rule_id, "electorate": ballot.electorate,
        "entitled": ballot.entitled, "entitled_area_cm2": ballot.entitled_area, "cast": ballot.cast, "held_on_paper": ballot.paper,
        "opened_at": _moment(ballot.opened_at), "closed_at": _moment(ballot.closed_at), "declared_at": _moment(ballot.declared_at),
        "roll": {"opened": ballot.roll_opened, "closed": ballot.roll_closed}, "journal": await _head(),
    }  # fmt: skip
    if ballot.hushed:
        return found | {"hushed": True, "ballots": [], "carried": ballot.decision.get("carried")}
    counted = {"asked": asked(ballot), "result": told(ballot.outcome()), "decision": _decision(ballot)}
    return found | {"hushed": False, **await _ballots(ballot)} | counted


def question_hash(question: str, options: list[str]) -> str:
    """SHA-256 of the canonical JSON of question and options: whoever has the question can check that this was voted."""
    kept = json.dumps({"options": options, "question": question}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(kept.encode()).hexdigest()


async def _ballots(ballot: Ballot) -> dict[str, Any]:
    """Secret: every paper as text, sorted. Else [receipt, paper] by receipt, which only the voter knows: no names; of owners with the sealed area.

    A vote on count sheets has none.
    """
    if ballot.paper:
        return {"ballots": []}
    if ballot.secret:
        return {"ballots": sorted(choice for choice, number in ballot.papers.items() for _ in range(number))}
    votes = sorted(await Vote.filter(ballot_id=ballot.id).values_list("receipt", "choice", "voter"))
    if ballot.electorate != "owners":
        return {"ballots": [[receipt, choice] for receipt, choice, _ in votes]}
    hidden = [blinding(ballot, receipt) for receipt, _, _ in votes]
    if ballot.id not in _sealed:
        _sealed[ballot.id] = await _seal_areas(ballot, [voter for *_, voter in votes], hidden)
    sums = Counter[str]()
    for (_, choice, _), one in zip(votes, hidden, strict=True):
        sums[choice] += one
    lines = [[receipt, choice, sealed] for (receipt, choice, _), sealed in zip(votes, _sealed[ballot.id], strict=True)]
    return {"ballots": lines, "blindings": {choice: f"{total:x}" for choice, total in sorted(sums.items())}}


async def _seal_areas(ballot: Ballot, voters: list[str], hidden: list[int]) -> list[str]:
    """The areas of these voters, sealed, hexadecimal. Many take seconds: a worker makes them."""
    areas = dict(await Entitlement.filter(ballot_id=ballot.id).values_list("voter", "area_cm2"))
    pairs = [(areas[voter], one) for voter, one in zip(voters, hidden, strict=True)]
    few = len(pairs) <= FEW
    made = commitments.commit_all(pairs) if few else await workers.run("council.workshop.commitments:commit_all", pairs, seconds=SECONDS)
    while len(_sealed) >= KEPT:
        del _sealed[next(iter(_sealed))]
    return [f"{one:x}" for one in made]


def blinding(ballot: Ballot, receipt: str) -> int:
    """What hides the area of one paper: the voter may know it, nobody else."""
    return commitments.blinding(ballot.salt, receipt)


async def own_line(ballot: Ballot, vote: Vote) -> tuple[int, str] | None:
    """Area in cm² and blinding of one's own paper in the file of a declared owners' vote."""
    if ballot.stage != "declared" or ballot.electorate != "owners" or ballot.paper:
        return None
    area = await Entitlement.get(ballot_id=ballot.id, voter=vote.voter)
    return area.area_cm2, f"{blinding(ballot, vote.receipt):x}"


def misfits(result: dict[str, Any]) -> list[Phrase]:
    """Where a published result does not come out, its sealed areas included; ValueError for a file that is none."""
    found = faults(result)
    try:
        for choice, sealed, area, hidden in sealed_areas(result):
            if commitments.joined(sealed) != commitments.commit(area, hidden):
                found.append(Phrase("%(name)s: the sealed areas do not come to the published sum.", name=choice))
    except (KeyError, TypeError, ValueError) as wrong:
        raise ValueError(f"this file does not hold together: {wrong}") from wrong
    return found


def _decision(ballot: Ballot) -> dict[str, Any]:
    kept = ballot.decision
    return {name: kept.get(name) for name in ("carried", "quorate", "legal_effect", "needed", "quorum")} | {
        "arithmetic": kept.get("arithmetic_zh_Hans_CN", [])
    }


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


async def _head() -> dict[str, Any]:
    """The journal as it stands: its size and root."""
    return dict(zip(("size", "root"), await treelog.head(), strict=True))
