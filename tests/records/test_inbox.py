"""Being told, and the work done after the act."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from council import clock, i18n
from council.i18n import Phrase
from council.neighbourhood.corrections import reach_me
from council.neighbourhood.journal import writing
from council.neighbourhood.people import Person
from council.secretariat import inbox, jobs
from council.secretariat.inbox import Delivery, Notice
from council.secretariat.jobs import Job
from council.settings import settings
from tests.workshop.test_mail import server  # noqa: F401 - a fixture

SAID = Phrase("%(name)s ends with the day you gave.", name="第一网格")


async def test_a_notice_is_in_the_inbox_at_once_and_its_slip_waits(world):
    async with writing():
        await inbox.tell(world.resident, SAID, link="/matters/1", subject=world.grid)
    rows = {d.channel: d.state for d in await Delivery.all()}
    assert rows == {"inbox": "done", "slip": "waiting"}
    assert await inbox.told("Place", world.grid.id) == {world.resident.id: ["inbox"]}
    assert await inbox.unread(world.resident)


async def test_a_notice_is_said_in_the_readers_language(world):
    async with writing():
        inner = Phrase("The day is %(day)s.", day=date(2026, 11, 25))
        notice = await inbox.tell(world.resident, Phrase("%(what)s!", what=inner))
    phrase = (await Notice.get(id=notice.id)).phrase
    assert "2026年11月25日" in str(phrase)
    with i18n.speaking("en"):
        assert "25 November 2026" in str(phrase)


async def test_an_act_that_fails_tells_nobody(world):
    async def fail():
        async with writing():
            await inbox.tell(world.resident, SAID)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert not await Notice.exists()


async def test_a_letter_goes_out_through_the_outbox_once(world, server, monkeypatch):  # noqa: F811
    monkeypatch.setattr(inbox, "settings", lambda: replace(settings(), smtp=server.url, origin="https://council.test"))
    await reach_me(world.resident, by=world.resident, phone="", mail="wang@example.org")
    async with writing():
        await inbox.tell(await Person.get(id=world.resident.id), SAID, link="/matters/1")
        await inbox.tell(world.neighbour, SAID)
    assert not server.letters
    assert await jobs.run_one()
    assert not await jobs.run_one()
    assert server.letters[0]["To"] == "wang@example.org"
    assert "https://council.test/matters/1" in server.letters[0].get_content()
    assert (await Delivery.get(channel="mail")).state == "done"
    await inbox._mail({"notice": (await Notice.all().order_by("id"))[0].id})
    assert len(server.letters) == 1


async def test_a_letter_that_fails_comes_back_later_and_is_not_called_told(world, server, monkeypatch):  # noqa: F811
    server.refuses = True
    monkeypatch.setattr(inbox, "settings", lambda: replace(settings(), smtp=server.url))
    await reach_me(world.resident, by=world.resident, phone="", mail="wang@example.org")
    async with writing():
        await inbox.tell(await Person.get(id=world.resident.id), SAID, subject=world.grid)
    await jobs.run_one()
    job = await Job.get()
    assert (job.state, job.attempts) == ("waiting", 1)
    assert job.run_at > clock.now()
    assert "mail" not in (await inbox.told("Place", world.grid.id))[world.resident.id]


async def test_a_job_is_claimed_once(world):
    async with writing():
        for n in range(12):
            await jobs.later("count", {"n": n})
    claimed = [await jobs.claim() for _ in range(14)]
    assert len({job.id for job in claimed if job}) == 12
    assert claimed[12:] == [None, None]


async def test_a_job_whose_worker_died_is_given_out_again(world, monkeypatch):
    async with writing():
        await jobs.later("count", {})
    first = await jobs.claim()
    now = clock.now()
    assert await jobs.claim() is None
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=6))
    again = await jobs.claim()
    assert (again.id, again.attempts) == (first.id, 2)


async def test_work_wanted_once_is_written_down_once_and_only_with_its_act(world):
    async with writing():
        await jobs.later("remind", {}, dedupe="meeting:1")
        await jobs.later("remind", {}, dedupe="meeting:1")

    async def fail():
        async with writing():
            await jobs.later("remind", {}, dedupe="meeting:2")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await Job.all().count() == 1


async def test_the_worker_does_what_is_due_and_not_what_is_not(world):
    done = []

    @jobs.does("count")
    async def count(payload):
        done.append(payload["n"])

    working = asyncio.create_task(jobs.run())
    await asyncio.sleep(0.05)
    async with writing():
        await jobs.later("count", {"n": 1})
        await jobs.later("count", {"n": 2}, at=clock.now() + timedelta(hours=1))
    for _ in range(100):
        if done:
            break
        await asyncio.sleep(0.05)
    working.cancel()
    assert done == [1]
