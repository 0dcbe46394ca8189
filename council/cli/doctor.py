"""`council doctor`: what is missing on this machine, and the command that mends it."""

from __future__ import annotations

from typing import Annotated

import typer


def doctor(json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Look at everything the council needs. Exit 1 when something does not work."""
    import asyncio
    import sys
    from json import dumps

    from council.cli.health import look

    words = {"ok": "OK  ", "note": "注意", "failed": "失败"}
    found = asyncio.run(look())
    for one in found:
        mend = f"  → {one.mend}" if one.mend else ""
        row = {"check": one.check, "state": one.state, "said": one.said, "mend": one.mend}
        typer.echo(dumps(row, ensure_ascii=False) if json else f"{words[one.state]}  {one.check}：{one.said}{mend}")
    sys.exit(1 if any(one.state == "failed" for one in found) else 0)
