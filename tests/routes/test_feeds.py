"""The calendar feed: an address nobody guesses, which shows its owner's meetings and nothing that they may not see."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from icalendar import Calendar

from council import clock
from council.neighbourhood.offices import Office
from council.partnership import venues
from council.partnership.resources import Offer, add_resource
from council.partnership.venues import Asked, Booking
from council.proceedings import agenda
from council.proceedings.invitations import invite
from council.secretariat import feeds
from council.secretariat.feeds import Feed
from tests.client import soup
from tests.records.cast import REASON, called, drafted, guest


async def read(browser, address: str) -> list[str]:
    page = await browser.get(address)
    assert page.status_code == 200, page.text
    return [str(event["summary"]) for event in Calendar.from_ical(page.text).walk("VEVENT")]


async def address_of(browser) -> str:
    page = await browser.post("/feed")
    return soup(page).select_one(".key-link__address").get_text(strip=True)


async def test_a_feed_shows_what_concerns_its_owner_and_nothing_else(world, browser_of):
    held = await called(world)
    other = await drafted(world, title="与我无关")
    await agenda.add(other, "绿化", by=world.secretary)
    await invite(other, "resident_representative", [guest(world.across)], by=world.secretary)
    await agenda.give_notice(other, by=world.secretary, temporary_reason=REASON)
    address = await address_of(await browser_of(world.resident))
    assert await read(await browser_of(), address) == [held.meeting.title]
    assert len(address.rsplit("/", 1)[1]) > 32


async def test_an_address_that_was_renewed_or_stopped_leads_nowhere(world, browser_of):
    browser, visitor = await browser_of(world.resident), await browser_of()
    first = await address_of(browser)
    second = await address_of(browser)
    assert first != second
    assert (await visitor.get(first)).status_code == 404
    assert (await visitor.get(second)).status_code == 200
    await browser.post("/feed/end")
    assert (await visitor.get(second)).status_code == 404
    assert (await visitor.get("/feeds/guess.ics")).status_code == 404


async def test_a_feed_ends_with_its_owner_moving_away(world, browser_of):
    feed = await feeds.renew(world.resident, by=world.resident)
    world.resident.last_day = clock.today()
    await world.resident.save(update_fields=["last_day"])
    assert (await (await browser_of()).get(f"/feeds/{feed.token}.ics")).status_code == 404


async def test_a_closed_meeting_shows_its_kind_and_leaves_the_feed_with_the_office(world, browser_of):
    meeting = await drafted(world, "grid_neighbourhood_meeting", title="402漏水")
    await agenda.add(meeting, "402漏到302", by=meeting.chair)
    await invite(meeting, "mediator", [guest(world.resident)], by=meeting.chair)
    await agenda.give_notice(meeting, by=meeting.chair, temporary_reason=REASON)
    visitor = await browser_of()
    chairs = await feeds.renew(world.grid_secretary, by=world.grid_secretary)
    invited = await feeds.renew(world.resident, by=world.resident)
    assert await read(visitor, f"/feeds/{chairs.token}.ics") == await read(visitor, f"/feeds/{invited.token}.ics") == ["网格邻里会"]
    ended = clock.today() - feeds.BACK
    await Office.filter(person_id=world.grid_secretary.id).update(first_day=ended, last_day=ended)
    assert await read(visitor, f"/feeds/{chairs.token}.ics") == []
    assert await read(visitor, f"/feeds/{invited.token}.ics") == ["网格邻里会"]


async def test_a_granted_venue_stands_in_the_calendar_of_whoever_asked_and_of_whoever_gives_it(world, browser_of):
    hall = await add_resource(world.community, world.hotel_branch, Offer("多功能厅", "venue"), by=world.hotel_secretary)
    day = clock.today() + timedelta(days=3)
    granted = await venues.ask(hall, Asked(day, 14 * 60, 16 * 60, "合唱队排练", 20), by=world.resident)
    await venues.ask(hall, Asked(day, 18 * 60, 19 * 60, "还没有答复", 5), by=world.resident)
    await granted.confirm(by=world.hotel_secretary)
    visitor, mine = await browser_of(), {}
    for person in (world.resident, world.hotel_secretary, world.neighbour):
        feed = await feeds.renew(person, by=person)
        mine[person.name] = f"/feeds/{feed.token}.ics"
    assert [await read(visitor, each) for each in mine.values()] == [["多功能厅：合唱队排练"], ["多功能厅：合唱队排练"], []]
    [event] = Calendar.from_ical((await visitor.get(mine["王秀兰"])).text).walk("VEVENT")
    assert event["dtstart"].dt == datetime.combine(day, time(14), clock.ZONE)
    assert event["dtend"].dt == datetime.combine(day, time(16), clock.ZONE)
    assert "多功能厅" in soup(await (await browser_of(world.hotel_secretary)).get("/venues")).find("h2", string="我们借出的场地").find_next("ul").text
    await (await Booking.get(id=granted.id)).give_back(by=world.resident)
    assert await read(visitor, mine["韩雪"]) == []


async def test_the_address_is_kept_sealed(world, database):
    feed = await feeds.renew(world.resident, by=world.resident)
    kept = await Feed.get(id=feed.id)
    assert kept.token == feed.token
    assert feed.token not in kept.token_sealed + kept.digest


async def test_nobody_signed_in_is_led_to_the_door(world, browser_of):
    page = await (await browser_of()).get("/feed")
    assert page.url.path == "/sign-in"
