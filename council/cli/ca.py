"""`council ca`: the register of certificates behind the signatures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The register of certificates behind the signatures: init, issue, revoke, crl.")


@app.command()
def init() -> None:
    """Make the root and the issuing certificate, or say what is there. Take the root key to a stick in a drawer afterwards."""
    import asyncio

    from council import db
    from council.i18n import gettext as _
    from council.partnership import certificates
    from council.workshop import authority

    async def made() -> bytes:
        async with db.connected():
            return (await certificates.register()).root

    root = asyncio.run(made())
    typer.echo(_("SHA-256 fingerprint of the root certificate:"))
    typer.echo(authority.fingerprint(root))
    if key := certificates.root_key():
        typer.echo(_("Take this file to a stick in a drawer and delete it here; signing goes on without it:"))
        typer.echo(str(key))


@app.command()
def issue(
    public_key: Annotated[Path, typer.Argument(help="The public key of a unit, PEM.")],
    secretary: Annotated[str, typer.Option(help="Who signs.")],
    organisation: Annotated[str, typer.Option(help="For which organisation.")],
) -> None:
    """A certificate of fifteen years for a key a unit has made itself; printed as PEM."""
    import asyncio

    from cryptography.hazmat.primitives import serialization

    from council import db
    from council.partnership import certificates

    async def made() -> bytes:
        key = serialization.load_pem_public_key(await asyncio.to_thread(public_key.read_bytes))
        spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        async with db.connected():
            return await certificates.issue(secretary, organisation, spki)

    typer.echo(asyncio.run(made()).decode(), nl=False)


@app.command()
def revoke(
    serial: Annotated[str, typer.Argument(help="The number of the certificate, whole or the eight signs of the mark (3F2A-91C4).")],
    why: Annotated[str, typer.Option(help="The reason, for the audit page.")],
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="From when on: 2026-11-20T18:00.")] = None,
) -> None:
    """From now on, or from the moment it was stolen, this certificate signs nothing; what it signed before stays good."""
    import asyncio
    import sys

    from council import clock, db
    from council.partnership import keys

    async def done() -> int:
        async with db.connected():
            found = await keys.with_number(serial)
            if len(found) != 1:
                typer.echo(f"{serial}: {len(found)}", err=True)
                return 2
            await keys.revoke(found[0], why, by=None, since=since.replace(tzinfo=clock.ZONE) if since else None)
            return 0

    sys.exit(asyncio.run(done()))


@app.command()
def crl(out: Annotated[Path | None, typer.Option(help="Write the list here instead of printing it.")] = None) -> None:
    """The signed list of dated revocations, PEM, good for thirty days."""
    import asyncio

    from council import db
    from council.partnership import certificates

    async def made() -> bytes:
        async with db.connected():
            return await certificates.revocation_list()

    listed = asyncio.run(made())
    if out is None:
        typer.echo(listed.decode(), nl=False)
    else:
        out.write_bytes(listed)
