"""`council migrate`: bring the database to the newest shape."""

from __future__ import annotations

from typing import Annotated

import typer


def migrate(check: Annotated[bool, typer.Option(help="Only say whether it is behind (exit 3).")] = False) -> None:
    """Bring the database to the newest shape; on SQLite a copy is kept beside it."""
    import asyncio
    import sys

    from council import db
    from council.settings import settings

    if check:
        waiting = asyncio.run(db.pending(settings().database))
        typer.echo("\n".join(waiting) or "up to date")
        sys.exit(3 if waiting else 0)
    for name in asyncio.run(db.migrate()):
        typer.echo(name)
