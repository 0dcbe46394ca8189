"""A real server in a folder of its own, and a real browser in front of it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


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
            timeout=120, check=False,
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
        process.wait(15)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def planted(data: Path, what: str) -> dict[str, dict[str, Any]]:
    """A migrated database with the cast of tests/world.py (`world`) or the demonstration (`demo`); who is in it."""
    command = [sys.executable, "-m", "tests.journeys.plant", what]
    done = subprocess.run(command, cwd=ROOT, env=environment(data), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium")
    assert executable, "chromium is missing: bin/test installs it"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_as(server: Server, chromium: Any) -> Iterator[Any]:
    """`open_as("secretary")` -> a page on a phone, signed in; options: size=(1280, 800), script=False. Without a name: a visitor."""
    contexts = []

    def make(key: str = "", size: tuple[int, int] = (390, 844), script: bool = True) -> Any:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, locale="zh-CN", base_url=server.address,
            has_touch=size[0] < 600,
        )  # fmt: skip
        context.set_default_timeout(10_000)
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
