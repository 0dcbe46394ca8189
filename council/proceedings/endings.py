"""How a consultation ends: by a person, by its hour, or called off; then nobody answers any more."""

from __future__ import annotations

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings.consultations import Consultation
from council.refusals import Conflict, Refusal
from council.rules import stages
from council.rules.privacy import check_text


async def close(consultation: Consultation, *, by: Person) -> None:
    """End it. Nobody answers any more, and what was said can be read by everybody, without names."""
    async with writing():
        await must(by, "consultation.close", consultation)
        await end(consultation, by)


async def end(consultation: Consultation, by: Person | None) -> None:
    """Ended by a person or by its hour. Within the caller's writing()."""
    stages.check("Consultation", consultation.stage, "closed")
    if not await Consultation.filter(id=consultation.id, stage="open").update(stage="closed", closed_at=clock.now()):
        raise Conflict("Somebody was faster: please look at the newest state.")
    await consultation.refresh_from_db()
    await consultation.note("consultation.closed", by, answered=consultation.answered, asked=consultation.asked)


async def cancel(consultation: Consultation, reason: str, *, by: Person) -> None:
    """Call it off, with a reason everybody who answered is told."""
    if len(check_text(reason.strip(), "reason")) < 2:
        raise Refusal("Write the reason.", field="reason")
    async with writing():
        await must(by, "consultation.cancel", consultation)
        stages.check("Consultation", consultation.stage, "cancelled")
        consultation.stage, consultation.reason = "cancelled", reason.strip()[:300]
        await consultation.save(update_fields=["stage", "reason"])
        await consultation.note("consultation.cancelled", by, {"reason": consultation.reason})


async def end_overdue() -> int:
    """Those whose hour has passed are ended; how many."""
    due = await Consultation.filter(stage="open", closes_at__lte=clock.now()).limit(20)
    for one in due:
        async with writing():
            await end(one, None)
    return len(due)
