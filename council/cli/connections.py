"""The server's connections: lent to live streams, which write to them without a task or a copy of the server's in between; closed on whoever
begins a request and does not end it."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from council.secretariat.lines import LENT

# Seconds for the head of a request, and for its form with a photo over a weak line. The server itself would wait for ever.
PATIENCE = {h11.IDLE: 20, h11.SEND_BODY: 300}


class Lending(H11Protocol):
    """Puts the connection beside each of its requests, and waits for the whole of each only so long."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state: dict[str, Any] = {**self.app_state, LENT: transport}
        self._awaited: Any = None
        self._late: asyncio.TimerHandle | None = None
        self._await()

    def handle_events(self) -> None:
        super().handle_events()
        self._await()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _await(self) -> None:
        """What is still to come has its own time, counted from when it was first waited for: a sign now and then gains nothing."""
        coming = self.conn.their_state if self.conn.their_state in PATIENCE else None
        if coming is not self._awaited:
            self._stop()
            self._awaited = coming
            self._late = self.loop.call_later(PATIENCE[coming], self.transport.close) if coming else None

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
