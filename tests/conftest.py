"""A migrated template is copied for every test; on PostgreSQL every test gets a database made from a template."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

# The data folder of the test run, set before anything reads the settings.
HOME = Path(tempfile.mkdtemp(prefix="council-tests-"))
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
    from dataclasses import replace

    asyncio.run(db.migrate(replace(settings(), database=f"sqlite://{file}")))
    yield f"sqlite://{file}"


@pytest.fixture
async def database(template: str, tmp_path: Path) -> AsyncIterator[str]:
    """A fresh database of the newest shape, connected."""
    if ON_POSTGRES:
        from tests.postgres import copied

        async with copied(template) as address, db.connected(address):
            yield address
        return
    file = tmp_path / "council.sqlite"
    shutil.copy(template.removeprefix("sqlite://"), file)
    async with db.connected(f"sqlite://{file}"):
        yield f"sqlite://{file}"


@pytest.fixture
async def world(database: str):  # type: ignore[no-untyped-def]
    """The cast of tests/world.py in a fresh database."""
    from tests.world import build

    return await build()


@pytest.fixture
async def browser_of(world, database):  # type: ignore[no-untyped-def]
    """`browser_of(person)` gives an HTTP client that is signed in as that person; without one, a visitor."""
    from tests.client import clients

    async with clients() as make:
        yield make
