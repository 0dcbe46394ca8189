"""A month for many grids: nobody in two rooms, conflicts named, what was looked at is what is drawn up."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from council import clock
from council.neighbourhood.journal import listen, silence
from council.neighbourhood.organisations import Coverage, PartyOrganisation
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registry import grant
from council.proceedings import agenda, calling, series
from council.proceedings.calling import Plan
from council.proceedings.meetings import Meeting
from council.proceedings.series import Series, Wish
from council.refusals import Conflict, Forbidden, NotFound
from council.rules import quiet
from council.secretariat import inbox, summons
from tests.client import soup
from tests.records.cast import drafted

FAR = (clock.today().replace(day=1) + timedelta(days=70)).replace(day=1)


def wish(**more) -> Wish:
    given = {"kind": "alliance_council", "title": "网格月度议事", "month": FAR, "weekdays": frozenset({3}), "hours": (time(19),)} | more
    return Wish(**given)


async def made(world, area=None, **more) -> Series:
    area = area or world.community
    lines = await series.planned(area, wish(**more), by=world.secretary)
    return await series.plan(area, wish(**more), series.fingerprint(lines), by=world.secretary)


async def grids(world, number: int, exclusive: bool = False) -> None:
    for n in range(number):
        await Place.add(f"网格{n}", "GRID", world.community, exclusive=exclusive)


async def test_each_grid_gets_an_ordinary_draft_and_its_chair_is_never_in_two(world):
    await grids(world, 3)
    plan = await made(world)
    meetings = await plan.meetings()
    assert len(meetings) == 5
    assert {(m.kind, m.stage, m.quorum_fraction) for m in meetings} == {("alliance_council", "drafted", "2/3 inclusive")}
    chaired = [m.starts_at for m in meetings if m.chair_id == world.secretary.id]
    assert len(chaired) == len(set(chaired)) == 4
    assert next(m for m in meetings if m.place_id == world.grid.id).chair_id == world.grid_secretary.id
    assert all(clock.local(m.starts_at).weekday() == 3 and clock.local(m.starts_at).hour == 19 for m in meetings)
    await agenda.add(meetings[0], "环境整治", by=world.secretary)


async def test_places_without_a_time_are_named_with_the_reason(world):
    await grids(world, 6)
    lines = await series.planned(world.community, wish(skip=frozenset({world.grid.id})), by=world.secretary)
    whys = [str(one.why) for one in lines if one.why]
    assert "您已勾掉" in whys
    assert "这些时间主持人都没空" in whys
    await grant(world.secretary, "clerk", by=world.operator, place=world.community)
    await made(world)
    again = await series.planned(world.community, wish(), by=world.secretary)
    assert sum(str(one.why) == "本月已有一次" for one in again) >= 5


async def test_what_the_chair_has_already_and_festivals_are_kept_free(world):
    lines = await series.planned(world.community, wish(), by=world.secretary)
    first = next(one.starts_at for one in lines if one.place.id == world.other_grid.id)
    await drafted(world, starts_at=first)
    again = await series.planned(world.community, wish(), by=world.secretary)
    assert next(one.starts_at for one in again if one.place.id == world.other_grid.id) > first
    spring = date(clock.today().year + 1, 2, 1)
    days = frozenset(range(7))
    held = await series.planned(world.community, wish(month=spring, weekdays=days), by=world.secretary)
    assert held
    assert all(one.starts_at and not quiet.rows_on(one.starts_at.date()) for one in held)


async def test_a_plan_that_has_changed_since_it_was_looked_at_draws_up_nothing(world):
    lines = await series.planned(world.community, wish(), by=world.secretary)
    await drafted(world, starts_at=next(one.starts_at for one in lines if one.place.id == world.other_grid.id))
    before = await Meeting.all().count()
    with pytest.raises(Conflict):
        await series.plan(world.community, wish(), series.fingerprint(lines), by=world.secretary)
    assert await Meeting.all().count() == before
    assert not await Series.exists()


async def test_drafts_are_corrected_and_ended_together_and_called_ones_stay(world):
    plan = await made(world)
    called, draft = await plan.meetings()
    called.stage = "called"
    await called.save(update_fields=["stage"])
    assert await series.correct(plan, by=world.secretary, hour=time(15), venue="活动室") == 1
    await draft.refresh_from_db()
    assert (clock.local(draft.starts_at).hour, draft.ends_at - draft.starts_at, draft.venue) == (15, timedelta(hours=2), "活动室")
    assert await series.end(plan, "改为季度会", by=world.secretary) == 1
    assert [m.stage for m in await plan.meetings()] in (["called", "cancelled"], ["cancelled", "called"])
    with pytest.raises(Conflict):
        await series.end(plan, "改为季度会", by=world.secretary)


async def test_only_those_who_call_meetings_there_plan_and_see_it(world):
    plan = await made(world)
    lines = await series.planned(world.community, wish(), by=world.secretary)
    for outsider in (world.resident, world.beside_secretary, world.former):
        with pytest.raises(Forbidden):
            await series.plan(world.community, wish(), series.fingerprint(lines), by=outsider)
        with pytest.raises(NotFound):
            await Series.find(plan.id, outsider)


async def test_a_month_for_853_and_345_grids_is_drawn_up_in_one_act(world):
    """Four branches of five lead a grid each, the rest are led by the community: the counts of the source."""
    await Place.bulk_create([
        Place(name=f"网格{n}", level="GRID", parent=world.community, path=f"{world.community.path}{n}/", id=n, exclusive=n >= 90000 + 853)
        for n in range(90000, 91198)
    ])  # fmt: skip
    await Person.bulk_create([Person(id=90000 + n, name=f"书记{n}", place_id=world.community.id) for n in range(1150)])
    for n in range(1150):
        organisation = PartyOrganisation(id=90000 + n, name=f"支部{n}", kind="branch", place_id=90000 + n)
        await organisation.save(force_create=True)
    await Coverage.bulk_create([Coverage(organisation_id=90000 + n, place_id=90000 + n) for n in range(1150)])
    await series.Office.bulk_create([
        series.Office(person_id=90000 + n, code="secretary", organisation_id=90000 + n, place_id=90000 + n, first_day=clock.today())
        for n in range(1150)
    ])  # fmt: skip
    days = frozenset(range(7))
    lines = await series.planned(world.community, wish(weekdays=days, hours=(time(19), time(9, 30))), by=world.secretary)
    plan = await series.plan(world.community, wish(weekdays=days, hours=(time(19), time(9, 30))), series.fingerprint(lines), by=world.secretary)
    meetings = await plan.meetings()
    assert len(meetings) == 1200
    assert len({(m.chair_id, m.starts_at) for m in meetings}) == 1200
    assert sum(line.place.exclusive for line in lines) == 345


async def test_the_pages_lead_from_wish_to_preview_to_drafts(world, browser_of):
    browser = await browser_of(world.secretary)
    assert (await browser.get("/series/new")).status_code == 200
    data = {
        "kind": "alliance_council", "area": str(world.community.id), "title": "网格月度议事", "month": f"{FAR:%Y-%m}", "weekdays": ["3"],
        "hour": "19:00",
    }  # fmt: skip
    assert (await browser.post("/series/preview", data=data | {"weekdays": [], "hour": "25:00"})).status_code == 422
    seen = soup(await browser.post("/series/preview", data=data))
    assert len(seen.select("tbody tr")) == 2
    form = {one["name"]: one["value"] for one in seen.select('form[action="/series"] input')}
    page = await browser.post("/series", data=form)
    assert page.url.path.startswith("/series/")
    assert len(soup(page).select(".row")) == 2
    again = await browser.post("/series", data=form)
    assert again.status_code == 409
    assert (await (await browser_of(world.resident)).get("/series")).status_code == 404
    assert (await (await browser_of(world.resident)).post("/series", data=form)).status_code in (403, 422)


async def test_a_meeting_called_by_hand_keeps_its_place_out_of_the_plan(world):
    start = clock.datetime.combine(FAR + timedelta(days=3), time(10), clock.ZONE)
    await calling.call("alliance_council", world.grid, Plan(title="临时议事", starts_at=start), by=world.grid_secretary)
    lines = await series.planned(world.community, wish(), by=world.secretary)
    assert [str(one.why) for one in lines if one.place.id == world.grid.id] == ["本月已有一次"]


async def test_whoever_chairs_a_planned_meeting_hears_of_it_once_and_whoever_planned_it_does_not(world):
    listen(summons.hear)
    try:
        plan = await made(world)
    finally:
        silence(summons.hear)
    chairs = {one.chair_id for one in await plan.meetings()}
    told = await inbox.Notice.filter(subject="Series").values_list("person_id", flat=True)
    assert (sorted(told), world.grid_secretary.id in told) == (sorted(chairs - {world.secretary.id}), True)
