"""Making sure who stands behind a line of a register: confirmed at the desk, or by a code on a slip handed to the owner."""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Any

from council import clock
from council.db import sql
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import must
from council.neighbourhood.people import Person
from council.neighbourhood.registers import Holder, Register, RegisterLine, current
from council.neighbourhood.sealed import lookup
from council.refusals import Conflict, Refusal
from council.rules.numbering import SIGNS, read_code

LENGTH, HANDLE, TRIES = 10, 4, 5
NEWER = "A newer register is in use. Please confirm people there."


async def confirm(line: RegisterLine, person: Person, *, by: Person) -> Holder:
    """An officer has seen who this is. Several owners of one home are several holders of one line, which still has one vote."""
    async with writing():
        register = await Register.get(id=line.register_id)
        await must(by, "register.confirm", register)
        return await _held(line, person, register, "desk", by)


async def _held(line: RegisterLine, person: Person, register: Register, how: str, by: Person) -> Holder:
    """One owner is one person: who stands for a line alone does not stand for another one too."""
    await _in_use(register)
    if await Holder.exists(line_id=line.id, person_id=person.id):
        raise Conflict("This person stands for this line already.")
    if await Holder.exists(line__register_id=register.id, person_id=person.id):
        raise Conflict("This person stands for another line of this register. One owner is one person: join the two lines first.")
    made = await Holder.create(line=line, person=person, how=how, confirmed_by_id=by.id, confirmed_at=clock.now())
    await note("register.confirmed", register, by, line=line.id, person=person.id, how=how)
    return made


async def _in_use(register: Register) -> None:
    newest = await current(await register.place, register.kind)
    if newest is None or newest.id != register.id:
        raise Conflict(NEWER)


async def join(line: RegisterLine, into: RegisterLine, *, by: Person) -> RegisterLine:
    """Two lines that are one owner become one: homes and areas are summed, whoever stood for either stands for both."""
    async with writing():
        register = await Register.get(id=into.register_id)
        await must(by, "register.import", register)
        await _in_use(register)
        if line.id == into.id or line.register_id != into.register_id:
            raise Refusal("Choose another line of the same register.", field="into")
        if await sql("SELECT id FROM entitlement WHERE voter IN (?, ?) LIMIT 1", f"line:{line.id}", f"line:{into.id}"):
            raise Conflict("A vote has been held with these lines. Import a new register instead.")
        into.homes, into.area_cm2 = into.homes + line.homes, into.area_cm2 + line.area_cm2
        into.address = f"{into.address}、{line.address}"[:400]
        await into.save(update_fields=["homes", "area_cm2", "address"])
        known = await Holder.filter(line_id=into.id).values_list("person_id", flat=True)
        await Holder.filter(line_id=line.id, person_id__in=list(known) or [0]).delete()
        await Holder.filter(line_id=line.id).update(line_id=into.id)
        await RegisterLine.filter(id=line.id).delete()
        await note("register.lines_joined", register, by, line=line.id, into=into.id, area_cm2=into.area_cm2)
    return into


async def issue_codes(register: Register, lines: list[int], *, by: Person) -> list[tuple[RegisterLine, str]]:
    """New codes for these lines, to be printed on slips and handed over; what was issued before no longer opens anything."""
    async with writing():
        await must(by, "register.confirm", register)
        await _in_use(register)
        taken: set[Any] = set(await RegisterLine.filter(register_id=register.id).values_list("code_handle", flat=True))
        found = await RegisterLine.filter(register_id=register.id, id__in=lines or [0]).order_by("id")
        issued = [(line, _code(line, taken)) for line in found]
        await RegisterLine.bulk_update(found, ["code_handle", "code_digest", "code_tries"], batch_size=200)
        await note("register.codes_issued", register, by, lines=len(issued))
    return issued


def _code(line: RegisterLine, taken: set[Any]) -> str:
    code = ""
    while not code or code[:HANDLE] in taken:
        code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    taken.add(code[:HANDLE])
    line.code_handle, line.code_digest, line.code_tries = code[:HANDLE], lookup(f"{line.register_id}:{code}", "owner code"), 0
    return code


async def by_code(register: Register, typed: str, by: Person | None) -> RegisterLine:
    """The line a code opens, once. Whoever is signed in holds it from now on. A wrong try is counted before it is refused."""
    code = read_code(typed, LENGTH)
    wrong = Refusal("This code does not belong to this list. Please look at the slip again.", field="code")
    line = await RegisterLine.get_or_none(register_id=register.id, code_handle=code[:HANDLE])
    if line is None:
        raise wrong
    async with writing():
        counted = await sql(
            "UPDATE register_line SET code_tries = code_tries + 1 WHERE id = ? AND code_tries < ? AND code_digest <> '' RETURNING id", line.id, TRIES
        )
    if not counted:
        raise Refusal("This code no longer opens anything. Please ask at the desk.", status=409, field="code")
    if not compare_digest(line.code_digest, lookup(f"{register.id}:{code}", "owner code")):
        raise wrong
    async with writing():
        if not await RegisterLine.filter(id=line.id, code_digest=line.code_digest).update(code_digest="", code_handle=""):
            raise wrong
        if by is not None:
            await _held(line, by, register, "code", by)
    return line
