"""The steps of a bundle of agreements, taken a few at a time so that other jobs and pages go on meanwhile."""

from __future__ import annotations

from typing import Any

from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.partnership import bundles
from council.partnership.bundles import Bundle
from council.secretariat import jobs


async def start(bundle: Bundle, step: str, origin: str, *, by: Person) -> None:
    """Begin a step for all agreements of a bundle; jobs take it. `origin` is our public address."""
    async with writing():
        await bundles.begin(bundle, step, by=by)
        await jobs.later("bundle", {"bundle": bundle.id, "origin": origin})


@jobs.does("bundle")
async def advance(payload: dict[str, Any]) -> None:
    """One portion; the next one is a job of its own."""
    if await bundles.advance(payload["bundle"], payload["origin"]):
        async with writing():
            await jobs.later("bundle", payload)
