"""A stream written straight to its connection by a real server: whole chunks, a proper end, nothing more for a phone that is stuck."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket

import h11
import pytest
import uvicorn

from council.cli.connections import Lending
from council.secretariat import lines
from council.secretariat.lines import Line, Sending, wire


@contextlib.asynccontextmanager
async def served(held: list):
    """A server whose one address begins an answer and leaves the rest to the test."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        held.append(wire(scope, send))
        while (await receive())["type"] != "http.disconnect":
            pass
        held.append("gone")

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=Lending, lifespan="off", log_level="error"))
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await serving
        listening.close()


async def until(condition) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_what_is_written_arrives_as_one_answer_that_ends():
    held = []
    async with served(held) as port:

        def read() -> bytes:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            return connection.getresponse().read()

        reading = asyncio.create_task(asyncio.to_thread(read))
        await until(lambda: held)
        assert isinstance(held[0], Line)
        for piece in (b"id: 1\n\n", "data: 停车\n\n".encode() * 500, b"event: left\n\n"):
            await until(held[0].free)
            held[0].write(piece)
        await until(held[0].free)
        held[0].end()
        assert await reading == b"id: 1\n\n" + "data: 停车\n\n".encode() * 500 + b"event: left\n\n"
        await until(lambda: held[-1] == "gone")


async def test_a_phone_that_takes_nothing_is_not_free_and_is_let_go_of_at_the_end():
    held = []
    async with served(held) as port:
        with socket.create_connection(("127.0.0.1", port)) as stuck:
            await asyncio.to_thread(stuck.sendall, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: held)
            held[0].write(b"x" * 20_000_000)
            assert not held[0].free()
            held[0].end()
            await until(lambda: held[-1] == "gone")


async def test_nothing_is_written_to_a_browser_that_has_gone():
    held = []
    async with served(held) as port:
        with socket.create_connection(("127.0.0.1", port)) as leaving:
            await asyncio.to_thread(leaving.sendall, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: held)
        await until(lambda: held[-1] == "gone")
        held[0].write(b"late")
        held[0].end()
        assert held[0].free()


@pytest.mark.parametrize("scope", [{}, {"state": {}}, {"state": {lines.LENT: object()}, "http_version": "1.0"}])
async def test_without_a_connection_for_chunks_the_server_sends(scope):
    sent = []

    async def send(message):
        sent.append(message)

    sending = wire(scope, send)
    assert isinstance(sending, Sending)
    sending.write(b"one")
    assert not sending.free()
    await until(sending.free)
    sending.end()
    await until(sending.free)
    assert [(message["body"], message["more_body"]) for message in sent] == [(b"one", True), (b"", False)]


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nwor"])
async def test_whoever_does_not_end_a_request_is_not_waited_for(monkeypatch, sent):
    monkeypatch.setattr("council.cli.connections.PATIENCE", {h11.IDLE: 0.1, h11.SEND_BODY: 0.1})
    async with served([]) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await asyncio.wait_for(reader.read(), 10)
        assert reader.at_eof(), "the line is closed"
        writer.close()


async def test_whoever_waits_for_an_answer_is_left_alone(monkeypatch):
    monkeypatch.setattr("council.cli.connections.PATIENCE", {h11.IDLE: 0.05, h11.SEND_BODY: 0.05})
    held = []
    async with served(held) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        await until(lambda: held)
        await asyncio.sleep(0.2)
        held[0].write(b"still here")
        assert (await asyncio.wait_for(reader.readuntil(b"still here"), 10)).startswith(b"HTTP/1.1 200")
        writer.close()
