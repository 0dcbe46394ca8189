"""`council serve`: one process, the address printed."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 8000,
    lan: Annotated[bool, typer.Option(help="Listen on all addresses of this machine.")] = False,
    tls_cert: Annotated[str, typer.Option(help="Certificate file for https.")] = "",
    tls_key: Annotated[str, typer.Option(help="Key file for https.")] = "",
) -> None:
    """Serve the neighbourhood in a browser."""
    import asyncio
    import gc
    import sys

    # While everything is loaded nothing is thrown away; the lifespan switches the collector on.
    gc.disable()
    from council import db
    from council.cli import ready
    from council.settings import settings

    listening = "0.0.0.0" if lan else host  # noqa: S104 - asked for by --lan
    ready.to_open(listening, port, tls_cert, tls_key)
    asyncio.run(ready.database())
    waiting = asyncio.run(db.pending(settings().database))
    if waiting:
        typer.echo(f"数据库需要更新，请先运行 council migrate。 The database is behind: run council migrate ({', '.join(waiting)}).", err=True)
        sys.exit(3)
    run(host=listening, port=port, tls_cert=tls_cert, tls_key=tls_key)


def run(*, host: str, port: int, tls_cert: str, tls_key: str) -> None:
    """One process until it is told to stop. A live room needs an open file for each seat: the limit is raised as far as allowed."""
    import gc
    import resource

    import uvicorn

    gc.disable()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    uvicorn.run(
        "council.app:application", factory=True, host=host, port=port, http="council.cli.connections:Lending",
        ssl_certfile=tls_cert or None, ssl_keyfile=tls_key or None,
        timeout_graceful_shutdown=3, access_log=False, log_level="warning", server_header=False,
    )  # fmt: skip
