"""The list and the page of a matter: what each may see, find and do."""

from __future__ import annotations

import pytest
from tortoise import connections

from council.neighbourhood.journal import listen, silence
from council.proceedings.matters import Matter
from council.proceedings.tasks import Task
from council.routes import limits
from council.secretariat import search
from tests.client import soup
from tests.routes.steps import COVER, LEAK, PARKING, confirmed, reported


@pytest.fixture(autouse=True)
def counted_anew():
    limits.forget()
    listen(search.hear)
    yield
    silence(search.hear)


async def numbered(browser_of, world, text=PARKING):
    """The number of a matter just reported."""
    return (await Matter.with_code(await reported(await browser_of(), world, text))).id


@pytest.fixture
def statements(monkeypatch):
    """Every statement run on the reading connection."""
    seen = []
    client = type(connections.get("reading"))
    for name in ("execute_query", "execute_query_dict"):
        plain = getattr(client, name)

        async def counted(self, query, values=None, *, plain=plain):
            seen.append(query)
            return await plain(self, query, values)

        monkeypatch.setattr(client, name, counted)
    return seen


def titles(page):
    return [one.text for one in soup(page).select(".row__title")]


async def test_the_list_is_empty_at_first_and_says_so(browser_of):
    page = await (await browser_of()).get("/matters")
    assert page.status_code == 200
    assert soup(page).select_one(".empty")


async def test_only_what_was_confirmed_and_published_is_listed(browser_of, world):
    officer, stranger = await browser_of(world.secretary), await browser_of()
    number = await numbered(browser_of, world)
    await numbered(browser_of, world, COVER)
    assert not titles(await stranger.get("/matters"))
    assert len(titles(await officer.get("/matters"))) == 2
    await confirmed(officer, number, "COLLABORATIVE")
    assert titles(await stranger.get("/matters")) == ["停车太乱"]
    assert titles(await stranger.get("/")) == ["停车太乱"]


async def test_a_household_matter_stands_in_no_list_search_or_page_of_an_outsider(browser_of, world):
    officer = await browser_of(world.secretary)
    private, control = await numbered(browser_of, world, LEAK), await numbered(browser_of, world)
    await confirmed(officer, private, "HOUSEHOLD", title="楼上漏水", public_text="楼上漏水")
    await confirmed(officer, control, "COLLABORATIVE")
    for who in (None, world.neighbour, world.outsider, world.beside_secretary, world.hotel_secretary, world.officer, world.manager):
        browser = await browser_of(who)
        for path in ("/matters", "/matters?affair=HOUSEHOLD", "/matters?q=漏水", "/matters?q=漏水&affair=HOUSEHOLD", "/"):
            assert "楼上漏水" not in (await browser.get(path)).text, (who, path)
        for path in ("", "/triage", "/transfer", "/return", "/tasks/new"):
            assert (await browser.get(f"/matters/{private}{path}")).status_code == 404
            assert (await browser.get(f"/matters/{private}", headers={"hx-request": "true"})).status_code == 404
        assert titles(await browser.get("/matters?q=停车")) == ["停车太乱"], who
    assert "楼上漏水" in (await officer.get("/matters?q=漏水")).text


async def test_filters_and_search_have_addresses_to_share(browser_of, world):
    officer = await browser_of(world.secretary)
    await confirmed(officer, await numbered(browser_of, world), "COLLABORATIVE")
    await confirmed(officer, await numbered(browser_of, world, COVER), "OFFICIAL", title="井盖破了", public_text="井盖破了")
    stranger = await browser_of()
    asked = {
        "affair=OFFICIAL": ["井盖破了"], "affair=COLLABORATIVE&state=waiting": ["停车太乱"], "state=finished": [], "q=井盖": ["井盖破了"],
        f"grid={world.grid.id}": ["井盖破了", "停车太乱"], f"grid={world.other_grid.id}": [], "q=%25": ["井盖破了", "停车太乱"],
        "order=phone": ["井盖破了", "停车太乱"],
        "before=abc": ["井盖破了", "停车太乱"], "before=99999999999999": ["井盖破了", "停车太乱"],
    }  # fmt: skip
    for question, expected in asked.items():
        assert titles(await stranger.get(f"/matters?{question}")) == expected, question
    page = soup(await stranger.get("/matters?affair=OFFICIAL&q=井盖"))
    assert page.select_one("[name=affair] option[selected]")["value"] == "OFFICIAL"
    assert page.select_one("[name=q]")["value"] == "井盖"


