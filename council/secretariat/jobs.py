"""Jobs: work written down in the same transaction as the act that asks for it, done after it, at least once.

`later("mail", {...})` within `writing()`; a function marked `@does("mail")` does it. One UPDATE … RETURNING claims a job, so that two
workers never hold the same one; a worker that dies gives its job back when the claim runs out.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from tortoise import connections, fields
from tortoise.expressions import Q
from tortoise.models import Model

from council import clock
from council.db import sql
from council.neighbourhood.journal import writing

log = logging.getLogger(__name__)

HELD = timedelta(minutes=5)
TRIES = 6
LOOKS = 5.0  # seconds between looks when nothing wakes the worker
Work = Callable[[dict[str, Any]], Awaitable[None]]
_kinds: dict[str, Work] = {}
_wake: set[asyncio.Event] = set()


class Job(Model):
    """`dedupe` names work that is wanted once, such as one reminder a meeting."""

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(32)
    payload: dict[str, Any] = fields.JSONField(default=dict)
    run_at = fields.DatetimeField()
    state = fields.CharField(12, default="waiting")
    attempts = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)
    dedupe = fields.CharField(120, null=True, unique=True)
    fault = fields.CharField(300, default="")

    class Meta:
        table = "job"
        indexes = (("state", "run_at"),)


def does(kind: str) -> Callable[[Work], Work]:
    """Marks the function that does the jobs of a kind. It may be called twice for one job: it must not mind."""

    def mark(work: Work) -> Work:
        _kinds[kind] = work
        return work

    return mark


async def later(kind: str, payload: dict[str, Any], *, at: datetime | None = None, dedupe: str | None = None) -> None:
    """Write down work, within `writing()`: it exists exactly if the act it belongs to does."""
    if dedupe is None or not await Job.exists(dedupe=dedupe):
        await Job.create(kind=kind, payload=payload, run_at=at or clock.now(), dedupe=dedupe)
    for event in _wake:
        event.set()


def _moment(moment: datetime) -> Any:
    """A time as the database's driver wants it in a bare statement."""
    return moment if connections.get("default").capabilities.dialect == "postgres" else str(moment)


def _due(now: datetime) -> Q:
    return Q(state="waiting", run_at__lte=now) | Q(state="running", locked_until__lt=now)


async def claim() -> Job | None:
    """The next job that is due, held for five minutes; None when there is none."""
    now = clock.now()
    if not await Job.filter(_due(now)).exists():
        return None
    skip = "FOR UPDATE SKIP LOCKED" if connections.get("default").capabilities.dialect == "postgres" else ""
    statement = (
        "UPDATE job SET state = 'running', attempts = attempts + 1, locked_until = ? WHERE id = (SELECT id FROM job "  # noqa: S608 - no value is written into it
        "WHERE (state = 'waiting' AND run_at <= ?) OR (state = 'running' AND locked_until < ?) "
        f"ORDER BY run_at, id LIMIT 1 {skip}) RETURNING id"
    )
    async with writing():
        rows = await sql(statement, _moment(now + HELD), _moment(now), _moment(now))
        return await Job.get(id=rows[0]["id"]) if rows else None


async def run_one() -> bool:
    """Do one job that is due; False when there was none. A job that fails comes back later, six times at most."""
    job = await claim()
    if job is None:
        return False
    try:
        await _kinds[job.kind](job.payload)
    except Exception as fault:
        log.warning("job %s %s failed: %s", job.id, job.kind, fault)
        again = job.attempts < TRIES
        values = {"state": "waiting" if again else "failed", "run_at": clock.now() + timedelta(minutes=2**job.attempts)}
        await _settle(job, fault=f"{type(fault).__name__}: {fault}"[:300], **values)
    else:
        await _settle(job, state="done")
    return True


async def _settle(job: Job, **values: Any) -> None:
    async with writing():
        await Job.filter(id=job.id, attempts=job.attempts).update(locked_until=None, **values)


async def run() -> None:
    """Do jobs for as long as this process serves; started by the office hours."""
    wake = asyncio.Event()
    _wake.add(wake)
    try:
        while True:
            wake.clear()
            await _all_due()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), LOOKS)
                # The row that woke us is seen after its commit, a moment later.
                await asyncio.sleep(0.1)
    finally:
        _wake.discard(wake)


async def _all_due() -> None:
    try:
        while await run_one():
            pass
    except Exception:
        log.exception("looking for jobs failed")
