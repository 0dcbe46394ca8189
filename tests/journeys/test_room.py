"""An evening in real browsers: the chair at a laptop, the wall, residents on phones, one of them without script."""

from __future__ import annotations

import os
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from council import clock
from tests.browser.sweep import AXE, check_page
from tests.journeys.conftest import PATIENCE

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("COUNCIL_SHOTS", "")


def shot(page: Any, name: str) -> None:
    """Kept only when a folder is named: for looking at."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def call_meeting(page: Any, title: str, kind: str = "community_review_council") -> str:
    """Through the pages from the list to the slips; the address of the meeting."""
    page.goto("/meetings")
    shot(page, "list-empty")
    page.get_by_role("link", name="召集会议").click()
    shot(page, "kinds")
    page.locator(f'a[href="/meetings/new?kind={kind}"]').click()
    at = clock.local(clock.now() + timedelta(hours=1))
    page.locator("#title").fill(title)
    page.locator("#day").fill(at.date().isoformat())
    page.locator("#hour").fill(f"{at:%H:%M}")
    page.locator("#venue").fill("党群服务中心二楼")
    shot(page, "new")
    page.locator("main form button.govuk-button").last.click()
    page.wait_for_url(re.compile(r"/meetings/\d+$"))
    return urlsplit(page.url).path


def send(page: Any, button: str) -> None:
    """Press a button that sends a form, and wait for the page that answers."""
    with page.expect_navigation():
        page.locator(button).click()


def prepare(page: Any, at: str) -> None:
    page.goto(f"{at}/agenda")
    for title in ("停车秩序维护办法", "南门垃圾投放点移位"):
        page.locator("#title").fill(title)
        send(page, 'form[action$="/items"] button')
    shot(page, "agenda")
    page.goto(f"{at}/invitations")
    for box in page.locator("form.suggested input[name=guest]").all():
        box.set_checked(box.is_checked() and (box.get_attribute("value") or "").startswith(("property_manager|", "unit_representative|")))
    send(page, "form.suggested button")
    for q in ("wxl", "ljg", "csy"):
        page.locator("#q").fill(q)
        send(page, "form.search button")
        page.locator('form.card:has(#name) input[name=guest]').first.check()
        page.locator("#group").select_option("resident_representative")
        send(page, "form.card:has(#name) button")
    shot(page, "invitations")
    page.goto(f"{at}/notice")
    shot(page, "notice")
    page.locator("#temporary_reason").fill("消防通道被堵，当天就要商量")
    page.locator("main form button").click()
    page.wait_for_url(re.compile("/slips$"))


def hold(open_as: Any) -> tuple[Any, str, dict[str, str]]:
    """A called meeting: the chair's page, its address, and for each name the code on the slip."""
    desk = open_as("secretary", size=(1280, 800))
    at = call_meeting(desk, "小区停车秩序")
    prepare(desk, at)
    desk.locator("main form button").click()
    expect(desk.locator(".slip__code").first).to_be_visible()
    shot(desk, "slips")
    found = {}
    for slip in desk.locator(".slip").all():
        name = slip.locator(".slip__name").inner_text().split()[0]
        found[name] = slip.locator(".slip__code").inner_text()
    return desk, at, found


