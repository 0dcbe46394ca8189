"""Creates tables at the speed of the database. The migrator copies all it knows of the shape before every step and prepares questions to
every record after it; a step that creates a table uses neither, and with a hundred tables that was nine tenths of a first start."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tortoise.migrations.api.migrate import migrate as apply
from tortoise.migrations.migration import Migration
from tortoise.migrations.operations import CreateModel
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

__all__ = ["apply", "laid_quickly"]

_general = Migration.apply


@contextlib.contextmanager
def _unasked(state: State) -> Iterator[None]:
    """The questions to the records are prepared once, at the end."""
    vars(state.apps)["_build_initial_querysets"] = lambda: None
    try:
        yield
    finally:
        del vars(state.apps)["_build_initial_querysets"]
    state.apps._build_initial_querysets()


async def _apply(migration: Migration, state: State, *, schema_editor: BaseSchemaEditor | None = None, **options: Any) -> State:
    """One migration; the migrator's own way unless it creates tables and nothing else."""
    if schema_editor is None or any(options.values()) or not all(isinstance(step, CreateModel) for step in migration.operations):
        return await _general(migration, state, schema_editor=schema_editor, **options)
    with _unasked(state):
        for step in migration.operations:
            step.state_forward(migration.app_label, state)
            await step.database_forward(migration.app_label, state, state, schema_editor)
    state.validate_relations_initialized()
    return state


@contextlib.contextmanager
def laid_quickly() -> Iterator[None]:
    """Migrations applied within the block create their tables without the copies."""
    Migration.apply = _apply  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Migration.apply = _general  # type: ignore[method-assign]
