"""The gallery and the designed pages, looked at in every language, mode and width."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import gallery
from tests.browser.sweep import (
    axe_faults,
    check_page,
    leftover_english,
    looks_faults,
    open_page,
    overhang,
    small_controls,
    small_or_slanted,
    use_mode,
)

pytestmark = pytest.mark.browser
ORDINARY = [path for path in gallery.PAGES if not path.startswith("/wall")]


@pytest.fixture(scope="module")
def at() -> Iterator[str]:
    with gallery.serving() as address:
        yield address


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = open_page(browser)
    yield made
    made.context.close()


@pytest.mark.parametrize("path", ORDINARY)
def test_every_page_is_clear_in_every_mode_and_width(page: Page, at: str, path: str) -> None:
    check_page(page, at + path, axe_widths=(390, 1280))


@pytest.mark.parametrize("path", ORDINARY)
def test_every_page_is_clear_in_english(page: Page, at: str, path: str) -> None:
    check_page(page, f"{at}{path}?language=en&insecure=1&who=1", modes=("", "large"), widths=(320, 1280))


def test_a_page_with_errors_is_clear_and_takes_the_focus_to_them(page: Page, at: str) -> None:
    check_page(page, f"{at}/gallery?errors=1", widths=(320, 390))
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.get_by_role("link", name=gallery.ERRORS["choice"]).click()
    assert page.evaluate("document.activeElement.id") == "choice"


@pytest.mark.parametrize("path", ["/wall", "/wall-declared"])
def test_the_wall_fits_a_projector_and_is_read_from_afar(page: Page, at: str, path: str) -> None:
    check_page(page, at + path, widths=(1280,), axe_widths=(1280,), modes=("", "contrast"), least_text=22)
    assert page.evaluate("document.scrollingElement.scrollHeight") <= 800
    assert page.locator("a, button, input, form").count() == 1  # the skip link


def test_the_desk_fits_a_laptop_without_scrolling(page: Page, at: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(at + "/desk")
    assert page.evaluate("document.scrollingElement.scrollHeight") <= 800


def test_the_three_choices_stand_above_the_fold(page: Page, at: str) -> None:
    page.goto(at + "/")
    boxes = [choice.bounding_box() for choice in page.locator(".choice").all()]
    assert [c.inner_text().split("\n")[0] for c in page.locator(".choice").all()] == [
        "反映事情",
        "参加会议",
        "查进度",
    ]
    assert all(box and box["height"] >= 48 and box["y"] + box["height"] <= 844 for box in boxes)


@pytest.mark.parametrize("path", ["/", "/receipt", "/room", "/desk"])
def test_a_page_has_at_most_one_primary_button(page: Page, at: str, path: str) -> None:
    page.goto(at + path)
    first = page.locator("main .govuk-button:not(.govuk-button--secondary), main .choice--first")
    first.first.wait_for()
    assert first.count() == 1


def test_large_type_is_half_as_large_again(page: Page, at: str) -> None:
    page.goto(at + "/")
    size = "parseFloat(getComputedStyle(document.querySelector('.row__note')).fontSize)"
    normal = page.evaluate(size)
    page.goto(at + "/?mode=large")
    assert page.evaluate(size) == pytest.approx(normal * 1.5)


def test_the_first_visit_weighs_at_most_60_kilobytes(page: Page, at: str) -> None:
    files: dict[str, int] = {}
    page.on(
        "response",
        lambda r: files.update({r.url: len(gzip.compress(r.body(), 9))}) if "/static/" in r.url else None,
    )
    page.goto(at + "/", wait_until="networkidle")
    assert any(".css" in url for url in files)
    assert any(".js" in url for url in files)
    assert sum(files.values()) <= 60_000, files


def test_the_menu_opens_by_keyboard_and_without_script(browser: Browser, at: str) -> None:
    page = open_page(browser, java_script_enabled=False)
    page.goto(at + "/")
    page.locator("summary", has_text="菜单").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="公示").first).to_be_visible()
    page.context.close()


def test_a_drawn_name_travels_as_strokes_and_survives_turning_the_phone(page: Page, at: str) -> None:
    page.goto(at + "/gallery")
    page.locator(".pad__canvas").scroll_into_view_if_needed()
    box = page.locator(".pad__canvas").bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 90, steps=8)
    page.mouse.up()
    value = "document.querySelector('input[name=hand]').value"
    strokes = json.loads(page.evaluate(value))
    assert len(strokes) == 1
    assert len(strokes[0]) > 4
    assert all(len(point) == 2 for point in strokes[0])
    page.set_viewport_size({"width": 844, "height": 390})
    drawn = "document.querySelector('.pad__canvas').getContext('2d').getImageData(0, 0, 400, 300)"
    page.wait_for_function(f"{drawn}.data.some((v) => v)")
    page.get_by_role("button", name="清除重写").click()
    assert page.evaluate(value) == ""


def test_a_chosen_photo_is_shown_with_its_size(page: Page, at: str) -> None:
    page.goto(at + "/gallery")
    page.locator("#photo").set_input_files(gallery.STATIC / "mark.svg")
    assert page.locator(".previews img").is_visible()
    assert "MB" in page.locator(".previews figcaption").inner_text()


PRESSED = """method => {
  const form = document.body.appendChild(document.createElement("form")), button = form.appendChild(document.createElement("button"));
  let sent = 0;
  form.method = method;
  form.addEventListener("submit", event => { sent += 1; event.preventDefault(); });
  button.click();
  button.click();
  return sent;
}"""


def test_two_presses_of_one_hand_are_sent_once(page: Page, at: str) -> None:
    page.goto(f"{at}/gallery")
    page.wait_for_function("document.body.classList.contains('js-enabled')")
    assert page.evaluate(PRESSED, "post") == 1
    assert page.evaluate(PRESSED, "get") == 2


def test_the_strip_says_when_the_connection_is_cut(page: Page, at: str) -> None:
    page.goto(at + "/room", wait_until="networkidle")
    assert not page.locator("#cut").is_visible()
    page.context.set_offline(True)
    page.locator("#cut").wait_for(state="visible")
    # That it goes when the stream is back: test_room.py, where there is one.


def test_the_sweep_sees_what_it_looks_for(page: Page, at: str) -> None:
    page.goto(at + "/")
    page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
      '<button class="tiny">ok</button><img src="/static/mark.svg">' +
      '<p class="bad">Leftover <em class="slant">slant</em></p>')""")
    page.evaluate("""() => { const of = (s) => document.querySelector(s).style;
      of(".bad").fontSize = "12px"; of(".bad").width = "2000px"; of(".slant").fontStyle = "italic"; }""")
    assert any("tiny" in fault or '"ok"' in fault for fault in small_controls(page))
    assert any("12.0px" in fault or "12px" in fault for fault in small_or_slanted(page))
    assert any("italic" in fault for fault in small_or_slanted(page))
    assert "Leftover" in leftover_english(page)
    assert overhang(page) > 0
    assert any("image-alt" in fault for fault in axe_faults(page))
    use_mode(page, "contrast")
    page.evaluate("() => { document.querySelector('.bad').style.color = '#777'; }")
    for found in (axe_faults(page, strict_contrast=True), looks_faults(page, "contrast")):
        assert any("color-contrast-enhanced" in fault for fault in found)
    assert not any("image-alt" in fault for fault in looks_faults(page, "contrast")), "looked at once"
