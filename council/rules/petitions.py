"""Petitions that oblige somebody to call a meeting: who signs, what is called, by when. The shares stand in `thresholds`.

RC 26 and 28, VC 25 and 29 say that the meeting "shall be called" and name no days. Ours: the notice is out within fifteen days of the last
signature that was needed, the last day moved to a working day as CC 203 moves every last day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from council.refusals import Refusal
from council.rules import calendar
from council.rules.thresholds import threshold

WITHIN = 15  # days


@dataclass(frozen=True, slots=True)
class Petition:
    """`signers`: adults, households or representatives; `kind` and `rule` of the meeting it asks for."""

    rule_id: str
    signers: str
    kind: str
    rule: str

    def needed(self, base: int) -> int:
        """The smallest number of signatures that obliges, of `base` who could sign."""
        return threshold(self.rule_id).majority.least(base)


_ROWS = (
    Petition("PETITION_RC_MEETING_ADULTS", "adults", "residents_meeting", "RC_MEETING_ADULT"),
    Petition("PETITION_RC_MEETING_HOUSEHOLDS", "households", "residents_meeting", "RC_MEETING_HH"),
    Petition("PETITION_RC_MEETING_REPS", "representatives", "residents_meeting", "RC_MEETING_ADULT"),
    Petition("PETITION_RC_REPS", "representatives", "representatives_meeting", "RC_REPS"),
    Petition("PETITION_VC_MEETING", "adults", "residents_meeting", "VC_MEETING_ADULT"),
    Petition("PETITION_VC_MEETING_REPS", "representatives", "residents_meeting", "VC_MEETING_ADULT"),
    Petition("PETITION_VC_REPS", "representatives", "representatives_meeting", "VC_REPS"),
)  # fmt: skip
PETITIONS = {row.rule_id: row for row in _ROWS}


def petition(rule_id: str) -> Petition:
    if rule_id not in PETITIONS:
        raise Refusal("There is no petition of that kind.", field="rule")
    return PETITIONS[rule_id]


def due(reached: date) -> date:
    """The last day for the notice of the meeting that was asked for."""
    return calendar.posting(reached, WITHIN).last_day
