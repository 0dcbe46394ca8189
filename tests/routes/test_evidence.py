"""After a meeting: one pack that proves it, and a poster for the paper board."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

from council import clock
from council.neighbourhood import treelog
from council.proceedings import chair, documents, paperoutcomes, paperrecords
from council.proceedings.agenda import AgendaItem
from council.proceedings.meetings import Meeting
from council.secretariat import evidence
from council.secretariat.minutes import Minutes
from council.secretariat.postings import Posting
from tests.minutes import approve_all
from tests.records.test_paperrecords import SCAN, account, cut_off
from tests.room import room
from tests.workshop import outside


async def minuted(world):
    hall = await room(world, listed=5, present=4, observers=1)
    ballot = await hall.ballot()
    await hall.vote(ballot, yes=3, no=1)
    await hall.finish(ballot)
    await chair.conclude(await AgendaItem.get(id=hall.item.id), hall.meeting, "通过停车方案。", by=hall.chair)
    await chair.close(hall.meeting, by=hall.chair)
    return await Minutes.draw(hall.meeting, by=world.clerk)


async def test_the_pack_holds_everything_and_every_digest_is_right(world, browser_of):
    minutes = await minuted(world)
    browser = await browser_of(world.secretary)
    page = await browser.post(f"/minutes/{minutes.id}/evidence")
    assert page.headers["content-type"] == "application/zip", page.text[:300]
    with zipfile.ZipFile(BytesIO(page.content)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    assert set(files) == {
        "notice.pdf", "sign-in-sheet.pdf", "minutes.pdf", "notice.json", "attendance.json", "agenda.json", "speeches.json", "proposals.json",
        "ballots.json", "resolutions.json", "minutes.json", "journal.json", "hashes.txt",
    }  # fmt: skip
    told = dict(reversed(line.split("  ")) for line in files["hashes.txt"].decode().splitlines())
    assert told == {name: sha256(data).hexdigest() for name, data in files.items() if name != "hashes.txt"}
    [topic] = json.loads(files["ballots.json"])
    assert [row[1] for row in topic["votes"][0]["rows"]][:2] == [3, 1]
    assert len(json.loads(files["attendance.json"])["present"]) == 4
    entries = [json.loads(one["canonical"]) for one in json.loads(files["journal.json"])]
    assert "ballot.declared" in {one["act"] for one in entries}
    # How one voted stands in no file: a cast vote leaves its number only.
    assert not any("choice" in one["numbers"] for one in entries)


async def test_the_pack_holds_what_lay_on_the_table_the_scan_and_who_approved(world):
    made = await cut_off(world)
    await Meeting.filter(id=made.meeting.id).update(notice_at=clock.now() - timedelta(days=6))
    await documents.add(made.item, made.meeting, "划线报价", b"%PDF-1.7 offer", by=world.clerk)
    await paperrecords.enter(made.meeting, await account(made), [SCAN], by=world.clerk)
    await paperoutcomes.confirm(made.meeting, by=world.deputy)
    minutes = await Minutes.draw(await Meeting.get(id=made.meeting.id), by=world.clerk)
    minutes = await approve_all(minutes, world.clerk, world.secretary)
    with zipfile.ZipFile(BytesIO(await evidence.pack(minutes, {}, by=world.secretary))) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    assert (files["scan.pdf"], files["annex-1-1.pdf"]) == (SCAN, b"%PDF-1.7 offer")
    kept = json.loads(files["minutes.json"])
    assert {one["role"] for one in kept["approvals"]} == {"recorder", "chair"}
    assert kept["seal"] == minutes.seal != ""


async def test_only_those_who_keep_the_minutes_get_the_pack(world, browser_of):
    minutes = await minuted(world)
    for person, status in ((world.resident, 404), (world.outsider, 404), (world.grid_worker, 404)):
        assert (await (await browser_of(person)).post(f"/minutes/{minutes.id}/evidence")).status_code == status
    assert (await (await browser_of(world.clerk)).post(f"/minutes/{minutes.id}/evidence")).status_code == 200


async def test_the_poster_says_what_until_when_and_where_to_object(world, browser_of, tmp_path):
    minutes = await minuted(world)
    minutes = await approve_all(minutes, world.clerk, world.secretary)
    posting = await minutes.post(by=world.secretary, contact="长风社区居委会 028-85551234")
    assert isinstance(posting, Posting)
    await treelog.place_entries()
    size, root = await treelog.head()
    page = await (await browser_of()).get(f"/postings/{posting.id}/paper")
    text = re.sub(r"\s", "", outside.words(tmp_path, page.content))
    last = f"{posting.last_day.year}年{posting.last_day.month}月{posting.last_day.day}日"
    for words in ("公示", "长风社区停车评议会", last, "028-85551234", f"https://council.test/postings/{posting.id}", f"共{size}条", root):
        assert words in text, words
    assert "代表1" not in text
