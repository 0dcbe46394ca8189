"""The journal held against what stands on paper."""

from __future__ import annotations

from datetime import timedelta

from council import clock
from council.neighbourhood import treelog
from council.neighbourhood.journal import Entry, writing
from council.neighbourhood.registry import add_place
from council.neighbourhood.treelog import LogHead
from tests.client import soup


async def test_anybody_holds_a_root_on_paper_against_the_journal(world, browser_of):
    """What was printed goes on to agree while the journal grows, and no longer once what was written before has been changed."""
    anybody = await browser_of()
    await treelog.place_entries()
    size, root = await treelog.head()
    async with writing():
        await LogHead.all().update(day=clock.today() - timedelta(days=1))
    await add_place("第三网格", "GRID", world.community, by=world.operator)
    await treelog.place_entries()
    later, newest = await treelog.head()
    for entries, typed, told in ((size, root, "相符"), (later, f" {newest[:4].upper()} {newest[4:10]} ", "相符"), (size - 1, root, "不相符")):
        page = soup(await anybody.get("/journal", params={"size": str(entries), "root": typed}))
        assert page.select_one(".notice__title").text == told
    for entries, typed in ((later + 1, root), (0, root), ("²", root), ("9" * 40, root), (size, "abc"), (size, "")):
        page = soup(await anybody.get("/journal", params={"size": str(entries), "root": typed}))
        assert page.select(".govuk-error-message")
    assert str(later) in (await anybody.get("/journal")).text
    async with writing():
        await Entry.filter(position=3).update(leaf="0" * 64)
        await LogHead.filter(size__lte=size).delete()
    assert "不相符" in (await anybody.get("/journal", params={"size": str(size), "root": root})).text
