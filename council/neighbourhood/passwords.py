"""Passwords of officers: argon2id off the event loop, five tries, and an answer that never tells whether a name exists."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from council import clock
from council.neighbourhood.credentials import Password
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import standing
from council.neighbourhood.people import Person
from council.refusals import Forbidden, Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST, LONGEST = 10, 128
# Two at a time: one hash takes 64 MB, and a flood of sign-ins must not take the machine.
_hashing = ThreadPoolExecutor(2, "password")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _dummy() -> str:
    return _hasher().hash("nobody's password")


async def _aside(work: Callable[..., T], *args: object) -> T:
    """`work` in one of the two hashing threads, so that pages never wait for a hash."""
    return await asyncio.get_running_loop().run_in_executor(_hashing, work, *args)


def _matches(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerifyMismatchError

    try:
        return _hasher().verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def plain_login(login: str) -> str:
    return unicodedata.normalize("NFKC", login).casefold().strip()


NOT_RIGHT = "Name or password are not right. After five tries in a row this name is locked for 15 minutes."


async def check_password(login: str, password: str) -> Person:
    """The person, or one and the same refusal: unknown, wrong and locked look alike and take alike long."""
    known = await Password.filter(login=plain_login(login)).first()
    right = await _aside(_matches, known.hash if known else await _aside(_dummy), password[:LONGEST])
    person = await _settle(known.id, right) if known else None
    if person is None:
        raise Forbidden(NOT_RIGHT, field="password")
    return person


async def _settle(number: int, right: bool) -> Person | None:
    """Count the try where it is counted once, under the write lock: many guesses at the same moment count one by one."""
    async with writing():
        row = await Password.filter(id=number).select_for_update().get()
        if row.locked_until and row.locked_until > clock.now():
            return None
        person = await row.person
        if right and not person.ended:
            await Password.filter(id=number).update(tries=0, locked_until=None)
            await note("person.signed_in", person, person)
            return person
        full = row.tries + 1 >= TRIES
        await Password.filter(id=number).update(tries=0 if full else row.tries + 1, locked_until=clock.now() + LOCKED_FOR if full else None)
        await note("password.locked" if full else "password.refused", person, None)
    return None


def check_new(login: str, password: str) -> None:
    """Refuse a password that is short, or that anybody would try first."""
    if len(password) < SHORTEST:
        raise Refusal("A password has at least %(n)s signs.", n=SHORTEST, field="password")
    if len(password) > LONGEST:
        raise Refusal("A password has at most %(n)s signs.", n=LONGEST, field="password")
    runs = sum(abs(ord(b) - ord(a)) <= 1 for a, b in pairwise(password))
    if runs * 2 >= len(password) or len(set(password)) < 5 or login in password.casefold():
        raise Refusal("Anybody would guess this password. Take three or four words that do not belong together.", field="password")


async def set_password(person: Person, login: str, password: str) -> None:
    """A new password for somebody who holds an office; every other sign-in of theirs is ended by the caller."""
    login = plain_login(login)
    check_new(login, password)
    if not await standing(person):
        raise Forbidden("A password is for those who hold an office. Everybody else signs in with a link or a code.")
    hashed = await _aside(_hasher().hash, password)
    async with writing():
        if await Password.filter(login=login).exclude(person_id=person.id).exists():
            raise Refusal("Somebody else uses this sign-in name. Choose another one.", field="login")
        if not await Password.filter(person_id=person.id).update(login=login, hash=hashed, tries=0, locked_until=None):
            await Password.create(person=person, login=login, hash=hashed)
        await note("password.set", person, person)


async def confirm_password(person: Person, password: str) -> bool:
    """Is this the person's present password? Counted like a try at the door."""
    row = await Password.filter(person_id=person.id).first()
    if row is None:
        return True
    try:
        return (await check_password(row.login, password)).id == person.id
    except Forbidden:
        return False
