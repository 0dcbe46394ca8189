"""Photos in pieces over the wire: the byte where it goes on, the sentence when it does not, nobody else's report."""

from __future__ import annotations

import pytest

from council.routes import limits
from tests.client import soup
from tests.routes.steps import jpeg

PHOTO = jpeg((900, 600))
SIZE = len(PHOTO)
AT = "/matters/new/photos/arriving/a"


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()


@pytest.fixture
async def browser(browser_of, world):
    made = await browser_of()
    await made.post("/matters/new", data={"text": "楼道里的灯坏了三天了。"})
    return made


async def put(browser, start, data, key=AT, size=SIZE):
    return await browser.post(f"{key}?from={start}&of={size}", content=data)


async def test_a_photo_goes_in_pieces_and_stands_on_the_page(browser):
    assert (await browser.get(AT)).json() == {"received": 0, "photo": None, "room": 3}
    assert (await put(browser, 0, PHOTO[:700])).json()["received"] == 700
    assert (await browser.get(AT)).json()["received"] == 700
    done = (await put(browser, 700, PHOTO[700:])).json()
    assert (done["received"], done["room"]) == (len(PHOTO), 2)
    page = soup(await browser.get("/matters/new/photos"))
    assert [image["src"] for image in page.select(".shot img")] == [f"/matters/new/photos/{done['photo']}"]


async def test_a_piece_that_does_not_fit_says_so(browser):
    await put(browser, 0, PHOTO[:700])
    assert (await put(browser, 100, PHOTO[100:900])).status_code == 409
    assert (await browser.get(AT)).json()["received"] == 700


async def test_what_is_no_photo_is_refused_in_words(browser):
    answer = await put(browser, 0, b"MZ not a photo", size=14)
    assert answer.status_code == 422
    assert "不是照片" in answer.json()["fault"]


@pytest.mark.parametrize("query", ["", "?from=a&of=b", "?from=0", "?from=-1&of=10", "?from=0&of=99999999999", "?from=²&of=3"])
async def test_addresses_that_name_no_bytes_are_refused(browser, query):
    assert (await browser.post(AT + query, content=b"x")).status_code in (409, 413, 422)


async def test_a_piece_too_large_and_a_name_too_long_are_refused(browser):
    assert (await put(browser, 0, b"x" * 1_000_001, size=2_000_000)).status_code == 413
    assert (await put(browser, 0, PHOTO, "/matters/new/photos/arriving/" + "k" * 65)).status_code == 404


async def test_who_writes_no_report_sends_and_learns_nothing(browser, browser_of):
    await put(browser, 0, PHOTO[:700])
    stranger = await browser_of()
    assert (await stranger.get(AT)).status_code == 404
    assert (await put(stranger, 700, PHOTO[700:])).status_code == 404
    await stranger.post("/matters/new", data={"text": "我也反映一件事情。"})
    assert (await stranger.get(AT)).json()["received"] == 0


async def test_another_site_sends_nothing(browser):
    answer = await browser.post(f"{AT}?from=0&of=10", content=b"x" * 10, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_a_flood_of_photos_is_stopped_and_what_was_begun_goes_on(browser):
    for _ in range(88):
        limits.within("photo:address", "127.0.0.1")
    answers = [(await put(browser, 0, PHOTO[:100], f"/matters/new/photos/arriving/{n}")).status_code for n in range(3)]
    assert answers == [200, 200, 429]
    assert (await put(browser, 100, PHOTO[100:], "/matters/new/photos/arriving/0")).status_code == 200
