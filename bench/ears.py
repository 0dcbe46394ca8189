"""Whole halls of listeners: streams opened over bare sockets, each noting only when it last heard something."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import Callable
from typing import Any

GET = "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}Sec-Fetch-Site: same-origin\r\n\r\n"
AT_ONCE = 100


def enough_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


class Ear(asyncio.Protocol):
    """A listener. `tell` is given what it hears, for whoever wants to know more than when."""

    def __init__(self, tell: Callable[[bytes], None] | None = None) -> None:
        self.heard, self.at, self.tell = asyncio.Event(), 0.0, tell
        self.writer: Any = None

    async def open(self, port: int, head: bytes) -> None:
        self.writer, _ = await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        self.writer.write(head)
        await asyncio.wait_for(self.heard.wait(), 60)

    def data_received(self, data: bytes) -> None:
        self.at = time.perf_counter()
        self.heard.set()
        if self.tell is not None:
            self.tell(data)


async def opened(port: int, heads: list[bytes], tell: Callable[[bytes], None] | None = None) -> list[Ear]:
    """A listener for each request, a hundred at a time."""
    ears = [Ear(tell) for _ in heads]
    for start in range(0, len(heads), AT_ONCE):
        some = zip(ears[start : start + AT_ONCE], heads[start : start + AT_ONCE], strict=True)
        await asyncio.gather(*(ear.open(port, head) for ear, head in some))
    return ears


def close(ears: list[Ear]) -> None:
    for ear in ears:
        ear.writer.close()


async def act(port: int, token: str, path: str, body: bytes = b"rules=time") -> None:
    """One act of the chair over HTTP."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: __Host-session={token}\r\nSec-Fetch-Site: same-origin\r\n"
    more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write((head + more).encode() + body)
    if (await reader.readline()).split()[1] not in (b"200", b"303"):
        raise RuntimeError(path)
    writer.close()
