"""Presence: how many members count as present at this moment, and whether they are enough."""

from __future__ import annotations

from dataclasses import dataclass

from council.db import sql
from council.i18n import Phrase
from council.proceedings.meetings import Meeting


@dataclass(frozen=True, slots=True)
class Quorum:
    """Confirmed members present, members listed, and how many of them must be present."""

    present: int
    entitled: int
    needed: int

    @property
    def met(self) -> bool:
        return self.present >= self.needed

    @property
    def words(self) -> Phrase:
        if self.met:
            return Phrase("%(present)s of %(listed)s members are present; %(needed)s are needed: enough to decide.",
                          present=self.present, listed=self.entitled, needed=self.needed)  # fmt: skip
        return Phrase("%(present)s of %(listed)s members are present; %(needed)s are needed: not enough to decide.",
                      present=self.present, listed=self.entitled, needed=self.needed)  # fmt: skip


async def quorum(meeting: Meeting) -> Quorum:
    """Only confirmed seats of members count: an unconfirmed seat, an observer and a supervisor count for nothing."""
    rows = await sql(
        "SELECT COUNT(*) AS n FROM seat s JOIN invitation i ON i.id = s.invitation_id "
        "WHERE s.meeting_id = ? AND s.left_at IS NULL AND s.away = ? AND i.capacity = 'MEMBER'",
        meeting.id, False,
    )
    return Quorum(int(rows[0]["n"]), meeting.listed, meeting.needed)
