"""The room at the door: coming in, what one sees, the chair's desk, the wall, the roll."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from council.proceedings import chair, roll, slips, speakers
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.proceedings.roll import Seat
from council.routes import limits
from tests.client import soup
from tests.records.cast import called
from tests.routes.test_meetings import words


@pytest.fixture(autouse=True)
def fresh_limits():
    limits.forget()


async def opened(world):
    cast = await called(world)
    await chair.open(cast.meeting, by=world.secretary)
    await chair.take_up(cast.item, cast.meeting, by=world.secretary)
    return cast


async def slip_of(world, cast, name):
    return next(s for s in await slips.issue(cast.meeting, by=world.secretary) if s.invitation.label == name)


async def test_the_number_on_the_wall_opens_a_seat_that_counts_for_nothing(world, browser_of):
    cast = await opened(world)
    visitor = await browser_of()
    page = await visitor.get("/r", params={"number": f"{cast.meeting.wall_code[:3]} {cast.meeting.wall_code[3:]}"})
    assert page.url.path == f"/r/{cast.meeting.wall_code}"
    room = await visitor.post(f"/r/{cast.meeting.wall_code}/seats", data={"name": "王秀兰"})
    assert room.status_code == 200
    assert soup(room).select_one(".seat--not")
    assert (await roll.quorum(cast.meeting)).present == 0
    assert (await visitor.post(f"/items/{cast.item.id}/speakers")).status_code == 200
    assert len(await speakers.queue(cast.item)) == 1


async def test_days_before_the_room_says_when_signing_in_begins(world, browser_of):
    cast = await called(world)
    await Meeting.filter(id=cast.meeting.id).update(starts_at=cast.meeting.starts_at + timedelta(days=3))
    page = words(await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/room"))
    assert "起可以签到" in page
    assert "请先签到" not in page


async def test_a_made_up_number_leads_nowhere(browser_of, world):
    visitor = await browser_of()
    for number in ("000000", "1", "abc", "9" * 40):
        assert (await visitor.get(f"/r/{number}")).status_code == 404
    assert (await visitor.get("/r?number=x")).url.path == "/meetings"
    mistyped = await visitor.get("/r?number=123 456")
    assert mistyped.url.path == "/meetings"
    assert "123456" in mistyped.text, "whoever mistyped the number is told so where it is typed again"


async def test_who_left_by_mistake_comes_back_with_one_press_and_who_was_struck_off_does_not(world, browser_of):
    cast = await opened(world)
    slip = await slip_of(world, cast, "王秀兰")
    visitor, officer = await browser_of(), await browser_of(world.secretary)
    at = f"/meetings/{cast.meeting.id}"
    inside = await visitor.post(f"/r/{cast.meeting.wall_code}/codes", data={"code": slip.code})
    leaving = soup(inside).select_one('form[action$="/leaving"]')["action"]
    outside = await visitor.post(leaving)
    assert (await roll.quorum(cast.meeting)).present == 0
    back = soup(outside).select_one('main form[action$="/return"]')["action"]
    assert (await (await browser_of()).post(back)).status_code == 403
    assert soup(await visitor.post(back)).select_one(".seat--may")
    assert (await roll.quorum(cast.meeting)).present == 1
    await officer.post(leaving)
    assert not soup(await visitor.get(at)).select('main form[action$="/return"]')
    assert (await visitor.post(back)).status_code == 409
    assert (await roll.quorum(cast.meeting)).present == 0


async def test_whoever_sits_in_the_room_finds_back_to_it(world, browser_of):
    cast = await opened(world)
    visitor, chair_of_it = await browser_of(), await browser_of(world.secretary)
    pages = [f"/meetings/{cast.meeting.id}/{part}" for part in ("proposals", "ballot")]
    await visitor.post(f"/r/{cast.meeting.wall_code}/seats", data={"name": "王秀兰"})
    for page in pages:
        assert soup(await visitor.get(page)).select_one(".govuk-back-link")["href"] == f"/meetings/{cast.meeting.id}/room"
        assert soup(await chair_of_it.get(page)).select_one(".govuk-back-link")["href"] == f"/meetings/{cast.meeting.id}/desk"
        assert soup(await (await browser_of()).get(page)).select_one(".govuk-back-link")["href"] == f"/meetings/{cast.meeting.id}"


async def test_a_code_typed_at_the_door_confirms(world, browser_of):
    cast = await opened(world)
    slip = await slip_of(world, cast, "王秀兰")
    visitor = await browser_of()
    wrong = await visitor.post(f"/r/{cast.meeting.wall_code}/codes", data={"code": "22222222"})
    assert wrong.status_code == 422
    assert soup(wrong).select_one("#code-error")
    room = await visitor.post(f"/r/{cast.meeting.wall_code}/codes", data={"code": slip.code.lower(), "where": "remote"})
    assert room.url.path.endswith("/room")
    assert soup(room).select_one(".seat--may")
    seat = await Seat.get(invitation_id=slip.invitation.id, left_at=None)
    assert (seat.how, seat.remote) == ("code", True)
    again = await (await browser_of()).post(f"/r/{cast.meeting.wall_code}/codes", data={"code": slip.code})
    assert again.status_code == 409


async def test_guessing_codes_is_slowed_down(world, browser_of):
    cast = await opened(world)
    answers = [(await (await browser_of()).post(f"/r/{cast.meeting.wall_code}/codes", data={"code": "22222222"})).status_code for _ in range(3)]
    assert answers == [422, 422, 422]
    for _ in range(300):
        limits.within("slip:address", "127.0.0.1")
    assert (await (await browser_of()).post(f"/r/{cast.meeting.wall_code}/codes", data={"code": "22222222"})).status_code == 429


async def test_one_click_for_whoever_is_signed_in_and_invited(world, browser_of):
    cast = await opened(world)
    invited = await browser_of(world.manager)
    room = await invited.post(f"/meetings/{cast.meeting.id}/seats", data={"where": "room"})
    assert soup(room).select_one(".seat--may")
    assert (await (await browser_of(world.clerk)).post(f"/meetings/{cast.meeting.id}/seats")).status_code == 409
    assert (await roll.quorum(cast.meeting)).present == 1


async def test_the_room_is_closed_to_whoever_has_no_seat(world, browser_of):
    cast = await opened(world)
    for person in (None, world.outsider, world.beside_secretary):
        browser = await browser_of(person)
        for part in ("room", "wall", "stream"):
            assert (await browser.get(f"/meetings/{cast.meeting.id}/{part}")).status_code == 404
        assert (await browser.post(f"/items/{cast.item.id}/speakers")).status_code == 403
    assert (await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/room")).status_code == 200


async def test_the_room_says_why_one_may_not_vote(world, browser_of):
    cast = await opened(world)
    await cast.seat("officer", world.secretary)
    page = await (await browser_of(world.officer)).get(f"/meetings/{cast.meeting.id}/room")
    assert "不能投票" in words(page)
    await cast.seat("manager", world.secretary)
    page = await (await browser_of(world.manager)).get(f"/meetings/{cast.meeting.id}/room")
    assert soup(page).select_one(".seat--may")


async def test_my_place_in_the_queue_is_shown(world, browser_of):
    cast = await opened(world)
    for key in ("neighbour", "across", "resident"):
        await speakers.ask(cast.item, await cast.seat(key, world.secretary), by=world.people[key])
    page = words(await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/room"))
    assert "您前面还有 2 人" in page
    room = soup(await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/room"))
    withdrawal = room.select_one('form[action^="/speakers/"]')["action"]
    assert (await (await browser_of(world.neighbour)).post(withdrawal)).status_code == 403
    assert (await (await browser_of(world.resident)).post(withdrawal)).status_code == 200
    assert len(await speakers.queue(cast.item)) == 2


async def test_a_part_of_the_room_is_fetched_alone(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    part = await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/room?part=mine", headers={"hx-request": "true"})
    assert "<html" not in part.text
    assert soup(part).select_one(".seat--may")


async def test_leaving_the_room_needs_the_seat(world, browser_of):
    cast = await opened(world)
    seat = await cast.seat("resident", world.secretary)
    assert (await (await browser_of(world.neighbour)).post(f"/seats/{seat.id}/leaving")).status_code == 403
    assert (await (await browser_of(world.resident)).post(f"/seats/{seat.id}/leaving")).status_code == 200
    assert (await roll.quorum(cast.meeting)).present == 0


async def test_without_script_the_room_shows_itself_again(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    page = soup(await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/room"))
    assert page.select_one('noscript meta[http-equiv="refresh"]')
    assert not page.select_one(f'a[href="/meetings/{cast.meeting.id}/ballot"]')
    assert page.select_one(f'a[href="/meetings/{cast.meeting.id}/proposals"]')


async def test_the_desk_is_the_chairs_alone(world, browser_of):
    cast = await opened(world)
    assert (await (await browser_of(world.secretary)).get(f"/meetings/{cast.meeting.id}/desk")).status_code == 200
    for person in (world.clerk, world.resident, world.deputy, world.beside_secretary):
        assert (await (await browser_of(person)).get(f"/meetings/{cast.meeting.id}/desk")).status_code == 404


async def test_an_evening_from_the_desk(world, browser_of):
    cast = await called(world)
    desk = await browser_of(world.secretary)
    at = f"/meetings/{cast.meeting.id}"

    async def step(page):
        form = soup(page).select_one(".desk__next form")
        return await desk.post(form["action"])

    page = await step(await desk.get(f"{at}/desk"))
    assert (await Meeting.get()).stage == "open"
    page = await step(page)
    assert (await AgendaItem.get()).stage == "open"
    await speakers.ask(await AgendaItem.get(), await cast.seat("resident", world.secretary), by=world.resident)
    await desk.post(f"/items/{cast.item.id}/speakers/next")
    assert (await speakers.speaking(await AgendaItem.get())).seat_id
    assert (await desk.get(f"{at}/adjournment")).status_code == 200
    await desk.post(f"{at}/adjournment", data={"words": "休息十分钟"})
    assert "休息十分钟" in words(await (await browser_of(world.resident)).get(f"{at}/room"))
    assert soup(await desk.get(f"{at}/desk")).select_one(".desk__next a")["href"] == f"{at}/resumption"
    assert "王秀兰" in words(await desk.get(f"{at}/resumption"))
    await desk.post(f"{at}/resumption", data={"everybody": "yes"})
    assert (await Meeting.get()).stage == "open"
    assert (await desk.get(f"{at}/closing")).status_code == 200
    early = await desk.post(f"{at}/closing")
    assert early.status_code == 409
    assert (await desk.post(f"/items/{cast.item.id}/conclusion", data={"words": ""})).status_code == 422
    await desk.post(f"/items/{cast.item.id}/conclusion", data={"words": "同意试行三个月"})
    closed = await desk.post(f"{at}/closing")
    assert (await Meeting.get()).stage == "closed"
    assert "同意试行三个月" in words(closed)


ACTS = ("opening", "resumption", "adjournment", "closing", "chair")


@pytest.mark.parametrize("act", ACTS)
async def test_the_chairs_acts_are_nobody_elses(world, browser_of, act):
    cast = await called(world)
    data = {"words": "停电", "person": str(world.deputy.id)}
    for person in (world.resident, world.clerk, world.beside_secretary):
        assert (await (await browser_of(person)).post(f"/meetings/{cast.meeting.id}/{act}", data=data)).status_code in (403, 404)
    assert (await (await browser_of()).post(f"/meetings/{cast.meeting.id}/{act}", data=data, follow_redirects=False)).status_code == 303
    assert (await Meeting.get()).stage == "called"
    assert (await Meeting.get()).chair_id == world.secretary.id


@pytest.mark.parametrize("act", ["taking-up", "conclusion", "deferral", "promise", "speakers/next"])
async def test_items_are_moved_by_the_chair_alone(world, browser_of, act):
    cast = await opened(world)
    for person in (world.resident, world.clerk):
        assert (await (await browser_of(person)).post(f"/items/{cast.item.id}/{act}", data={"words": "同意"})).status_code == 403
    assert (await AgendaItem.get()).stage == "open"


async def test_the_chair_is_handed_over_on_its_page(world, browser_of):
    cast = await opened(world)
    desk = await browser_of(world.secretary)
    page = await desk.get(f"/meetings/{cast.meeting.id}/chair")
    assert [box["value"] for box in soup(page).select('input[name="person"]')] == [str(world.street_secretary.id), str(world.deputy.id)]
    assert (await desk.post(f"/meetings/{cast.meeting.id}/chair", data={"person": world.resident.id})).status_code == 422
    await desk.post(f"/meetings/{cast.meeting.id}/chair", data={"person": world.deputy.id})
    assert (await Meeting.get()).chair_id == world.deputy.id
    assert (await desk.get(f"/meetings/{cast.meeting.id}/desk")).status_code == 404
    assert (await (await browser_of(world.deputy)).get(f"/meetings/{cast.meeting.id}/desk")).status_code == 200


async def test_the_roll_is_ticked_and_found_by_pinyin(world, browser_of):
    cast = await opened(world)
    clerk = await browser_of(world.clerk)
    page = await clerk.get(f"/meetings/{cast.meeting.id}/roll?q=wxl")
    assert [row.strong.get_text() for row in soup(page).select("#lines .names__row")] == ["王秀兰"]
    invitation = cast.invited["resident"]
    await clerk.post(f"/meetings/{cast.meeting.id}/roll", data={"invitation": invitation.id, "where": "room"})
    assert (await roll.quorum(cast.meeting)).present == 1
    assert (await clerk.post(f"/meetings/{cast.meeting.id}/roll", data={"invitation": invitation.id})).status_code == 409
    assert (await clerk.post(f"/meetings/{cast.meeting.id}/roll", data={"invitation": 99999})).status_code == 404
    assert (await (await browser_of(world.resident)).get(f"/meetings/{cast.meeting.id}/roll")).status_code == 403
    assert (await (await browser_of(world.resident)).post(f"/meetings/{cast.meeting.id}/roll", data={"invitation": invitation.id})).status_code == 403


async def test_somebody_who_waits_is_confirmed_in_one_tick(world, browser_of):
    cast = await opened(world)
    visitor = await browser_of()
    await visitor.post(f"/r/{cast.meeting.wall_code}/seats", data={"name": "王秀兰"})
    desk = await browser_of(world.secretary)
    page = soup(await desk.get(f"/meetings/{cast.meeting.id}/desk"))
    form = page.select_one(".desk__request form")
    assert (await (await browser_of(world.resident)).post(form["action"],
    data={"invitation": form.select_one("[name=invitation]")["value"]})).status_code == 403
    await desk.post(form["action"], data={"invitation": form.select_one("[name=invitation]")["value"]})
    assert soup(await visitor.get(f"/meetings/{cast.meeting.id}/room")).select_one(".seat--may")


async def test_an_invitation_of_another_meeting_cannot_be_ticked_here(world, browser_of):
    cast, beside = await opened(world), await called(world)
    clerk = await browser_of(world.clerk)
    answer = await clerk.post(f"/meetings/{cast.meeting.id}/roll", data={"invitation": beside.invited["resident"].id})
    assert answer.status_code == 404
    assert (await roll.quorum(cast.meeting)).present == 0


async def test_the_wall_has_no_control_and_no_private_word(world, browser_of):
    cast = await opened(world)
    await speakers.ask(cast.item, await cast.seat("resident", world.secretary), by=world.resident)
    page = await (await browser_of(world.secretary)).get(f"/meetings/{cast.meeting.id}/wall")
    wall = soup(page)
    assert not wall.select("main a, main button, main form, main input")
    assert re.sub(r"\s", "", wall.select_one(".wall__number").get_text()) == cast.meeting.wall_code
    assert "1380000" not in page.text
    assert "王秀兰" in page.text
    assert "李建国" not in page.text
