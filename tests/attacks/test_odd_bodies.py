"""Bodies that no form of ours ever sent: each is refused in words, none breaks a page, none is kept as it came."""

from __future__ import annotations

import time
from urllib.parse import urlencode

import pytest

from council.neighbourhood import passwords
from council.proceedings import petitions
from council.proceedings.reporting import Report
from council.routes import limits
from tests.client import soup
from tests.five import five
from tests.room import room
from tests.routes.steps import GAS, reported

BIG = str(2**63)
RARE = "𠮷" * 50


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


def parts(name: str, value: bytes, charset: str) -> dict:
    body = b'--x\r\ncontent-disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n--x--\r\n"
    return {"content": body, "headers": {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}}


@pytest.mark.parametrize("value", [b"\\ud800 and half a sign", b"\\x00 nothing", b"\\x1b[31m red"])
async def test_half_signs_and_control_signs_are_refused_and_not_shown_again(browser_of, value):
    browser = await browser_of()
    answer = await browser.post("/matters/new", **parts("text", value, "unicode_escape"))
    assert answer.status_code == 422
    assert await Report.all().count() == 0


async def test_what_turns_or_hides_other_signs_is_not_kept(browser_of, world):
    browser = await browser_of()
    await browser.post("/matters/new", data={"text": "车子\u202e乱停\u200b在e\u0301路口\n真的"})
    assert (await Report.all().first()).text == "车子乱停在é路口\n真的"


async def test_piles_of_marks_are_refused_at_once(browser_of, world):
    browser, pile = await browser_of(world.secretary), ("长" + "\u0301\u0316" * 12_000).encode()
    since = time.process_time()
    for path, field in (("/matters/new", "text"), ("/people", "name"), ("/places", "name"), ("/sign-in", "login")):
        assert (await browser.post(path, **parts(field, pile, "utf-8"))).status_code == 422, path
    assert time.process_time() - since < 1


async def test_numbers_that_no_record_can_have_are_refused(browser_of, world):
    browser = await browser_of(world.secretary)
    await browser.post("/matters/new", data={"text": GAS})
    forms = {
        "/matters/new/urgent": {"place": BIG}, "/inbox/reading": {"upto": BIG}, "/inbox/slips": {"slip": ["1", BIG]},
        "/offices": {"person": BIG, "code": "clerk"}, "/needs": {"place": BIG, "title": "送餐", "urgency": "soon"},
        "/agreements": {"place": BIG, "title": "共建", "partners": BIG},
    }  # fmt: skip
    for path, data in forms.items():
        assert (await browser.post(path, data=data)).status_code == 422, path


async def test_days_before_and_after_all_calendars_are_refused(browser_of, world):
    browser, made = await browser_of(world.secretary), await room(world)
    ballot = await made.ballot()
    for day in ("0001-01-01", "9999-12-31"):
        for path, data in (
            (f"/units/{world.hotel.id}/end", {"last_day": day}), (f"/ballots/{ballot.id}/opening", {"until": f"{day}T00:00"}),
            ("/meetings", {"kind": "community_review_council", "place": str(world.community.id), "title": "评议会", "day": day, "hour": "19:00"}),
            (f"/meetings/{made.meeting.id}/time", {"day": day, "hour": "00:00"}),
        ):  # fmt: skip
            assert (await browser.post(path, data=data)).status_code == 422, (path, day)


@pytest.mark.parametrize(
    "link",
    ["https://[", "javascript:alert(1)", "data:text/html,x", "https://", "//evil.test/x", 'https://a.test/"><script>', "https:\\\\evil"],
)
async def test_the_link_of_a_meeting_is_a_whole_https_address(browser_of, world, link):
    browser = await browser_of(world.secretary)
    data = {
        "kind": "community_review_council",
        "place": str(world.community.id),
        "title": "评议会",
        "day": "2099-01-05",
        "hour": "19:00",
        "link": link,
    }
    answer = await browser.post("/meetings", data=data)
    assert answer.status_code == 422
    assert not soup(answer).select("script:not([src])")
    assert (await browser.post("/meetings", data=data | {"link": "https://meeting.tencent.com/dm/abc?x=1"})).status_code == 200


@pytest.mark.parametrize(
    "place",
    ["//[", "//evil.test", "https://[", "https:evil", "/\\evil.test", "\\/evil", "/a\r\nset-cookie: x=y", "///evil", "javascript:x"],
)
async def test_whoever_chose_how_pages_look_stays_here(browser_of, world, place):
    browser = await browser_of()
    for path, data in (("/preferences", {"next": place, "large": "on"}), ("/sign-in", {"login": "a", "password": "b", "next": place})):
        answer = await browser.post(path, data=data, follow_redirects=False)
        assert answer.status_code in (303, 403, 422), path
        assert answer.headers.get("location", "/") == "/"
    assert (await browser.get("/sign-in", params={"next": place})).status_code == 200


async def test_an_origin_that_is_no_address_is_another_site(browser_of, world):
    browser = await browser_of(world.secretary)
    browser.headers.pop("sec-fetch-site")
    for origin in ("http://[", "null", "https://council.test.evil", "https://evil/council.test", ""):
        assert (await browser.post("/preferences", data={}, headers={"origin": origin})).status_code == 403, origin
    answer = await browser.post("/preferences", data={}, headers={"origin": "https://council.test"}, follow_redirects=False)
    assert answer.status_code == 303


async def test_a_file_field_without_a_file_is_an_empty_field(browser_of, world):
    browser = await browser_of(world.secretary)
    answer = await browser.post("/registers/import", data={"place": str(world.community.id), "file": "abc"})
    assert answer.status_code == 422
    await browser.post("/matters/new", data={"text": "车子乱停得很"})
    await browser.post("/matters/new/place", data={"place": str(world.grid.id)})
    assert (await browser.post("/matters/new/photos", data={"photo": "abc"})).status_code == 422
    assert (await browser.post("/matters/new", files={"text": ("x.txt", b"words as a file")})).status_code == 422


