"""The published result: everything with which anybody counts a vote again, as documented in docs/results.md.

It is one file, made once and the same for everybody. A million votes pass through row by row: nothing here ever holds all of them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from council import reading
from council.i18n import Phrase
from council.neighbourhood import treelog
from council.proceedings.ballots import Ballot
from council.proceedings.conduct import asked
from council.proceedings.votes import Entitlement, Vote
from council.refusals import NotFound
from council.rules.recounting import FORMAT, faults, sealed_areas, told
from council.settings import settings
from council.workshop import commitments
from council.workshop.workers import workers

FEW, SECONDS = 40, 300.0  # areas sealed in place; processor seconds for the others
NAMED = "SELECT receipt, choice FROM vote WHERE ballot_id = ? ORDER BY receipt, choice"
OWNED = (
    "SELECT v.receipt, v.choice, e.area_cm2 FROM vote v JOIN entitlement e ON e.ballot_id = v.ballot_id AND e.voter = v.voter "
    "WHERE v.ballot_id = ? ORDER BY v.receipt, v.choice"
)
_making: dict[str, asyncio.Lock] = {}


async def file_of(ballot: Ballot) -> Path:
    """The file of a declared vote. Votes by name are listed by receipt, secret ones as a sorted list. Its name holds its SHA-256."""
    if ballot.stage != "declared":
        raise NotFound
    key, place = f"{ballot.id}-{ballot.salt}", settings().media / "results"
    async with _making.setdefault(key, asyncio.Lock()):
        if not _there(place, key):
            await _written(ballot, place, key)
    _making.pop(key, None)
    return _there(place, key)[0]


def _there(place: Path, key: str) -> list[Path]:
    """The file. Two processes may have made it at the same moment; then all take the first."""
    return sorted(place.glob(f"{key}-*.json"))


async def published(ballot: Ballot) -> dict[str, Any]:
    """What stands in it."""
    found: dict[str, Any] = json.loads((await file_of(ballot)).read_bytes())
    return found


async def _written(ballot: Ballot, place: Path, key: str) -> None:
    """It appears under its name when it is whole."""
    place.mkdir(parents=True, exist_ok=True)
    half, digest = place / f".{key}-{secrets.token_hex(4)}", hashlib.sha256()
    try:
        with half.open("wb") as out:
            async for piece in pieces(ballot):
                data = piece.encode()
                digest.update(data)
                await asyncio.to_thread(out.write, data)
        half.replace(place / f"{key}-{digest.hexdigest()}.json")
    finally:
        with suppress(FileNotFoundError):
            half.unlink()


async def pieces(ballot: Ballot) -> AsyncIterator[str]:
    """The file as JSON, a piece at a time."""
    head = {
        "format": FORMAT, "ballot": ballot.id, "round": ballot.round, "question": ballot.question,
        "question_sha256": question_hash(ballot.question, ballot.options), "options": ballot.options, "method": ballot.method,
        "terms": ballot.terms, "secret": ballot.secret, "rule": ballot.rule_id, "electorate": ballot.electorate,
        "entitled": ballot.entitled, "entitled_area_cm2": ballot.entitled_area, "cast": ballot.cast, "held_on_paper": ballot.paper,
        "opened_at": _moment(ballot.opened_at), "closed_at": _moment(ballot.closed_at), "declared_at": _moment(ballot.declared_at),
        "roll": {"opened": ballot.roll_opened, "closed": ballot.roll_closed}, "journal": await _head(), "hushed": ballot.hushed,
    }  # fmt: skip
    yield _open(head) + ',\n "ballots": ['
    blindings, before = Counter[str](), "\n"
    async for lines in _ballots(ballot, blindings):
        yield before + ",\n".join(f"  {_indented(line, 2)}" for line in lines)
        before = ",\n"
    yield ("\n ]" if before != "\n" else "]") + _rest(await _tail(ballot, blindings))


def _open(part: dict[str, Any]) -> str:
    """An object that is not closed yet."""
    return json.dumps(part, ensure_ascii=False, indent=1).removesuffix("\n}")


def _rest(part: dict[str, Any]) -> str:
    """The end of such an object."""
    return json.dumps(part, ensure_ascii=False, indent=1).replace("{", ",", 1)


def _indented(line: Any, by: int) -> str:
    return json.dumps(line, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * by)


async def _tail(ballot: Ballot, blindings: Counter[str]) -> dict[str, Any]:
    if ballot.hushed:
        return {"carried": ballot.decision.get("carried")}
    owned = {"blindings": {choice: f"{total:x}" for choice, total in sorted(blindings.items())}} if _sealed(ballot) else {}
    return owned | {"asked": asked(ballot), "result": told(ballot.outcome()), "decision": _decision(ballot)}


def _sealed(ballot: Ballot) -> bool:
    """Are areas published beside choices?"""
    return ballot.electorate == "owners" and not ballot.paper and not ballot.secret


def question_hash(question: str, options: list[str]) -> str:
    """SHA-256 of the canonical JSON of question and options: whoever has the question can check that this was voted."""
    kept = json.dumps({"options": options, "question": question}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(kept.encode()).hexdigest()


async def _ballots(ballot: Ballot, blindings: Counter[str]) -> AsyncIterator[list[Any]]:
    """Secret: every paper as text, sorted. Else [receipt, paper] by receipt, which only the voter knows: no names; of owners with the sealed area.

    A vote on count sheets has none, and of very few secret papers none is told. `blindings` are summed up on the way.
    """
    if ballot.paper or ballot.hushed:
        return
    if ballot.secret:
        for choice, number in sorted(ballot.papers.items()):
            yield [choice] * number
    elif _sealed(ballot):
        async for rows in reading.parts(OWNED, ballot.id):
            yield await _seal_areas(ballot, rows, blindings)
    else:
        async for rows in reading.parts(NAMED, ballot.id):
            yield [[row[0], row[1]] for row in rows]


async def _seal_areas(ballot: Ballot, rows: Any, blindings: Counter[str]) -> list[list[str]]:
    """These votes with their areas sealed, hexadecimal. Many take seconds: a worker makes them."""
    hidden = [blinding(ballot, row[0]) for row in rows]
    pairs = [(row[2], one) for row, one in zip(rows, hidden, strict=True)]
    few = len(pairs) <= FEW
    made = commitments.commit_all(pairs) if few else await workers.run("council.workshop.commitments:commit_all", pairs, seconds=SECONDS)
    for row, one in zip(rows, hidden, strict=True):
        blindings[row[1]] += one
    return [[row[0], row[1], f"{seal:x}"] for row, seal in zip(rows, made, strict=True)]


def blinding(ballot: Ballot, receipt: str) -> int:
    """What hides the area of one paper: the voter may know it, nobody else."""
    return commitments.blinding(ballot.salt, receipt)


async def own_line(ballot: Ballot, vote: Vote) -> tuple[int, str] | None:
    """Area in cm² and blinding of one's own paper in the file of a declared owners' vote."""
    if ballot.stage != "declared" or not _sealed(ballot):
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
