"""Documents beside a topic: read by those in the room, laid there by the office, seen by nobody else."""

from __future__ import annotations

import pytest

from council.proceedings import documents
from council.proceedings.documents import LARGEST, MOST, Document
from council.proceedings.meetings import Meeting
from council.refusals import Conflict, Forbidden, Refusal
from tests.client import soup
from tests.room import room
from tests.routes.test_room import opened

OFFER = b"%PDF-1.7 offer of the building company"


async def test_the_office_lays_a_document_beside_a_topic_and_the_room_reads_it(world, browser_of):
    cast = await opened(world)
    await cast.seat("resident", world.secretary)
    clerk, phone, at = await browser_of(world.clerk), await browser_of(world.resident), f"/items/{cast.item.id}/documents"
    form = {"title": "施工单位报价"}
    assert (await clerk.post(at, data=form)).status_code == 422
    wrong = await clerk.post(at, data=form, files={"file": ("a.docx", b"PK\x03\x04", "application/zip")})
    assert (wrong.status_code, bool(soup(wrong).select_one("#file-error")), soup(wrong).select_one("#title")["value"]) == (422, True, "施工单位报价")
    page = await clerk.post(at, data=form, files={"file": ("a.pdf", OFFER, "application/pdf")})
    link = soup(page).select_one(".papers__title")["href"]
    assert soup(await phone.get(f"/meetings/{cast.meeting.id}/room")).select_one(".papers__title")["href"] == link
    assert soup(await phone.get(f"/meetings/{cast.meeting.id}")).select_one(".papers__title")["href"] == link, "found before and after it too"
    assert soup(await clerk.get(f"/meetings/{cast.meeting.id}")).select_one(f'a[href="{at}"]')
    assert not soup(await phone.get(f"/meetings/{cast.meeting.id}")).select(f'a[href="{at}"]')
    assert not soup(await (await browser_of()).get(f"/meetings/{cast.meeting.id}")).select(".papers__title")
    read = await phone.get(link)
    assert (read.content, "sandbox" in read.headers["content-security-policy"]) == (OFFER, True)
    assert not soup(await phone.get(at)).select("form[action$='/documents'], form[action$='/withdrawal']")
    assert (await phone.post(at, data=form, files={"file": ("a.pdf", OFFER + b"2", "application/pdf")})).status_code == 403
    for person in (None, world.outsider, world.beside_secretary):
        stranger = await browser_of(person)
        assert [(await stranger.get(one, follow_redirects=False)).status_code for one in (link, at)] == [404, 404]
    await clerk.post(soup(page).select_one("form[action$='/withdrawal']")["action"])
    assert (await phone.get(link)).status_code == 404


async def test_the_same_twice_too_many_or_too_large_is_refused_and_after_the_end_nothing_is_added(world):
    made = await room(world, listed=2, present=2)

    async def lay(data: bytes, by=world.clerk) -> Document:
        return await documents.add(made.item, made.meeting, "材料", data, by=by)

    first = await lay(OFFER)
    with pytest.raises(Conflict):
        await lay(OFFER)
    for n in range(MOST - 1):
        await lay(OFFER + b"%d" % n)
    with pytest.raises(Refusal):
        await lay(OFFER + b"last")
    with pytest.raises(Refusal) as large:
        await lay(b"%PDF-" + b"0" * LARGEST)
    assert large.value.status == 413
    await documents.withdraw(await Document.get(id=first.id).prefetch_related("item"), made.meeting, by=world.secretary)
    await lay(OFFER)
    for person in (world.resident, world.beside_secretary, world.grid_worker):
        with pytest.raises(Forbidden):
            await lay(OFFER + b"!", by=person)
    await Meeting.filter(id=made.meeting.id).update(stage="closed")
    made.meeting.stage = "closed"
    with pytest.raises((Forbidden, Conflict)):
        await lay(OFFER + b"late")
