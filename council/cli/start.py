"""`council start`: what `bin/serve` runs. Migrates, plants the demo neighbourhood in a new database, prints the addresses, serves."""

from __future__ import annotations

from typing import Annotated

import typer


def start(
    empty: Annotated[bool, typer.Option(help="A new neighbourhood of your own instead of the demo.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 8000,
    lan: Annotated[bool, typer.Option(help="Listen on all addresses of this machine.")] = False,
    tls_cert: Annotated[str, typer.Option(help="Certificate file for https.")] = "",
    tls_key: Annotated[str, typer.Option(help="Key file for https.")] = "",
) -> None:
    """Set up on the first run, then serve."""
    import asyncio

    from council.cli import announce, ready
    from council.cli.serve import run
    from council.settings import settings

    listening = "0.0.0.0" if lan else host  # noqa: S104 - asked for by --lan
    ready.to_open(listening, port, tls_cert, tls_key)
    where = announce.Where("https" if tls_cert else "http", announce.lan_address() if lan else host, port)
    asyncio.run(announce.prepare(where, announce.OWN if empty else announce.DEMO))
    announce.address(where, lan=lan, data=str(settings().data))
    run(host=listening, port=port, tls_cert=tls_cert, tls_key=tls_key)
