"""Power that somebody takes without having been given it: an office that ended, a unit's branch, an organisation that is made to reach further."""

from __future__ import annotations

from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import writing
from council.neighbourhood.offices import Office, standing
from council.neighbourhood.registry import grant
from council.proceedings.ballots import Ballot
from council.proceedings.matters import Matter
from council.proceedings.meetings import Meeting
from council.proceedings.tasks import Task
from council.secretariat.minutes import Minutes
from council.secretariat.postings import Posting
from tests.minutes import approve_all
from tests.room import room
from tests.routes.steps import COVER, confirmed, reported


async def end_offices(person) -> None:
    async with writing():
        await Office.filter(person_id=person.id).update(first_day=clock.today() - timedelta(days=9), last_day=clock.today() - timedelta(days=1))


async def test_a_chair_whose_office_has_ended_chairs_no_longer(browser_of, world):
    made = await room(world)
    ballot, chair = await made.ballot(), await browser_of(world.secretary)
    assert (await chair.get(f"/meetings/{made.meeting.id}/desk")).status_code == 200
    await end_offices(world.secretary)
    sent = await chair.get(f"/meetings/{made.meeting.id}/desk", follow_redirects=False)
    assert sent.headers["location"] == f"/meetings/{made.meeting.id}/chair"  # the one thing left to do
    for path in (f"/ballots/{ballot.id}/closing", f"/meetings/{made.meeting.id}/adjournment", f"/items/{made.item.id}/speakers/next"):
        assert (await chair.post(path, data={"words": "到此为止"})).status_code == 403, path
    assert (await Ballot.get(id=ballot.id)).stage == "open"
    assert (await Meeting.get(id=made.meeting.id)).stage == "open"


async def test_a_recorder_whose_office_has_ended_enters_no_paper(browser_of, world):
    made = await room(world)
    ballot, recorder = await made.ballot(), await browser_of(world.clerk)
    assert (await recorder.get(f"/ballots/{ballot.id}/papers")).status_code == 200
    await end_offices(world.clerk)
    assert (await recorder.get(f"/ballots/{ballot.id}/papers")).status_code == 404
    assert (await recorder.get(f"/meetings/{made.meeting.id}/slips")).status_code == 403


async def test_a_clerk_makes_no_secretary_of_the_place_out_of_a_units(browser_of, world):
    clerk, branch = await browser_of(world.clerk), world.hotel_branch
    form = {"name": branch.name, "kind": "branch", "unit": str(world.hotel.id)}
    for change in ({"unit": ""}, {"covers": str(world.grid.id)}, {"unit": "", "covers": str(world.community.id)}):
        assert (await clerk.post(f"/organisations/{branch.id}/correction", data=form | change)).status_code == 403, change
    assert (await standing(world.hotel_secretary)).codes() == {"unit_secretary"}
    assert (await clerk.post(f"/organisations/{branch.id}/correction", data=form | {"name": "和平宾馆支部"})).status_code == 200
    secretary = await browser_of(world.secretary)
    assert (await secretary.post(f"/organisations/{branch.id}/correction", data=form | {"unit": ""})).status_code == 200


async def test_a_clerk_ends_no_office_by_taking_its_holder_off_the_lists(browser_of, world):
    clerk = await browser_of(world.clerk)
    assert (await clerk.post(f"/people/{world.grid_secretary.id}/end", data={})).status_code == 403
    assert await standing(world.grid_secretary)


async def test_nobody_ends_an_office_that_reaches_further_by_taking_its_holder_off_the_lists(browser_of, world):
    """The office has its seat in the grid, but what it holds reaches the whole community."""
    await grant(world.resident, "deputy_secretary", by=world.operator, organisation=world.committee, place=world.grid)
    answer = await (await browser_of(world.grid_secretary)).post(f"/people/{world.resident.id}/end", data={})
    assert answer.status_code == 403
    assert (await standing(world.resident)).codes() == {"deputy_secretary"}


async def test_nobody_is_given_an_office_above_the_giver(browser_of, world):
    secretary = await browser_of(world.secretary)
    for form in (
        {"code": "operator", "place": str(world.street.id)},
        {"code": "secretary", "organisation": str(world.working_committee.id)},
        {"code": "emperor"},
    ):
        answer = await secretary.post("/offices", data={"person": str(world.clerk.id)} | form)
        assert answer.status_code in (403, 422), form
    assert (await standing(world.clerk)).codes() == {"clerk"}


