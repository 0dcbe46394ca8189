"""How a person is known again: sessions as rows, one-time links, passwords of officers.

Nothing here is stored in clear: of a token its digest, of a password its argon2id hash. An answer never tells whether a login exists.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from tortoise import fields
from tortoise.models import Model

from council import clock
from council.db import belongs, sql
from council.i18n import Phrase
from council.neighbourhood.journal import note, writing
from council.neighbourhood.offices import may, must, standing
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.refusals import Forbidden, Refusal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")

LINK_LASTS = timedelta(hours=24)
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST, LONGEST = 10, 128
# Two at a time: one hash takes 64 MB, and a flood of sign-ins must not take the machine.
_hashing = ThreadPoolExecutor(2, "password")


class Session(Model):
    """A sign-in on one device. The cookie holds an opaque id, this row its digest, ending the row ends the sign-in at once."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(64, unique=True)
    person: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    person_id: int | None
    carries: list[list[Any]] = fields.JSONField(default=list)
    device = fields.CharField(120, default="")
    means = fields.CharField(12, default="")
    made_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    # Has this person ever held an office? Most have not, and need not be asked what they hold.
    officer = False

    class Meta:
        table = "session"

    @classmethod
    async def open(cls, digest: str) -> Session | None:
        """The session of a cookie with its person, in one statement: every page asks this first."""
        rows = await sql(_opened(), digest, clock.now())
        if not rows:
            return None
        row = rows[0]
        session = cls._init_from_db(**{name: row[name] for name in cls._meta.fields_db_projection.values()})
        if session.person_id is not None:
            session.person = Person._init_from_db(**{name: row[f"p_{name}"] for name in Person._meta.fields_db_projection.values()})
            session.officer = bool(row["officer"])
        return session


@cache
def _opened() -> str:
    person = ", ".join(f'p."{name}" AS "p_{name}"' for name in Person._meta.fields_db_projection.values())
    officer = "EXISTS (SELECT 1 FROM office o WHERE o.person_id = s.person_id) AS officer"
    return f"SELECT s.*, {officer}, {person} FROM session s LEFT JOIN person p ON p.id = s.person_id WHERE s.digest = ? AND s.ends_at > ?"  # noqa: S608


class SignInLink(Model):
    """A link that signs one person in once. Opening it shows a page, only the click acts."""

    id = fields.IntField(primary_key=True)
    digest = fields.CharField(64, unique=True)
    person: fields.ForeignKeyRelation[Person] = belongs("Person")
    person_id: int
    made_by: fields.ForeignKeyNullableRelation[Person] = belongs("Person", null=True)
    made_by_id: int | None
    made_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_link"


class Password(Model):
    """An officer's password as an argon2id hash."""

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField("council.Person", related_name=False, on_delete=fields.RESTRICT)
    person_id: int
    login = fields.CharField(64, unique=True)
    hash = fields.CharField(200)
    tries = fields.IntField(default=0)
    locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "password"


def digest(token: str) -> str:
    """What is stored instead of a token: SHA-256, hex. Tokens carry 256 bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


async def issue(person: Person, made_by: Person | None = None, lasts: timedelta = LINK_LASTS) -> str:
    """The token of a new one-time link, for the console and the demo; officers in the browser go through `make_link`."""
    token, now = secrets.token_urlsafe(32), clock.now()
    async with writing():
        await SignInLink.create(digest=digest(token), person=person, made_by=made_by, made_at=now, ends_at=now + lasts)
        await note("link.made", person, made_by)
    return token


async def make_link(person: Person, *, by: Person) -> str:
    """A one-time link for somebody within reach. Whoever holds an office gets one only from those who reach all of it:
    a link is a key, and nobody may lend herself an office she could not give."""
    await must(by, "link.make", person)
    if person.ended:
        raise Refusal("%(name)s is no longer on the list, so there is no link.", name=person.name, status=409)
    for place in await _reached_by(person):
        await must(by, "link.make_officer", at=place)
    return await issue(person, by)


async def may_make_link(person: Person, by: Person) -> bool:
    if person.ended or not await may(by, "link.make", person):
        return False
    return all([await may(by, "link.make_officer", at=place) for place in await _reached_by(person)])


async def _reached_by(person: Person) -> list[Place]:
    paths = (await standing(person)).paths
    return await Place.filter(path__in=list(paths)) if paths else []


async def link_of(token: str) -> SignInLink | None:
    """The link if it can still be used. Reading it changes nothing: scanners of chat programs open every link they see."""
    link = await SignInLink.filter(digest=digest(token), used_at=None, ends_at__gt=clock.now()).select_related("person").first()
    return None if link is None or link.person.ended else link


async def use_link(token: str) -> Person:
    """Take the link: the first click wins, every other one is refused. Call within `writing()`."""
    taken = await SignInLink.filter(digest=digest(token), used_at=None, ends_at__gt=clock.now()).update(used_at=clock.now())
    link = await SignInLink.filter(digest=digest(token)).select_related("person").first() if taken else None
    if link is None or link.person.ended:
        raise Refusal("This link has been used already or is out of date. Ask whoever gave it to you for a new one.", status=409)
    await note("link.used", link.person, link.person)
    return link.person


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


async def forget(person: Person) -> int:
    """Every key of a person stops working at once: sessions, links, password. How many sessions ended. Call within `writing()`."""
    await SignInLink.filter(person_id=person.id, used_at=None).update(used_at=clock.now())
    await Password.filter(person_id=person.id).delete()
    return await Session.filter(person_id=person.id).delete()


MEANS = {"link": Phrase("by link"), "password": Phrase("by password"), "code": Phrase("by personal code"), "": Phrase("on this device")}
