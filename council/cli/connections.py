"""The server's connections, lent to live streams, which write to them without a task or a copy of the server's in between."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

from council.secretariat.lines import LENT


class Lending(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """Puts the connection beside each of its requests."""

    app_state: dict[str, Any]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, LENT: transport}
