"""W13 Consultations: an answer over HTTP against a vote of W3 on the same machine in the same rounds; the opinion map of 2,000 people and 200
statements in a worker against the bare calculation, and what a page costs meanwhile.

Both storms run with all middleware on, 64 connections, every answer after its commit (WAL, synchronous FULL). An answer here has one opinion in
words: it is masked, kept, and noted beside the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from bench.running import ROOT, free_port, program, spent
from bench.w3 import BODY, Poll, storm

ROUNDS, EACH = 5, 600
ANSWER, MAP, PAGE = 2.0, 2.0, 2.0
PEOPLE, STATEMENTS, GROUPS = 2_000, 200, 3
PAUSE, CALM = 0.1, 60  # seconds between two pages; how often such a pause before the map is drawn, and again after it
WORDS = ("早上七点太晚，第{}家要送孩子上学", "夜里关门会有人扔在门口，{}楼见过好几回", "腿脚不便，{}单元希望有人上门收")
HEAD = (
    "POST /consultations/{number}/contributions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    "Cookie: __Host-session={token}\r\nSec-Fetch-Site: same-origin\r\n"
)


def run() -> Iterator[dict[str, Any]]:
    with contextlib.ExitStack() as stack:
        hearing, poll = Hearing(stack), Poll(stack, 0)
        rounds = [(hearing.round(), poll.round()) for _ in range(ROUNDS + 1)][1:]
        yield answers(rounds)
        yield from maps(hearing)


def answers(rounds: list[tuple[dict[str, float], dict[str, float]]]) -> dict[str, Any]:
    ratio = round(statistics.median(ours["cpu"] / vote["cpu"] for ours, vote in rounds), 2)
    return {
        "name": "W13 answers", "ratio": ratio, "target": ANSWER, "ok": ratio <= ANSWER * 1.25, "rounds": len(rounds),
        "cpu_ms": round(statistics.median(ours["cpu"] for ours, _ in rounds) * 1e3, 3),
        "vote_cpu_ms": round(statistics.median(vote["cpu"] for _, vote in rounds) * 1e3, 3),
        "answers_a_second": round(1 / statistics.median(ours["wall"] for ours, _ in rounds)),
        "votes_a_second": round(1 / statistics.median(vote["wall"] for _, vote in rounds)),
        "p99_ms": round(statistics.median(ours["p99"] for ours, _ in rounds)),
    }  # fmt: skip


class Hearing:
    """Our server with a consultation of all adults that is open, sessions of those who will answer, and one of statements that has ended."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {"COUNCIL_DATA": folder, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "bench.w13"], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=True
        )
        self.planted, self.port = json.loads(done.stdout.splitlines()[-1]), free_port()
        self.tokens, self.said = list(self.planted["tokens"]), 0
        self.server, _ = stack.enter_context(program(["-m", "council", "serve", "--port", str(self.port)], self.port, environment))

    def round(self) -> dict[str, float]:
        mine, self.tokens = self.tokens[:EACH], self.tokens[EACH:]
        return asyncio.run(storm(self.server, self.port, [self.sheet(token) for token in mine]))

    def sheet(self, token: str) -> bytes:
        self.said += 1
        body = "words=" + quote(WORDS[self.said % 3].format(self.said)) + f"&nonce=sheet-{self.said:08}&tell=inbox"
        head = HEAD.format(number=self.planted["open"], port=self.port, token=token)
        return (head + BODY.format(length=len(body), body=body)).encode()

    def page(self) -> float:
        """Milliseconds until the list of consultations has come."""
        connection, begun = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), time.perf_counter()
        connection.request("GET", "/consultations")
        if connection.getresponse().read(200) == b"":
            raise RuntimeError("/consultations")
        return (time.perf_counter() - begun) * 1e3


