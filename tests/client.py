"""HTTP clients for the route tests: the application itself, with cookies as a browser would hold them."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import httpx2
from bs4 import BeautifulSoup

from council import clock
from council.app import application
from council.neighbourhood.credentials import Session
from council.neighbourhood.people import Person
from council.routes.pages import Site
from council.routes.sessions import digest

Make = Callable[..., "httpx2.AsyncClient"]


async def signed_in(person: Person) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    await Session.create(digest=digest(token), person=person, made_at=now, seen_at=now, ends_at=now + timedelta(days=1))
    return token


@asynccontextmanager
async def clients() -> AsyncIterator[Callable[..., object]]:
    """`await make(person)` -> a client at https://council.test, signed in as that person or as nobody."""
    await Site.read()
    app = application()
    async with AsyncExitStack() as stack:

        async def make(person: Person | None = None, address: str = "127.0.0.1") -> httpx2.AsyncClient:
            client = httpx2.AsyncClient(
                transport=httpx2.ASGITransport(app=app, client=(address, 123)), base_url="https://council.test",
                headers={"sec-fetch-site": "same-origin"}, follow_redirects=True,
            )  # fmt: skip
            if person is not None:
                client.cookies.set("__Host-session", await signed_in(person))
            return await stack.enter_async_context(client)

        yield make


def soup(response: httpx2.Response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")
