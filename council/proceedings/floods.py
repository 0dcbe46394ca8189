"""Against a flood: many opinions hidden at once with one public reason, answers without an account no longer taken. Each author may appeal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from council import clock
from council.db import sql
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.proceedings.consultations import Consultation
from council.proceedings.contributions import Remark
from council.refusals import Conflict, Refusal
from council.rules.privacy import check_text, redact


async def hide_many(consultation: Consultation, remarks: Iterable[int], reason: str, *, by: Person) -> int:
    """Those ticked are not shown any more, with one reason everybody may read; how many."""
    told = public_reason(reason)
    async with writing():
        await must(by, "consultation.listen", consultation)
        wanted = Remark.filter(id__in=list(remarks) or [0], consultation_id=consultation.id, withdrawn_at=None, hidden_at=None)
        hidden = await wanted.update(hidden_at=clock.now(), hidden_by_id=by.id, hidden_reason=told)
        if not hidden:
            raise Refusal("Tick the opinions that shall be hidden.", field="remarks")
        await consultation.note("consultation.flood_hidden", by, {"reason": told}, count=hidden)
    return hidden


async def hide_flood(consultation: Consultation, begun: datetime, ended: datetime, reason: str, *, by: Person) -> int:
    """Everything that came without account, slip or paper between two moments is not shown any more; what others said then stays."""
    told = public_reason(reason, "flood")
    if not begun < ended:
        raise Refusal("The end lies after the beginning.", field="ended")
    async with writing():
        await must(by, "consultation.listen", consultation)
        rows = await sql(
            "UPDATE remark SET hidden_at = ?, hidden_by_id = ?, hidden_reason = ? WHERE consultation_id = ? AND withdrawn_at IS NULL "
            "AND hidden_at IS NULL AND made_at >= ? AND made_at <= ? AND contribution_id IN (SELECT id FROM contribution "
            "WHERE consultation_id = ? AND voter >= 'sheet:' AND voter < 'sheet;' AND channel = 'web') RETURNING id",
            clock.now(), by.id, told, consultation.id, begun.astimezone(UTC), ended.astimezone(UTC), consultation.id,
        )  # fmt: skip
        if not rows:
            raise Refusal("Nothing came in without an account between these two moments.", field="begun")
        await consultation.note("consultation.flood_hidden", by, {"reason": told}, count=len(rows))
    return len(rows)


async def signed_only(consultation: Consultation, reason: str, *, by: Person) -> None:
    """From now on answers come with an account, a slip or a paper. Everybody reads why; whoever has answered can still change the answer."""
    told = public_reason(reason, "guard")
    async with writing():
        await must(by, "consultation.guard", consultation)
        if consultation.electorate != "everyone":
            raise Conflict("Only those on the list answer here anyway.")
        if not await Consultation.filter(id=consultation.id, signed_only_at=None).update(signed_only_at=clock.now(), signed_only_reason=told):
            raise Conflict("Somebody was faster: please look at the newest state.")
        await consultation.note("consultation.guarded", by, {"reason": told})


async def for_everyone(consultation: Consultation, *, by: Person) -> None:
    """The flood is over: everybody with the link answers again."""
    async with writing():
        await must(by, "consultation.guard", consultation)
        await Consultation.filter(id=consultation.id).update(signed_only_at=None, signed_only_reason="")
        await consultation.note("consultation.unguarded", by)


def public_reason(reason: str, field: str = "reason") -> str:
    """A reason fit for everybody to read; a Refusal where there is none."""
    if len(check_text(reason.strip(), field)) < 4:
        raise Refusal("Write the reason. Everybody can read it.", field=field)
    return redact(reason.strip())[:300]
