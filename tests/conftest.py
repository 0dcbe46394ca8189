"""A migrated template is copied for every test; on PostgreSQL every test gets a database made from a template."""

from __future__ import annotations

import asyncio
import os
import shutil
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
from tests.shapes import Cast, Shape, grown, settle  # noqa: E402

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


def beside(template: str, name: str) -> str:
    """The address of a further database."""
    return template.replace("council_template", f"council_{name}") if ON_POSTGRES else template.replace("template.sqlite", f"{name}.sqlite")


@pytest.fixture(scope="session")
def peopled(template: str) -> Shape:
    """The cast of tests/world.py."""
    from tests.world import build

    async def grow(cast: Cast) -> Cast:
        return Cast(await build())

    return grown(template, beside(template, "world"), grow)


@pytest.fixture(scope="session")
def allied(template: str, peopled: Shape) -> Shape:
    """And the five organisations of tests/five.py."""
    from tests.five import five

    async def grow(cast: Cast) -> Cast:
        return Cast(cast.world, await five(cast.world))

    return grown(peopled.address, beside(template, "five"), grow, peopled)


@pytest.fixture(scope="session")
def sent(template: str, allied: Shape) -> Shape:
    """And an agreement of the five, open for signing."""
    from tests.five import opened

    async def grow(cast: Cast) -> Cast:
        return Cast(cast.world, cast.made, await opened(cast.made))

    return grown(allied.address, beside(template, "sent"), grow, allied)


@pytest.fixture(scope="session")
def signed_by_all(template: str, sent: Shape) -> Shape:
    """And everybody's signature under it."""
    from tests.five import sign_all

    async def grow(cast: Cast) -> Cast:
        await sign_all(cast.made, cast.agreement)
        return cast

    return grown(sent.address, beside(template, "signed"), grow, sent)


SHAPES = ("signed_by_all", "sent", "allied", "peopled")


@pytest.fixture(scope="session", autouse=True)
def known_records() -> Iterator[None]:
    """At each connection the ORM works out anew what can be asked of a hundred records: most of what a small test takes. It stays the same."""
    from tortoise.apps import Apps

    work_out, known = Apps._build_initial_querysets, set()

    def once(apps: Apps) -> None:
        models = {model for app in apps.values() for model in app.values()}
        if type(apps) is not Apps or not models <= known:
            work_out(apps)
        if type(apps) is Apps:
            known.update(models)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Apps, "_build_initial_querysets", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hashes of passwords and PINs at a hundredth of what a guess costs in earnest; what it costs there has tests of its own."""
    from argon2 import PasswordHasher

    from council.neighbourhood import passwords
    from council.workshop import sealing

    quick = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: quick)
        patch.setitem(sealing.WORK, "n", 1 << 8)
        yield


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
def shape(request: pytest.FixtureRequest) -> Shape | None:
    """The fullest of the shapes that the test asks for."""
    asked = [name for name in SHAPES if name in request.fixturenames]
    return request.getfixturevalue(asked[0]) if asked else None


@pytest.fixture
async def database(template: str, shape: Shape | None) -> AsyncIterator[str]:
    """A fresh database of the newest shape, connected; with the cast in it where the test asks for `world`, `made`, `agreement` …"""
    source = shape.address if shape else template
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
async def cast(peopled: Shape, shape: Shape, database: str) -> Cast:
    """Who and what is in the database of this test."""
    from council.routes.pages import Site

    await Site.read()
    return shape.again()


@pytest.fixture
async def world(cast: Cast) -> Any:
    """The cast of tests/world.py in a fresh database."""
    return cast.world


@pytest.fixture
async def browser_of(world, database):  # type: ignore[no-untyped-def]
    """`browser_of(person)` gives an HTTP client that is signed in as that person; without one, a visitor."""
    from tests.client import clients

    async with clients() as make:
        yield make


@pytest.fixture(scope="session", autouse=True)
def workers_go_home() -> Iterator[None]:
    """Those who print and sign stay for all tests of a process: it takes them longer to start than to work."""
    from council.workshop import pdf

    yield
    asyncio.run(pdf.shutdown())


@pytest.fixture
async def made(allied: Shape, cast: Cast) -> Any:
    """The five organisations of tests/five.py."""
    return cast.made


@pytest.fixture
async def agreement(sent: Shape, cast: Cast) -> Any:
    """An agreement of the five, open for signing."""
    return cast.agreement


@pytest.fixture
async def effective(signed_by_all: Shape, cast: Cast) -> Any:
    """The agreement of the five, signed by all."""
    return cast.agreement
