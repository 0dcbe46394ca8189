"""Tasks as lists: what somebody answers for or leads; and the three lists of open ones: problems (what it is about), duties (who answers
for it), measures (what is done by when)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tortoise.expressions import Q

from council import clock
from council.db import sql
from council.i18n import Phrase
from council.neighbourhood.offices import Standing, may
from council.neighbourhood.people import Actor, Person
from council.proceedings.matters import Matter
from council.proceedings.resolutions import Resolution
from council.proceedings.sight import PAGE, answers_for
from council.proceedings.tasks import Task
from council.rules.lights import Light
from council.rules.powers import POWERS

MOST = 500
LISTS = {"measures": Phrase("List of measures"), "problems": Phrase("List of problems"), "duties": Phrase("List of duties")}


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks that belong together: of one matter, or of one who answers for them. `key` names it in an address."""

    key: str
    title: str
    tasks: Sequence[Task]

    @property
    def light(self) -> Light | None:
        """The most urgent light among them; None where all wait to be looked at."""
        return max((one.light for one in self.tasks if one.light is not None), default=None)

    def burning(self, light: Light) -> int:
        return sum(one.light is light for one in self.tasks)


async def within_sight(by: Person, held: Standing) -> Q:
    """Which tasks `by` answers for or leads."""
    theirs = answers_for(by)
    mine = await sql(f"SELECT t.id FROM task t WHERE {theirs.sql} ORDER BY t.id DESC LIMIT 500", *theirs.values)  # noqa: S608
    found = Q(id__in=[row["id"] for row in mine] or [0])
    for code, path, _ in held.holds:
        if code in POWERS["task.see"].offices:
            found |= Q(path__startswith=path)
    return found


async def listed(by: Person, held: Standing, before: int = 0) -> list[Task]:
    """The newest tasks `by` answers for or leads; one more than a page when there are more."""
    rows = Task.filter(await within_sight(by, held), **({"id__lt": before} if before else {}))
    return await rows.prefetch_related("matter", "unit", "person").order_by("-id").limit(PAGE + 1)


async def unfinished(by: Person, held: Standing) -> list[Task]:
    """What is not accepted yet of the tasks that `by` answers for or leads, the nearest day first."""
    rows = Task.filter(await within_sight(by, held), stage__in=("assigned", "done"))
    return await rows.prefetch_related("matter", "resolution", "unit", "person").order_by("deadline", "id").limit(MOST)


def _problem(task: Task) -> tuple[str, str]:
    if task.matter:
        return f"matter:{task.matter_id}", task.matter.title
    return f"resolution:{task.resolution_id}", task.resolution.text[:60] if task.resolution else task.words


def _duty(task: Task) -> tuple[str, str]:
    if task.unit:
        return f"unit:{task.unit_id}", task.unit.name
    return f"person:{task.person_id}", task.person.name if task.person else ""


def _grouped(tasks: Sequence[Task], of: Callable[[Task], tuple[str, str]]) -> list[Group]:
    """The most urgent group first, the one with the nearest day before the others."""
    found: dict[tuple[str, str], list[Task]] = defaultdict(list)
    for task in tasks:
        found[of(task)].append(task)
    groups = [Group(key, title, there) for (key, title), there in found.items()]
    return sorted(groups, key=lambda one: -1 if one.light is None else one.light, reverse=True)


def problems(tasks: Sequence[Task]) -> list[Group]:
    return _grouped(tasks, _problem)


def duties(tasks: Sequence[Task]) -> list[Group]:
    return _grouped(tasks, _duty)


async def overdue(path: str, limit: int = 50) -> list[Task]:
    """Tasks within a place that should be done by now, the oldest first."""
    return await Task.filter(stage="assigned", deadline__lt=clock.today(), path__startswith=path).order_by("deadline", "id").limit(limit)


async def out_of(resolution: Resolution, by: Actor) -> list[Task]:
    """The tasks given out of a resolution that `by` may see."""
    tasks = await Task.filter(resolution_id=resolution.id).prefetch_related("unit", "person", "matter").order_by("id")
    return [task for task in tasks if await may(by, "task.see", task)]


async def of(matter: Matter, by: Actor) -> list[Task]:
    """The tasks of a matter that `by` may see."""
    tasks = await Task.filter(matter_id=matter.id).prefetch_related("unit", "person", "matter").order_by("id")
    return [task for task in tasks if await may(by, "task.see", task)]
