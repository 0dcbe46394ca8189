"""The bodies outside to which a report is handed on: emergencies, and what only they may decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from council.i18n import Phrase


@dataclass(frozen=True, slots=True)
class HandOff:
    """A body outside: its name, the number to ring ("" when there is none to ring), and what to do."""

    name: Phrase
    phone: str
    advice: Phrase


HANDOFF_NUMBERS: dict[str, HandOff] = {
    "119": HandOff(Phrase("Fire and rescue"), "119", Phrase("Leave the place first, then ring.")),
    "120": HandOff(Phrase("Ambulance"), "120", Phrase("Ring now; do not move the person.")),
    "110": HandOff(Phrase("Police"), "110", Phrase("Get to a safe place and ring; text 12110 if you cannot speak.")),
    "GAS": HandOff(
        Phrase("Gas company's emergency line (number on the meter or the bill); if nobody answers, 119"), "119",
        Phrase("No flame, no switch, no telephone indoors: open the windows, close the valve, ring from outside."),
    ),
    "96110": HandOff(Phrase("Anti-fraud line"), "96110", Phrase("Stop paying, tell nobody a code, ring now.")),
    "12388": HandOff(
        Phrase("Discipline inspection"), "12388", Phrase("Report it there; it is not passed to those complained about.")
    ),
    "COURT": HandOff(Phrase("Court or arbitration body"), "12368", Phrase("The case is decided there, not by us.")),
    "PETITION": HandOff(Phrase("Petition office"), "12345", Phrase("The petition procedure goes on there.")),
    "POLICE_FILE": HandOff(Phrase("Police officer in charge of the case"), "110", Phrase("Ask the officer in charge.")),
}
DANGER = frozenset(("119", "120", "110", "GAS", "96110"))  # a call that cannot wait; the others decide what only they may


def pressing(codes: Iterable[str]) -> bool:
    """Whether one of the bodies must be rung at once."""
    return not DANGER.isdisjoint(codes)


def silent(codes: Iterable[str]) -> bool:
    """Whether nobody here may read it: a charge against an official must not land on the desk of those charged."""
    told = set(codes)
    return "12388" in told and not pressing(told)
