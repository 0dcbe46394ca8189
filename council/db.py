"""Connections, the router that keeps pages from waiting behind writes, and migrations."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from tortoise import Tortoise, fields, models
from tortoise.context import TortoiseContext, require_context

from council.settings import Settings, settings

# At every start the ORM would read the source of each record for "#:" comments on columns: a quarter of the start. We write none.
models._get_comments = lambda cls: {}

# Every module that holds records, floor by floor.
RECORDS = (
    "council.neighbourhood.numbering",
    "council.neighbourhood.journal",
    "council.neighbourhood.treelog",
    "council.neighbourhood.places",
    "council.neighbourhood.organisations",
    "council.neighbourhood.households",
    "council.neighbourhood.people",
    "council.neighbourhood.offices",
    "council.neighbourhood.credentials",
    "council.neighbourhood.registers",
    "council.proceedings.matters",
    "council.proceedings.photos",
    "council.proceedings.uploads",
    "council.proceedings.handoffs",
    "council.proceedings.reporting",
    "council.proceedings.triage",
    "council.proceedings.meetings",
    "council.proceedings.series", "council.proceedings.times", "council.proceedings.petitions", "council.proceedings.chains",
    "council.proceedings.invitations",
    "council.proceedings.roll",
    "council.proceedings.agenda",
    "council.proceedings.documents",
    "council.proceedings.orders",
    "council.proceedings.opinions",
    "council.proceedings.speakers",
    "council.proceedings.points",
    "council.proceedings.proposals",
    "council.proceedings.votes",
    "council.proceedings.ballots",
    "council.proceedings.proxies",
    "council.proceedings.custodians",
    "council.proceedings.rollobjections",
    "council.proceedings.resolutions", "council.proceedings.paperrecords",
    "council.proceedings.tasks",
    "council.proceedings.evaluations",
    "council.proceedings.referrals",
    "council.proceedings.withdrawals",
    "council.proceedings.consultations", "council.proceedings.wordings", "council.proceedings.asking", "council.proceedings.contributions",
    "council.proceedings.statements", "council.proceedings.moderation", "council.proceedings.recordings", "council.proceedings.headings",
    "council.proceedings.draws",
    "council.partnership.needs", "council.partnership.resources", "council.partnership.projects", "council.partnership.claims",
    "council.partnership.venues", "council.partnership.advances", "council.partnership.agreements", "council.partnership.signatures",
    "council.partnership.editions", "council.partnership.skeletons", "council.partnership.papercopies", "council.partnership.sealpictures",
    "council.partnership.leaving", "council.partnership.appraisals", "council.partnership.bundles", "council.partnership.sittings",
    "council.secretariat.feeds", "council.secretariat.minutes", "council.secretariat.approvals", "council.secretariat.remonstrances",
    "council.secretariat.maps", "council.secretariat.tellings", "council.secretariat.postings",
    "council.secretariat.inbox",
    "council.secretariat.papers", "council.secretariat.search", "council.secretariat.jobs",
)
MIGRATION_LOCK = 0x636F756E  # "coun"


def belongs(to: str, *, null: bool = False) -> Any:
    """A reference to another record: named, never cascading, without a reverse name that a lower floor could use."""
    options: dict[str, Any] = {"related_name": False, "on_delete": fields.RESTRICT, "null": null}
    return fields.ForeignKeyField(f"council.{to}", **options)


writing_now: ContextVar[bool] = ContextVar("writing_now", default=False)


class Router:
    """Pages read over their own connection; within `journal.writing()` all goes to the writing one, so that a verb sees what it wrote."""

    def db_for_read(self, model: type) -> str:
        return "default" if writing_now.get() else "reading"

    def db_for_write(self, model: type) -> str:
        return "default"


def config(database: str) -> dict[str, Any]:
    """The ORM's configuration for a database address."""
    scheme, _, rest = database.partition("://")
    connections: dict[str, Any]
    if scheme == "sqlite":
        engine = {"engine": "council.sqlite", "credentials": {"file_path": rest}}
        connections = {"default": engine, "reading": {**engine, "credentials": {"file_path": rest, "reader": True}}}
    else:
        address = database.replace("postgresql://", "asyncpg://").replace("postgres://", "asyncpg://")
        connections = {"default": address, "reading": address}
    return {
        "connections": connections,
        "apps": {"council": {"models": list(RECORDS), "default_connection": "default", "migrations": _migrations()}},
        "routers": [Router],
        "use_tz": True,
        "timezone": "UTC",
    }


