"""Consultations attacked: many opinions at once, numbers in disguise, counts that would give a neighbour away, sounds and doors of others."""

from __future__ import annotations

import csv
import io

import pytest

from council import clock
from council.db import sql
from council.neighbourhood.journal import writing
from council.proceedings import answering, answers, asking, endings, headings, recordings
from council.proceedings.answering import Reply
from council.proceedings.answers import Said
from council.proceedings.asking import Asked
from council.proceedings.consultations import Consultation, Plan
from council.proceedings.contributions import Contribution, Remark
from council.proceedings.headings import Heading
from council.proceedings.masking import masked
from council.routes import limits
from council.secretariat import hearings
from tests.client import soup
from tests.records.test_consultations import OPEN, PLAN, carrying, opened, town
from tests.records.test_spoken import SOUND


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()
    yield
    limits.forget()


@pytest.mark.parametrize(
    "words",
    [
        "打我电话13800000001", "打我电话138 0000 0001", "电话一三八零零零零零零零一", "１３８０００００００１", "138.0000.0001", "138，0000，0001",
        "1 3 8 0 0 0 0 0 0 0 1", "1-3-8-0-0-0-0-0-0-0-1",
        "幺三八〇〇〇〇〇〇〇幺", "138\u200b0000\u200b0001", "壹叁捌零零零零零零零壹",
    ],
)  # fmt: skip
async def test_a_telephone_number_in_disguise_is_masked(world, words):
    asked = await opened(world)
    kept = await masked(asked, words)
    assert "****" in kept, kept


async def test_figures_and_years_stay_readable(world):
    asked = await opened(world)
    for words in (
        "2026年11月22日19点半，3号楼402，经费30000元",
        "1、3、5、7、9、11、13、15、17号楼都有，一共120户",
        "上午7:00-9:00，下午13:30-17:00",
    ):
        assert await masked(asked, words) == words


async def test_ten_thousand_opinions_leave_the_desk_usable(world, browser_of):
    asked, now = await opened(world, OPEN), clock.now()
    async with writing():
        rows = [Contribution(consultation_id=asked.id, voter=f"sheet:{n:08}", receipt=f"{n:08}", made_at=now, changed_at=now) for n in range(10_000)]
        await Contribution.bulk_create(rows, batch_size=2000)
        numbers = [row["id"] for row in await sql("SELECT id FROM contribution WHERE consultation_id = ?", asked.id)]
        remarks = [Remark(consultation_id=asked.id, contribution_id=n, words=f"第{n}条，说的都差不多", made_at=now) for n in numbers]
        await Remark.bulk_create(remarks, batch_size=2000)
    office = await browser_of(world.secretary)
    page = await office.get(f"/consultations/{asked.id}/remarks")
    assert len(soup(page).select("li.remark")) == 100
    late = await (await browser_of()).post(f"/consultations/{asked.id}/contributions", data={"words": "再来一条", "nonce": "n" * 12})
    assert (late.status_code, "太多" in late.text) == (409, True)
    begun, ended = clock.local(now).strftime("%Y-%m-%dT%H:%M"), clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")
    done = await office.post(f"/consultations/{asked.id}/floods", data={"begun": begun, "ended": ended, "flood": "程序刷屏，一万条一样的"})
    assert "已隐藏10000条" in done.text
    told = soup(await (await browser_of()).get(f"/consultations/{asked.id}")).select_one(".hidden-log").text
    assert "10000条：程序刷屏" in told


async def test_ticked_opinions_are_hidden_together_and_a_missing_reason_keeps_the_ticks(world, browser_of):
    asked = await opened(world, OPEN)
    for who in (world.resident, world.neighbour, world.across):
        await answers.answer(asked, Said({"": "都是混蛋"}), by=who)
    numbers = [one.id for one in await Remark.of(asked)]
    office = await browser_of(world.secretary)
    assert "可能骂人" in (await office.get(f"/consultations/{asked.id}/remarks")).text
    missing = await office.post(f"/consultations/{asked.id}/hidings", data={"remarks": numbers[:2], "reason": ""})
    assert missing.status_code == 422
    assert len(soup(missing).select("input[name=remarks][checked]")) == 2
    done = await office.post(f"/consultations/{asked.id}/hidings", data={"remarks": numbers, "reason": "骂人，没有说事情"})
    assert "3条意见" in done.text
    resident = await browser_of(world.resident)
    own = soup(await resident.get(f"/consultations/{asked.id}"))
    action = own.select_one("form[action$=appeals]")["action"]
    assert (await resident.post(action, data={"words": "我是气话，事情是真的"})).status_code == 200
    above = await browser_of(world.street_secretary)
    assert "气话" in (await above.get(f"/consultations/{asked.id}/remarks")).text
    assert (await (await browser_of(world.neighbour)).post(action, data={"words": "也让我申诉一下"})).status_code == 403


