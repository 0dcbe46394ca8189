"""Who stands behind a line of a register: confirmed at the desk, by the code of a slip, two lines joined."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from council.i18n import Phrase
from council.i18n import gettext as _
from council.neighbourhood import identities, registers
from council.neighbourhood.people import Person
from council.neighbourhood.registers import Register, RegisterLine
from council.routes import forms, pages, sessions
from council.routes.guard import own_path
from council.routes.standing import asked, find, me, signed_in
from council.rules.numbering import show_code


class Code(forms.Shape):
    code: Annotated[str, Field(max_length=40)]
    next: Annotated[str, Field(max_length=200)] = ""


class Holding(forms.Shape):
    person: int


class Joining(forms.Shape):
    into: int


class Lines(forms.Shape):
    lines: list[int] = []


async def typing(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """Where an owner types the code of their slip; it needs no account."""
    register = await registers.one(request.path_params["id"])
    kept = {"next": request.query_params.get("next", "")} | (kept or {})
    return pages.show(
        request, "registers/code.html", _("Type the code of my slip"), errors=errors, kept=kept, register=register, back=own_path(kept["next"])
    )


async def type_code(request: Request) -> Response:
    register, who = await registers.one(request.path_params["id"]), sessions.who(request)
    given = await forms.read(request, Code, typing)
    line = await identities.by_code(register, given.code, who if isinstance(who, Person) else None)
    if not isinstance(who, Person):
        await sessions.carry(request, "RegisterLine", line.id)
    return pages.redirect(own_path(given.next), Phrase("Your identity is confirmed. You can vote now."))


async def _line(request: Request, act: str) -> tuple[Register, RegisterLine]:
    register = await find(request, Register, act, "place")
    return register, await registers.line(register, request.path_params["line"])


@signed_in
async def page(request: Request, errors: Any = None, kept: Any = None) -> Response:
    """One line: who stands for it, confirming somebody, joining it with another."""
    (register, line), q = await _line(request, "register.confirm"), asked(request, "q")["q"]
    return pages.show(
        request, "registers/line.html", line.name or line.address, errors=errors, kept=kept or {}, register=register, line=line, q=q,
        holders=await registers.holders(line),
        people=[(str(one.id), f"{one.name} · {one.place.name}") for one in await registers.people(register, q)],
        others=[(str(one.id), f"{one.name} {one.address}") for one in await registers.same_name(line)],
    )  # fmt: skip


@signed_in
async def confirm(request: Request) -> Response:
    register, line = await _line(request, "register.confirm")
    given = await forms.read(request, Holding, page)
    await identities.confirm(line, await registers.person(register, given.person), by=me(request))
    return pages.redirect(f"/registers/{register.id}/lines/{line.id}", Phrase("It is recorded who stands for this line."))


@signed_in
async def join(request: Request) -> Response:
    register, line = await _line(request, "register.import")
    given = await forms.read(request, Joining, page)
    into = await identities.join(line, await registers.line(register, given.into), by=me(request))
    return pages.redirect(f"/registers/{register.id}/lines/{into.id}", Phrase("The two lines are one owner now."))


@signed_in
async def slips(request: Request) -> Response:
    """New codes for the lines of one part of the register, shown this once to be printed and handed over."""
    register = await find(request, Register, "register.confirm", "place")
    given = await forms.read(request, Lines)
    issued = await identities.issue_codes(register, given.lines, by=me(request))
    return pages.show(
        request, "registers/slips.html", _("Slips to print"), register=register, slips=[(line, show_code(code)) for line, code in issued],
        address=f"{request.url.scheme}://{request.url.netloc}/registers/{register.id}/code",
    )  # fmt: skip


routes = [
    Route("/registers/{id:int}/code", typing),
    Route("/registers/{id:int}/code", type_code, methods=["POST"]),
    Route("/registers/{id:int}/lines/{line:int}", page),
    Route("/registers/{id:int}/lines/{line:int}/holders", confirm, methods=["POST"]),
    Route("/registers/{id:int}/lines/{line:int}/joining", join, methods=["POST"]),
    Route("/registers/{id:int}/slips", slips, methods=["POST"]),
]
