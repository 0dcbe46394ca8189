"""What a start says: the address, its QR on a local network, one-time sign-in links for the demo cast or the first officer."""

from __future__ import annotations

import socket
import sys
from dataclasses import dataclass

import typer


@dataclass(frozen=True)
class Where:
    """The address people type."""

    scheme: str
    host: str
    port: int

    def url(self, path: str = "/") -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{path}"


def lan_address() -> str:
    """This machine's address on its network: what the routing table would send from; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


DEMO, OWN = "demo", "own"


async def prepare(where: Where, wanted: str) -> None:
    """Migrate; in a new database plant the demonstration or found a neighbourhood of one's own; print who can sign in and how."""
    from council import db, i18n
    from council.cli import ready
    from council.neighbourhood.places import Place

    i18n.compile_catalogues()
    await ready.database()
    await db.migrate()
    async with db.connected():
        await ready.fits()
        if await Place.exists():
            await links(where)
        elif wanted == OWN:
            await found_own(where)
        else:
            await plant_demo(where)


async def plant_demo(where: Where) -> None:
    from council.secretariat import demo_agreement
    from council.secretariat.demo import plant
    from council.settings import settings

    typer.echo("种入演示社区 Planting the demonstration neighbourhood…", err=True)
    await plant()
    await demo_agreement.later(settings().origin or where.url(""))
    await links(where)


async def found_own(where: Where) -> None:
    """A neighbourhood of one's own: its names, and the first officer's link."""
    from council.neighbourhood.credentials import issue
    from council.neighbourhood.registry import found

    street = _ask("街道名称 Street", "某某街道")
    community = _ask("社区名称 Community", "某某社区")
    name = _ask("您的姓名 Your name", "管理员")
    _, officer = await found(street, community, name)
    typer.echo(f"{name}  {where.url('/sign-in/' + await issue(officer))}")


def _ask(question: str, default: str) -> str:
    return str(typer.prompt(question, default=default)) if sys.stdin.isatty() else default


async def links(where: Where) -> None:
    """One-time links for the demo cast; in a neighbourhood of one's own only how to get one."""
    from council.neighbourhood.credentials import issue
    from council.neighbourhood.journal import writing
    from council.neighbourhood.people import Person
    from council.secretariat.demo_cast import CAST

    people = {person.name: person for person in await Person.filter(name__in=list(CAST), demo=True)}
    if not people:
        typer.echo("  新的登录链接 A new sign-in link:  bin/council user link 姓名 NAME")
    async with writing():
        for name in CAST:
            if name in people:
                typer.echo(f"  {CAST[name]}  {name}  {where.url('/sign-in/' + await issue(people[name]))}")


def address(where: Where, *, lan: bool, data: str) -> None:
    typer.echo(f"\n  打开 Open  {where.url()}\n  数据 Data  {data}\n")
    if lan:
        import segno

        segno.make(where.url()).terminal(compact=True)
        if where.scheme == "http":
            typer.echo("  未加密连接 Not encrypted: outside the demo passwords and signing are refused. Use --tls-cert and --tls-key.\n")