async def test_fifty_rare_characters_are_a_name(browser_of, world):
    """The longest a name may be, in characters that take four bytes each."""
    from council.proceedings.matters import Matter

    matter = await Matter.with_code(await reported(await browser_of(), world, name=RARE, phone="13800001234"))
    assert matter.reporter_name == RARE


async def test_a_made_up_signatory_or_content_is_refused(browser_of, world):
    made, browser = await five(world), await browser_of(world.clerk)
    assert (await browser.post("/agreements/1/signatures", data={"signatory": "//[", "pin": "1", "intent": "yes"})).status_code in (
        404,
        422,
    )
    today = {
        "first_day": "2099-01-01",
        "last_day": "2099-12-31",
        "title": "共建协议书",
        "category": "MUTUAL_SERVICE",
        "place": str(world.community.id),
    }
    answer = await browser.post("/agreements", data=today | {"partners": [str(n) for n in made.partners], "contents": ["NOTHING_OF_OURS"]})
    assert answer.status_code in (200, 422)


@pytest.mark.parametrize(("kind", "body"), [
    ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"--\r\n"), ("multipart/form-data; boundary=x", b"--x\r\n" + b"a" * 900),
    ("text/plain", b"text=abcdefg"), ("application/json", b'{"text": "abcdefg"}'), ("", b"text=abcdefg"),
    ("application/x-www-form-urlencoded", b"&&&=%&%zz=%ED%A0%80"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2000))),
    ("multipart/form-data; boundary=x; charset=zlib", b"--x--\r\n"),
])  # fmt: skip
async def test_a_body_that_is_no_form_is_refused_everywhere(browser_of, world, kind, body):
    browser = await browser_of(world.secretary)
    for path in ("/matters/new", "/matters", "/people", "/sign-in", "/meetings", "/verify", "/preferences", "/progress"):
        answer = await browser.post(path, content=body, headers={"content-type": kind} if kind else {}, follow_redirects=False)
        assert answer.status_code in (303, 400, 403, 413, 422), (path, kind, answer.status_code)
    assert await Report.all().count() == 0


async def test_the_last_of_two_fields_counts_and_only_that(browser_of, world):
    browser = await browser_of()
    await browser.post(
        "/matters/new",
        content=urlencode([("text", "车子乱停得很"), ("text", "路灯坏了三天")]),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    kept = await Report.all().values_list("text", flat=True)
    assert kept == ["路灯坏了三天"]


LONG, PHOTO = 891_000, 3_000_000


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/minutes/1/corrections", LONG), ("/agreements/1/wording", LONG), ("/petitions/1/sheet", LONG), ("/skeletons", LONG),
        ("/consultations", LONG), ("/consultations/1/versions", LONG), ("/sitting", LONG), ("/signatures/1/preview", LONG),
        ("/agreements/1/signatures", LONG), ("/ballots/1/papers", PHOTO), ("/ballots/1/proxies", PHOTO), ("/tasks/1/report", PHOTO),
    ],
)  # fmt: skip
async def test_the_longest_text_and_a_telephones_photo_fit_their_form(browser_of, world, path, size):
    browser = await browser_of(world.secretary)
    sent = {"files": {"photo": ("a.jpg", b"a" * size)}} if size == PHOTO else {"data": {f"more_{n}": "字" * 33_000 for n in range(3)}}
    assert (await browser.post(path, follow_redirects=False, **sent)).status_code in (404, 409, 422)


async def test_what_is_too_large_is_refused_in_our_words_with_our_headers(browser_of):
    browser, given = await browser_of(), {"text": "字" * 60_000}
    answer = await browser.post("/matters/new", data=given)
    assert answer.status_code == 413
    assert "太大" in soup(answer).main.get_text()
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert (await browser.post("/static/council.css", data=given)).status_code in (405, 413)


async def test_what_is_longer_than_any_record_finds_nothing(browser_of, world):
    """A sign that stands for eighteen: what fits the field is longer than the column once it is composed."""
    wide, browser = "ﷺ" * 50, await browser_of(world.secretary)
    door = await (await browser_of()).post("/sign-in", data={"login": wide, "password": "wrong"})
    other = await (await browser_of()).post("/sign-in", data={"login": "nobody", "password": "wrong"})
    assert (door.status_code, soup(door).select_one("#main .govuk-error-message").text) == (
        403, soup(other).select_one("#main .govuk-error-message").text,
    )  # fmt: skip
    far = {"phone": "", "mail": "𠮷" * 60 + "@changfeng.cn"}
    assert "电子邮" in soup(await browser.post("/account/reach", data=far)).select_one("#main .govuk-error-message").text
    kept = {"login": wide, "present": "", "password": "three words apart", "again": "three words apart"}
    assert (await browser.post("/account/password", data=kept, follow_redirects=False)).status_code in (303, 422)


async def test_a_name_longer_than_any_person_s_counts_for_nobody(world):
    petition = await petitions.begin("PETITION_RC_MEETING_ADULTS", world.community, "夜间停车怎么管", "天天堵", by=world.resident)
    ((line, why),) = await petitions.enter(petition, "九" * 300, by=world.secretary)
    assert (line, why is None) == ("九" * 300, False)


async def test_a_rule_of_ours_that_is_too_wide_ends_in_words(browser_of, world, monkeypatch):
    monkeypatch.setattr(passwords, "plain_login", lambda login: login * 99)
    answer = await (await browser_of()).post("/sign-in", data={"login": "nobody", "password": "wrong"})
    assert answer.status_code == 422
