"""Postings: what hangs, until when, and what is held against it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from council import clock
from council.i18n import Phrase
from council.neighbourhood.offices import Office
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Visitor
from council.proceedings.tasks import Task
from council.refusals import Conflict, Forbidden, Refusal
from council.rules import calendar
from council.secretariat.inbox import Notice
from council.secretariat.postings import Objection, Posting, post, post_resolution
from tests.room import room

CONTACT = "长风社区居委会 028-85551234"


async def hang(world, title="停车方案", **more):
    return await post(world.community, title, "内容", world.community, by=world.secretary, contact=CONTACT, **more)


async def test_the_last_day_moves_to_a_working_day(world, monkeypatch):
    await Office.filter(id__gt=0).update(first_day=date(2026, 1, 1))
    monkeypatch.setattr(clock, "today", lambda: date(2026, 9, 18))
    posting = await hang(world)
    assert posting.last_day == date(2026, 10, 8)
    assert posting.hangs(date(2026, 10, 8))
    assert not posting.hangs(date(2026, 10, 9))


async def test_less_than_fifteen_days_or_no_contact_is_refused(world):
    with pytest.raises(Refusal) as short:
        await hang(world, days=14)
    assert short.value.field == "days"
    with pytest.raises(Refusal):
        await post(world.community, "t", "b", world.community, by=world.secretary, contact=" ")


async def test_who_may_hang_something_up(world):
    for other in (world.resident, world.beside_secretary, world.former):
        with pytest.raises(Forbidden):
            await post(world.community, "t", "b", world.community, by=other, contact=CONTACT)


async def test_an_objection_is_kept_sealed_answered_once_and_shown_without_a_name(world):
    posting = await hang(world)
    objection = await posting.object("我是王秀兰，不同意占消防通道，电话13800000001。", by=Visitor(), name="王秀兰", phone="13800000001")
    assert "13800000001" not in objection.phone_sealed
    assert objection.phone == "13800000001"
    assert "王秀兰" not in objection.shown
    assert "13800000001" not in objection.shown
    with pytest.raises(Forbidden):
        await objection.reply("不占用。", by=world.resident)
    await objection.reply("消防通道不划线。", by=world.clerk)
    with pytest.raises(Conflict):
        await (await Objection.get(id=objection.id)).reply("再答一次", by=world.secretary)


async def test_an_objection_reaches_whoever_hung_it_and_the_desk_and_its_answer_whoever_objected(world, browser_of):
    posting = await hang(world)
    mine = await posting.object("我家门口没有写进去", by=world.resident, name="王秀兰")
    await posting.object("方案没有说清楚", by=Visitor())
    told = await Notice.filter(subject="Posting").values_list("person_id", flat=True)
    assert told == [world.secretary.id] * 2
    for person, waits in ((world.clerk, True), (world.beside_secretary, False)):
        page = (await (await browser_of(person)).get("/desk")).text
        assert ("我家门口没有写进去" in page, "王秀兰" in page) == (waits, False)
    await mine.reply("已经补上。", by=world.secretary)
    assert await Notice.filter(subject="Objection").values_list("person_id", flat=True) == [world.resident.id]
    assert "我家门口没有写进去" not in (await (await browser_of(world.clerk)).get("/desk")).text


async def test_whoever_answers_sees_that_days_off_of_a_year_are_not_known_yet(world, browser_of, monkeypatch):
    posting = await hang(world)
    monkeypatch.setattr(calendar, "warnings_for", lambda first, last: (Phrase("The days off of %(year)s are not announced yet", year=last.year),))
    for person, warned in ((world.clerk, True), (world.resident, False)):
        assert ("notice--warn" in (await (await browser_of(person)).get(f"/postings/{posting.id}")).text) is warned


async def test_nothing_is_objected_after_the_last_day(world, monkeypatch):
    posting = await hang(world)
    monkeypatch.setattr(clock, "today", lambda: posting.last_day + timedelta(days=1))
    with pytest.raises(Conflict):
        await posting.object("晚了一天", by=Visitor())


async def test_the_board_goes_on_from_page_to_page_and_filters(world, monkeypatch):
    for number in range(23):
        await hang(world, f"第{number}件：{'停车' if number % 2 else '路灯'}")
    first, more = await Posting.board_of()
    second, end = await Posting.board_of(before=more)
    assert (len(first), len(second), end) == (20, 3, 0)
    assert not {p.id for p in first} & {p.id for p in second}
    assert len((await Posting.board_of(q="停车"))[0]) == 11
    assert await Posting.board_of(q="没有的") == ([], 0)
    monkeypatch.setattr(clock, "today", lambda: first[0].last_day + timedelta(days=1))
    assert (await Posting.board_of("hanging"))[0] == []
    assert len((await Posting.board_of("past"))[0]) == 20


async def test_a_resolution_hangs_once(world):
    hall = await room(world, listed=3, present=3)
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=3)
    resolution = await hall.finish(ballot)
    day, unit = clock.today() + timedelta(days=5), await Unit.first()
    await Task.create(
        resolution=resolution, place=world.community, path=world.community.path, unit=unit, words="划线", deadline=day, assigned_at=clock.now(),
    )  # fmt: skip
    posting = await post_resolution(resolution, by=world.secretary, contact=CONTACT)
    assert posting.subject == "Resolution"
    by_whom = f"由{unit.name}负责，{day.year}年{day.month}月{day.day}日前：划线"
    for shown in (resolution.text, "赞成 3，反对 0，弃权 0", "赞成 3/3", "协商意见", by_whom):
        assert shown in posting.body, shown
    with pytest.raises(Conflict):
        await post_resolution(resolution, by=world.secretary, contact=CONTACT)
    assert await Posting.all().count() == 1


async def test_a_binding_decision_is_in_force_after_its_days_and_the_answers_to_all_objections(world):
    from council.proceedings.resolutions import Resolution
    from council.secretariat import jobs, postings

    made = await Resolution.create(
        place=world.community, path=world.community.path, text="停车公约", legal_effect="COMMUNITY_DECISION", adopted_at=clock.now(),
        number="〔2026〕1",
    )
    posting = await post_resolution(made, by=world.secretary, contact=CONTACT)
    job = await jobs.Job.get(kind="resolution_in_force")
    assert clock.local(job.run_at).date() == posting.last_day + timedelta(days=1)
    await postings.come_into_force(job.payload)
    assert (await Resolution.get(id=made.id)).stage == "posted"
    past = clock.today() - timedelta(days=1)
    await Posting.filter(id=posting.id).update(first_day=past, last_day=past)
    objection = await Objection.create(posting=posting, place=world.community, text="漏了3号楼", at=clock.now())
    await postings.come_into_force(job.payload)
    assert (await Resolution.get(id=made.id)).stage == "posted"
    await Objection.filter(id=objection.id).update(answered_at=clock.now())
    await postings.come_into_force(job.payload)
    assert (await Resolution.get(id=made.id)).stage == "in_force"
    await postings.come_into_force(job.payload)  # at least once: again does nothing


async def test_advice_never_comes_into_force(world):
    from council.proceedings.resolutions import Resolution
    from council.secretariat import jobs

    made = await Resolution.create(place=world.community, path=world.community.path, text="建议", adopted_at=clock.now(), number="〔2026〕2")
    await post_resolution(made, by=world.secretary, contact=CONTACT)
    assert not await jobs.Job.exists(kind="resolution_in_force")
