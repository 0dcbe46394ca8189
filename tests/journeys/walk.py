"""Steps that several roads share, with the buttons and fields that people see. `page` is a browser page, `at` the address of a meeting."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from council import clock

LAPTOP = (1280, 800)
SHOTS = os.environ.get("COUNCIL_SHOTS", "")


# A word by itself: a digest has letters too, but between figures.
ENGLISH = re.compile(r"(?<![0-9A-Za-z])[a-z]{4,}(?![0-9A-Za-z])")


def shot(page: Any, name: str) -> None:
    """A look at a main step: all of it in Chinese, nothing beside the edge. The picture is kept only when a folder is named."""
    assert not ENGLISH.findall(body(page)), f"{name}: {ENGLISH.findall(body(page))}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: wider than the screen"
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def press(page: Any, word: str) -> None:
    """The first button or link of the page that says this."""
    name = re.compile(rf"^\s*{word}")
    page.locator("main").get_by_role("button", name=name).or_(page.locator("main").get_by_role("link", name=name)).first.click()


def send(page: Any, address: str, **values: Any) -> Any:
    """The same form as the page shows, sent without a click: for what would be clicked dozens of times. The answer, not followed."""
    origin = "/".join(page.url.split("/")[:3])
    held = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies(origin.replace("http:", "https:")))
    headers = {"origin": origin, "cookie": held}
    return page.request.post(origin + address, form={k: str(v) for k, v in values.items()}, headers=headers, max_redirects=0)


def body(page: Any) -> str:
    return str(page.locator("main").inner_text())


def told(page: Any, *words: str) -> None:
    """The page says all of this."""
    for word in words:
        expect(page.locator("main")).to_contain_text(word)


def number(address: str) -> int:
    return int(re.findall(r"\d+", address.split("/", 3)[-1])[0])


@dataclass
class Slip:
    """What a slip shows: whose it is, the code to type, the address behind its picture."""

    name: str
    code: str
    link: str


def plan(page: Any, title: str, listed: int | None = None, rule: str = "") -> str:
    """Fill in the plan of a meeting in an hour; the address of the draft."""
    start = clock.local(clock.now() + timedelta(minutes=40))
    page.get_by_label("会议主题").fill(title)
    page.locator("#day").fill(start.date().isoformat())
    page.locator("#hour").fill(f"{start:%H:%M}")
    page.locator("#venue").fill("党群服务中心二楼")
    if listed:
        page.locator("#listed").fill(str(listed))
    if rule:
        page.locator(f'input[name=rule][value="{rule}"]').check()
    press(page, "保存草案")
    page.wait_for_url(re.compile(r"/meetings/\d+$"))
    return f"/meetings/{number(page.url)}"


def invite(page: Any, at: str, group: str, only: int | None = None) -> None:
    """Invite everybody of a group; `only` the first so many."""
    page.goto(f"{at}/invitations")
    mine = 0
    for box in page.locator("form.suggested input[name=guest]").all():
        ours = (box.get_attribute("value") or "").startswith(f"{group}|")
        box.set_checked(ours and (only is None or mine < only))
        mine += ours
    page.locator("form.suggested").get_by_role("button").click()
    told(page, "已邀请")


def find_and_invite(page: Any, at: str, q: str, group: str) -> None:
    """Somebody found by name, or by the first letters of the pinyin."""
    page.goto(f"{at}/invitations")
    page.locator("#q").fill(q)
    page.locator("form.search").get_by_role("button").click()
    page.locator("form.card:has(#name) input[name=guest]").first.check()
    page.locator("#group").select_option(group)
    page.locator("form.card:has(#name)").get_by_role("button").click()
    told(page, "已邀请")


def record(page: Any, at: str, name: str) -> None:
    page.goto(at)
    press(page, "指定记录人")
    page.get_by_label(name).check()
    press(page, "保存")


def give_notice(page: Any, at: str, reason: str) -> list[Slip]:
    """Give notice at short notice and make the slips."""
    page.goto(f"{at}/notice")
    page.locator("#temporary_reason").fill(reason)
    shot(page, "notice")
    press(page, "现在发通知")
    page.wait_for_url(re.compile("/slips$"))
    press(page, "生成通知单")
    expect(page.locator(".slip__code").first).to_be_visible()
    return [
        Slip(one.locator(".slip__name").inner_text(), one.locator(".slip__code").inner_text(), one.get_by_role("link").get_attribute("href"))
        for one in page.locator(".slip").all()
    ]


def room_number(page: Any, at: str) -> str:
    page.goto(f"{at}/wall")
    return re.sub(r"\D", "", page.locator(".wall__number").inner_text())


def sit_by_link(phone: Any, slip: Slip) -> None:
    phone.goto(slip.link)
    press(phone, "我到会场了")
    phone.wait_for_url(re.compile("/room$"))


def sit_by_code(phone: Any, wall: str, slip: Slip) -> None:
    phone.goto(f"/r/{wall}")
    phone.locator("#code").fill(slip.code)
    press(phone, "签到进场")
    phone.wait_for_url(re.compile("/room$"))


def tick(page: Any, at: str, names: list[str]) -> None:
    """On the secretary's list: the first by hand, the others with the same form."""
    page.goto(f"{at}/roll")
    lines = {one.locator("strong").inner_text(): one.locator("[name=invitation]").first.get_attribute("value") for one in
             page.locator("#lines .names__row:has([name=where])").all()}  # fmt: skip
    page.locator("#lines .names__row", has_text=names[0]).get_by_role("button", name="到会").first.click()
    for name in names[1:]:
        answer = send(page, f"{at}/roll", invitation=lines[name], where="room")
        assert answer.status == 303, f"{name}: {answer.status}"
    page.goto(f"{at}/roll")