async def test_secretaries_of_units_do_nothing_in_the_name_of_the_place(browser_of, world):
    matter = await Matter.with_code(await reported(await browser_of(), world))
    for key in ("hotel_secretary", "manager", "former"):
        browser = await browser_of(world.people[key])
        for path in (
            f"/matters/{matter.id}",
            f"/matters/{matter.id}/triage",
            "/desk" if key == "former" else "/meetings/new",
            "/people",
            "/offices/new",
            "/registers",
        ):
            assert (await browser.get(path, follow_redirects=False)).status_code in (303, 404), f"{key} {path}"
        assert (await confirmed(browser, matter.id, "OFFICIAL")).status_code == 404
    assert (await Matter.get(id=matter.id)).stage == "reported"


async def test_a_task_is_given_only_to_whom_the_form_offers(browser_of, world):
    """Whoever answers for a task reads its matter: a number typed by hand would let in anybody."""
    secretary = await browser_of(world.secretary)
    matter = await Matter.with_code(await reported(await browser_of(), world, COVER))
    await confirmed(secretary, matter.id, "OFFICIAL")
    form = {"kind": "carry_out", "words": "换一个井盖", "deadline": "2099-01-01"}
    for stranger in (world.outsider, world.beside_secretary, world.neighbour):
        answer = await secretary.post(f"/matters/{matter.id}/tasks", data=form | {"responsible": f"person:{stranger.id}"})
        assert answer.status_code == 422
        assert stranger.name not in answer.text
    assert not await Task.all().exists()
    assert (await secretary.post(f"/matters/{matter.id}/tasks", data=form | {"responsible": f"person:{world.clerk.id}"})).status_code == 200


async def test_fields_that_no_form_has_change_nothing(browser_of, world):
    browser = await browser_of(world.resident)
    code = await reported(browser, world, affair="OFFICIAL", public="1", stage="closed", reporter_id="1", channel="desk", entered_by_id="1")
    matter = await Matter.with_code(code)
    assert (matter.affair, matter.public, matter.stage, matter.channel, matter.reporter_id) == ("", False, "reported", "web", world.resident.id)
    await browser.post(
        "/account/reach", data={"phone": "", "mail": "", "name": "改名", "adult": "", "household_id": "2", "place_id": str(world.beside.id)}
    )
    person = await type(world.resident).get(id=world.resident.id)
    assert (person.name, person.place_id, person.household_id) == (world.resident.name, world.grid.id, world.households["h402"].id)


@pytest.mark.parametrize("text", ["王秀兰和李四说好由王秀兰做"])
async def test_what_is_posted_names_nobody_who_came(browser_of, world, text):
    from council.proceedings.invitations import Invitation
    from council.proceedings.resolutions import Resolution

    made = await room(world, listed=2, present=2)
    first = (await Invitation.filter(meeting_id=made.meeting.id).order_by("id"))[0]
    async with writing():
        await Invitation.filter(id=first.id).update(person_id=world.resident.id, label="王秀兰 3号楼402", substitute="李四")
    resolution = await Resolution.create(
        meeting=made.meeting, item=made.item, place=world.community, path=world.community.path, text=text, adopted_at=clock.now(), number="1"
    )
    stranger = await browser_of()
    for path in ("/resolutions", f"/resolutions/{resolution.id}"):
        page = (await stranger.get(path)).text
        assert "王秀兰" not in page
        assert "李四" not in page
    async with writing():
        await Meeting.filter(id=made.meeting.id).update(stage="closed", closed_at=clock.now())
        await type(made.item).filter(id=made.item.id).update(stage="decided", outcome=text)
    minutes = await Minutes.draw(await Meeting.get(id=made.meeting.id), by=world.clerk)
    minutes = await approve_all(minutes, world.clerk, world.secretary)
    posting = await minutes.post(by=world.secretary, contact="社区办公室")
    assert "王*兰" in (await Posting.get(id=posting.id)).body
    assert "王秀兰" not in posting.body


async def test_nobody_lends_a_grantee_reach_by_a_place_next_door(world):
    with pytest.raises(Exception, match=r".+"):
        await grant(world.clerk, "clerk", by=world.secretary, place=world.beside)
