"""Errands: whoever is given a task hears of it, of its return and of a day that has passed; whoever gave it hears when it is reported done.

No words of a task are told: an inbox is read over a shoulder.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from council import clock
from council.i18n import Phrase
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.listing import in_force
from council.neighbourhood.offices import Office
from council.proceedings.tasks import Task
from council.secretariat import inbox, jobs

MORNING = time(8)
GIVEN = Phrase("You were given something to do by %(day)s. Open it to read what.")
RETURNED = Phrase("What you reported as done was given back: something is still missing.")
DONE = Phrase("A task you gave was reported as done. Please look or ask, then accept it or give it back.")
LATE = Phrase("A task should have been done by %(day)s and is not reported as done.")


async def hear(entry: Entry) -> None:
    """A listener of the journal."""
    if entry.act not in ("task.assigned", "task.returned", "task.done"):
        return
    task = await Task.get(id=entry.subject_id)
    whom = {task.assigned_by_id} if entry.act == "task.done" else await _responsible(task)
    said = {"task.assigned": Phrase(GIVEN.message, day=task.deadline), "task.returned": RETURNED, "task.done": DONE}[entry.act]
    async with writing():
        await _tell(task, whom - {entry.by_id}, said)
        if entry.act == "task.assigned":
            await jobs.later("task_late", {"task": task.id}, at=_morning_after(task))


def _morning_after(task: Task) -> datetime:
    return datetime.combine(task.deadline + timedelta(days=1), MORNING, clock.ZONE)


async def _responsible(task: Task) -> set[int | None]:
    """The person named, else everybody in office for the unit today."""
    if task.person_id:
        return {task.person_id}
    return {one.person_id for one in await Office.filter(in_force(), unit_id=task.unit_id or 0).only("id", "person_id")}


async def _tell(task: Task, people: Iterable[int | None], said: Phrase) -> None:
    """Within the caller's writing()."""
    if whom := sorted(one for one in people if one):
        await inbox.tell_all(whom, said, link=f"/tasks/{task.id}", subject=task)


@jobs.does("task_late")
async def late(payload: dict[str, Any]) -> None:
    """The morning after its day: those who should have done it and whoever gave it hear that it was not reported. Once."""
    task = await Task.get(id=payload["task"])
    said = Phrase(LATE.message, day=task.deadline)
    async with writing():
        if task.overdue and not await inbox.Notice.exists(subject="Task", subject_id=task.id, message=LATE.message):
            await _tell(task, await _responsible(task) | {task.assigned_by_id}, said)