def within(seconds: float, condition: Any) -> float:
    """How long a condition took to become true."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if condition():
            return time.monotonic() - begun
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def a_second(page: Any) -> float:
    """What a second may be on this machine at its busiest: how fast the room is, `bin/bench` measures; that it comes by itself, these tests show."""
    beside, begun = page.context.new_page(), time.monotonic()
    beside.goto("/help/privacy")
    took = time.monotonic() - begun
    beside.close()
    return max(3.0, 15 * took)


def test_an_evening(open_as: Any) -> None:
    desk, at, slips = hold(open_as)
    desk.goto(at)
    shot(desk, "page-called")
    wall = open_as("secretary", size=(1280, 800))
    wall.goto(f"{at}/wall")
    number = re.sub(r"\s", "", wall.locator(".wall__number").inner_text())
    shot(wall, "wall-called")

    # A resident with a slip: the number on the wall, then the code, in at most three taps.
    phone = open_as()
    phone.goto(f"/r/{number}")
    shot(phone, "door")
    phone.locator("#code").fill(slips["王秀兰"])
    phone.locator('form[action$="/codes"] button').first.click()
    phone.wait_for_url(re.compile("/room$"))
    expect(phone.locator(".seat--may")).to_be_visible()
    shot(phone, "room-called")
    phone.goto(f"{at}/ballot")
    expect(phone.locator("#ballot .empty")).to_be_visible()
    phone.goto(f"{at}/room")

    # Another one without script, and a stranger who only listens.
    plain = open_as(script=False)
    plain.goto(f"/r/{number}")
    plain.locator("#code").fill(slips["李建国"])
    plain.locator('form[action$="/codes"] button').first.click()
    expect(plain.locator(".seat--may")).to_be_visible()
    stranger = open_as()
    stranger.goto(f"/r/{number}")
    stranger.locator("#name").fill("赵六")
    stranger.locator('form[action$="/seats"] button').click()
    expect(stranger.locator(".seat--not")).to_be_visible()

    # The chair opens; wall and phone follow within a second.
    desk.goto(f"{at}/desk")
    assert desk.evaluate("document.scrollingElement.scrollHeight") <= 800
    shot(desk, "desk-called")
    expect(wall.locator(".quorum")).to_contain_text("2")
    desk.keyboard.press("n")
    expect(desk.locator("#item-title")).to_contain_text("没有")
    took = within(PATIENCE, lambda: "会议进行中" in wall.locator(".now__word").inner_text())
    assert took <= a_second(wall), took
    desk.keyboard.press("n")
    expect(desk.locator("#item-title")).to_contain_text("停车秩序维护办法")
    assert within(PATIENCE, lambda: "停车秩序维护办法" in wall.locator(".wall__title").inner_text()) <= a_second(wall)
    assert within(PATIENCE, lambda: "停车秩序维护办法" in phone.locator("#now").inner_text()) <= a_second(phone)

    # Hands: two ask, the queue is seen everywhere, the chair calls.
    phone.locator('#mine form[action$="/speakers"] button').first.click()
    expect(phone.locator("#mine")).to_contain_text("下一个就是您")
    stranger.locator('#mine form[action$="/speakers"] button').first.click()
    expect(stranger.locator("#mine")).to_contain_text("前面还有 1")
    expect(desk.locator("#speakers")).to_contain_text("王秀兰")
    plain.reload()
    plain.locator('#mine form[action$="/speakers"] button').first.click()
    assert "李建国" in plain.locator("#speakers").inner_text()
    shot(phone, "room-open")
    shot(desk, "desk-open")
    assert desk.evaluate("document.scrollingElement.scrollHeight") <= 800
    desk.locator("body").press(" ")
    expect(wall.locator(".speaker--now")).to_contain_text("王秀兰")
    expect(phone.locator("#mine")).to_contain_text("请您发言")
    shot(wall, "wall-open")
    wall.reload()
    expect(wall.locator(".speaker--now")).to_contain_text("王秀兰")
    assert re.fullmatch(r"\+?\d:\d\d", wall.locator(".wall__clock").inner_text())

    # Keys are silent while a control has the focus; "?" lists them.
    desk.keyboard.press("?")
    expect(desk.locator("#keys")).to_be_visible()
    shot(desk, "desk-keys")
    desk.keyboard.press("Escape")

    # Sent out by the desk: the phone is told and its stream ends.
    roll = open_as("clerk", size=(1280, 800))
    roll.goto(f"{at}/roll?q=wxl")
    shot(roll, "roll")
    roll.locator('#lines form[action*="/leaving"] button').click()
    assert within(PATIENCE, phone.locator("#left").is_visible) <= 5 * a_second(roll)
    expect(phone.locator("#mine")).to_be_hidden()
    expect(wall.locator(".quorum")).to_contain_text("1")

    # Put off, close.
    desk.goto(f"{at}/desk")
    desk.get_by_role("link", name="本项留到下次").first.click()
    shot(desk, "deferral")
    desk.locator("main form button").click()
    for page in (desk, wall, phone, stranger, roll):
        assert page.faults == []


def test_the_true_state_is_there_soon_after_a_break(open_as: Any) -> None:
    desk, at, slips = hold(open_as)
    wall = open_as("secretary", size=(1280, 800))
    wall.goto(f"{at}/wall")
    phone = open_as()
    phone.goto(f"/r/{re.sub(r'[^0-9]', '', wall.locator('.wall__number').inner_text())}")
    phone.locator("#code").fill(slips["陈思远"])
    phone.locator('form[action$="/codes"] button').first.click()
    expect(phone.locator(".seat--may")).to_be_visible()
    phone.context.set_offline(True)
    phone.locator("#cut").wait_for(state="visible")
    desk.goto(f"{at}/desk")
    desk.keyboard.press("n")
    desk.wait_for_timeout(500)
    phone.context.set_offline(False)
    within(2 * PATIENCE, lambda: "会议进行中" in phone.locator("#now").inner_text())
    phone.locator("#cut").wait_for(state="hidden")


def test_a_stream_that_could_not_be_opened_is_opened_later(open_as: Any) -> None:
    desk, at, _ = hold(open_as)
    wall = open_as("secretary", size=(1280, 800))
    asked: list[str] = []

    def lift(route: Any) -> None:
        asked.append(route.request.url)
        route.abort() if len(asked) < 3 else route.fallback()

    wall.route("**/stream*", lift)
    wall.goto(f"{at}/wall")
    within(2 * PATIENCE, lambda: wall.evaluate("1") and len(asked) >= 2)
    desk.goto(f"{at}/desk")
    desk.keyboard.press("n")
    assert within(2 * PATIENCE, lambda: "会议进行中" in wall.locator(".now__word").inner_text()) < 2 * PATIENCE
    assert len(asked) >= 3


def swept(page: Any) -> Any:
    """A page with axe at hand, its complaints collected."""
    page.context.add_init_script(path=AXE)
    page.complaints = []
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    return page


def test_the_pages_of_a_meeting_are_clear(open_as: Any, server: Any) -> None:
    desk, at, slips = hold(open_as)
    link = desk.locator(".slip a").first.get_attribute("href")
    desk.goto(f"{at}/wall")
    number = re.sub(r"[^0-9]", "", desk.locator(".wall__number").inner_text())
    phone = swept(open_as())
    phone.goto(f"/r/{number}")
    phone.locator("#code").fill(slips["李建国"])
    phone.locator('form[action$="/codes"] button').first.click()
    phone.wait_for_url(re.compile("/room$"))
    officer = swept(open_as("secretary", size=(1280, 800)))
    for part in ("", "/invitations?q=wxl", "/agenda", "/slips", "/time", "/cancellation"):
        check_page(officer, f"{server.address}{at}{part}", modes=("",), axe_widths=(1280,), allowed=("https", "wxl"))
    desk.goto(f"{at}/desk")
    for _ in range(2):
        desk.locator(".desk__next button").click()
    for path in (f"{at}/room", at, "/meetings", f"/r/{number}", link):
        check_page(phone, server.address + path if path.startswith("/") else path, modes=("", "large"), allowed=("https", "MQ", "XWH"))
    for part in ("/roll", "/chair", "/adjournment", "/desk"):
        check_page(officer, f"{server.address}{at}{part}", modes=("",), axe_widths=(1280,), allowed=("https", "wxl"))
    for path in ("/meetings/new", "/meetings/new?kind=representatives_meeting"):
        check_page(officer, server.address + path, modes=("",), allowed=("https",))
    wall = swept(open_as("secretary", size=(1280, 800)))
    check_page(wall, f"{server.address}{at}/wall", modes=("", "contrast"), widths=(1280,), axe_widths=(1280,), least_text=22)
    assert wall.evaluate("document.scrollingElement.scrollHeight") <= 800
