"""Tortoise's SQLite engine with writes that queue instead of failing, and readers that never wait for them.

The stock engine begins transactions deferred: a read that turns into a write fails at once with "database is locked", whatever the
busy time-out. Ours begins them immediate. Pages read over a `query_only` client of their own, which answers short questions in place: handing
one to another thread and back costs six times what it takes to answer it. Once a transaction has begun it waits for nobody: its short questions
and the rows it puts in one by one are done in place too; committing, which waits for the disk, is not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import aiosqlite
from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper, translate_exceptions
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError, TransactionManagementError

AT_ONCE = 0.002  # seconds a question may take in place
STEPS = 1000  # of SQLite's machine between two looks at the clock: some tens of microseconds
FEW = 40  # values of one row or two
PATIENCE = 10_000  # milliseconds that a transaction waits for another program's to end


def _in_utc(moment: datetime) -> str:
    """SQLite keeps moments as text and compares them as text: written in another zone, one would be due hours late."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(" ")


sqlite3.register_adapter(datetime, _in_utc)  # in place of Tortoise's, which keeps the zone it was given


class ImmediateSqliteClient(SqliteClient):
    """One connection, one thread. Durable: an acknowledged act is on the disk."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        self.pragmas.setdefault("synchronous", "FULL")
        self.pragmas["busy_timeout"] = PATIENCE
        self.pragmas.setdefault("secure_delete", "ON")

    async def create_connection(self, with_db: bool) -> None:
        """Like the stock one, but a transaction may use the connection from the event loop too."""
        if self._connection is None:
            self._connection = await aiosqlite.connect(self.filename, isolation_level=None, check_same_thread=False)
            self._connection._conn.row_factory = sqlite3.Row
            for name, value in self.pragmas.items():
                await (await self._connection.execute(f"PRAGMA {name}={value}")).close()

    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(_ImmediateTransaction(self), self._lock)


def _named(found: sqlite3.Cursor) -> list[dict[str, Any]]:
    """The rows, the names of their columns read once for all: the library's own rows look each name up anew, from the first on."""
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found]


def _one_row(query: str, values: Sequence[Any]) -> bool:
    """Does it put in a row or two, or change one by its number?"""
    if query.startswith("INSERT"):
        return len(values) <= FEW and "SELECT" not in query
    return query.startswith("UPDATE") and query.endswith(('WHERE "id"=?', "WHERE id = ?"))


class _ImmediateTransaction(SqliteTransactionWrapper):
    def _begun(self) -> bool:
        """Begun at once, as long as nobody outside this process is writing."""
        near = self._connection._conn
        near.execute("PRAGMA busy_timeout=0")
        try:
            near.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            near.execute(f"PRAGMA busy_timeout={PATIENCE}")
        return True

    def _at_once(self, query: str, values: Sequence[Any]) -> tuple[int, list[dict[str, Any]]] | None:
        """How many rows it touched, and the rows; None for what may take long. A question that does take long is given up and asked anew."""
        if _one_row(query, values):
            cursor = self._connection._conn.execute(query, values)
            rows = _named(cursor)
            return cursor.rowcount, rows
        return self._asked(query, values) if query.startswith("SELECT") else None

    def _asked(self, query: str, values: Sequence[Any]) -> tuple[int, list[dict[str, Any]]] | None:
        near, until = self._connection._conn, perf_counter() + AT_ONCE
        near.set_progress_handler(lambda: perf_counter() > until, STEPS)
        try:
            rows = _named(near.execute(query, values))
        except sqlite3.Error:
            return None
        finally:
            near.set_progress_handler(None, 0)
        return len(rows), rows

    @translate_exceptions
    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[dict[str, Any]]]:
        async with self._lock:
            done = self._at_once(query, values or ())
        return await super().execute_query(query, values) if done is None else done

    @translate_exceptions
    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        async with self._lock:
            done = self._at_once(query, values or ())
        return await super().execute_query_dict(query, values) if done is None else done[1]

    @translate_exceptions
    async def execute_insert(self, query: str, values: list[Any]) -> int:
        async with self._lock:
            return self._connection._conn.execute(query, values).lastrowid or 0

    async def begin(self) -> None:
        try:
            if not self._begun():
                await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as fault:
            raise TransactionManagementError(fault) from fault

    async def commit(self) -> None:
        """A commit that fails (the disk is full) leaves no transaction behind, and is told as every other refusal of the database."""
        try:
            await super().commit()
        except sqlite3.OperationalError as fault:
            await self.rollback()
            raise OperationalError(fault) from fault


class _ImmediateContext(SqliteTransactionContext):
    async def __aenter__(self) -> Any:
        """Like the stock one, but a failing BEGIN gives the lock back instead of keeping it for ever."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self.token = get_connections().set(self.connection_name, self.connection)
            try:
                await self.connection.begin()
            except BaseException:
                get_connections().reset(self.token)
                raise
        except BaseException:
            self._trxlock.release()
            raise
        return self.connection


class ReadingSqliteClient(ImmediateSqliteClient):
    """Reads only. What takes longer than `AT_ONCE`, or finds the file locked, is asked again in the thread, so that no page holds up another."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        self.pragmas["query_only"] = "ON"
        self._near: sqlite3.Connection | None = None
        self._until = 0.0

    async def create_connection(self, with_db: bool) -> None:
        await super().create_connection(with_db)
        # Whoever uses it is the one event loop of the moment; a second thread would be a second loop.
        self._near = sqlite3.connect(self.filename, isolation_level=None, check_same_thread=False, timeout=0, cached_statements=512)
        self._near.execute("PRAGMA query_only=ON")
        self._near.set_progress_handler(self._late, STEPS)

    async def close(self) -> None:
        near, self._near = self._near, None
        if near is not None:
            near.close()
        await super().close()

    def _late(self) -> bool:
        return perf_counter() > self._until

    def _at_once(self, query: str, values: list[Any] | None) -> list[dict[str, Any]] | None:
        """The rows, or None where the thread must be asked: it also says what is wrong with a question."""
        if self._near is None:
            return None
        self._until = perf_counter() + AT_ONCE
        try:
            return _named(self._near.execute(query, values or ()))
        except sqlite3.Error:
            return None

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Sequence[dict[str, Any]]]:
        rows = self._at_once(query, values)
        return await super().execute_query(query, values) if rows is None else (len(rows), rows)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        rows = self._at_once(query, values)
        return await super().execute_query_dict(query, values) if rows is None else rows


def get_client_class(settings: dict[str, Any]) -> type[ImmediateSqliteClient]:
    """What the ORM asks of an engine: pages read with one client, verbs write with the other."""
    return ReadingSqliteClient if settings["credentials"].get("reader") else ImmediateSqliteClient