def maps(hearing: Hearing) -> Iterator[dict[str, Any]]:
    """The bare calculation first, then the same through the job, its worker and the database, with somebody reading pages all the while."""
    calm = calmly(hearing)
    bare = bare_seconds()
    late: list[float] = []
    done, reading = threading.Event(), threading.Thread(target=lambda: read(hearing, late, done))
    reading.start()
    used = spent(hearing.server)
    ours = in_worker(hearing)
    web = spent(hearing.server) - used
    done.set()
    reading.join()
    calm += calmly(hearing)
    ratio = round(ours["cpu"] / bare["cpu"], 2)
    yield {
        "name": f"W13 map {PEOPLE} x {STATEMENTS}", "ratio": ratio, "target": MAP, "ok": ratio <= MAP * 1.25, "groups": ours["groups"],
        "cpu_seconds": round(ours["cpu"], 1), "bare_cpu_seconds": round(bare["cpu"], 1), "seconds": round(ours["wall"], 1),
        "web_cpu_seconds": round(web, 2),
    }  # fmt: skip
    ratio = round(statistics.median(late) / statistics.median(calm), 2)
    yield {
        "name": "W13 pages meanwhile", "ratio": ratio, "target": PAGE, "ok": ratio <= PAGE * 1.25, "pages": len(late),
        "ms": round(statistics.median(late), 1), "calm_ms": round(statistics.median(calm), 1),
        "p99_ms": round(sorted(late)[len(late) * 99 // 100], 1),
    }  # fmt: skip


def read(hearing: Hearing, late: list[float], done: threading.Event) -> None:
    while not done.is_set():
        late.append(hearing.page())
        done.wait(PAUSE)


def calmly(hearing: Hearing) -> list[float]:
    """Pages read with the same pauses while nothing is drawn: one asked for right after another takes half the time, before and during alike."""
    took: list[float] = []
    done = threading.Event()
    threading.Timer(CALM * PAUSE, done.set).start()
    read(hearing, took, done)
    return took


def measured(*arguments: str, data: str = "") -> dict[str, Any]:
    """What a program of this module says of itself, in a process of its own, children included."""
    kept = {"COUNCIL_DATA": data} if data else {}
    done = subprocess.run(
        [sys.executable, "-m", "bench.w13", *arguments], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT), **kept}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def bare_seconds() -> dict[str, Any]:
    return measured("bare")


def in_worker(hearing: Hearing) -> dict[str, Any]:
    return measured("map", str(hearing.planted["ended"]), data=hearing.planted["data"])


def planted_answers() -> list[list[int | None]]:
    """Three groups that lean apart on every statement; each person was asked six of ten."""
    dice = random.Random(5)
    lean = [[dice.choice((0.9, 0.1, 0.5)) for _ in range(STATEMENTS)] for _ in range(GROUPS)]
    return [
        [(1 if dice.random() < lean[n % GROUPS][s] else -1) if dice.random() < 0.6 else None for s in range(STATEMENTS)] for n in range(PEOPLE)
    ]


def costs() -> tuple[float, float]:
    own, children = time.process_time(), os.times()
    return own + children.children_user + children.children_system, time.perf_counter()


def told(before: tuple[float, float], groups: int) -> dict[str, Any]:
    after = costs()
    return {"cpu": after[0] - before[0], "wall": after[1] - before[1], "groups": groups}


def bare() -> dict[str, Any]:
    from council.rules.opinion_map import drawn

    rows, before = planted_answers(), costs()
    return told(before, len(drawn(rows).groups))


async def mapped(number: int) -> dict[str, Any]:
    """As the job does it: read from the database, computed in a worker, kept."""
    from council import db
    from council.proceedings.consultations import Consultation
    from council.secretariat import maps as kept
    from council.workshop import workers

    async with db.connected():
        before = costs()
        await kept.draw({"consultation": number})
        found = await kept.of(await Consultation.get(id=number))
        await workers.patient.shutdown()
    return told(before, len(found.drawn["groups"]) if found else 0)


async def plant() -> dict[str, Any]:
    """A consultation of all adults, open, with sessions; one of 200 statements, ended, with the answers of 2,000 people."""
    from council import clock, db
    from council.db import slots, sql
    from council.neighbourhood.credentials import Session
    from council.neighbourhood.journal import writing
    from council.proceedings import asking, statements
    from council.proceedings.consultations import Consultation, Plan
    from council.proceedings.contributions import Contribution
    from council.proceedings.statements import Statement
    from council.routes.sessions import digest
    from council.settings import settings
    from tests.proofs.polling import people
    from tests.world import build

    await db.migrate()
    tokens = [secrets.token_urlsafe(24) for _ in range(EACH * (ROUNDS + 1))]
    async with db.connected():
        world, now = await build(), clock.now()
        them = await people(world, len(tokens))
        about = ("为什么问您。", "可以改的。", "不能改的。", "居民代表会议")
        open_ = await statements.prepare(world.community, Plan("question", "院子里怎么修？", *about, "persons"), by=world.secretary)
        await asking.open_consultation(open_, now + timedelta(days=7), by=world.secretary)
        lines = tuple(f"第{n}句，晚上要开放投放点。" for n in range(40))
        ended = await statements.prepare(world.community, Plan("statements", "投放点怎么管？", *about, "everyone", lines), by=world.secretary)
        async with writing():
            more = [Statement(consultation_id=ended.id, words=f"又一句第{n}句。", made_at=now) for n in range(40, STATEMENTS)]
            await Statement.bulk_create(more, batch_size=200)
            rows = [
                Contribution(consultation_id=ended.id, voter=f"sheet:{n:08}", receipt=f"{n:08}", made_at=now, changed_at=now) for n in range(PEOPLE)
            ]
            await Contribution.bulk_create(rows, batch_size=500)
        numbers = [one.id for one in await Statement.filter(consultation_id=ended.id).order_by("id")]
        answers_ = await Contribution.filter(consultation_id=ended.id).order_by("id").only("id")
        stances = [
            (numbers[s], one.id, value, now)
            for one, row in zip(answers_, planted_answers(), strict=True) for s, value in enumerate(row) if value is not None
        ]  # fmt: skip
        async with writing():
            for start in range(0, len(stances), 5_000):
                some = stances[start : start + 5_000]
                await sql(
                    f"INSERT INTO stance (statement_id, contribution_id, value, at) VALUES {slots(len(some), 4)}",
                    *[value for row in some for value in row],
                )
            await Consultation.filter(id=ended.id).update(stage="closed", opened_at=now, closed_at=now, answered=PEOPLE)
            sessions = [
                Session(digest=digest(token), person_id=one.id, made_at=now, seen_at=now, ends_at=now + timedelta(days=1), carries=[])
                for token, one in zip(tokens, them, strict=True)
            ]
            await Session.bulk_create(sessions, batch_size=500)
    return {"open": open_.id, "ended": ended.id, "tokens": tokens, "data": str(settings().data)}


if __name__ == "__main__":
    if sys.argv[1:] == ["bare"]:
        print(json.dumps(bare()))
    elif sys.argv[1:2] == ["map"]:
        print(json.dumps(asyncio.run(mapped(int(sys.argv[2])))))
    else:
        print(json.dumps(asyncio.run(plant())))
