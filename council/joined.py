"""A record together with the records it belongs to, by one constant statement.

The ORM writes such a statement anew each time it is asked, which takes longer than the database does to answer it: what a whole hall asks for within
minutes is written once and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, TypeVar

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import sql

M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]


async def fetch(record: type[M], where: str, *values: Any, along: tuple[str, ...] = ()) -> M | None:
    """The first record for which `where` holds."""
    found = await fetch_all(record, f"{where} LIMIT 1", *values, along=along)
    return found[0] if found else None


async def fetch_all(record: type[M], where: str, *values: Any, along: tuple[str, ...] = ()) -> list[M]:
    """The records for which `where` holds (columns as t.name, those of the first path as t1.name, values as ?), each with what it belongs to
    `along` these paths: "meeting", "meeting.place". A path comes after the one it goes through."""
    rows = await sql(f"{_selected(record, along)} WHERE {where}", *values)
    return [_joined(record, along, row) for row in rows]


def _joined(record: type[M], along: tuple[str, ...], row: dict[str, Any]) -> M:
    made: dict[str, Any] = {}
    for place, (path, kind) in enumerate(_records(record, along)):
        made[path] = _made(kind, row, f"t{place}_")
        parent, _, name = path.rpartition(".")
        if path and made[parent] is not None:
            setattr(made[parent], name, made[path])
    found: M = made[""]
    return found


@cache
def _records(record: type[Model], along: tuple[str, ...]) -> list[tuple[str, type[Model]]]:
    found: dict[str, type[Model]] = {"": record}
    for path in along:
        parent, _, name = path.rpartition(".")
        found[path] = found[parent]._meta.fields_map[name].related_model  # type: ignore[attr-defined]
    return list(found.items())


@cache
def _selected(record: type[Model], along: tuple[str, ...]) -> str:
    names = {path: f"t{place}" if path else "t" for place, (path, _) in enumerate(_records(record, along))}
    columns = [
        f'{names[path]}."{column}" AS "t{place}_{column}"'
        for place, (path, kind) in enumerate(_records(record, along)) for column in kind._meta.fields_db_projection.values()
    ]  # fmt: skip
    joins = [
        f'LEFT JOIN "{kind._meta.db_table}" {names[path]} ON {names[path]}.id = {names[path.rpartition(".")[0]]}.{path.rpartition(".")[2]}_id'
        for path, kind in _records(record, along) if path
    ]  # fmt: skip
    return f'SELECT {", ".join(columns)} FROM "{record._meta.db_table}" t {" ".join(joins)}'  # noqa: S608


def _made(kind: type[Model], row: dict[str, Any], prefix: str) -> Model | None:
    if row[f"{prefix}id"] is None:
        return None
    values = {column: row[prefix + column] for column in kind._meta.fields_db_projection.values()}
    for column, convert in _conversions(kind):
        if isinstance(values[column], str):
            values[column] = convert(values[column])
    return kind._init_from_db(**values)


@cache
def _conversions(kind: type[Model]) -> list[tuple[str, Convert]]:
    """SQLite keeps days and moments as text, and the ORM reads every way of writing one."""
    ways: dict[type, Convert] = {fields.DatetimeField: clock.moment, fields.DateField: date.fromisoformat}
    kinds = {column: type(kind._meta.fields_map[name]) for name, column in kind._meta.fields_db_projection.items()}
    return [(column, ways[each]) for column, each in kinds.items() if each in ways]
