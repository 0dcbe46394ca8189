"""`council recount FILE`: count a published result again. Exit 4 when it does not come out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def recount(
    file: Annotated[Path, typer.Argument(help="A result file, as published on the page of the vote.")],
    language: Annotated[str, typer.Option(help="zh_Hans_CN or en.")] = "zh_Hans_CN",
) -> None:
    """Count a published result again: papers, method, rule."""
    import json
    import sys

    from council import i18n
    from council.proceedings.publishing import misfits

    i18n.compile_catalogues()
    with i18n.speaking(language):
        try:
            found = misfits(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as unread:
            typer.echo(f"{file}: {unread}", err=True)
            sys.exit(2)
        for sentence in found or [i18n.Phrase("The papers come to what was published.")]:
            typer.echo(str(sentence))
        sys.exit(4 if found else 0)
