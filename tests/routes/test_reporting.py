"""Reporting in four steps, without an account and without script."""

from __future__ import annotations

import pytest

from council.proceedings.handoffs import HandOff
from council.proceedings.matters import Matter
from council.proceedings.photos import Photo
from council.proceedings.reporting import Report
from council.routes import limits
from tests.client import soup
from tests.routes.steps import COVER, GAS, LEAK, PARKING, jpeg, reported


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


async def test_four_steps_say_where_one_is(browser_of, world):
    browser = await browser_of()
    pages = [await browser.get("/matters/new"), await browser.post("/matters/new", data={"text": PARKING})]
    pages.append(await browser.post("/matters/new/place", data={"place": str(world.grid.id)}))
    pages.append(await browser.post("/matters/new/photos", data={}))
    assert [soup(page).select_one(".step").text for page in pages] == [f"第 {n} 步，共 4 步" for n in (1, 2, 3, 4)]


async def test_every_step_answers_a_post_with_a_redirect(browser_of, world):
    browser = await browser_of()
    first = await browser.post("/matters/new", data={"text": PARKING}, follow_redirects=False)
    second = await browser.post("/matters/new/place", data={"place": str(world.grid.id)}, follow_redirects=False)
    third = await browser.post("/matters/new/photos", data={}, follow_redirects=False)
    assert [(p.status_code, p.headers["location"]) for p in (first, second, third)] == [
        (303, "/matters/new/place"), (303, "/matters/new/photos"), (303, "/matters/new/contact"),
    ]  # fmt: skip


async def test_the_receipt_holds_code_qr_days_and_what_is_proposed(browser_of, world):
    browser = await browser_of()
    code = await reported(browser, world)
    page = soup(await browser.get(f"/progress/{code}/receipt"))
    assert [span.text for span in page.select(".receipt__code span")] == [code[:4], code[4:8], code[8:]]
    assert not set(code) & set("0O1IL")
    assert page.select_one(".qr svg")
    assert "月" in page.select_one(".steps").text
    assert "共事" in page.select_one("main").text
    picture = await browser.get(f"/progress/{code}/picture")
    assert picture.content.startswith(b"\x89PNG")


async def test_going_back_finds_answers_and_photo(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": COVER})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id), "spot": "公交站旁"})
    await browser.post("/matters/new/photos", files={"photo": ("a.jpg", jpeg(), "image/jpeg")})
    assert soup(await browser.get("/matters/new")).select_one("textarea").text.strip() == COVER
    where = soup(await browser.get("/matters/new/place"))
    assert where.select_one("[name=spot]")["value"] == "公交站旁"
    assert where.select_one("[name=place][checked]")["value"] == str(world.grid.id)
    photo = soup(await browser.get("/matters/new/photos")).select_one(".shot img")["src"]
    assert (await browser.get(photo)).headers["content-type"] == "image/webp"


async def test_a_photo_is_written_anew_and_can_be_taken_away(browser_of, world):
    browser, stranger = await browser_of(), await browser_of()
    await browser.post("/matters/new", data={"text": COVER})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    await browser.post("/matters/new/photos", files={"photo": ("../../x.php.jpg", jpeg(), "text/html")})
    photo = await Photo.get()
    shown = await browser.get(f"/matters/new/photos/{photo.id}")
    assert b"SecretCameraMaker" not in shown.content
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "private" in shown.headers["cache-control"]
    assert (await stranger.get(f"/matters/new/photos/{photo.id}")).status_code == 404
    assert (await stranger.post(f"/matters/new/photos/{photo.id}/removal")).status_code == 404
    assert photo.path.exists()
    await browser.post(f"/matters/new/photos/{photo.id}/removal")
    assert not photo.path.exists()
    assert not await Photo.exists()


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"\xff\xd8\xff nothing", b"GIF89a"])
async def test_what_is_no_photo_is_refused_beside_the_field(browser_of, world, data):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": COVER})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    page = await browser.post("/matters/new/photos", files={"photo": ("a.jpg", data, "image/jpeg")})
    assert page.status_code == 422
    assert soup(page).select_one("#photo-error")
    assert not await Photo.exists()


