"""A real server in a folder of its own, and a real browser in front of it."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

# What is waited for takes a blink; only a machine with much else to do takes longer, and that is no fault of ours.
PATIENCE = 20
expect.set_options(timeout=PATIENCE * 1000)
ROOT = Path(__file__).resolve().parents[2]


# The longest first, so that at the end nobody waits for one of them.
FIRST = ("test_sweep", "test_fitness_ground", "test_parking", "test_agreement_of_five", "test_details", "test_leak", "test_room", "test_look")


def place(item: pytest.Item) -> int:
    return FIRST.index(item.path.stem) if item.path.stem in FIRST else len(FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In which order they begin. (Groups of xdist do nothing with this pytest: what stays together is a file.)"""
    ours = sorted((item for item in items if item.path.parent.name in ("journeys", "browser")), key=place)
    items[:] = [item for item in items if item.path.parent.name not in ("journeys", "browser")] + ours


def arriving(act: Any) -> Any:
    """A click is over for the browser's driver when the next page begins to arrive; for whoever reads that page, when all of it is there."""

    @functools.wraps(act)
    def acted(self: Locator, *values: Any, **options: Any) -> None:
        act(self, *values, **options)
        self.page.wait_for_load_state()

    return acted


Locator.click, Locator.press = arriving(Locator.click), arriving(Locator.press)  # type: ignore[method-assign]


@dataclass
class Server:
    """A running `council serve`. `cast` is {key: {id, name, token}}."""

    address: str
    data: Path
    cast: dict[str, dict[str, Any]] = field(default_factory=dict)

    def run(self, *command: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """`council …` on this server's data."""
        return subprocess.run(
            [sys.executable, "-m", "council", *command], cwd=ROOT, env=environment(self.data), input=text, capture_output=True, text=True,
            timeout=240, check=False,
        )  # fmt: skip


def environment(data: Path) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"COUNCIL_DATA": str(data), "PYTHONPATH": str(ROOT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(data: Path, cast: dict[str, dict[str, Any]], *options: str) -> Iterator[Server]:
    port = free_port()
    log = (data / "serve.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "council", "serve", "--port", str(port), *options], cwd=ROOT, env=environment(data), stdout=log, stderr=log
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield Server(f"http://127.0.0.1:{port}", data, cast)
    finally:
        process.terminate()
        process.wait(2 * PATIENCE)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=PATIENCE):
            return
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


@functools.cache
def grown(what: str) -> tuple[Path, str]:
    """A folder planted once in this process, for servers to copy, and what was said about who is in it."""
    from tests.conftest import HOME, settle

    data = Path(tempfile.mkdtemp(prefix=what, dir=HOME))
    command = [sys.executable, "-m", "tests.journeys.plant", what]
    done = subprocess.run(command, cwd=ROOT, env=environment(data), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    settle(f"sqlite://{data}/council.sqlite")
    return data, done.stdout.splitlines()[-1]


def planted(data: Path, what: str) -> dict[str, dict[str, Any]]:
    """A migrated database with the cast of tests/world.py (`world`), that of the roads (`roads`) or the demonstration (`demo`); who is in it."""
    source, cast = grown(what)
    shutil.copytree(source, data, dirs_exist_ok=True)
    return dict(json.loads(cast))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the cast of tests/world.py, one for each module of tests."""
    data = tmp_path_factory.mktemp("journey")
    with serving(data, planted(data, "world")) as running:
        yield running


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demonstration neighbourhood; its cast is keyed by name."""
    data = tmp_path_factory.mktemp("demonstration")
    with serving(data, planted(data, "demo")) as running:
        yield running


@pytest.fixture
def open_as(server: Server, chromium: Any) -> Iterator[Any]:
    """`open_as("secretary")` -> a page on a phone, signed in; options: size=(1280, 800), script=False. Without a name: a visitor."""
    contexts = []

    def make(key: str = "", size: tuple[int, int] = (390, 844), script: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, locale="zh-CN", base_url=server.address,
            has_touch=size[0] < 600,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE * 1000)
        if key:
            context.add_cookies([
                {"name": "__Host-session", "value": server.cast[key]["token"], "url": server.address.replace("http:", "https:"), "secure": True,
                 "httpOnly": True, "sameSite": "Lax"}
            ])  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        return page

    yield make
    for context in contexts:
        context.close()
