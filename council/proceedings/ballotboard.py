"""All votes that everybody may know of: what runs, what is coming, what was declared, what was called off and why."""

from __future__ import annotations

from council.db import sql
from council.proceedings.ballots import Ballot
from council.rules.privacy import redact

PAGE = 20
STATES = {"open": ("open", "closed"), "coming": ("drafted",), "declared": ("declared",), "cancelled": ("cancelled",)}
# What the page of a vote asks one by one: an announced, open meeting; a public matter.
PUBLIC = """SELECT b.id FROM ballot b LEFT JOIN meeting t ON t.id = b.meeting_id LEFT JOIN matter m ON m.id = b.matter_id
WHERE (b.meeting_id IS NULL OR (t.notice_at IS NOT NULL AND t.private = ?)) AND (b.matter_id IS NULL OR m.public = ?)"""


async def board(state: str = "", before: int = 0) -> tuple[list[Ballot], int]:
    """Newest first: a page, and the number to go on from (0 at the end). An unknown state asks for all."""
    stages = STATES.get(state, ())
    wanted = PUBLIC + (f" AND b.stage IN ({', '.join('?' * len(stages))})" if stages else "") + (" AND b.id < ?" if before else "")
    rows = await sql(f"{wanted} ORDER BY b.id DESC LIMIT {PAGE + 1}", False, True, *stages, *([before] if before else []))
    numbers = [row["id"] for row in rows]
    found = await Ballot.filter(id__in=numbers[:PAGE] or [0]).order_by("-id").prefetch_related("place")
    return found, numbers[PAGE - 1] if len(numbers) > PAGE else 0


async def running() -> list[Ballot]:
    """What is voted outside meetings at this moment, the one that ends first at the top: at most three."""
    rows = await sql(f"{PUBLIC} AND b.stage = 'open' AND b.meeting_id IS NULL ORDER BY b.closes_at LIMIT 3", False, True)
    return await Ballot.filter(id__in=[row["id"] for row in rows]).order_by("closes_at") if rows else []


async def about(matter_id: int) -> list[Ballot]:
    """Votes on a matter outside meetings, the newest first."""
    return await Ballot.filter(matter_id=matter_id, meeting_id=None).order_by("-id").limit(5)


def heading(ballot: Ballot) -> str:
    """The first line of the question, without what could tell of a person."""
    return question(ballot).splitlines()[0][:80]


def question(ballot: Ballot) -> str:
    """The question as a page shows it to everybody: no telephone and no card number. What was frozen, and its digest, stays."""
    return redact(ballot.question.strip())
