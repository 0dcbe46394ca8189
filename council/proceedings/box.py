"""A box: one writer a process takes every paper that waits (at most 500) into one transaction; whoever dropped one gets an own answer after it.

Votes and answers to consultations arrive in bursts; one commit for all of them is what keeps the last one quick.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from council.db import writing_now

AT_ONCE = 500
TURNS = 3  # of the event loop: so many bring a paper from its connection into the box
GATHER = 0.01  # seconds
Paper = TypeVar("Paper")
News = TypeVar("News")


class Box(Generic[Paper, News]):
    """`take` opens `writing()` once for all papers it is given and returns one answer, or one fault, for each, in their order."""

    def __init__(self, name: str, take: Callable[[Sequence[Paper]], Awaitable[list[News | Exception]]]) -> None:
        self.name, self.take = name, take
        self.waiting: deque[tuple[Paper, asyncio.Future[News]]] = deque()
        self.writer: asyncio.Task[None] | None = None

    async def drop(self, paper: Paper) -> News:
        """Into the box, and wait for the answer after the commit. Within a transaction it is taken at once, as a part of that."""
        if writing_now.get():
            return _told((await self.take([paper]))[0])
        answer: asyncio.Future[News] = asyncio.get_running_loop().create_future()
        self.waiting.append((paper, answer))
        if self.writer is None or self.writer.done():
            # A context of its own: the writer belongs to no request and joins nobody's transaction.
            self.writer = asyncio.get_running_loop().create_task(self._empty(), name=self.name, context=Context())
        return await answer

    async def _gather(self) -> None:
        """Whoever stands at the door already comes along: while a few turns of the loop bring others, and never for long."""
        now = asyncio.get_running_loop().time
        before, latest = 0, now() + GATHER
        while before < len(self.waiting) < AT_ONCE and now() < latest:
            before = len(self.waiting)
            for _ in range(TURNS):
                await asyncio.sleep(0)

    async def _empty(self) -> None:
        """As many at once as wait. A fault of the whole transaction is told to each of them."""
        while self.waiting:
            await self._gather()
            held = [self.waiting.popleft() for _ in range(min(AT_ONCE, len(self.waiting)))]
            try:
                news = await self.take([paper for paper, _answer in held])
            except Exception as fault:
                news = [fault] * len(held)
            for (_paper, answer), one in zip(held, news, strict=True):
                _tell(answer, one)


def _told(news: News | Exception) -> News:
    if isinstance(news, Exception):
        raise news
    return news


def _tell(answer: asyncio.Future[News], news: News | Exception) -> None:
    if answer.done():
        return
    if isinstance(news, Exception):
        answer.set_exception(news)
    else:
        answer.set_result(news)
