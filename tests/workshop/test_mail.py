"""Handing in a letter, to a real server on this machine."""

from __future__ import annotations

import asyncio
import email
from collections.abc import AsyncIterator
from email import policy

import pytest

from council.workshop import mail


class Server:
    """An SMTP server that takes every letter, unless told to refuse."""

    def __init__(self) -> None:
        self.letters: list[email.message.EmailMessage] = []
        self.refuses = False
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 here")
        while line := (await reader.readline()).decode().strip().upper():
            if line.startswith("DATA"):
                await say("354 go on")
                body = (await reader.readuntil(b"\r\n.\r\n"))[:-5]
                self.letters.append(email.message_from_bytes(body, policy=policy.default))
                await say("250 taken")
            elif line.startswith("QUIT"):
                await say("221 bye")
                break
            else:
                await say("550 no" if self.refuses and line.startswith("RCPT") else "250 ok")
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made = Server()
    listening = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    made.url = f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}?from=council@example.org"
    async with listening:
        yield made


async def test_a_chinese_letter_arrives_whole(server):
    await asyncio.to_thread(mail.send, server.url, "wang@example.org", "您有一个会议\n通知", "周三晚上七点，请到会。")
    letter = server.letters[0]
    assert (letter["To"], letter["From"], letter["Subject"]) == ("wang@example.org", "council@example.org", "您有一个会议 通知")
    assert letter.get_content().strip() == "周三晚上七点，请到会。"


async def test_a_server_that_says_no_is_heard(server):
    server.refuses = True
    with pytest.raises(OSError):
        await asyncio.to_thread(mail.send, server.url, "wang@example.org", "a", "b")


def test_addresses_of_servers():
    assert mail.post_of("smtp://a%40b:p%2Fw@mail.example:587") == mail.Post("mail.example", 587, "a@b", "p/w", "a@b", "starttls")
    assert mail.post_of("smtps://u:p@mail.example").tls == "all"
    for wrong in ("http://mail.example", "smtp://", "mail.example"):
        with pytest.raises(ValueError):
            mail.post_of(wrong)
