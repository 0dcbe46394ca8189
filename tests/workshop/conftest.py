import asyncio
from datetime import timedelta

import pytest

from tests.workshop import cast


@pytest.fixture(scope="session")
def register():
    """One certificate authority and five hands."""
    return cast.register()


@pytest.fixture(scope="session")
def frozen():
    """The agreement with five empty fields."""
    return asyncio.run(cast.frozen())


@pytest.fixture(scope="session")
def growing(register, frozen):
    """The file after no, one, two … five signatures."""

    async def sign_all():
        files = [frozen]
        for n, hand in enumerate(register.hands):
            at = cast.MORNING + timedelta(minutes=20 * n)
            drawn = None if n == 2 else cast.scrawl(n)
            files.append(await cast.sign(files[-1], hand, register.chain, at, drawn))
        return files

    return asyncio.run(sign_all())


@pytest.fixture(scope="session")
def signed(growing):
    """The agreement of five, signed by all."""
    return growing[-1]