async def planted(world, count):
    await Matter.bulk_create([
        Matter(
            code_digest=f"{n:064d}", title=f"第{n}件", text="停车", public_text="停车", place=world.grid, path=world.grid.path,
            affair="COLLABORATIVE",
            stage="confirmed", public=True, reported_at="2026-09-01T00:00:00+00:00",
        )
        for n in range(count)
    ])  # fmt: skip


async def test_more_leads_through_all_of_them_once(browser_of, world):
    await planted(world, 45)
    browser, seen, path = await browser_of(), [], "/matters?affair=COLLABORATIVE"
    while path:
        page = await browser.get(path)
        seen += titles(page)
        more = soup(page).select_one("a[rel=next]")
        path = more["href"] if more else ""
    assert seen == [f"第{n}件" for n in reversed(range(45))]


@pytest.mark.parametrize("count", [0, 30, 3000])
async def test_a_page_of_the_list_takes_at_most_three_statements_however_many_there_are(browser_of, world, statements, count):
    await planted(world, count)
    browser = await browser_of()
    await browser.get("/matters")
    statements.clear()
    await browser.get("/matters?affair=COLLABORATIVE")
    assert 0 < len(statements) <= 3, statements


async def test_the_list_walks_an_index(world, database):
    from council.db import sql

    if not database.startswith("sqlite"):
        pytest.skip("the plan of SQLite is asked for")
    plan = str(await sql("EXPLAIN QUERY PLAN SELECT m.id FROM matter m WHERE (m.public = ?) AND m.id < ? ORDER BY m.id DESC LIMIT 21", 1, 10**6))
    assert "USING" in plan
    assert "TEMP B-TREE" not in plan


async def test_a_page_of_a_matter_shows_each_what_they_may_read(browser_of, world):
    number = await numbered(browser_of, world)
    officer, stranger = await browser_of(world.secretary), await browser_of()
    assert (await stranger.get(f"/matters/{number}")).status_code == 404
    assert (await stranger.get("/matters/99999999999999999999")).status_code == 404
    await confirmed(officer, number, "COLLABORATIVE")
    public = (await stranger.get(f"/matters/{number}")).text
    assert "小区停车太乱" in public
    assert "家属院" not in public
    assert "3号楼北侧" not in public
    assert "家属院" in (await officer.get(f"/matters/{number}")).text
    assert not soup(await stranger.get(f"/matters/{number}")).select("main form")


async def test_scripts_in_any_words_are_only_words(browser_of, world):
    nasty = "<script>alert(1)</script>停车{{7*7}}"
    number = await numbered(browser_of, world, nasty)
    officer = await browser_of(world.secretary)
    await confirmed(officer, number, "COLLABORATIVE", title=nasty, public_text=nasty)
    for path in (f"/matters/{number}", f"/matters/{number}/triage", "/matters", f"/matters?q={nasty}"):
        page = (await officer.get(path)).text
        assert "<script>alert" not in page
        assert "停车49" not in page


async def test_confirming_works_and_asks_why_when_one_differs(browser_of, world):
    number = await numbered(browser_of, world)
    officer = await browser_of(world.secretary)
    form = soup(await officer.get(f"/matters/{number}/triage"))
    assert form.select_one("[name=affair][checked]")["value"] == "COLLABORATIVE"
    assert not form.select("[name=publish][checked]")
    missing = await officer.post(f"/matters/{number}/triage", data={"affair": "COLLABORATIVE", "title": "停车"})
    differs = await confirmed(officer, number, "OFFICIAL", reason="")
    assert (missing.status_code, differs.status_code) == (422, 422)
    assert soup(differs).select_one(".govuk-error-summary a[href='#reason']")
    answer = await confirmed(officer, number, "COLLABORATIVE", reason="")
    assert answer.status_code == 200
    assert (await Matter.get(id=number)).stage == "confirmed"


@pytest.mark.parametrize("path", ["triage", "answer", "settlement", "link", "transfer", "return", "tasks"])
async def test_outsiders_are_told_that_there_is_no_such_matter(browser_of, world, path):
    number = await numbered(browser_of, world)
    for who in (None, world.neighbour, world.beside_secretary, world.former):
        answer = await (await browser_of(who)).post(f"/matters/{number}/{path}", data={"affair": "OFFICIAL", "words": "好的好的"})
        assert answer.status_code == 404, (who, path)


