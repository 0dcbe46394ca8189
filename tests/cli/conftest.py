"""Commands as an operator runs them: real processes on a folder of their own, which holds a neighbourhood made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from council.neighbourhood.registry import found
from tests.conftest import HOME, beside
from tests.shapes import Cast, Shape, grown

ROOT = Path(__file__).resolve().parents[2]


def surroundings(data: Path) -> dict[str, str]:
    """What a command knows of the machine: the folder of its data, no database and no mail elsewhere."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SMTP_URL")}
    return kept | {"COUNCIL_DATA": str(data), "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="session")
def founded(template: str) -> Shape:
    """A neighbourhood and its operator, and nobody else."""

    async def grow(cast: Cast) -> Cast:
        await found("丁山街道", "长风社区", "何平")
        return cast

    return grown(template, beside(template, "founded"), grow)


@pytest.fixture
def council(tmp_path, template, founded):
    """`council("user", "list")` -> the finished process; `council.migrated()` lays the tables, `council.found()` makes the neighbourhood."""
    environment = surroundings(tmp_path / "data")

    def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "council", *command], cwd=ROOT, env=environment | more, capture_output=True, text=True, timeout=240, check=False
        )

    def copy(address: str) -> None:
        """The database, and the secret it was made with."""
        (tmp_path / "data").mkdir(mode=0o700, exist_ok=True)
        shutil.copy(address.removeprefix("sqlite://"), tmp_path / "data/council.sqlite")
        shutil.copy(HOME / "secret.key", tmp_path / "data")

    run.migrated, run.found = lambda: copy(template), lambda: copy(founded.address)
    return run
