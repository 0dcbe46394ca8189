"""The line between one phone and the server, as a locked screen leaves it: the connection that was listening goes silent and nobody is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Line:
    """A way to the server of its own. `lock()` silences the streams that are open, both ways, and cuts whatever else is; new ones go through."""

    def __init__(self, server: str) -> None:
        self._server = ("127.0.0.1", urlsplit(server).port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._dead: set[socket.socket] = set()
        self._streams: list[socket.socket] = []
        self._others: list[socket.socket] = []
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._answer, daemon=True).start()

    def lock(self) -> int:
        """How many open streams went silent."""
        silenced = len(self._streams)
        self._dead.update(self._streams)
        for one in self._others:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._others.clear()
        return silenced

    def close(self) -> None:
        self._door.close()
        for one in [*self._streams, *self._others]:
            one.close()

    def _answer(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._door.accept()
                server = socket.create_connection(self._server)
                self._others.append(phone)
                threading.Thread(target=self._carry, args=(phone, server, phone), daemon=True).start()
                threading.Thread(target=self._carry, args=(server, phone, phone), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, phone: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while data := source.recv(65536):
                if source is phone and b"/stream" in data.split(b"\r\n", 1)[0]:
                    self._others.remove(phone)
                    self._streams.append(phone)
                if phone not in self._dead:
                    target.sendall(data)
        if phone not in self._dead:
            with contextlib.suppress(ValueError):
                self._streams.remove(phone)
            for one in (source, target):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
