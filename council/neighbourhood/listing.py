"""Finding standing records within reach: what an officer may list, searched, filtered, one part after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from council import clock
from council.neighbourhood.offices import Standing
from council.neighbourhood.places import Place
from council.rules.powers import POWERS

SIZE = 30
NOTHING = Q(id=0)


@dataclass(frozen=True)
class Part:
    """Some rows of a list, and the key after which the next part begins ("" at the end)."""

    rows: list[Any]
    after: str = ""


def reach(held: Standing, act: str) -> tuple[str, ...]:
    """The paths within which these offices allow `act`, none inside another."""
    paths = {path for code, path, _ in held.holds if code in POWERS[act].offices}
    return tuple(sorted(path for path in paths if not any(path != other and path.startswith(other) for other in paths)))


def within(held: Standing, act: str, column: str = "place__path") -> Q:
    """The condition that a record lies within reach of `act`."""
    found = [Q(**{f"{column}__startswith": path}) for path in reach(held, act)]
    return Q(*found, join_type="OR") if found else NOTHING


def in_force() -> Q:
    """Neither ended nor ending today or earlier."""
    return Q(last_day=None) | Q(last_day__gt=clock.today())


def matching(q: str, columns: Sequence[str]) -> Q:
    """Every word of `q` stands in one of the columns; letters find the first letters of pinyin in `name_key`."""
    found = Q()
    for word in q.split()[:5]:
        found &= Q(*[Q(**{f"{column}__contains": word.lower() if column == "name_key" else word}) for column in columns], join_type="OR")
    return found


async def part(query: QuerySet[Any], after: str = "", key: str = "") -> Part:
    """The next rows after a key, by id, or by `key` and id. The query stands on an index, nothing is counted."""
    first, _, number = after.rpartition("~")
    last = int(number) if number.isdecimal() and len(number) < 10 else 0
    if key:
        if last:
            query = query.filter(Q(**{f"{key}__gt": first}) | (Q(**{key: first}) & Q(id__gt=last)))
        rows = await query.order_by(key, "id").limit(SIZE + 1)
    else:
        rows = await query.filter(id__gt=last).order_by("id").limit(SIZE + 1)
    end = rows[SIZE - 1] if len(rows) > SIZE else None
    return Part(rows[:SIZE], f"{getattr(end, key) if key else ''}~{end.id}" if end else "")


async def places_within(held: Standing, act: str, level: str | None = None) -> list[Place]:
    """The places where `act` is allowed, as a tree read from above: each before what lies inside it."""
    query = Place.filter(within(held, act, "path"), in_force())
    return await (query.filter(level=level) if level else query).order_by("path", "id")


def options(records: Sequence[Model], indent: str = "") -> list[tuple[str, str]]:
    """(id, name) pairs for a list to choose from; a place is set in under what it lies in."""
    shallow = min((str(getattr(r, "path", "")).count("/") for r in records), default=0)
    return [(str(r.pk), indent * (str(getattr(r, "path", "")).count("/") - shallow) + str(r)) for r in records]
