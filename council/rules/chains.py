"""Four deliberations, two publicities (四议两公开): six gates, each with its own body, quorum, day and document.

The order is the chain's own: proposed by the Party branch, discussed by the two committees, examined by the Party members, resolved by the
residents or their representatives, the resolution made public, its carrying out made public. Local rules differ in the days (domain §3: at
least seven days of publication, the whole within twenty): they are data here. The Party members' gate takes the stricter rule: two thirds of the
members present and more than half of those entitled in favour (PB 11).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from council.i18n import Phrase
from council.refusals import Refusal
from council.rules.law import Base
from council.rules.thresholds import threshold

PUBLIC_DAYS = 7  # ours, after local rules; the district may ask for more
RESOLVING = ("RC_REPS", "RC_MEETING_HH", "RC_MEETING_ADULT", "VC_REPS", "VC_MEETING_HH", "VC_MEETING_ADULT")


@dataclass(frozen=True, slots=True)
class Gate:
    """One step: who acts, by which rule they count ("" where nothing is counted), which kinds of meeting it can be, what paper it leaves."""

    code: str
    name: Phrase
    body: Phrase
    document: Phrase
    rule: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        """Is something hung up at this gate?"""
        return self.code in ("resolution_public", "outcome_public")


GATES = (
    Gate("proposal", Phrase("Proposed"), Phrase("Community Party organisation"), Phrase("Proposal of the Party organisation"), "",
         ("party_branch_meeting", "two_committees_meeting")),
    Gate("discussion", Phrase("Discussed"), Phrase("Party committee and residents' committee together"), Phrase("Record of the two committees"),
         "DELIBERATION", ("two_committees_meeting",)),
    Gate("examination", Phrase("Examined"), Phrase("Party members' meeting"), Phrase("Minutes of the Party members' meeting"), "FOUR_TWO_MEMBERS",
         ("party_members_meeting", "party_branch_meeting")),
    Gate("resolution", Phrase("Resolved"), Phrase("Residents' meeting or their representatives"), Phrase("Resolution"), "RESOLVING",
         ("residents_meeting", "representatives_meeting")),
    Gate("resolution_public", Phrase("Resolution made public"), Phrase("Residents' committee"), Phrase("Posting of the resolution")),
    Gate("outcome_public", Phrase("Outcome made public"), Phrase("Residents' committee"), Phrase("Posting of the outcome")),
)  # fmt: skip
BY_CODE = {gate.code: gate for gate in GATES}


def gate(code: str) -> Gate:
    if code not in BY_CODE:
        raise Refusal("There is no such step.", field="code")
    return BY_CODE[code]


def rule_of(step: Gate, resolving: str) -> str:
    """The rule that counts at a gate; the resolution goes by the rule chosen for the chain."""
    return resolving if step.rule == "RESOLVING" else step.rule


@dataclass(frozen=True, slots=True)
class Figures:
    """How many could come, came and were in favour."""

    entitled: int = 0
    present: int = 0
    yes: int = 0


def check_figures(step: Gate, resolving: str, figures: Figures) -> None:
    """Refuse a gate whose quorum or majority is not reached."""
    if not (rule_id := rule_of(step, resolving)):
        return
    rule = threshold(rule_id)
    if not 0 <= figures.yes <= figures.present <= figures.entitled or not figures.entitled:
        raise Refusal("Those in favour are among those present, and these among those entitled. Please check the numbers.", field="present")
    if rule.quorum and not rule.quorum.passes(figures.present, figures.entitled):
        least = rule.quorum.least(figures.entitled)
        raise Refusal("No quorum: %(least)s of %(entitled)s must be present.", field="present", least=least, entitled=figures.entitled)
    base = figures.entitled if rule.base is Base.ENTITLED else figures.present
    if not rule.majority.passes(figures.yes, base):
        raise Refusal("Not carried: at least %(least)s must be in favour.", field="yes", least=rule.majority.least(base))


def check_days(step: Gate, day: date, until: date | None, before: date | None, today: date) -> None:
    """Gates follow one another in time, and none lies ahead; what is hung up hangs long enough."""
    if day > today:
        raise Refusal("This day has not come yet.", field="day")
    if before is not None and day < before:
        raise Refusal("This step comes after the one before it: not before %(day)s.", field="day", day=before)
    if step.public and (until is None or until < day + timedelta(days=PUBLIC_DAYS)):
        raise Refusal("It hangs at least %(days)s days.", field="until", days=PUBLIC_DAYS)