async def test_what_is_published_tells_nobody_who_came_when_or_what_a_few_said(world):
    await town(world, 9)
    asked = await opened(world, Plan(**{**vars(PLAN), "form": "options", "lines": ("东墙｜远｜走路", "南门｜近｜味大")}))
    places = await Asked.filter(consultation_id=asked.id).order_by("id")
    for n, place in enumerate(places[:9]):
        await answers.answer(asked, Said({"": f"话{n}"}, {"1": "for", "2": "for" if n < 5 else "against"}), by=carrying(("Asked", place.id)))
    shown = {one["part"]["key"]: one["cells"] for one in await hearings.figures(asked)}
    assert shown == {"1": [], "2": []}, "nine who all say the same are nine answers known; four against are four"
    await answers.answer(asked, Said({"": "话9"}, {"1": "for", "2": "against"}), by=carrying(("Asked", places[9].id)))
    shown = {one["part"]["key"]: [number for _word, number in one["cells"]] for one in await hearings.figures(asked)}
    assert shown == {"1": [10, 0, 0], "2": [5, 0, 5]}
    await endings.close(asked, by=world.secretary)
    group = await headings.add(asked, "一类", by=world.secretary, remarks=[one.id for one in await Remark.of(asked)])
    listed = [one.words for one in (await headings.listening(asked)).groups[0].remarks]
    assert listed != [f"话{n}" for n in range(10)]
    await answering.reply(await Heading.get(id=group.id), Reply("taken", "都照办。"), by=world.secretary)
    await answering.conclude(await Consultation.get(id=asked.id), "照大家说的办。", by=world.secretary)
    table = list(csv.DictReader(io.StringIO((await hearings.open_data(asked)).lstrip("\ufeff"))))
    assert [row["words"] for row in table] == sorted(row["words"] for row in table)
    assert set(table[0]) == {"heading", "part", "version", "words", "voices", "verdict", "answer"}


async def test_which_version_was_answered_is_said_only_of_five(world):
    asked = await opened(world, OPEN)
    for n in range(6):
        await answers.answer(asked, Said({"": f"话{n}"}, nonce=f"sheet-{n:06}"), by=carrying())
    assert await hearings.versions_told(asked)
    async with writing():
        await Remark.filter(words="话5").update(version=2)
    assert not await hearings.versions_told(asked)


async def test_a_voice_is_heard_by_the_office_alone(world, browser_of):
    asked = await opened(world)
    resident = await browser_of(world.resident)
    sent = {"words": "", "nonce": "n" * 12, "tell": "inbox"}
    wrong = await resident.post(f"/consultations/{asked.id}/contributions", data=sent, files={"recording": ("a.mp3", b"<script>", "audio/mpeg")})
    assert (wrong.status_code, await Contribution.all().count()) == (422, 0)
    done = await resident.post(f"/consultations/{asked.id}/contributions", data=sent, files={"recording": ("a.exe", SOUND, "text/html")})
    assert "等着听写" in done.text
    one = (await recordings.waiting(asked))[0]
    for who in (None, world.resident, world.neighbour, world.grid_worker, world.outsider):
        browser = await browser_of(who)
        for path in (f"/recordings/{one.id}", f"/recordings/{one.id}/sound", f"/consultations/{asked.id}/recordings"):
            assert (await browser.get(path)).status_code == 404, (who, path)
        assert (await browser.post(f"/recordings/{one.id}/words", data={"words": "我来写"})).status_code == 404
    clerk = await browser_of(world.clerk)
    sound = await clerk.get(f"/recordings/{one.id}/sound")
    assert (sound.content, sound.headers["content-type"], sound.headers["cache-control"]) == (SOUND, "audio/ogg", "no-store")
    assert "sandbox" in sound.headers["content-security-policy"]
    assert (await clerk.post(f"/recordings/{one.id}/words", data={"words": ""})).status_code == 422
    assert "录音已删除" in (await clerk.post(f"/recordings/{one.id}/words", data={"words": "长椅要留"})).text
    assert (await clerk.get(f"/recordings/{one.id}/sound")).status_code == 404


async def test_a_report_is_drawn_only_so_often_for_one_address(world, browser_of, monkeypatch):
    asked = await opened(world, OPEN)
    await endings.close(asked, by=world.secretary)
    monkeypatch.setitem(limits.BOUNDS, "paper:address", ("0 per minute",))
    limits._bounds.cache_clear()
    assert (await (await browser_of()).get(f"/consultations/{asked.id}/paper")).status_code == 429
    monkeypatch.undo()
    limits._bounds.cache_clear()


async def test_a_slip_of_another_consultation_opens_nothing_here(world):
    first = await opened(world)
    other = await opened(world, Plan(**{**vars(PLAN), "question": "另一件事怎么办？"}))
    slip = (await asking.issue(other, by=world.secretary))[0]
    assert await asking.place_of(first, carrying(("Asked", slip.asked.id))) is None
    assert not await answers.may_answer(first, carrying(("Asked", slip.asked.id)))