def _migrations() -> str:
    """The checkout's `migrations/`, or the copy inside an installed wheel."""
    return "migrations" if (Path(__file__).resolve().parent.parent / "migrations").is_dir() else "council._migrations"


@contextlib.asynccontextmanager
async def connected(database: str | None = None) -> AsyncIterator[TortoiseContext]:
    """Records can be used within the block, also by tasks started elsewhere in the process."""
    context = await Tortoise.init(config=config(database or settings().database), _enable_global_fallback=True)
    try:
        yield context
    finally:
        await Tortoise.close_connections()


async def migrate(given: Settings | None = None) -> list[str]:
    """Bring the database to the newest shape; what was applied. SQLite: a copy is kept, foreign keys off meanwhile."""
    ours = given or settings()
    if (file := ours.sqlite) is not None:
        return await _migrate_sqlite(file, ours.database)
    async with _advisory_lock(ours.database):
        return await _apply(ours.database, {})


async def _migrate_sqlite(file: Path, database: str) -> list[str]:
    if not await pending(database):
        return []
    if file.exists() and file.stat().st_size:
        _copy(file, file.with_suffix(".before-migration.sqlite"))
    # A remade table is dropped on the way: with foreign keys on, its children would go with it.
    applied = await _apply(database, {"foreign_keys": "OFF"})
    with contextlib.closing(sqlite3.connect(file)) as check:
        broken = check.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"rows without their parent after migration: {broken[:3]}")
    return applied


def _copy(file: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(file)) as source:
        source.execute("VACUUM INTO ?", (str(target),))


async def _apply(database: str, pragmas: dict[str, str]) -> list[str]:
    from council.groundwork import apply, laid_quickly  # loads the whole migrator

    shape = config(database)
    if pragmas:
        shape["connections"]["default"]["credentials"] |= pragmas
    waiting = await pending(database)
    if waiting:
        try:
            with laid_quickly():
                await apply(config=shape)
        finally:
            await Tortoise.close_connections()
    return waiting


async def pending(database: str) -> list[str]:
    """Names of the migrations this database has not seen."""
    names = sorted(p.stem for p in _folder().glob("[0-9]*.py"))
    seen = await _seen(database)
    return [name for name in names if name not in seen]


def _folder() -> Path:
    here = Path(__file__).resolve().parent
    return here.parent / "migrations" if (here.parent / "migrations").is_dir() else here / "_migrations"


async def _seen(database: str) -> set[str]:
    scheme, _, rest = database.partition("://")
    if scheme == "sqlite":
        if not Path(rest).exists():
            return set()
        with contextlib.closing(sqlite3.connect(rest)) as connection, contextlib.suppress(sqlite3.OperationalError):
            return {row[0] for row in connection.execute("SELECT name FROM tortoise_migrations")}
        return set()
    import asyncpg

    connection = await asyncpg.connect(_plain(database))
    try:
        if await connection.fetchval("SELECT to_regclass('tortoise_migrations')") is None:
            return set()
        return {row["name"] for row in await connection.fetch("SELECT name FROM tortoise_migrations")}
    finally:
        await connection.close()


def _plain(database: str) -> str:
    return database.replace("asyncpg://", "postgresql://", 1).replace("postgres://", "postgresql://", 1)


@contextlib.asynccontextmanager
async def _advisory_lock(database: str) -> AsyncIterator[None]:
    """Two processes that migrate at once wait for each other."""
    import asyncpg

    connection = await asyncpg.connect(_plain(database))
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await connection.close()


async def sql(statement: str, *values: Any) -> list[dict[str, Any]]:
    """Run one statement with `?` placeholders on the connection of the moment; the rows it returns as dicts."""
    connection: Any = require_context().connections.get("default" if writing_now.get() else "reading")
    if connection.capabilities.dialect == "postgres":
        parts = statement.split("?")
        statement = parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], 1))
    rows: list[dict[str, Any]] = await connection.execute_query_dict(statement, list(values))
    return rows


async def sql_many(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement for every row of values, within `writing()`, in one go."""
    connection: Any = require_context().connections.get("default")
    if connection.capabilities.dialect == "postgres":
        parts = statement.split("?")
        statement = parts[0] + "".join(f"${n}{part}" for n, part in enumerate(parts[1:], 1))
    await connection.execute_many(statement, rows)


def slots(rows: int, columns: int) -> str:
    """(?, ?), (?, ?): the values of so many rows."""
    return ", ".join([f"({', '.join('?' * columns)})"] * rows)


TORTOISE_ORM = config("sqlite://:memory:")
