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
from council.proceedings.evaluations import carried_out
from council.proceedings.invitations import Invitation
from council.proceedings.tasks import Task
from council.secretariat import inbox, jobs

MORNING = time(8)
GIVEN = Phrase("You were given something to do by %(day)s. Open it to read what.")
RETURNED = Phrase("What you reported as done was given back: something is still missing.")
DONE = Phrase("A task you gave was reported as done. Please look or ask, then accept it or give it back.")
CARRIED_OUT = Phrase("What a meeting decided that you were invited to has been carried out. Please say whether you are content.")
LATE = Phrase("A task should have been done by %(day)s and is not reported as done.")


async def hear(entry: Entry) -> None:
    """A listener of the journal."""
    if entry.act == "task.accepted":
        await _ask_the_meeting(await Task.get(id=entry.subject_id).prefetch_related("resolution"))
    if entry.act not in ("task.assigned", "task.returned", "task.done"):
        return
    task = await Task.get(id=entry.subject_id)
    whom = {task.assigned_by_id} if entry.act == "task.done" else await _responsible(task)
    said = {"task.assigned": Phrase(GIVEN.message, day=task.deadline), "task.returned": RETURNED, "task.done": DONE}[entry.act]
    async with writing():
        await _tell(task, whom - {entry.by_id}, said)
        if entry.act == "task.assigned":
            await jobs.later("task_late", {"task": task.id}, at=_morning_after(task))


async def _ask_the_meeting(task: Task) -> None:
    """The last task of a topic without a reporter is accepted: those invited to the meeting say whether they are content. Asked once."""
    resolution = task.resolution
    if resolution is None or resolution.meeting_id is None or not await carried_out(resolution):
        return
    invited = await Invitation.filter(meeting_id=resolution.meeting_id, person_id__isnull=False).only("id", "person_id")
    async with writing():
        if not await inbox.Notice.exists(subject="Resolution", subject_id=resolution.id, message=CARRIED_OUT.message):
            people = sorted({one.person_id for one in invited if one.person_id})
            await inbox.tell_all(people, CARRIED_OUT, link=f"/resolutions/{resolution.id}", subject=resolution)


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
