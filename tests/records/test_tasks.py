"""Tasks: given, done with proof, accepted or given back; and what an advisory result allows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from council import clock
from council.neighbourhood.journal import listen, silence
from council.neighbourhood.organisations import Unit
from council.neighbourhood.people import Visitor
from council.proceedings.handoffs import HandOff, record
from council.proceedings.matters import Matter
from council.proceedings.resolutions import Resolution
from council.proceedings.tasklists import overdue
from council.proceedings.tasks import Order, Task, assign
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules.calendar import add_working_days
from council.rules.lights import Light, light
from council.secretariat import errands, inbox, jobs
from tests.client import soup
from tests.records.cast import called
from tests.records.test_matters import COVER, LEAK, PARKING, confirmed


async def station() -> Unit:
    return await Unit.get(kind="department")


async def order(**more):
    given = {"words": "换井盖", "deadline": clock.today() + timedelta(days=5), "unit": await station()} | more
    return Order(**given)


async def resolution_on(world, matter, needs_owners):
    return await Resolution.create(
        matter=matter, place=world.community, path=world.community.path, text="停车管理办法", needs_owners=needs_owners, adopted_at=clock.now()
    )


async def test_an_official_matter_is_assigned_done_accepted_and_ends(world):
    matter = await confirmed(world, COVER, "OFFICIAL")
    task = await assign(await order(), by=world.street_secretary, matter=matter)
    assert (await Matter.get(id=matter.id)).stage == "assigned"
    with pytest.raises(Conflict):
        await task.accept("spot", "还没有动工", by=world.street_secretary)
    await task.report_done("已更换新井盖并加固", by=world.officer)
    for visit, found, field in (("", "井盖平整牢固", "visit"), ("guessed", "井盖平整牢固", "visit"), ("spot", " ", "found")):
        with pytest.raises(Refusal) as refused:
            await task.accept(visit, found, by=world.street_secretary)
        assert refused.value.field == field
    await task.accept("spot", "井盖平整牢固", by=world.street_secretary)
    assert (task.visit, task.found, task.accepted_by_id) == ("spot", "井盖平整牢固", world.street_secretary.id)
    after = await Matter.get(id=matter.id)
    assert (after.stage, after.answer) == ("done", "已更换新井盖并加固")


async def test_not_good_enough_goes_back_with_the_reason(world):
    matter = await confirmed(world, COVER, "OFFICIAL")
    task = await assign(await order(), by=world.street_secretary, matter=matter)
    await task.report_done("已更换新井盖", by=world.officer)
    with pytest.raises(Refusal):
        await task.give_back("", by=world.street_secretary)
    await task.give_back("井盖还在晃", by=world.street_secretary)
    assert (task.stage, task.returned) == ("assigned", "井盖还在晃")


@pytest.mark.parametrize("who", ["resident", "hotel_secretary", "beside_secretary", "outsider"])
async def test_only_who_answers_for_it_reports_it_done(world, who):
    matter = await confirmed(world, COVER, "OFFICIAL")
    task = await assign(await order(), by=world.street_secretary, matter=matter)
    with pytest.raises(Forbidden):
        await task.report_done("已更换新井盖", by=world.people[who])
    with pytest.raises(NotFound):
        await Task.seen_by(world.people[who], task.id)
    assert (await Task.seen_by(world.officer, task.id)).id == task.id


async def test_whoever_answers_for_a_task_sees_its_matter(world):
    matter = await confirmed(world, LEAK, "HOUSEHOLD")
    with pytest.raises(NotFound):
        await Matter.seen_by(world.manager, matter.id)
    await assign(await order(unit=None, person=world.manager), by=world.secretary, matter=matter)
    assert await Matter.seen_by(world.manager, matter.id)


@pytest.mark.parametrize("kind", ["carry_out", "answer"])
async def test_an_advisory_result_allows_only_to_prepare_the_owners_vote(world, kind):
    matter = await confirmed(world, PARKING, "COLLABORATIVE")
    await Matter.filter(id=matter.id).update(stage="deliberated")
    advisory = await resolution_on(world, matter, needs_owners=True)
    with pytest.raises(Conflict) as refused:
        await assign(await order(kind=kind), by=world.secretary, resolution=advisory)
    assert "278" in refused.value.phrase.message
    with pytest.raises(Conflict):
        await assign(await order(kind=kind), by=world.secretary, matter=matter)
    task = await assign(await order(kind="prepare_owners_vote"), by=world.secretary, resolution=advisory)
    await task.report_done("表决票已经印好", by=world.secretary)
    await task.accept("spoke", "票已看过", by=world.secretary)
    assert (await Matter.get(id=matter.id)).stage == "assigned"
    decided = await resolution_on(world, matter, needs_owners=False)
    last = await assign(await order(), by=world.secretary, resolution=decided)
    await last.report_done("车位已经划线", by=world.secretary)
    await last.accept("spot", "线已划好", by=world.secretary)
    assert (await Matter.get(id=matter.id)).stage == "done"


async def test_a_collaborative_matter_is_discussed_before_it_is_assigned(world):
    matter = await confirmed(world, PARKING, "COLLABORATIVE")
    with pytest.raises(Conflict):
        await assign(await order(), by=world.secretary, matter=matter)


@pytest.mark.parametrize(
    ("more", "field"), [({"unit": None}, "responsible"), ({"kind": "punish"}, "kind"), ({"deadline": clock.today() - timedelta(days=1)}, "deadline")]
)
async def test_an_order_names_who_what_and_when(world, more, field):
    matter = await confirmed(world, COVER, "OFFICIAL")
    given = {"words": "换井盖", "deadline": clock.today(), "unit": await station()} | more
    with pytest.raises(Refusal) as refused:
        await assign(Order(**given), by=world.street_secretary, matter=matter)
    assert refused.value.field == field


async def test_what_is_overdue_is_found_within_the_place(world, monkeypatch):
    matter = await confirmed(world, COVER, "OFFICIAL")
    task = await assign(await order(), by=world.street_secretary, matter=matter)
    assert not await overdue(world.street.path)
    later = clock.today() + timedelta(days=6)
    monkeypatch.setattr(clock, "today", lambda: later)
    assert [one.id for one in await overdue(world.street.path)] == [task.id]
    assert not await overdue(world.beside.path)


async def test_a_hand_off_is_written_down_once_and_is_no_matter(world):
    first = await record("厨房有煤气味", ["GAS", "119"], world.community, "n1", by=Visitor())
    again = await record("厨房有煤气味", ["GAS", "119"], world.community, "n1", by=Visitor())
    assert first.id == again.id
    assert await HandOff.all().count() == 1
    assert not await Matter.exists()
    with pytest.raises(Forbidden):
        await first.note_seen(by=world.beside_secretary)
    await first.locate(world.grid, "3号楼402", by=Visitor())
    await first.note_seen(by=world.grid_worker)
    assert (await HandOff.get(id=first.id)).seen_by_id == world.grid_worker.id


TODAY = date(2026, 9, 29)  # a Tuesday; the holiday of October begins on Thursday


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        (date(2026, 9, 28), Light.RED), (date(2026, 9, 29), Light.YELLOW), (date(2026, 10, 9), Light.YELLOW), (date(2026, 10, 10), Light.GREEN),
    ],
)  # fmt: skip
def test_the_light_counts_the_working_days_that_are_left(deadline, expected):
    assert light(deadline, TODAY) is expected


async def test_three_lists_show_problems_duties_and_measures_with_the_most_urgent_light(world, browser_of):
    cover, lamp = await confirmed(world, COVER, "OFFICIAL"), await confirmed(world, "路灯不亮，晚上看不见路。", "OFFICIAL")
    far = clock.today() + timedelta(days=60)
    for matter, words in ((cover, "换井盖"), (cover, "立警示牌"), (lamp, "换灯泡")):
        await assign(Order(words, far, unit=await station()), by=world.street_secretary, matter=matter)
    await Task.filter(words="立警示牌").update(deadline=clock.today() - timedelta(days=1))
    await Task.filter(words="换灯泡").update(unit_id=None, person_id=world.clerk.id)
    street, outsider = await browser_of(world.street_secretary), await browser_of(world.outsider)
    problems = soup(await street.get("/tasks?list=problems")).select(".row")
    assert [one.select_one(".tag").text for one in problems] == ["红灯：超期", "绿灯：按期"]
    assert "1 项超期" in problems[0].text
    duties = soup(await street.get("/tasks?list=duties"))
    assert [one.text for one in duties.select(".row__title")] == ["丁山街道综合行政执法队", "蒋文"]
    assert len(soup(await street.get(duties.select_one(".row__title")["href"])).select(".row")) == 2
    measures = soup(await street.get("/tasks"))
    assert {one.text for one in measures.select(".tag")} == {"红灯：超期", "绿灯：按期"}
    for which in ("measures", "problems", "duties", "nonsense"):
        assert not soup(await outsider.get(f"/tasks?list={which}")).select(".row")


async def test_a_deadline_is_so_many_working_days_or_a_day_and_never_both(world, browser_of):
    matter = await confirmed(world, COVER, "OFFICIAL")
    street, at = await browser_of(world.street_secretary), f"/matters/{matter.id}/tasks"
    offered = soup(await street.get(f"{at}/new")).select("#within option")
    assert [one["value"] for one in offered] == ["", "3", "5", "10", "15"]
    given = {"kind": "carry_out", "words": "换井盖", "responsible": f"unit:{(await station()).id}"}
    for wrong in ({}, {"within": "5", "deadline": "2099-01-01"}):
        refused = await street.post(at, data=given | wrong)
        assert (refused.status_code, bool(soup(refused).select_one("#deadline-error"))) == (422, True)
    await street.post(at, data=given | {"within": "5"})
    assert (await Task.get()).deadline == add_working_days(clock.today(), 5)


async def test_a_resolution_on_a_topic_of_its_own_gives_its_tasks_on_its_page(world, browser_of):
    made = await resolution_on(world, None, needs_owners=False)
    at, (clerk, outsider) = f"/resolutions/{made.id}", [await browser_of(one) for one in (world.clerk, world.outsider)]
    assert soup(await clerk.get(at)).select_one(f'a[href="{at}/tasks/new"]')
    assert [one["value"] for one in soup(await clerk.get(f"{at}/tasks/new")).select("#resolution option")] == [str(made.id)]
    offered = {one["value"]: one.text for one in soup(await clerk.get(f"{at}/tasks/new")).select("#responsible option")}
    assert offered[f"person:{world.grid_worker.id}"] == "郑凯（第一网格）"
    given = {"kind": "carry_out", "words": "投放点移到东墙", "responsible": f"person:{world.grid_worker.id}", "within": "5"}
    given["resolution"] = str(made.id)
    assert (await clerk.post(f"{at}/tasks", data=given | {"within": "0"})).status_code == 422
    page = await clerk.post(f"{at}/tasks", data=given)
    assert (page.url.path, "投放点移到东墙" in page.text) == (at, True)
    task = await Task.get()
    assert (task.resolution_id, task.matter_id, task.person_id) == (made.id, None, world.grid_worker.id)
    assert soup(await clerk.get(f"/tasks/{task.id}")).select_one(f'a[href="{at}"]')
    for refused in (await outsider.get(f"{at}/tasks/new"), await outsider.post(f"{at}/tasks", data=given)):
        assert refused.status_code == 403
    assert "投放点移到东墙" not in (await outsider.get(at)).text
    on_a_matter = await resolution_on(world, await confirmed(world, COVER, "OFFICIAL"), needs_owners=False)
    assert (await clerk.get(f"/resolutions/{on_a_matter.id}/tasks/new")).status_code == 404


async def test_whoever_does_it_and_whoever_gave_it_hear_of_a_task_and_no_word_of_it_is_told(world, monkeypatch):
    listen(errands.hear)
    try:
        task = await assign(await order(), by=world.street_secretary, matter=await confirmed(world, COVER, "OFFICIAL"))
        await task.report_done("已更换新井盖", by=world.officer)
        await task.give_back("井盖还在晃", by=world.street_secretary)
    finally:
        silence(errands.hear)
    told = [(one.person_id, str(one.phrase)) for one in await inbox.Notice.filter(subject="Task").order_by("id")]
    assert [who for who, _ in told] == [world.officer.id, world.street_secretary.id, world.officer.id]
    assert not [said for _, said in told if "井盖" in said]
    late = await jobs.Job.get(kind="task_late")
    assert clock.local(late.run_at).date() == task.deadline + timedelta(days=1)
    await errands.late(late.payload)
    assert await inbox.Notice.filter(message=errands.LATE.message).count() == 0
    monkeypatch.setattr(clock, "today", lambda: task.deadline + timedelta(days=1))
    for _ in range(2):
        await errands.late(late.payload)
    heard = await inbox.Notice.filter(message=errands.LATE.message).values_list("person_id", flat=True)
    assert sorted(heard) == sorted([world.officer.id, world.street_secretary.id])


async def test_a_topic_without_a_reporter_is_judged_by_those_invited_once_all_of_it_is_carried_out(world, browser_of):
    held = await called(world)
    made = await resolution_on(world, None, needs_owners=False)
    await Resolution.filter(id=made.id).update(meeting_id=held.meeting.id)
    made = await Resolution.get(id=made.id)
    tasks = [await assign(await order(words=words), by=world.secretary, resolution=made) for words in ("移箱子", "立牌子")]
    member, other, outsider = [await browser_of(one) for one in (world.resident, world.neighbour, world.outsider)]
    at = f"/resolutions/{made.id}"
    listen(errands.hear)
    try:
        for number, task in enumerate(tasks):
            assert (await member.post(f"{at}/judgement", data={"score": "satisfied"})).status_code == 409
            await task.report_done("已经办好", by=world.officer)
            await task.accept("spot", "看过了", by=world.secretary)
            asked = await inbox.Notice.filter(message=errands.CARRIED_OUT.message).values_list("person_id", flat=True)
            assert (world.resident.id in asked, world.outsider.id in asked) == (number == 1, False)
    finally:
        silence(errands.hear)
    for score in ("dissatisfied", "satisfied"):
        await member.post(f"{at}/judgement", data={"score": score})
    page = soup(await other.post(f"{at}/judgement", data={"score": "satisfied"}))
    assert "满意 2" in page.select_one("[aria-labelledby=judged]").text
    assert page.select_one("[aria-pressed=true]").text.strip() == "✓ 满意"
    assert (await outsider.post(f"{at}/judgement", data={"score": "satisfied"})).status_code == 403
    seen = soup(await outsider.get(at))
    assert ("满意 2" in seen.text, bool(seen.select("[name=score]"))) == (True, False)
