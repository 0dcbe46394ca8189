"""The published result: everything with which anybody counts a vote again, as documented in docs/results.md."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from council.neighbourhood.treelog import LogHead
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import asked
from council.proceedings.votes import Entitlement, Vote
from council.refusals import NotFound
from council.rules.recounting import FORMAT, told


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
    return found | {"hushed": False, "ballots": await _ballots(ballot)} | counted


def question_hash(question: str, options: list[str]) -> str:
    """SHA-256 of the canonical JSON of question and options: whoever has the question can check that this was voted."""
    kept = json.dumps({"options": options, "question": question}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(kept.encode()).hexdigest()


async def _ballots(ballot: Ballot) -> list[Any]:
    """Secret: every paper as text, sorted. Else [receipt, paper, area in cm²] by receipt, which only the voter knows: no names.

    A vote on count sheets has none.
    """
    if ballot.paper:
        return []
    if ballot.secret:
        return sorted(choice for choice, number in ballot.papers.items() for _ in range(number))
    areas = dict(await Entitlement.filter(ballot_id=ballot.id).values_list("voter", "area_cm2"))
    votes = await Vote.filter(ballot_id=ballot.id).values_list("receipt", "choice", "voter")
    return sorted([receipt, choice, areas[voter]] for receipt, choice, voter in votes)


def _decision(ballot: Ballot) -> dict[str, Any]:
    kept = ballot.decision
    return {name: kept.get(name) for name in ("carried", "quorate", "legal_effect", "needed", "quorum")} | {
        "arithmetic": kept.get("arithmetic_zh_Hans_CN", [])
    }


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


async def _head() -> dict[str, Any]:
    """The journal as it stands: its size and root."""
    head = await LogHead.all().order_by("-id").first()
    return {"size": head.size, "root": head.root} if head else {"size": 0, "root": ""}