@pytest.mark.parametrize("path", ["answer", "settlement", "link"])
async def test_acts_are_not_carried_out_by_looking(browser_of, world, path):
    number = await numbered(browser_of, world)
    assert (await (await browser_of(world.secretary)).get(f"/matters/{number}/{path}")).status_code == 405


async def test_what_the_stage_does_not_allow_is_refused_with_the_reason(browser_of, world):
    number = await numbered(browser_of, world)
    officer = await browser_of(world.secretary)
    refused = await officer.post(f"/matters/{number}/settlement", data={"words": "双方谈好了"})
    assert refused.status_code == 409
    assert "已反映" in refused.text
    assert (await officer.get(f"/matters/{number}/transfer")).status_code == 409


async def test_raising_and_sending_back_once(browser_of, world):
    number = await numbered(browser_of, world)
    officer, street = await browser_of(world.secretary), await browser_of(world.street_secretary)
    await confirmed(officer, number, "COLLABORATIVE")
    await officer.post(f"/matters/{number}/transfer", data={"ground": "NO_FUNDS", "words": "请街道支持"})
    assert (await Matter.get(id=number)).level == "STREET"
    assert "停车太乱" in (await street.get("/desk")).text
    assert (await officer.post(f"/matters/{number}/return", data={"words": "我自己退"})).status_code == 403
    await street.post(f"/matters/{number}/return", data={"words": "请先开会商量"})
    assert (await Matter.get(id=number)).level == "COMMUNITY"
    await officer.post(f"/matters/{number}/transfer", data={"ground": "NOT_SETTLED"})
    again = await street.post(f"/matters/{number}/return", data={"words": "再退一次吧"})
    assert again.status_code == 409


async def test_an_official_matter_goes_to_a_department_and_comes_back_done(browser_of, world):
    number = await numbered(browser_of, world, COVER)
    street, officer = await browser_of(world.street_secretary), await browser_of(world.officer)
    await confirmed(street, number, "OFFICIAL", title="井盖破了", public_text="井盖破了")
    form = soup(await street.get(f"/matters/{number}/tasks/new"))
    station = next(one["value"] for one in form.select("[name=responsible] option") if "执法队" in one.text)
    given = {"kind": "carry_out", "words": "换井盖", "responsible": station, "deadline": "2030-01-01"}
    assert (await street.post(f"/matters/{number}/tasks", data=given | {"deadline": "2020-01-01"})).status_code == 422
    assert (await street.post(f"/matters/{number}/tasks", data=given)).status_code == 200
    task = await Task.get()
    assert "换井盖" in (await officer.get("/desk")).text
    for who in (None, world.neighbour, world.beside_secretary):
        assert (await (await browser_of(who)).get(f"/tasks/{task.id}")).status_code == 404
    seen = {"visit": "spot", "found": "井盖平整牢固"}
    early = await street.post(f"/tasks/{task.id}/acceptance", data=seen)
    assert early.status_code == 409
    assert (await officer.post(f"/tasks/{task.id}/report", data={"proof": ""})).status_code == 422
    await officer.post(f"/tasks/{task.id}/report", data={"proof": "已换新井盖并加固"})
    assert (await officer.post(f"/tasks/{task.id}/acceptance", data=seen)).status_code == 403
    assert (await street.post(f"/tasks/{task.id}/acceptance")).status_code == 422
    await street.post(f"/tasks/{task.id}/return", data={"reason": "井盖还在晃"})
    await officer.post(f"/tasks/{task.id}/report", data={"proof": "重新固定好了"})
    assert "井盖平整牢固" in (await street.post(f"/tasks/{task.id}/acceptance", data=seen)).text
    assert (await Matter.get(id=number)).stage == "done"


async def test_the_desk_is_for_officers(browser_of, world):
    for who, status in ((None, 404), (world.resident, 404), (world.former, 404), (world.grid_worker, 200), (world.secretary, 200)):
        assert (await (await browser_of(who)).get("/desk")).status_code == status
    assert (await (await browser_of(world.secretary)).post("/desk")).status_code == 405
    assert (await (await browser_of()).get("/tasks")).status_code == 404
    assert (await (await browser_of(world.resident)).get("/tasks")).status_code == 200
