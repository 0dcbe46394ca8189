"""Passwords of officers: argon2id off the event loop, few tries, and an answer that never tells whether a name exists.

Wrong tries are counted where they come from (guesses.py); very many in a row, from wherever, close the name to strange devices for a while."""

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
from council.neighbourhood import guesses
from council.neighbourhood.credentials import Password
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import standing
from council.neighbourhood.people import Person
from council.refusals import Forbidden, Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
STRANGE = 30  # wrong tries in a row from strange devices
LOCKED_FOR = timedelta(minutes=15)
SHORTEST, LONGEST = 10, 128
LOGIN = 64  # signs of a sign-in name
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
    """As it is kept and looked up: composing may make eighteen signs of one, and the column holds so many."""
    return unicodedata.normalize("NFKC", login).casefold().strip()[:LOGIN]


async def check_password(login: str, password: str, address: str = "", shown: str = "") -> Person:
    """The person, or one and the same refusal: unknown, wrong and closed look alike and take alike long. `shown`: the device's mark, if any."""
    row = await Password.filter(login=plain_login(login)).first()
    right = await _aside(_matches, row.hash if row else await _aside(_dummy), password[:LONGEST])
    device = guesses.known(row, shown) if row else ""
    person = await _settle(row.id, right, device or address, strange=not device) if row else None
    if person is None:
        raise Forbidden("Name or password are not right. After five wrong tries you must wait, each time longer.", field="password")
    return person


async def _settle(number: int, right: bool, source: str, *, strange: bool) -> Person | None:
    """Count the try where it is counted once, under the write lock: many guesses at the same moment count one by one."""
    place = f"{number}:{source}"
    async with writing():
        row = await Password.filter(id=number).select_for_update().get()
        if guesses.closed(place) or (strange and row.locked_until and row.locked_until > clock.now()):
            return None
        person = await row.person
        if right and not person.ended:
            guesses.right(place)
            await _count(row, 0) if strange else None
            await note("person.signed_in", person, person)
            return person
        guesses.missed(place)
        await _count(row, row.tries + 1) if strange else None
        await note("password.locked" if guesses.closed(place) else "password.refused", person, None)
    return None


async def _count(row: Password, tries: int) -> None:
    """Wrong tries in a row from strange devices, wherever they are."""
    full = tries >= STRANGE
    await Password.filter(id=row.id).update(tries=0 if full else tries, locked_until=clock.now() + LOCKED_FOR if full else None)


async def mark_of(person: Person) -> str:
    """What the device shows on which this person has just signed in; "" without a password."""
    row = await Password.filter(person_id=person.id).first()
    return guesses.mark(row) if row else ""


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
    """Is this the person's present password? Counted like a try at the door, by whoever is already in."""
    row = await Password.filter(person_id=person.id).first()
    if row is None:
        return True
    try:
        return (await check_password(row.login, password, shown=guesses.mark(row, "inside"))).id == person.id
    except Forbidden:
        return False
