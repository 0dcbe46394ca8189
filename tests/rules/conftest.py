from __future__ import annotations

from collections.abc import Iterator

import pytest

from council.i18n import compile_catalogues, speaking


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    compile_catalogues()


@pytest.fixture(autouse=True)
def chinese(catalogues: None) -> Iterator[None]:
    with speaking("zh_Hans_CN"):
        yield