async def test_more_than_three_photos_are_refused(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": COVER})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    page = await browser.post("/matters/new/photos", files=[("photo", (f"{n}.jpg", jpeg(), "image/jpeg")) for n in range(4)])
    assert page.status_code == 422
    assert not await Photo.exists()


async def test_pressing_send_twice_gives_one_matter_and_the_same_receipt(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": PARKING})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    form = soup(await browser.get("/matters/new/contact"))
    data = {"nonce": form.select_one("[name=nonce]")["value"]}
    first, second = await browser.post("/matters", data=data), await browser.post("/matters", data=data)
    assert first.url == second.url
    assert await Matter.all().count() == 1
    kept = await Report.get()
    assert (kept.text, kept.spot, kept.place_id, kept.suggestion) == ("", "", None, {})


async def test_back_from_the_receipt_leads_to_the_receipt_until_another_report_is_begun(browser_of, world):
    browser, stranger = await browser_of(), await browser_of()
    code = await reported(browser, world)
    for path in ("contact", "photos", "place"):
        assert (await browser.get(f"/matters/new/{path}")).url.path == f"/progress/{code}/receipt"
        assert (await stranger.get(f"/matters/new/{path}")).url.path == "/matters/new"
    assert soup(await browser.get("/matters/new")).select_one("#text").text.strip() == ""
    await browser.post("/matters/new", data={"text": COVER})
    assert (await browser.get("/matters/new/place")).url.path == "/matters/new/place"
    assert await Matter.all().count() == 1


@pytest.mark.parametrize(
    ("path", "data", "field"),
    [
        ("/matters/new", {"text": ""}, "text"),
        ("/matters/new", {"text": "身份证110101199003077758，楼道堆东西"}, "text"),
        ("/matters/new/place", {}, "place"),
        ("/matters/new/place", {"place": "999"}, "place"),
    ],
)
async def test_wrong_input_keeps_what_was_typed_and_says_how_to_mend_it(browser_of, world, path, data, field):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": PARKING})
    page = await browser.post(path, data=data)
    shown = soup(page)
    assert page.status_code == 422
    assert shown.title.text.startswith("错误：")
    assert shown.select_one(f".govuk-error-summary a[href='#{field}']")
    if data.get("text"):
        assert shown.select_one("textarea").text.strip() == data["text"]


async def test_a_number_nobody_can_ring_is_refused_with_the_rest_kept(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": PARKING})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    nonce = soup(await browser.get("/matters/new/contact")).select_one("[name=nonce]")["value"]
    page = await browser.post("/matters", data={"nonce": nonce, "name": "王阿姨", "phone": "123"})
    assert page.status_code == 422
    assert soup(page).select_one("[name=name]")["value"] == "王阿姨"
    assert not await Matter.exists()


async def test_fields_nobody_asked_for_change_nothing(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": PARKING})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    nonce = soup(await browser.get("/matters/new/contact")).select_one("[name=nonce]")["value"]
    await browser.post("/matters", data={"nonce": nonce, "stage": "closed", "affair": "OFFICIAL", "public": "1", "channel": "door", "place_id": "2"})
    matter = await Matter.get()
    assert (matter.stage, matter.affair, matter.public, matter.channel, matter.place_id) == ("reported", "", False, "web", world.grid.id)


async def test_somebody_without_the_earlier_steps_is_led_to_the_first(browser_of):
    browser = await browser_of()
    for path in ("/matters/new/place", "/matters/new/photos", "/matters/new/contact", "/matters/new/urgent"):
        answer = await browser.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/matters/new")
    answer = await browser.post("/matters", data={"nonce": "x"}, follow_redirects=False)
    assert answer.headers["location"] == "/matters/new"


async def test_a_smell_of_gas_shows_whom_to_ring_and_becomes_no_matter(browser_of, world):
    browser = await browser_of()
    page = soup(await browser.post("/matters/new", data={"text": GAS}))
    assert page.select(".urgent__call")[0]["href"].startswith("tel:")
    assert "119" in page.select_one(".urgent").text
    made = await HandOff.get()
    assert (made.text, made.to[0]) == (GAS, "GAS")
    assert not await Matter.exists()
    await browser.post("/matters/new", data={"text": GAS})
    assert await HandOff.all().count() == 1
    told = await browser.post("/matters/new/urgent", data={"place": str(world.grid.id), "spot": "3号楼402"})
    assert told.status_code == 200
    assert (await HandOff.get()).spot == "3号楼402"


async def test_a_grid_worker_sees_the_hand_off_on_the_desk_and_follows_it_up(browser_of, world):
    await (await browser_of()).post("/matters/new", data={"text": GAS})
    worker, beside = await browser_of(world.grid_worker), await browser_of(world.beside_secretary)
    number = (await HandOff.get()).id
    assert GAS in (await worker.get("/desk")).text
    assert (await (await browser_of()).post(f"/handoffs/{number}/sight")).status_code == 404
    assert (await worker.post(f"/handoffs/{number}/sight")).status_code == 200
    assert GAS not in (await worker.get("/desk")).text
    assert (await HandOff.get()).seen_by_id == world.grid_worker.id
    assert (await beside.get(f"/handoffs/{number}/sight")).status_code == 405


async def test_who_says_it_is_no_emergency_can_go_on(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": GAS})
    code = await reported(browser, world, GAS)
    assert await Matter.with_code(code)


async def test_staff_enter_for_somebody_and_the_matter_is_not_theirs(browser_of, world):
    browser = await browser_of(world.grid_worker)
    code = await reported(browser, world, LEAK, channel="phone", name="王秀兰", phone="13800000001")
    matter = await Matter.with_code(code)
    assert (matter.channel, matter.reporter_id, matter.entered_by_id) == ("phone", None, world.grid_worker.id)
    assert matter.reporter_name == "王秀兰"


async def test_a_signed_in_resident_reports_as_herself(browser_of, world):
    code = await reported(await browser_of(world.resident), world, LEAK, name="王秀兰", phone="13800000001")
    assert (await Matter.with_code(code)).reporter_id == world.resident.id


async def test_a_flood_of_reports_is_stopped_and_officers_at_work_are_not(browser_of, world):
    browser = await browser_of()
    for _ in range(12):
        await reported(browser, world)
    with pytest.raises(AssertionError):
        await reported(browser, world)
    assert await Matter.all().count() == 12
    await reported(await browser_of(world.grid_worker), world, channel="door")


@pytest.mark.parametrize("path", ["/matters/new/contact", "/matters/new/photos/1", "/progress/AAAABBBBCCCC/receipt"])
async def test_these_pages_take_no_post(browser_of, path):
    assert (await (await browser_of()).post(path)).status_code == 405
