"""The details a resident notices, each looked at in a real browser on a phone and named after what it promises (knowledge of the project:
details 1-16 and 19-20). What is proved elsewhere as well stands in docs/details.md.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from council import clock
from tests.browser.sweep import AXE, axe_faults, overhang, small_controls, small_or_slanted
from tests.journeys.conftest import PATIENCE, ROOT, Server, environment, planted, serving
from tests.journeys.plant_details import QUESTION
from tests.journeys.test_matters import numbered, report
from tests.journeys.test_room import a_second, within
from tests.journeys.walk import LAPTOP, press, told
from tests.routes.steps import COVER, LEAK, PARKING, jpeg

pytestmark = pytest.mark.browser
PAGES = ("/", "/matters/new", "/progress", "/meetings", "/help/privacy")
# Controls that stand nearer than 8 px to each other, as people meet them with a thumb. Words in running text and rows of one list, which
# touch by design and are each 44 px high, are no neighbours to mistake.
NEAR = """(least) => {
  const seen = (e) => { const b = e.getBoundingClientRect(); return b.width > 1 && b.height > 1 && getComputedStyle(e).visibility !== "hidden"
    && !e.closest(".govuk-visually-hidden, .govuk-skip-link, [hidden]"); };
  const all = [...document.querySelectorAll("button, a.govuk-button, input:not([type=hidden]), select, textarea, .choice, .face")].filter(seen);
  const found = [];
  all.forEach((a, n) => all.slice(n + 1).forEach((b) => {
    if (a.contains(b) || b.contains(a)) return;
    const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
    const dx = Math.max(p.left - q.right, q.left - p.right, 0), dy = Math.max(p.top - q.bottom, q.top - p.bottom, 0);
    if (Math.hypot(dx, dy) < least - .5) found.push(`${a.innerText || a.name} | ${b.innerText || b.name}: ${Math.hypot(dx, dy).toFixed(1)}`);
  }));
  return found; }"""
STYLE = """(css) => { const s = getComputedStyle(document.querySelector(css)); return [s.fontSize, s.lineHeight].map(parseFloat); }"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("details")
    cast = planted(data, "world")
    people = json.dumps({key: one["id"] for key, one in cast.items()})
    command = [sys.executable, "-m", "tests.journeys.plant_details", people]
    done = subprocess.run(command, cwd=ROOT, env=environment(data), capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    with serving(data, cast | {"seat": json.loads(done.stdout.splitlines()[-1])}) as running:
        yield running


@pytest.fixture
def phone(open_as: Any) -> Any:
    page = open_as()
    page.context.add_init_script(path=AXE)
    return page


def begun(page: Any, text: str = "楼道里的灯坏了三天了，晚上看不见。") -> None:
    """As far as the photos."""
    page.goto("/matters/new")
    page.get_by_label("什么事？").fill(text)
    press(page, "下一步")
    page.get_by_label("第一网格").first.check()
    press(page, "下一步")


def choose(page: Any, data: bytes, name: str = "a.jpg") -> None:
    page.wait_for_url("**/photos")
    page.wait_for_load_state()  # what sends a photo at once listens from here on
    page.locator("#photo").set_input_files(files=[{"name": name, "mimeType": "image/jpeg", "buffer": data}])


def noise(size: tuple[int, int], orientation: int = 1) -> bytes:
    """A photo that does not compress, with place and camera in it."""
    made, exif, out = Image.effect_noise(size, 90).convert("RGB"), Image.Exif(), io.BytesIO()
    exif[0x0112], exif[0x010F] = orientation, "SecretCameraMaker"
    exif.get_ifd(0x8825)[1] = "N"
    made.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def test_01_three_choices_stand_above_the_fold(phone: Any) -> None:
    phone.goto("/")
    boxes = [choice.bounding_box() for choice in phone.locator(".choice").all()]
    assert [one.inner_text().split("\n")[0] for one in phone.locator(".choice").all()] == ["反映事情", "参加会议", "查进度"]
    assert all(box["height"] >= 48 and box["y"] + box["height"] <= 844 for box in boxes), boxes


def test_02_large_type_is_one_tap_on_every_page_and_stays(phone: Any) -> None:
    for path in PAGES:
        phone.goto(path)
        assert phone.get_by_role("button", name="大字版").is_visible(), path
    phone.goto("/")
    size = phone.evaluate(STYLE, "body")[0]
    phone.get_by_role("button", name="大字版").click()
    phone.locator("html[data-mode=large] body").wait_for()
    assert phone.evaluate(STYLE, "body")[0] >= 1.5 * size
    phone.set_viewport_size({"width": 320, "height": 700})
    for path in PAGES:
        phone.goto(path)
        assert phone.locator("html").get_attribute("data-mode") == "large", path
        assert overhang(phone) <= 0, path


def test_03_high_contrast_is_one_tap_and_holds_the_strictest_measure(phone: Any) -> None:
    phone.goto("/")
    phone.get_by_role("button", name="高对比").click()
    for path in PAGES:
        phone.goto(path)
        assert phone.locator("html").get_attribute("data-mode") == "contrast"
        assert axe_faults(phone, strict_contrast=True) == [], path


def test_04_nothing_is_small_tight_or_slanted(phone: Any) -> None:
    for path in PAGES:
        phone.goto(path)
        assert small_or_slanted(phone) == [], path
    phone.goto("/help/privacy")
    size, line = phone.evaluate(STYLE, "main p")
    assert size >= 19
    assert line >= 1.7 * size - 0.01


def test_05_every_control_is_a_thumb_wide_and_apart(phone: Any) -> None:
    for path in PAGES:
        phone.goto(path)
        assert small_controls(phone) == [], path
        assert phone.evaluate(NEAR, 8) == [], path
    phone.evaluate("() => { document.querySelector('main').insertAdjacentHTML('beforeend', '<button>a</button><button>b</button>'); }")
    assert phone.evaluate(NEAR, 8), "the measure sees what it looks for"


def test_06_four_steps_a_minute_and_back_keeps_everything(phone: Any) -> None:
    begun_at, steps = time.monotonic(), []
    phone.on("framenavigated", lambda frame: steps.append(frame.url))
    phone.goto("/matters/new")
    for n, act in enumerate((lambda: phone.get_by_label("什么事？").fill("垃圾桶总是满的，没人清。"),
                             lambda: phone.get_by_label("第二网格").first.check(), lambda: choose(phone, jpeg((600, 400)))), 1):  # fmt: skip
        told(phone, f"第 {n} 步，共 4 步")
        act()
        if n == 3:
            expect(phone.locator(".shot img")).to_be_visible()
        press(phone, "下一步")
    told(phone, "第 4 步，共 4 步", "1 张")
    for step in ("返回", "返回", "返回"):
        phone.get_by_role("link", name=step).click()
    assert phone.get_by_label("什么事？").input_value() == "垃圾桶总是满的，没人清。"
    press(phone, "下一步")
    assert phone.get_by_label("第二网格").first.is_checked()
    press(phone, "下一步")
    expect(phone.locator(".shot img")).to_be_visible()
    press(phone, "下一步")
    press(phone, "提交")
    phone.wait_for_url("**/receipt")
    assert time.monotonic() - begun_at < 60 * a_second(phone)


def test_07_a_photo_shows_how_far_it_is_survives_a_cut_and_can_be_skipped(phone: Any) -> None:
    """Over a slow line, cut in the middle by losing the network: it goes on where it was, and no byte is sent twice."""
    begun(phone)
    assert phone.locator("#photo").get_attribute("accept") == "image/*"
    assert phone.locator("#photo").get_attribute("capture") is None
    expect(phone.get_by_role("button", name="不加照片").or_(phone.get_by_role("link", name="不加照片"))).to_be_visible()
    photo, asked = noise((1000, 700)), []
    phone.on("request", lambda r: asked.append(int(re.findall(r"from=(\d+)", r.url)[0])) if r.method == "POST" and "arriving" in r.url else None)
    line = phone.context.new_cdp_session(phone)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 300_000})
    choose(phone, photo)
    figure = phone.locator(".arriving figure")
    expect(figure.locator("figcaption")).to_contain_text(f"{len(photo) / 1e6:.1f} MB")
    expect(figure.locator("img")).to_be_visible()
    within(PATIENCE, lambda: phone.locator(".arriving progress").evaluate("bar => bar.value") > 60_000)
    line.send("Network.emulateNetworkConditions", {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    expect(figure).to_contain_text("网络断了")
    expect(figure.get_by_role("button", name="现在再试")).to_be_visible()
    reached = phone.locator(".arriving progress").evaluate("bar => bar.value")
    assert 60_000 <= reached < len(photo)
    before = len(asked)
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    expect(phone.locator(".shot img")).to_be_visible()
    # The piece that was on the line may have arrived although its answer was lost; nothing before it is sent again.
    assert asked[before] >= reached, (asked, reached)
    assert phone.locator(".arriving figure").count() == 0
    assert phone.locator(".shot img").evaluate("image => image.naturalWidth") == 1000
    press(phone, "下一步")
    told(phone, "1 张")


def test_07_a_photo_waits_for_next_and_what_is_no_photo_says_why(phone: Any) -> None:
    """Pressed before it has arrived, the button waits for it; a file that is no photo keeps nobody."""
    begun(phone)
    held: list[Any] = []
    phone.route("**/arriving/*", lambda route: held.append(route) if not held else route.continue_())
    choose(phone, jpeg((900, 600)))
    phone.locator(".arriving figure").wait_for()
    press(phone, "下一步")
    told(phone, "照片传完就进入下一步")
    assert phone.url.endswith("/photos")
    held[0].abort()
    phone.wait_for_url("**/contact")
    told(phone, "1 张")
    phone.goto("/matters/new/photos")
    choose(phone, b"MZ this is a program", "b.jpg")
    expect(phone.locator(".arriving figure")).to_contain_text("不是照片")
    phone.get_by_role("button", name="不要这张照片了").click()
    press(phone, "下一步")
    told(phone, "1 张")


def test_08_a_kept_photo_stands_upright_and_tells_neither_place_nor_camera(phone: Any) -> None:
    begun(phone)
    choose(phone, noise((800, 400), orientation=6))
    expect(phone.locator(".shot img")).to_be_visible()
    data = phone.context.request.get(phone.locator(".shot img").evaluate("image => image.src")).body()
    kept = Image.open(io.BytesIO(data))
    assert kept.size == (400, 800)
    assert not dict(kept.getexif())
    assert b"SecretCamera" not in data


def test_09_reporting_and_looking_up_need_no_script(open_as: Any) -> None:
    page = open_as(script=False)
    code = report(page, "路灯坏了一个星期了，没人修。", noise((400, 300)), "13800001234", "王阿姨")
    page.goto("/progress")
    page.get_by_label("查询码").fill(code)
    press(page, "查进度")
    expect(page.locator("[aria-current=step]")).to_contain_text("现在：")
    expect(page.locator(".shot img")).to_be_visible()


def test_10_the_receipt_holds_all_one_needs(phone: Any) -> None:
    code = report(phone, PARKING)
    shown = phone.locator(".receipt__code").inner_text()
    assert [len(part) for part in shown.split()] == [4, 4, 4]
    assert not set("01OI") & set(code)
    expect(phone.locator(".receipt svg, .receipt img").first).to_be_visible()
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="保存为图片").click()
    assert Image.open(saved.value.path()).size[0] >= 300
    today = clock.local(clock.now()).date()
    days = [f"{day.month}月{day.day}日" for day in (today + timedelta(days=n) for n in range(1, 15))]
    assert any(day in phone.locator("main").inner_text() for day in days)


def test_11_the_look_up_says_first_where_it_stands(open_as: Any) -> None:
    """By code, a household matter with the last four digits too; the newest state stands first, in words."""
    code = report(open_as(), LEAK, phone="13800001234")
    stranger = open_as()
    stranger.goto("/progress")
    stranger.get_by_label("查询码").fill(code)
    press(stranger, "查进度")
    assert "漏水" not in stranger.content()
    stranger.locator("#digits").fill("1234")
    press(stranger, "查进度")
    words = stranger.locator(".timeline__word").all_inner_texts()
    assert words[1].startswith("现在：")
    assert words[-1] == "已收到"


def test_12_the_sorting_is_explained_and_doubted_with_one_tap(phone: Any) -> None:
    report(phone, PARKING)
    told(phone, "共事", "因为您说到", "社区评议会", "牵头")
    phone.get_by_role("button", name="我觉得分错了").click()
    expect(phone.locator(".notice--flash")).to_contain_text("重新看分类")


def test_13_wrong_input_is_told_in_words_and_kept(phone: Any) -> None:
    phone.goto("/matters/new")
    phone.get_by_label("什么事？").fill("我的身份证110101199003077758，楼道堆东西")
    press(phone, "下一步")
    expect(phone).to_have_title(re.compile("^错误："))
    expect(phone.locator(".govuk-error-summary")).to_be_focused()
    assert "楼道堆东西" in phone.get_by_label("什么事？").input_value()
    phone.locator(".govuk-error-summary a").first.click()
    expect(phone.locator("#text")).to_be_focused()


def test_14_sent_twice_it_is_one_record_with_one_receipt(phone: Any) -> None:
    code = report(phone, "南门的路灯一闪一闪的。")
    for _ in range(2):
        phone.go_back()
        phone.wait_for_load_state()
        if phone.get_by_role("button", name="提交").count():  # the browser kept the page as it was
            press(phone, "提交")
        phone.wait_for_url(f"**/{code}/receipt")
    phone.goto("/matters/new")
    assert phone.get_by_label("什么事？").input_value() == ""


def test_15_five_faces_with_words_and_not_solved_takes_it_up_again(open_as: Any) -> None:
    resident, officer = open_as(), open_as("grid_worker", LAPTOP)
    code = report(resident, COVER)
    officer.goto(f"/matters/{numbered(officer, COVER[:10])}")
    officer.locator("#words").fill("已换新井盖。")
    press(officer, "答复")
    resident.goto(f"/progress/{code}")
    faces = resident.locator(".face")
    expect(faces).to_have_text(["非常满意", "满意", "基本满意", "不满意", "没有解决"])
    expect(faces.locator("svg")).to_have_count(5)
    resident.get_by_role("button", name="没有解决").click()
    told(resident, "重新办理")


def test_16_names_are_masked_outside_and_one_is_told_who_sees_what(open_as: Any) -> None:
    resident, officer, stranger = open_as(), open_as("secretary", LAPTOP), open_as()
    resident.goto("/matters/new")
    text = "我是王秀兰，三号楼的楼道里堆满了旧家具，走路都困难。"
    report(resident, text, name="王秀兰", phone="13800001234")
    number = numbered(officer, "我是王秀兰")
    officer.goto(f"/matters/{number}")
    told(officer, "王秀兰", "13800001234")
    officer.goto(f"/matters/{number}/triage")
    officer.get_by_label("共事").first.check()
    officer.locator("#reason").fill("楼道是大家的")
    officer.get_by_label("公开，用下面的文字").check()
    press(officer, "确认")
    stranger.goto(f"/matters/{number}")
    told(stranger, "王*")
    assert "王秀兰" not in stranger.content()
    assert "13800001234" not in stranger.content()
    begun(stranger)
    press(stranger, "不加照片")
    told(stranger, "只有经办的人能看到", "谁能看到什么")


def test_19_the_ballot_says_everything_and_chooses_nothing(server: Server, open_as: Any) -> None:
    page = open_as("resident")
    page.goto(f"/ballots/{server.cast['seat']['homes']}")
    told(page, QUESTION, "您代表 3号楼402", "一户一票", "记名")
    assert page.locator("input[name=choice]:checked").count() == 0
    page.get_by_label("赞成", exact=True).check()
    press(page, "投票")
    told(page, QUESTION, "您投的是：", "赞成")
    expect(page.get_by_role("button", name="确认投票")).to_be_visible()


def test_20_after_voting_one_changes_it_with_its_code_and_the_room_says_when_it_closes(server: Server, open_as: Any) -> None:
    page, chair, cast = open_as("seat"), open_as("secretary", LAPTOP), server.cast["seat"]
    page.goto(f"/meetings/{cast['meeting']}/room")
    page.get_by_label("反对", exact=True).check()
    press(page, "投票")
    press(page, "确认投票")
    told(page, "反对", "回执", "修改我的一票")
    page.goto(f"/meetings/{cast['meeting']}/room")
    told(page, "反对", "回执", "修改我的一票")
    chair.goto(f"/ballots/{cast['ballot']}")
    chair.get_by_role("button", name="结束并计票").click(no_wait_after=True)
    assert within(PATIENCE, lambda: "表决已结束" in page.locator("main").inner_text()) <= 2 * a_second(page)
    expect(page.locator("main")).not_to_contain_text("修改我的一票")
