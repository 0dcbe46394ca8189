"""A petition obliges: signatures by rule, each once, only of those who may; then the meeting must be called."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.people import Person
from council.neighbourhood.places import Place
from council.neighbourhood.registry import add_person, grant
from council.proceedings import petitions
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.petitions import Petition, PetitionSignature
from council.refusals import Conflict, Forbidden, Refusal
from council.rules.petitions import PETITIONS, due, petition
from council.rules.villages import applies, village
from council.secretariat import summons
from council.secretariat.inbox import Notice
from tests.client import soup

ADULTS = "PETITION_RC_MEETING_ADULTS"


@pytest.mark.parametrize(
    ("rule", "base", "needed"),
    [
        (ADULTS, 100, 10), (ADULTS, 101, 11), (ADULTS, 9, 1), ("PETITION_RC_MEETING_HOUSEHOLDS", 345, 35), ("PETITION_RC_MEETING_REPS", 10, 4),
        ("PETITION_RC_MEETING_REPS", 9, 3), ("PETITION_RC_REPS", 23, 5), ("PETITION_VC_MEETING", 853, 86), ("PETITION_VC_MEETING_REPS", 31, 11),
        ("PETITION_VC_REPS", 30, 6),
    ],
)  # fmt: skip
def test_signatures_needed_are_the_share_of_the_law_rounded_up(rule, base, needed):
    assert petition(rule).needed(base) == needed


def test_the_last_day_to_call_is_a_working_day():
    assert due(clock.date(2026, 9, 18)) == clock.date(2026, 10, 8)  # the fifteenth day is a holiday
    assert all(row.kind in ("residents_meeting", "representatives_meeting") for row in PETITIONS.values())


async def begun(world, rule=ADULTS, by=None, **more) -> Petition:
    return await petitions.begin(rule, world.community, "夜间停车怎么管", "楼下通道天天堵", by=by or world.resident, **more)


async def many(world, number: int) -> list[Person]:
    await Person.bulk_create([Person(name=f"居民{n}", place_id=world.grid.id) for n in range(number)])
    return await Person.filter(name__startswith="居民").order_by("id")


async def test_one_tenth_of_the_adults_obliges_and_the_officers_are_told(world, database):
    people = await many(world, 30)
    adults = await petitions.base_of("adults", world.community)
    asked = await begun(world)
    assert (asked.base, asked.signed, asked.needed) == (adults, 1, -(-adults // 10))
    for one in people[: asked.needed - 2]:
        await petitions.sign(asked, by=one)
    assert (await Petition.get(id=asked.id)).stage == "open"
    await petitions.sign(asked, by=people[-1])
    reached = await Petition.get(id=asked.id)
    assert (reached.stage, reached.signed, reached.due) == ("enough", reached.needed, due(clock.today()))
    await summons._officers(await petitions_entry(asked))
    told = {one.person_id for one in await Notice.all()}
    assert {world.secretary.id, world.clerk.id} <= told
    assert world.grid_worker.id not in told


async def petitions_entry(asked):
    from council.neighbourhood.journal import Entry

    return await Entry.get(act="petition.reached", subject_id=asked.id)


async def test_nobody_signs_twice_and_neither_children_nor_strangers_sign(world):
    await many(world, 60)
    asked = await begun(world)
    child = await add_person("小明", world.grid, by=world.operator)
    child.adult = False
    await child.save(update_fields=["adult"])
    moved = await add_person("已搬走", world.grid, by=world.operator)
    moved.last_day = clock.today()
    await moved.save(update_fields=["last_day"])
    for person, words in ((world.resident, "已经签过"), (child, "未满十八"), (world.outsider, "不住在这里"), (moved, "不住在这里")):
        with pytest.raises(Refusal, match=words):
            await petitions.sign(asked, by=person)
    assert await PetitionSignature.filter(petition_id=asked.id).count() == 1


async def test_one_household_signs_once(world):
    wife = await add_person("王秀梅", world.grid, by=world.operator, household=world.households["h402"])
    asked = await begun(world, "PETITION_RC_MEETING_HOUSEHOLDS", by=world.clerk, base=300)
    await petitions.sign(asked, by=world.resident)
    with pytest.raises(Refusal, match="这一户已经签过"):
        await petitions.sign(asked, by=wife)
    with pytest.raises(Refusal, match="没有登记住址"):
        await petitions.sign(asked, by=world.manager)


async def test_only_representatives_sign_for_their_meeting(world):
    for key in ("resident", "neighbour"):
        await grant(world.people[key], "resident_representative", by=world.operator, place=world.grid)
    with pytest.raises(Refusal, match="不是居民代表"):
        await begun(world, "PETITION_RC_REPS", by=world.across)
    assert not await Petition.exists()
    asked = await begun(world, "PETITION_RC_REPS")
    assert (asked.base, asked.stage) == (2, "enough")


async def test_a_paper_sheet_is_entered_and_every_line_that_does_not_count_says_why(world):
    asked = await begun(world, by=world.clerk, base=100)
    await add_person("李建国", world.other_grid, by=world.operator, household=world.households["h101"])
    sheet = "王秀兰 3号楼402\n王秀兰 3号楼402\n李建国\n李建国 8号楼101\n张无名 1号楼1\n严明"
    found = await petitions.enter(asked, sheet, by=world.clerk)
    assert [why is None for _, why in found] == [True, False, False, True, False, False]
    assert "已经签过" in str(found[1][1])
    assert "写上住址" in str(found[2][1])
    kept = await PetitionSignature.filter(petition_id=asked.id)
    assert [(one.paper, one.by_id) for one in kept] == [(True, world.clerk.id)] * 2
    with pytest.raises(Forbidden):
        await petitions.enter(asked, sheet, by=world.resident)
    with pytest.raises(Forbidden):
        await begun(world, base=1)


async def test_a_sheet_knows_only_the_people_of_its_own_community(world):
    asked = await begun(world, by=world.clerk, base=100)
    await add_person("李建国", world.beside, by=world.operator)
    found = await petitions.enter(asked, "严明\n李建国", by=world.clerk)
    assert "登记册里没有" in str(found[0][1])
    assert found[1][1] is None


@pytest.mark.parametrize(
    ("name", "code", "governed"),
    [
        ("长风社区", "", False), ("曹杨新村", "", False), ("幸福村社区", "", False), ("柳林村", "", True), ("柳林村村民委员会", "", True),
        ("柳林", "140106003205", True), ("柳林村", "140106003012", False), ("柳林村", "A12", True),
    ],
)  # fmt: skip
def test_the_code_says_whether_it_is_a_village_else_the_name(name, code, governed):
    assert village(name, code) is governed
    assert applies("VC_REPS", [(name, code)]) is governed
    assert applies("PETITION_RC_REPS", [(name, code)]) is not governed
    assert applies("DELIBERATION", [(name, code)])


async def test_a_city_community_is_offered_no_rule_of_villages_and_a_village_none_of_cities(world, browser_of):
    resident, officer = await browser_of(world.resident), await browser_of(world.secretary)
    forms = {"/petitions/new": resident, "/chains/new": officer, "/meetings/new?kind=residents_meeting": officer}
    for address, browser in forms.items():
        page = soup(await browser.get(address))
        offered = [one["value"] for one in page.select("[name=rule], select[name=rule] option") if one.get("value")]
        assert offered, address
        assert not [one for one in offered if "VC_" in one], address
    with pytest.raises(Refusal) as refused:
        await begun(world, "PETITION_VC_MEETING")
    assert refused.value.field == "rule"
    await Place.filter(id=world.community.id).update(code="140106003205")
    await Place.filter(id=world.beside.id).update(code="140106003206")
    with pytest.raises(Refusal):
        await petitions.begin(ADULTS, await Place.get(id=world.community.id), "夜间停车怎么管", "楼下通道天天堵", by=world.resident)
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    start = clock.local(clock.now() + timedelta(days=14)).date().isoformat()
    form = {"kind": "residents_meeting", "place": str(world.community.id), "title": "村规民约", "day": start, "hour": "19:00"}
    assert (await officer.post("/meetings", data=form | {"rule": "RC_MEETING_HH"})).status_code == 422
    await officer.post("/meetings", data=form)
    assert (await Meeting.get()).rule_id == "VC_MEETING_HH"


async def test_a_signature_can_be_taken_back_until_enough_have_signed(world):
    await many(world, 60)
    asked = await begun(world)
    await petitions.sign(asked, by=world.neighbour)
    await petitions.take_back(asked, by=world.neighbour)
    assert (await Petition.get(id=asked.id)).signed == 1
    with pytest.raises(Conflict):
        await petitions.take_back(asked, by=world.neighbour)


async def test_the_pages_lead_from_the_first_signature_to_the_meeting(world, browser_of):
    await grant(world.deputy, "director", by=world.operator, place=world.community)
    mine, officer, visitor = await browser_of(world.resident), await browser_of(world.secretary), await browser_of()
    assert (await visitor.get("/petitions")).status_code == 200
    data = {"rule": "PETITION_RC_MEETING_ADULTS", "place": str(world.community.id), "title": "夜间停车怎么管", "reason": "楼下通道天天堵"}
    page = await mine.post("/petitions", data=data)
    at = page.url.path
    assert "王秀兰" not in soup(await visitor.get(at)).select_one("main").text
    assert "您已经签名" in page.text
    neighbour = await browser_of(world.neighbour)
    await neighbour.post(f"{at}/signatures")
    again = await neighbour.post(f"{at}/signatures")
    assert again.status_code == 422
    desk = soup(await officer.get("/desk")).select_one(f'main a[href="{at}"]')
    assert desk is not None
    assert desk.text == "夜间停车怎么管"
    call = soup(await officer.get(at)).select_one('a[href^="/meetings/new?"]')["href"]
    form = soup(await officer.get(call))
    assert form.select_one('input[name="petition"]')["value"] == at.rsplit("/", 1)[1]
    assert form.select_one("#title")["value"] == "夜间停车怎么管"
    start = clock.local(clock.now() + timedelta(days=14))
    form = {"kind": "residents_meeting", "place": str(world.community.id), "title": "夜间停车", "day": start.date().isoformat(), "hour": "19:00",
            "petition": at.rsplit("/", 1)[1], "rule": "RC_MEETING_ADULT"}  # fmt: skip
    assert (await officer.post("/meetings", data=form)).status_code == 200
    kept = await Petition.get()
    assert (kept.stage, kept.meeting_id) == ("called", (await Meeting.get()).id)
    assert [(one.title, one.words) for one in await AgendaItem.all()] == [("夜间停车怎么管", "楼下通道天天堵")]
    assert not soup(await officer.get("/desk")).select(f'main a[href="{at}"]')
    assert (await (await browser_of(world.across)).post(f"{at}/signatures")).status_code == 409
