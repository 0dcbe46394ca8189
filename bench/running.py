"""Starting programs and reading what they cost: processor time from the process itself, not only wall time."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def program(command: list[str], port: int, environment: dict[str, str]) -> Iterator[tuple[psutil.Process, float]]:
    """A server and the seconds from its start to its first answer."""
    # Ours compiled and kept like every installed package: the twin is hardly anything but installed packages.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**kept, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - begun > 60:
                raise RuntimeError(f"{command} does not answer")
            time.sleep(0.005)
        yield psutil.Process(process.pid), time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except OSError:
        return False


def cost(process: psutil.Process, port: int, path: str, n: int, headers: dict[str, str] | None = None) -> float:
    """Processor seconds of the server for one of `n` requests on one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    before = spent(process)
    for _ in range(n):
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or len(body) < 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return (spent(process) - before) / n


def spent(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
