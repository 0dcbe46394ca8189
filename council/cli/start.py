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

    from council import db, i18n
    from council.cli import announce
    from council.cli.serve import serve
    from council.settings import settings

    i18n.compile_catalogues()
    asyncio.run(db.migrate())
    scheme = "https" if tls_cert else "http"
    where = announce.Where(scheme, announce.lan_address() if lan else host, port)
    if asyncio.run(announce.is_new()):
        asyncio.run(announce.found_own(where) if empty else announce.plant_demo(where))
    else:
        asyncio.run(announce.links(where))
    announce.address(where, lan=lan, data=str(settings().data))
    serve(host=host, port=port, lan=lan, tls_cert=tls_cert, tls_key=tls_key)