def present(page: Any, at: str) -> int:
    """How many count for the quorum, as the roll says."""
    page.goto(f"{at}/roll")
    return int(page.locator(".quorum b").nth(1).inner_text())


def absent(page: Any, at: str) -> list[str]:
    page.goto(f"{at}/roll")
    return [one.inner_text() for one in page.locator("#lines .names__row:has([name=where]) strong").all()]


def next_step(desk: Any, at: str, word: str) -> None:
    """The one primary act of the chair's desk, which must be this."""
    desk.goto(f"{at}/desk")
    expect(desk.locator(".desk__next").get_by_role("button").or_(desk.locator(".desk__next").get_by_role("link")).first).to_contain_text(word)
    desk.locator(".desk__next").get_by_role("button").or_(desk.locator(".desk__next").get_by_role("link")).first.click()


def propose(phone: Any, at: str, text: str, reason: str = "") -> None:
    phone.goto(f"{at}/proposals")
    press(phone, "提出提案")
    phone.locator("#text").fill(text)
    phone.locator("#reason").fill(reason)
    press(phone, "提出")
    phone.wait_for_url(re.compile("/proposals$"))


def second(phone: Any, at: str) -> None:
    phone.goto(f"{at}/proposals")
    press(phone, "附议")
    expect(phone.locator(".notice--flash")).to_contain_text("附议")


def put(desk: Any, at: str, owners_item: int = 0) -> str:
    """The chair puts what is ready to the vote and opens it; the address of the ballot, once it is open."""
    ballot = try_to_put(desk, at, owners_item)
    told(desk, "正在表决")
    return ballot


def try_to_put(desk: Any, at: str, owners_item: int = 0) -> str:
    """The same as far as the chair's last press, which may be refused."""
    next_step(desk, at, "去提案和表决")
    press(desk, "交付表决")
    desk.locator(f'input[name=owners_item][value="{owners_item}"]').check()
    desk.locator("#lawful").check()
    press(desk, "拟定表决")
    desk.wait_for_url(re.compile(r"/ballots/\d+$"))
    ballot = f"/ballots/{number(desk.url)}"
    press(desk, "开始表决")
    return ballot


def open_vote(desk: Any, at: str) -> str:
    """The vote that was drawn up before, opened from the desk."""
    next_step(desk, at, "开始表决")
    press(desk, "开始表决")
    told(desk, "正在表决")
    named = desk.url if "/ballots/" in desk.url else desk.locator("main").inner_html()
    return re.findall(r"/ballots/\d+", named)[0]


def vote(phone: Any, at: str, word: str) -> None:
    """From the room: choose, look once more, cast."""
    phone.goto(f"{at}/ballot")
    phone.get_by_label(word, exact=True).check()
    press(phone, "投票")
    told(phone, word)
    press(phone, "确认投票")
    told(phone, "回执")


def enter_papers(page: Any, ballot: str, choices: dict[str, str]) -> None:
    """The recorder enters papers, {name: choice}: the first by hand, the others with the same form."""
    page.goto(f"{ballot}/papers")
    voters = {one.inner_text().strip(): one.get_attribute("value") for one in page.locator("#voter option").all()}
    for n, (name, choice) in enumerate(choices.items()):
        if n == 0:
            page.locator("#voter").select_option(voters[name])
            page.locator(f"input[name=choice][value={choice}]").check()
            press(page, "录入这张票")
            told(page, "回执")
        else:
            answer = send(page, f"{ballot}/papers", voter=voters[name], choice=choice)
            assert answer.status == 303, f"{name}: {answer.status}"


def not_voted(page: Any, ballot: str, names: list[str]) -> list[str]:
    """Those of the frozen list who are not among `names`."""
    page.goto(f"{ballot}/papers")
    listed = [one.inner_text().strip() for one in page.locator("#voter option").all()][1:]
    return [name for name in listed if name not in names]


def close_and_declare(desk: Any, ballot: str) -> None:
    desk.goto(ballot)
    press(desk, "结束并计票")
    declare = desk.locator("main").get_by_role("button", name="宣布结果")
    expect(declare).to_be_visible()
    declare.click()
    expect(declare).to_have_count(0)


def conclude(desk: Any, at: str, words: str) -> None:
    next_step(desk, at, "本项议完")
    desk.locator("#words").fill(words)
    press(desk, "本项议完")
    desk.wait_for_url(re.compile("/desk$"))


def close(desk: Any, at: str) -> None:
    next_step(desk, at, "结束会议")
    press(desk, "结束会议")
    desk.wait_for_url(re.compile(r"/meetings/\d+$"))
