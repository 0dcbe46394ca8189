"""`council user`: who may sign in, from the console of the machine. It prints one-time links, never passwords."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from council.neighbourhood.people import Person

app = typer.Typer(no_args_is_help=True, help="Who may sign in: create, link, list, disable.")


def _run(work: Callable[[], Awaitable[Any]]) -> Any:
    """Run within the database; a refusal is printed and exits 1, an empty database 3."""
    import asyncio
    import sys

    from council import db
    from council.neighbourhood.places import Place
    from council.refusals import Refusal
    from council.settings import settings

    async def within() -> Any:
        if await db.pending(settings().database):
            raise Refusal("The database is behind: run council migrate.", status=503)
        async with db.connected():
            if not await Place.exists():
                raise Refusal("There is no neighbourhood yet: run bin/serve --empty first.", status=503)
            return await work()

    try:
        return asyncio.run(within())
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        sys.exit(3 if refusal.status == 503 else 1)


async def _operator() -> Person:
    """Acts at the console are the operator's: whoever holds that office, longest first."""
    from council.neighbourhood.listing import in_force
    from council.neighbourhood.offices import Office
    from council.refusals import Refusal

    office = await Office.filter(in_force(), code="operator").order_by("id").prefetch_related("person").first()
    if office is None:
        raise Refusal("Nobody holds the office of operator.")
    return office.person


async def _named(name: str) -> Person:
    """The one person with this name or number."""
    from council.neighbourhood.listing import in_force
    from council.neighbourhood.people import Person
    from council.refusals import Refusal

    numbered = name.isascii() and name.isdecimal() and len(name) < 10
    query = Person.filter(in_force(), id=int(name)) if numbered else Person.filter(in_force(), name=name[:50])
    found = await query.order_by("id").prefetch_related("place")
    if not found:
        raise Refusal("Nobody here has the name or number %(name)s.", name=name)
    if len(found) != 1:
        numbers = "、".join(f"{p.id} {p.place}" for p in found[:20])
        raise Refusal("%(n)s people are called %(name)s. Give the number instead: %(numbers)s", n=len(found), name=name, numbers=numbers)
    return found[0]


def _print(name: str, token: str, base: str) -> None:
    """The link on stdout, its QR on a terminal."""
    import sys

    import segno

    from council.settings import settings

    address = f"{settings().origin or base}/sign-in/{token}"
    typer.echo(f"{name}  {address}")
    if sys.stdout.isatty():
        segno.make(address).terminal(compact=True)


Base = Annotated[str, typer.Option(help="The address people type, where COUNCIL_ORIGIN is not set.")]
HERE = "http://127.0.0.1:8000"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    office: Annotated[str, typer.Option(help="secretary, clerk, grid_worker, operator …")] = "",
    place: Annotated[str, typer.Option(help="Name of the place; the community if there is one.")] = "",
    organisation: Annotated[str, typer.Option(help="For secretaries: name of the Party organisation.")] = "",
    phone: Annotated[str, typer.Option(help="Mobile number.")] = "",
    base: Base = HERE,
) -> None:
    """Enter a person, perhaps with an office, and print a one-time sign-in link."""
    _run(lambda: _create(name, office, place, organisation, phone, base))


async def _create(name: str, office: str, place: str, organisation: str, phone: str, base: str) -> None:
    from council import text
    from council.neighbourhood.credentials import issue
    from council.neighbourhood.journal import writing
    from council.neighbourhood.organisations import PartyOrganisation
    from council.neighbourhood.registry import add_person, grant
    from council.refusals import Refusal

    by, where = await _operator(), await _place(place)
    led = await PartyOrganisation.filter(name=organisation, last_day=None).first() if organisation else None
    if organisation and led is None:
        raise Refusal("There is no Party organisation called %(name)s.", name=organisation)
    if office in ("secretary", "deputy_secretary") and led is None:
        raise Refusal("Say of which Party organisation.")
    try:
        name, phone = text.line(name), text.phone(phone)
    except text.Wrong as wrong:
        raise Refusal(wrong.phrase.message, **wrong.phrase.values) from None
    async with writing():
        person = await add_person(name, where, by=by, phone=phone)
        if office:
            await grant(person, office, by=by, organisation=led, place=None if led else where)
        token = await issue(person)
    _print(person.name, token, base)


async def _place(name: str) -> Any:
    from council.neighbourhood.listing import in_force
    from council.neighbourhood.places import Place
    from council.refusals import Refusal

    query = Place.filter(in_force(), name=name) if name else Place.filter(in_force(), level="COMMUNITY")
    found = await query.order_by("id")
    if len(found) != 1:
        raise Refusal("%(n)s places fit. Name one with --place.", n=len(found))
    return found[0]


@app.command()
def link(name: Annotated[str, typer.Argument(help="Name or number.")], base: Base = HERE) -> None:
    """Print a new one-time sign-in link, also for somebody who forgot the password."""
    from council.neighbourhood.credentials import issue

    async def work() -> None:
        person = await _named(name)
        _print(person.name, await issue(person), base)

    _run(work)


@app.command(name="list")
def list_(json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """Who holds an office now."""
    from json import dumps

    async def work() -> list[dict[str, Any]]:
        from council.neighbourhood.listing import in_force
        from council.neighbourhood.offices import Office
        from council.neighbourhood.titles import OFFICES

        rows = await Office.filter(in_force()).order_by("person_id", "id").prefetch_related("person", "organisation", "unit", "place")
        return [
            {"id": o.person_id, "name": o.person.name, "office": o.code, "title": str(OFFICES[o.code]),
             "of": str(o.organisation or o.unit or o.place), "last_day": o.last_day.isoformat() if o.last_day else None}
            for o in rows
        ]  # fmt: skip

    for row in _run(work):
        typer.echo(
            dumps(row, ensure_ascii=False)
            if json
            else f"{row['id']:>6}  {row['name']}  {row['title']}  {row['of']}  {row['last_day'] or ''}".rstrip()
        )


@app.command()
def disable(
    name: Annotated[str, typer.Argument(help="Name or number.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """End a person's offices and every sign-in at once. Nothing is deleted."""
    from council.neighbourhood.corrections import end_person

    async def work() -> str:
        person = await _named(name)
        if not yes:
            typer.confirm(f"{person.name}：职务和登录马上停止，确定吗？ End all offices and sign-ins?", abort=True)
        await end_person(person, by=await _operator())
        return person.name

    typer.echo(f"已停用 disabled  {_run(work)}")
