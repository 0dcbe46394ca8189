"""`council demo`: plants the demonstration neighbourhood in an empty database, through the same verbs as the routes use."""

from __future__ import annotations

HERE = "http://127.0.0.1:8000"  # where `council serve` answers unless it is told otherwise


def demo() -> None:
    """Plant the demonstration neighbourhood; refused where there is a neighbourhood already."""
    import asyncio
    import sys

    import typer

    from council import db, i18n
    from council.refusals import Refusal
    from council.settings import settings

    async def run() -> None:
        from council.secretariat import demo_agreement
        from council.secretariat.demo import plant

        await db.migrate()
        async with db.connected():
            await plant()
            await demo_agreement.later(settings().origin or HERE)

    i18n.compile_catalogues()
    try:
        asyncio.run(run())
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(1)
