"""Tortoise's SQLite engine with writes that queue instead of failing, and readers that never wait for them.

The stock engine begins transactions deferred: a read that turns into a write fails at once with "database is locked", whatever the
busy time-out. Ours begins them immediate. `query_only` connections serve the pages.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


class ImmediateSqliteClient(SqliteClient):
    """One connection, one thread. Durable: an acknowledged act is on the disk."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        reader = kwargs.pop("reader", False)
        super().__init__(file_path, **kwargs)
        self.pragmas.setdefault("synchronous", "FULL")
        self.pragmas.setdefault("busy_timeout", 10_000)
        self.pragmas.setdefault("secure_delete", "ON")
        if reader:
            self.pragmas["query_only"] = "ON"

    def _in_transaction(self) -> TransactionContext:
        return _ImmediateContext(_ImmediateTransaction(self), self._lock)


class _ImmediateTransaction(SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as fault:
            raise TransactionManagementError(fault) from fault


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


client_class = ImmediateSqliteClient
