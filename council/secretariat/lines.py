"""What a stream is written to: the connection itself where the server lends it, else the server's own sending.

Through the connection a piece costs one system call: it is framed once as a chunk of HTTP/1.1, needs no task and no copy of the server's. Either
way at most one piece is under way to a phone, so that a slow one holds up nobody and hoards nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Protocol

from starlette.types import Scope, Send

LENT = "line"  # under which name a server puts its connection beside the request


class Wire(Protocol):
    """Where a stream is written to."""

    def free(self) -> bool:
        """Has all that was written gone out?"""

    def write(self, sent: bytes) -> None:
        """Write a piece, without waiting."""

    def end(self) -> None:
        """End the answer, without waiting."""


class Line:
    """The connection of an answer in chunks that has begun."""

    __slots__ = ("transport",)

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def free(self) -> bool:
        return not self.transport.get_write_buffer_size()

    def write(self, sent: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"%x\r\n%b\r\n" % (len(sent), sent))

    def end(self) -> None:
        """Whoever has not taken the last piece by now is not waited for."""
        if not self.free():
            self.transport.abort()
        elif not self.transport.is_closing():
            self.transport.write(b"0\r\n\r\n")
            self.transport.close()


class Sending:
    """The sending of any ASGI server: a task for each piece."""

    __slots__ = ("send", "task")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.task: asyncio.Task[None] | None = None

    def free(self) -> bool:
        return self.task is None or self.task.done()

    def write(self, sent: bytes) -> None:
        self.task = asyncio.create_task(self._send({"type": "http.response.body", "body": sent, "more_body": True}))

    def end(self) -> None:
        self.task = asyncio.create_task(self._send({"type": "http.response.body", "body": b"", "more_body": False}, self.task))

    async def _send(self, piece: dict[str, Any], before: asyncio.Task[None] | None = None) -> None:
        if before is not None:
            await before
        with contextlib.suppress(OSError):
            await self.send(piece)


def wire(scope: Scope, send: Send) -> Wire:
    """What the answer to this request is written to, once its head has been sent."""
    lent = scope.get("state", {}).get(LENT)
    return Line(lent) if lent is not None and scope["http_version"] == "1.1" else Sending(send)
