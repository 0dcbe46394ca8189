"""`council restore`: a backup put into an empty data folder, and checked before anybody relies on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[Path, typer.Argument(help="What `council backup` wrote.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check whether the backup is whole.")] = False,
) -> None:
    """Put a backup in place (exit 1 where something is there already) and verify journal, votes and papers (exit 4 where they differ)."""
    import asyncio
    import sys

    from council import backups, i18n
    from council.i18n import gettext as _
    from council.refusals import Refusal
    from council.settings import settings

    i18n.compile_catalogues()
    try:
        with backups.opened(file, settings()) as (folder, manifest):
            typer.echo(str(backups.said(manifest)))
            if dry_run:
                typer.echo(_("The backup is whole."))
                return
            backups.restore(folder, manifest, settings())
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(1)
    sys.exit(asyncio.run(_verify()))


async def _verify() -> int:
    """Journal, votes and archive of what was restored, after bringing the database to the newest shape."""
    from council import db
    from council.cli.verify import entries
    from council.i18n import gettext as _
    from council.partnership import verification
    from council.workshop import pdf

    await db.migrate()
    async with db.connected():
        held, files = await entries({}), await verification.faults()
    await pdf.shutdown()
    for name, fault in files:
        typer.echo(f"{name}: {fault}", err=True)
    if held or files:
        return 4
    typer.echo(_("Restored. Journal, votes and papers are as they were recorded."))
    return 0
