"""Counting statements: what goes to the database within a block, a statement run for many rows at once counted as one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from tortoise import connections
from tortoise.transactions import in_transaction

_inside: ContextVar[bool] = ContextVar("inside", default=False)
METHODS = ("execute_insert", "execute_many", "execute_query", "execute_query_dict")


async def _kinds() -> set[type]:
    plain = {type(connections.get("default")), type(connections.get("reading"))}
    async with in_transaction("default") as transaction:
        return plain | {type(transaction)}


@contextmanager
def _patched(kinds: set[type], seen: list[str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for kind in kinds:
            for name in METHODS:
                patch.setattr(kind, name, _counted(getattr(kind, name), seen))
        yield


def _counted(plain: Any, seen: list[str]) -> Any:
    async def counted(self: Any, query: str, *values: Any) -> Any:
        if _inside.get():
            return await plain(self, query, *values)
        seen.append(query)
        held = _inside.set(True)
        try:
            return await plain(self, query, *values)
        finally:
            _inside.reset(held)

    return counted


class Statements:
    """`async with Statements() as seen:` — the statements of the block, begin and commit left out."""

    async def __aenter__(self) -> list[str]:
        self.seen: list[str] = []
        self.block = _patched(await _kinds(), self.seen)
        self.block.__enter__()
        return self.seen

    async def __aexit__(self, *fault: Any) -> None:
        self.block.__exit__(*fault)
