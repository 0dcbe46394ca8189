"""What the journal says has changed in a meeting: since a number, and for whom."""

from __future__ import annotations

from typing import Any

from council.db import sql
from council.secretariat.signals import COMMON, PERSONAL, touched


async def newest(meeting_id: int) -> int:
    """The number of the newest act of a meeting, 0 before the first."""
    rows = await sql("SELECT MAX(sequence) AS n FROM entry WHERE meeting_id = ?", meeting_id)
    return int(rows[0]["n"] or 0)


async def since(meeting_id: int, number: int) -> list[dict[str, Any]]:
    """The acts after `number` in their order, the same act on the same record once, as the newest: a storm of votes is one row.

    Numbers become visible in order, so none can turn up behind a later one.
    """
    return await sql(
        "SELECT act, subject, subject_id, MAX(sequence) AS sequence FROM entry WHERE meeting_id = ? AND sequence > ? "
        "GROUP BY act, subject, subject_id ORDER BY 4",
        meeting_id, number,
    )  # fmt: skip


async def in_queue(speaker: int) -> set[int]:
    """The seats whose place in the queue an act of speaking may have changed."""
    rows = await sql(
        "SELECT s.seat_id FROM speaker s JOIN speaker o ON o.item_id = s.item_id WHERE o.id = ? "
        "AND (s.id = o.id OR (s.withdrawn_at IS NULL AND s.ended_at IS NULL))",
        speaker,
    )
    return {int(row["seat_id"]) for row in rows}


async def missed(meeting_id: int, last: int, up_to: int) -> tuple[set[str], set[str]]:
    """The parts changed by acts after the one numbered `last`, up to another: common, personal. Without a `last`, all."""
    if last <= 0:
        return set(COMMON), set(PERSONAL)
    rows = await sql("SELECT DISTINCT act FROM entry WHERE meeting_id = ? AND sequence > ? AND sequence <= ?", meeting_id, last, up_to)
    parts = [touched(str(row["act"])) for row in rows]
    common = {part for found, _ in parts for part in found}
    # Also the personal parts that only some seats were told about: nobody knows any more which.
    return common, {part for _, found in parts for part in found} | ({"mine", "ballot"} if rows else set())
