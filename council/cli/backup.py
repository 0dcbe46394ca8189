"""`council backup`: everything the neighbourhood keeps in one file, while people go on working."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backup(to: Annotated[Path, typer.Option(help="A folder, or the name of the file.")] = Path()) -> None:
    """Copy the database, photos, papers, the signing authority and the server's secret into one file."""
    import shlex
    import sys

    from council import backups, clock, i18n
    from council.i18n import gettext as _
    from council.refusals import Refusal
    from council.settings import settings

    i18n.compile_catalogues()
    at = clock.now()
    target = to / backups.name(at) if to.is_dir() else to
    try:
        if target.exists():
            raise Refusal("%(path)s is there already.", path=str(target))
        manifest = backups.make(settings(), target, at=at)
    except (Refusal, OSError) as fault:
        typer.echo(str(fault), err=True)
        sys.exit(1)
    typer.echo(target)
    typer.echo(str(backups.said(manifest)))
    typer.echo(_("Keep it like a key: whoever has it has everything. To restore it into an empty folder:"))
    typer.echo(f"  COUNCIL_DATA=… council restore {shlex.quote(str(target))}")
