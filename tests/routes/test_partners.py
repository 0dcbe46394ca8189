"""The pages of what partners do together: board, venues, progress, evaluation, figures. All of it works as plain forms."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from council import clock
from council.neighbourhood.journal import writing
from council.partnership import drafting
from council.partnership.advances import Advance
from council.partnership.agreements import Agreement, Signatory
from council.partnership.claims import Claim
from council.partnership.projects import Project
from council.partnership.resources import Offer, add_resource
from council.partnership.venues import Booking
from tests.client import soup

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc"
    b"\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)


def main(page):
    return soup(page).select_one("main")


async def test_lists_say_when_they_are_empty(browser_of):
    visitor = await browser_of()
    for path in ("/board", "/venues"):
        page = await visitor.get(path)
        assert page.status_code == 200
        assert main(page).select_one(".empty")
    assert (await visitor.get("/statistics")).status_code == 200
    assert "/sign-in" in str((await visitor.get("/mediations")).url)


async def test_a_need_is_claimed_with_one_press_and_becomes_a_project(made, world, browser_of):
    from council.partnership.needs import Wish, add_need

    need = await add_need(world.grid, Wish("合唱队排练场地", kind="venue"), by=world.grid_worker)
    hall = await add_resource(world.community, world.hotel_branch, Offer("多功能厅", "venue"), by=world.hotel_secretary)
    visitor, partner, clerk = await browser_of(), await browser_of(world.hotel_secretary), await browser_of(world.clerk)
    assert not main(await visitor.get("/board")).select("form")
    press = next(form for form in main(await partner.get("/board")).select("form") if form.select_one("[name=resource]"))
    data = {each["name"]: each["value"] for each in press.select("input")}
    assert (await partner.post(press["action"], data=data)).status_code == 200
    assert (await partner.post(press["action"], data=data)).status_code == 409
    assert (await (await browser_of(world.resident)).post(press["action"], data=data)).status_code == 403
    assert (await visitor.post(press["action"], data=data)).url.path == "/sign-in"
    assert await Claim.filter(need_id=need.id).count() == 1
    link = main(await clerk.get("/board")).select_one("a[href^='/projects/new']")["href"]
    form = main(await clerk.get(link))
    chosen = {name: form.select_one(f"[name={name}] option[selected]")["value"] for name in ("need", "resource", "lead")}
    assert chosen == {"need": str(need.id), "resource": str(hall.id), "lead": str(world.hotel_branch.id)}


async def test_a_venue_is_asked_for_confirmed_and_its_purpose_hidden_from_others(made, world, browser_of):
    hall = await add_resource(world.community, world.hotel_branch, Offer("多功能厅", "venue"), by=world.hotel_secretary)
    resident, partner, visitor = await browser_of(world.resident), await browser_of(world.hotel_secretary), await browser_of()
    day = clock.today() + timedelta(days=1)
    data = {"day": day.isoformat(), "begins": "540", "ends": "660", "purpose": "合唱队排练", "people": "20"}
    gap = await resident.post(f"/venues/{hall.id}/bookings", data=data | {"purpose": ""})
    assert gap.status_code == 422
    assert main(gap).select_one("option[value='540'][selected]")
    assert (await visitor.post(f"/venues/{hall.id}/bookings", data=data)).url.path == "/sign-in"
    page = await resident.post(f"/venues/{hall.id}/bookings", data=data)
    booking = await Booking.get()
    assert page.url.path == f"/bookings/{booking.id}"
    month = f"/venues/{hall.id}?month={day:%Y-%m}"
    for stage in ("requested", "confirmed"):
        assert booking.stage == stage
        assert "09:00–11:00" in main(await visitor.get(month)).text
        assert "合唱队" not in (await visitor.get(month)).text
        assert "合唱队排练" in (await partner.get(month)).text
        assert (await (await browser_of(world.neighbour)).get(f"/bookings/{booking.id}")).status_code == 404
        await partner.post(f"/bookings/{booking.id}/confirmation")
        booking = await Booking.get()
    again = await (await browser_of(world.neighbour)).post(f"/venues/{hall.id}/bookings", data=data)
    assert again.status_code == 409
    assert (await resident.post(f"/bookings/{booking.id}/refusal", data={"reason": "不行"})).status_code == 403
    assert (await partner.post(f"/bookings/{booking.id}/refusal", data={"reason": ""})).status_code == 422
    await partner.post(f"/bookings/{booking.id}/refusal", data={"reason": "临时有会"})
    assert "临时有会" in (await resident.get(f"/bookings/{booking.id}")).text


@pytest.mark.parametrize("month", ["1999-01", "2199-12", "2026-13", "x", "%00"])
async def test_an_odd_month_shows_one_that_can_be_booked(world, browser_of, month):
    hall = await add_resource(world.community, world.hotel_branch, Offer("多功能厅", "venue"), by=world.hotel_secretary)
    page = await (await browser_of()).get(f"/venues/{hall.id}?month={month}")
    assert page.status_code == 200
    assert main(page).select(".day")


async def test_progress_is_reported_with_a_photo_and_a_picture_that_is_none_leaves_nothing(made, world, browser_of):
    project = await Project.get(title="幸福餐桌")
    lead = await browser_of(world.hotel_secretary)
    await lead.post(f"/projects/{project.id}/stage", data={"stage": "running"})
    data = {"percent": "30", "text": "送餐四百份", "shown": "签收表"}
    wrong = await lead.post(f"/projects/{project.id}/reports", data=data, files={"photo": ("x.png", b"no picture", "image/png")})
    assert wrong.status_code in (415, 422)
    assert not await Advance.exists()
    beyond = await lead.post(f"/projects/{project.id}/reports", data=data | {"percent": "130"})
    assert beyond.status_code == 422
    assert main(beyond).select_one("details[open] #percent")["value"] == "130"
    page = await lead.post(f"/projects/{project.id}/reports", data=data, files={"photo": ("x.png", PIXEL, "image/png")})
    assert "30%" in main(page).text
    assert main(page).text.count("韩雪") == 2, "who answers for it and who reported, for those who run it"
    assert "韩雪" not in main(await (await browser_of()).get(f"/projects/{project.id}")).text, "names of people are masked for everybody else"
    photo = main(await (await browser_of()).get(f"/projects/{project.id}")).select_one(".shots img")["src"]
    assert (await (await browser_of()).get(photo)).headers["content-type"] == "image/webp"
    assert (await (await browser_of(world.resident)).post(f"/projects/{project.id}/reports", data=data)).status_code == 404


@pytest.fixture
async def running(made, world):
    """In effect for a year less twenty days."""
    today = clock.today()
    given = made.draft(first_day=today - timedelta(days=345), last_day=today + timedelta(days=20))
    drafted = await drafting.draft(world.community, given, by=world.clerk)
    async with writing():
        await Signatory.filter(agreement_id=drafted.id).update(stage="signed", signed_at=clock.now())
        await Agreement.filter(id=drafted.id).update(stage="effective", effective_on=given.first_day)
    return await Agreement.get(id=drafted.id)


async def test_parties_go_on_the_office_drafts_and_adds_and_strangers_see_none_of_it(running, made, world, browser_of):
    partner, clerk, visitor = await browser_of(made.signers[1]), await browser_of(world.clerk), await browser_of()
    path = f"/agreements/{running.id}"
    assert "going-on" in (await partner.get(path)).text
    assert "going-on" not in (await visitor.get(path)).text
    assert (await partner.post(f"{path}/wishes", data={"wish": "yes"})).status_code == 200
    assert (await clerk.post(f"{path}/wishes", data={"wish": "yes"})).status_code == 403
    assert (await partner.post(f"{path}/renewals")).status_code == 403
    drafted = await clerk.post(f"{path}/renewals")
    assert running.number in main(drafted).text
    assert (await clerk.post(f"{path}/supplements", data={"title": ""})).status_code == 422
    added = await clerk.post(f"{path}/supplements", data={"title": "暑期补充"})
    assert main(added).select_one("input[type=hidden][name=last_day]")["value"] == running.last_day.isoformat()
    assert "暑期补充" not in (await visitor.get(path)).text
    assert "暑期补充" in (await partner.get(path)).text


async def test_the_evaluation_is_given_on_a_page_and_reaches_the_record_of_the_unit(running, made, world, browser_of):
    committee, partner, street = [await browser_of(each) for each in (made.signers[0], made.signers[1], world.street_secretary)]
    path = f"/agreements/{running.id}/evaluation"
    assert (await (await browser_of()).get(path)).status_code == 404
    assert (await (await browser_of(world.resident)).get(path)).status_code == 404
    about = main(await committee.get(path)).select_one("[name=about]")["value"]
    answers = {"kept": "5", "together": "4", "useful": "4"}
    assert (await committee.post(path, data={"about": about, "kept": "5"})).status_code == 422
    await committee.post(path, data=answers | {"about": about, "words": "按时送餐"})
    assert "按时送餐" not in (await partner.get(path)).text
    back = main(await partner.get(path)).select_one("[name=about]")["value"]
    assert "按时送餐" in (await partner.post(path, data=answers | {"about": back})).text
    assert "4.3" in main(await street.get(f"/units/{world.hotel.id}")).text
    assert "4.3" not in (await (await browser_of()).get("/statistics")).text


async def test_figures_come_as_a_page_and_as_a_table(running, world, browser_of):
    visitor, street = await browser_of(), await browser_of(world.street_secretary)
    assert len(main(await visitor.get("/statistics")).select("table")) == 3
    rows = list(csv.reader(io.StringIO((await visitor.get("/statistics.csv")).text.lstrip("\ufeff"))))
    assert ["按单位", "和平宾馆党支部", "1", "0", "", "", "1", "0", "0"] in rows
    more = list(csv.reader(io.StringIO((await street.get("/statistics.csv")).text.lstrip("\ufeff"))))
    assert len(more[0]) == len(rows[0]) + 1
