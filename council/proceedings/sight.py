"""Who may see which matters: decided here once, for pages, lists, search, counts and exports alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from council import clock
from council.db import sql
from council.neighbourhood.offices import standing
from council.neighbourhood.people import Actor, Person, Visitor
from council.rules.powers import POWERS

STATES = {
    "waiting": ("reported", "confirmed"),
    "under_way": ("listed", "deliberated", "assigned", "handed_over"),
    "finished": ("settled", "answered", "done", "closed", "withdrawn"),
}
AFFAIRS = ("OFFICIAL", "COLLABORATIVE", "HOUSEHOLD")
PAGE = 20


class Where(NamedTuple):
    """A condition in SQL with `?` for its values."""

    sql: str
    values: tuple[Any, ...] = ()


class Line(NamedTuple):
    """A matter as a list shows it."""

    id: int
    title: str
    affair: str
    stage: str
    place_id: int
    reported_at: datetime
    due: date | None


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for; anything unknown asks for nothing. `before`: only ids below it. `among`: what a search found."""

    affair: str = ""
    state: str = ""
    path: str = ""
    before: int = 0
    among: Where | None = None


async def visible(by: Actor | None) -> Where:
    """Which rows of `matter m` this person or visitor may see: what was made public, and what concerns them."""
    return either([Where("m.public = ?", (True,)), *await _concerning(by)])


async def wholly(by: Actor | None) -> Where:
    """Which rows they may see as they were told, not only in the de-identified words for the public."""
    return either([Where("1 = 0"), *await _concerning(by)])


def either(found: list[Where]) -> Where:
    return Where("(" + " OR ".join(one.sql for one in found) + ")", tuple(v for one in found for v in one.values))


async def _concerning(by: Actor | None) -> list[Where]:
    """The holder of a code: that matter. A resident: what she reported herself. Who answers for a task: its matter. Officers: everything
    within their reach, but departments and supervisors only confirmed matters that concern more than one home.
    """
    if isinstance(by, Visitor):
        return [Where("m.id = ?", (number,)) for kind, number in sorted(by.carries) if kind == "Matter"]
    if by is None:
        return []
    return [Where("m.reporter_id = ?", (by.id,)), _responsible(by), *await _within_reach(by)]


async def _within_reach(by: Person) -> list[Where]:
    held = await standing(by)
    inside = {path for code, path, _ in held.holds if code in POWERS["matter.see"].offices}
    common = {path for code, path, _ in held.holds if code in POWERS["matter.see_common"].offices} - inside
    return [Where("m.path LIKE ?", (f"{path}%",)) for path in sorted(inside)] + [
        Where("(m.affair IN ('OFFICIAL', 'COLLABORATIVE') AND m.path LIKE ?)", (f"{path}%",)) for path in sorted(common)
    ]


def answers_for(by: Person) -> Where:
    """Tasks `task t` for which this person answers: named in them, or in office today in the unit that is."""
    today = clock.today()
    return Where(
        "(t.person_id = ? OR t.unit_id IN (SELECT o.unit_id FROM office o WHERE o.person_id = ? AND o.unit_id IS NOT NULL"
        " AND o.first_day <= ? AND (o.last_day IS NULL OR o.last_day >= ?)))",
        (by.id, by.id, *[day(today)] * 2),
    )


def _responsible(by: Person) -> Where:
    theirs = answers_for(by)
    return Where(f"m.id IN (SELECT t.matter_id FROM task t WHERE {theirs.sql})", theirs.values)  # noqa: S608 - only our own words


def day(value: date) -> Any:
    """A day as this database compares it: SQLite keeps days as text."""
    from tortoise import connections

    return value if connections.get("default").capabilities.dialect == "postgres" else value.isoformat()


async def listed(by: Actor | None, wanted: Wanted, limit: int = PAGE) -> list[Line]:
    """The newest matters `by` may see and asks for; one more than `limit` when there are more."""
    parts = [await visible(by), *_asked(wanted)]
    rows = await sql(
        "SELECT m.id, m.title, m.affair, m.stage, m.place_id, m.reported_at, m.due FROM matter m WHERE "  # noqa: S608 - only our own words
        + " AND ".join(part.sql for part in parts) + " ORDER BY m.id DESC LIMIT ?",
        *(value for part in parts for value in part.values), limit + 1,
    )  # fmt: skip
    return [Line._make([*list(row.values())[:-2], clock.moment(row["reported_at"]), _date(row["due"])]) for row in rows]


def _asked(wanted: Wanted) -> list[Where]:
    found = []
    if wanted.affair in AFFAIRS:
        found.append(Where("m.affair = ?", (wanted.affair,)))
    if wanted.state in STATES:
        stages = STATES[wanted.state]
        found.append(Where(f"m.stage IN ({', '.join('?' * len(stages))})", stages))
    if wanted.path:
        found.append(Where("m.path LIKE ?", (f"{wanted.path}%",)))
    if wanted.before:
        found.append(Where("m.id < ?", (wanted.before,)))
    if wanted.among is not None:
        found.append(Where(f"m.id IN ({wanted.among.sql})", wanted.among.values))
    return found


def _date(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
