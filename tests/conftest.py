"""A migrated template is copied for every test; on PostgreSQL every test gets a database made from a template."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

# The data folder of the test run, set before anything reads the settings.
# In memory where the machine offers that: the tests wait for no disk (what a disk keeps is proved elsewhere).
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
HOME = Path(tempfile.mkdtemp(prefix="council-tests-", dir=MEMORY))
os.environ["COUNCIL_DATA"] = str(HOME)
os.environ.pop("DATABASE_URL", None)
ON_POSTGRES = os.environ.get("COUNCIL_TEST_DATABASE") == "postgres"

from council import db, i18n  # noqa: E402
from council.settings import settings  # noqa: E402

i18n.compile_catalogues()


def pytest_sessionfinish() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """The address of a migrated, empty database that tests copy."""
    if ON_POSTGRES:
        from tests.postgres import template_database

        yield from template_database(HOME)
        return
    file = HOME / "template.sqlite"
    asyncio.run(db.migrate(replace(settings(), database=f"sqlite://{file}")))
    settle(f"sqlite://{file}")
    yield f"sqlite://{file}"


@pytest.fixture(scope="session")
def peopled(template: str) -> tuple[str, Any]:
    """A database that holds the cast of tests/world.py, built once, and the cast as it was built."""
    from tests.world import build

    if ON_POSTGRES:
        from tests.postgres import another

        address = asyncio.run(another(template, "council_world"))
    else:
        address = template.replace("template.sqlite", "world.sqlite")
        shutil.copy(template.removeprefix("sqlite://"), address.removeprefix("sqlite://"))

    async def populate() -> Any:
        async with db.connected(address):
            return await build()

    cast = asyncio.run(populate())
    settle(address)
    return address, cast


def settle(address: str) -> None:
    """Bring everything into the one file that tests copy: two connections that close at once may both leave that to the other."""
    if address.startswith("sqlite://"):
        with contextlib.closing(sqlite3.connect(address.removeprefix("sqlite://"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests of a process: its driver keeps an event loop running, beside which no other may start."""
    from playwright.sync_api import sync_playwright

    from tests.browser.sweep import FLAGS, executable

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
async def database(request: pytest.FixtureRequest, template: str) -> AsyncIterator[str]:
    """A fresh database of the newest shape, connected; with the cast in it where the test asks for `world`."""
    source = request.getfixturevalue("peopled")[0] if "world" in request.fixturenames else template
    if ON_POSTGRES:
        from tests.postgres import copied

        async with copied(source) as address, db.connected(address):
            yield address
        return
    file = Path(tempfile.mkdtemp(dir=HOME)) / "council.sqlite"
    shutil.copy(source.removeprefix("sqlite://"), file)
    async with db.connected(f"sqlite://{file}"):
        yield f"sqlite://{file}"
    shutil.rmtree(file.parent)


@pytest.fixture
async def world(peopled: tuple[str, Any], database: str) -> Any:
    """The cast of tests/world.py in a fresh database."""
    from tests.world import again

    return await again(peopled[1])


@pytest.fixture
async def browser_of(world, database):  # type: ignore[no-untyped-def]
    """`browser_of(person)` gives an HTTP client that is signed in as that person; without one, a visitor."""
    from tests.client import clients

    async with clients() as make:
        yield make


@pytest.fixture(scope="module")
def workers_go_home() -> Iterator[None]:
    """For modules that print or sign: the workers do not outlive it."""
    from council.workshop import pdf

    yield
    asyncio.run(pdf.shutdown())


@pytest.fixture
async def made(world: Any) -> Any:
    """The five organisations of tests/five.py."""
    from tests.five import five

    return await five(world)


@pytest.fixture
async def agreement(made: Any) -> Any:
    """An agreement of the five, open for signing."""
    from tests.five import opened

    return await opened(made)
