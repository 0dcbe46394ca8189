"""What the calendar does to agreements: it reminds, closes a signing whose day has passed, and ends what has run its term.

Every step is one UPDATE with the old state as its condition, so that two processes that look at the same moment do it once.
"""

from __future__ import annotations

from datetime import date, datetime

from council import clock
from council.neighbourhood.journal import note, writing
from council.partnership import leaving, renewals
from council.partnership.agreements import PUBLIC, Agreement, Signatory

REMINDERS = (3, 7)  # days after the signature was asked for
MANY = 200  # at one look; the rest at the next


def due_reminder(asked_at: datetime, reminded: int, today: date) -> int:
    """Which reminder is due, counted from 1; 0 when none is. Whoever was missed gets the last one only."""
    days = (today - clock.local(asked_at).date()).days
    due = sum(days >= each for each in REMINDERS)
    return due if due > reminded else 0


async def keep() -> int:
    """Everything that is due now; how many acts that were."""
    return await _lapse() + await _remind() + await leaving.keep() + await renewals.keep() + await _end()


async def _lapse() -> int:
    """The day for signing has passed: nobody can sign any more, and nothing is in force."""
    late = await Agreement.filter(stage="signing", sign_by__lt=clock.today()).order_by("id").limit(MANY)
    return sum([await _pass(each, "lapsed") for each in late])


async def _end() -> int:
    """The last day is over. It never moves: what goes on needs an agreement of its own."""
    over = await Agreement.filter(stage="effective", last_day__lt=clock.today()).order_by("id").limit(MANY)
    return sum([await _pass(each, await _afterwards(each)) for each in over])


async def _afterwards(agreement: Agreement) -> str:
    """Renewed where the next agreement has been signed by all."""
    next_one = await renewals.successor(agreement)
    return "renewed" if next_one and next_one.stage in PUBLIC else "ended"


async def _pass(agreement: Agreement, stage: str) -> bool:
    """True for the one process that moved it."""
    async with writing():
        before = Agreement.filter(id=agreement.id, stage=agreement.stage, version=agreement.version)
        if not await before.update(stage=stage):
            return False
        agreement.stage = stage
        await note(f"agreement.{stage}", agreement, None, version=agreement.version)
    return True


async def _remind() -> int:
    waiting = await Signatory.filter(
        agreement__stage="signing", stage__in=("invited", "read"), asked_at__isnull=False, reminded__lt=len(REMINDERS)
    ).select_related("agreement").order_by("id").limit(MANY)  # fmt: skip
    return sum([await _remind_one(each) for each in waiting])


async def _remind_one(signatory: Signatory) -> bool:
    assert signatory.asked_at is not None
    due = due_reminder(signatory.asked_at, signatory.reminded, clock.today())
    if not due:
        return False
    async with writing():
        first = await Signatory.filter(id=signatory.id, reminded=signatory.reminded).update(reminded=due)
        if first:
            await note("agreement.reminded", signatory.agreement, None, signatory=signatory.id, n=due)
    return bool(first)
