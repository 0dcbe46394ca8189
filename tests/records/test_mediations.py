"""Mediation agreements: on the machinery of agreements, signed by the mediator and each person concerned, seen by nobody else."""

from __future__ import annotations

import inspect
import io
import re
import zipfile
from datetime import timedelta
from importlib import import_module

import pytest

from council import clock
from council.neighbourhood.offices import may, standing
from council.neighbourhood.registry import add_person, grant
from council.partnership import files, finding, freezing, keys, mediations, signing, statistics, supplements, texts, verification
from council.partnership.agreements import Agreement
from council.partnership.mediations import Settlement
from council.partnership.signatures import head
from council.proceedings.reporting import Told, report
from council.proceedings.triage import Finding, confirm
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.routes import NOUNS
from council.secretariat import feeds
from council.workshop.pades import Kind
from tests.client import soup
from tests.five import ORIGIN, PIN, equip, place_of
from tests.workshop import outside

SECRET = "厨房渗水赔偿四百元"
TRACES = ("人调", "渗水", SECRET, "人民调解协议书", "钱守和")


@pytest.fixture
async def mediator(world):
    person = await add_person("钱守和", world.community, by=world.operator)
    await grant(person, "mediator", by=world.operator, place=world.community)
    return person


def settled(world, mediator, **more):
    given = {
        "mediator": mediator.id, "concerned": (world.resident.id, world.neighbour.id), "dispute": "楼上卫生间渗水到楼下厨房。",
        "terms": SECRET, "last_day": clock.today() + timedelta(days=20),
    }  # fmt: skip
    return Settlement(**(given | more))


@pytest.fixture
async def settlement(world, mediator):
    return await mediations.draft(world.grid, settled(world, mediator), by=world.clerk)


async def test_it_is_drafted_with_a_mediator_in_office_and_two_to_six_people(settlement, world, mediator):
    assert settlement.number == f"人调〔{clock.today().year}〕第001号"
    paper = await texts.draft_paper(settlement, ORIGIN)
    assert [(each.side, each.organisation) for each in paper.signatories] == [
        ("调解员", "长风社区人民调解委员会"), ("当事人一", "王秀兰"), ("当事人二", "李建国"),
    ]  # fmt: skip
    assert not paper.annexes
    assert "〔" not in "".join(p for clause in paper.clauses for p in clause.paragraphs)
    for wrong in (
        settled(world, mediator, concerned=(world.resident.id,)), settled(world, mediator, concerned=(world.resident.id, world.outsider.id)),
        settled(world, world.clerk), settled(world, mediator, concerned=(mediator.id, world.resident.id)),
        settled(world, mediator, last_day=clock.today() - timedelta(days=1)),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            await mediations.draft(world.grid, wrong, by=world.clerk)
    for person in (world.resident, world.hotel_secretary, world.beside_secretary, mediator):
        with pytest.raises(Forbidden):
            await mediations.draft(world.grid, settled(world, mediator), by=person)


async def checked(browser_of, agreement, data):
    """What a stranger reads by the code on the paper, and by the file itself."""
    visitor = await browser_of()
    pages = [await visitor.get(f"/verify/{agreement.public_code}"), await visitor.post("/verify", files={"file": ("x.pdf", data, "application/pdf")})]
    texts = [soup(page).select_one("main").get_text() for page in pages]
    assert not [trace for trace in (*TRACES, "王秀兰", "长风社区人民调解委员会", "调解") for text in texts if trace in text]
    return texts


async def test_the_mediator_and_both_neighbours_sign_and_a_stranger_learns_only_whether_it_is_good(settlement, world, mediator, browser_of):
    await settlement.review(by=world.clerk)
    await freezing.freeze(settlement, by=world.clerk, origin=ORIGIN)
    agreement = await Agreement.get(id=settlement.id)
    await freezing.send(agreement, by=world.clerk)
    people = [mediator, world.resident, world.neighbour]
    for person in people:
        await equip(await place_of(agreement, person), world.deputy)
    before = await files.read((await head(agreement)).file)
    assert all("不能确认" in text for text in await checked(browser_of, agreement, before))
    with pytest.raises(Conflict):
        await signing.sign(await place_of(agreement, world.resident), signing.Hand(typed="王秀兰"), PIN, by=world.resident)
    for person in people:
        assert (await Agreement.get(id=agreement.id)).stage == "signing"
        await signing.sign(await place_of(agreement, person), signing.Hand(typed=person.name), PIN, by=person)
    done = await Agreement.get(id=agreement.id)
    assert (done.stage, done.public) == ("effective", False)
    _agreement, revision, verdict = await verification.check_code(done.public_code)
    assert verdict.kind is Kind.VALID, verdict.sentences
    assert [each.organisation for each in verdict.signatures] == ["长风社区人民调解委员会", "王秀兰", "李建国"]
    assert revision.n == 3
    assert all("内容未被改动" in text for text in await checked(browser_of, done, await files.read(revision.file)))
    with pytest.raises(Conflict):
        await supplements.supplement(done, "补充", by=world.clerk)
    with pytest.raises(Conflict):
        await done.terminate("街道要求", by=world.secretary)
    assert not soup(await (await browser_of(world.secretary)).get(f"/agreements/{done.id}")).select("form[action$=termination]")
    neighbour = await browser_of(world.resident)
    page = soup(await neighbour.get(f"/agreements/{done.id}")).select_one("main")
    assert not page.select("form[action$=leaving]"), "what would be refused is not offered"
    assert "未生效" not in page.text + (await neighbour.get(f"/agreements/{done.id}/text")).text
    mine = await place_of(done, world.resident)
    receipt = soup(await neighbour.get(f"/signatures/{mine.id}/receipt"))
    assert receipt.select_one(".lead").text.count("王秀兰") == 1, "a person signs under the own name, not for it"


async def test_a_neighbour_is_asked_nothing_about_a_unit(settlement, world, mediator, browser_of):
    await settlement.review(by=world.clerk)
    await freezing.freeze(settlement, by=world.clerk, origin=ORIGIN)
    await freezing.send(await Agreement.get(id=settlement.id), by=world.clerk)
    first = await place_of(settlement, mediator)
    await equip(first, world.deputy)
    await signing.sign(first, signing.Hand(typed=mediator.name), PIN, by=mediator)
    mine = await place_of(settlement, world.resident)
    ways = soup(await (await browser_of(world.deputy)).get(f"/signatories/{mine.id}/identity")).select("input[name=how]")
    assert [way["value"] for way in ways] == ["known", "document"]
    await keys.make_code(mine, "known", by=world.deputy)
    neighbour = await browser_of(world.resident)
    page = soup(await neighbour.get(f"/signatures/{mine.id}/key"))
    assert page.select("form[action$=key]")
    assert not page.select("form[action$=certificate]")
    await equip(mine, world.deputy)
    page = soup(await neighbour.get(f"/signatures/{mine.id}/hand"))
    assert page.select("form[action$=preview]")
    assert not page.select("form[action$=seal]")


async def test_a_mediator_out_of_office_signs_nothing(settlement, world, mediator):
    from council.neighbourhood.offices import Office
    from council.neighbourhood.registry import end_office

    await Office.filter(person_id=mediator.id).update(first_day=clock.today() - timedelta(days=9))
    await end_office(await Office.get(person_id=mediator.id), clock.today() - timedelta(days=1), by=world.operator)
    await settlement.review(by=world.clerk)
    with pytest.raises(Refusal):
        await freezing.freeze(settlement, by=world.clerk, origin=ORIGIN)


OUTSIDE = ("across", "outsider", "hotel_secretary", "beside_secretary", "manager", "officer", "former", "grid_worker")


async def test_outsiders_see_nothing_of_it_whatever_its_stage(settlement, world, mediator):
    for stage in ("draft", "signing", "effective", "ended"):
        await Agreement.filter(id=settlement.id).update(stage=stage, effective_on=clock.today())
        for person in (None, *(world.people[key] for key in OUTSIDE)):
            with pytest.raises(NotFound):
                await finding.seen(settlement.id, person)
            held = await standing(person)
            assert not await finding.agreements(person, held, q="调解")
            assert not await mediations.seen(person, held)
        for person in (world.resident, world.neighbour, mediator, world.secretary, world.clerk):
            assert await may(person, "agreement.see", await Agreement.get(id=settlement.id))
            assert [each.id for each in await mediations.seen(person, await standing(person))] == [settlement.id]


async def test_no_count_and_no_number_tells_of_it(settlement, world):
    from council.partnership import drafting
    from tests.five import five

    await Agreement.filter(id=settlement.id).update(stage="effective", effective_on=clock.today())
    assert not any(row.figures for row in [*await statistics.by_category(), *await statistics.by_street(), *await statistics.by_unit()])
    assert not await verification.look_up(f"共建〔{clock.today().year}〕第001号")
    made = await five(world)
    assert (await drafting.draft(world.community, made.draft(), by=world.clerk)).number.endswith("第001号")


PAGES = ("/", "/agreements", "/agreements?q=人调", "/agreements?q=王秀兰", "/agreements?stage=effective", "/statistics", "/statistics.csv", "/board",
         "/mediations", "/verify", "/projects", "/inbox")  # fmt: skip


async def test_no_page_names_it_to_an_outsider(settlement, world, browser_of):
    await Agreement.filter(id=settlement.id).update(stage="effective", effective_on=clock.today())
    for key in ("", "across", "hotel_secretary", "beside_secretary"):
        browser = await browser_of(world.people[key] if key else None)
        for path in PAGES:
            page = await browser.get(path)
            text = soup(page).get_text()  # what was asked for stands in the field of the search, which is no text
            assert not [trace for trace in TRACES if trace in text], (key, path)
        for part in ("", "/text", "/agreement.pdf", "/audit", "/versions", "/evaluation"):
            answer = await browser.get(f"/agreements/{settlement.id}{part}")
            assert answer.status_code == 404 or "/sign-in" in str(answer.url), (key, part)
        assert ".pdf" not in (await browser.get(f"/verify/{settlement.public_code}")).text
    own = await browser_of(world.resident)
    assert SECRET in (await own.get(f"/agreements/{settlement.id}/text")).text
    assert settlement.number in (await own.get("/mediations")).text


async def test_it_is_drafted_on_pages_without_script(world, mediator, browser_of):
    clerk = await browser_of(world.clerk)
    found = soup(await clerk.get("/mediations/new?q=王秀"))
    assert found.select_one(f"input[name=concerned][value='{world.resident.id}']")
    both = f"/mediations/new?place={world.grid.id}&concerned={world.resident.id}&concerned={world.neighbour.id}"
    form = soup(await clerk.get(both)).select_one("main form[method=post]")
    data = {
        "place": form.select_one("[name=place]")["value"], "concerned": [each["value"] for each in form.select("[name=concerned]")],
        "mediator": str(mediator.id), "dispute": "渗水", "terms": SECRET, "last_day": clock.today().isoformat(),
    }  # fmt: skip
    again = await clerk.post(form["action"], data=data)
    assert again.status_code == 422
    assert len(soup(again).select("main form[method=post] [name=concerned]")) == 2
    page = await clerk.post(form["action"], data=data | {"dispute": "楼上渗水到楼下。"})
    assert page.status_code == 200
    made = await Agreement.get()
    for each in await made.signatories():
        for part in ("", "/identity"):
            assert (await clerk.get(f"/signatories/{each.id}{part}")).status_code == 200
        assert (await clerk.post(f"/signatories/{each.id}", data={"office": "1"})).status_code == 422
    for part in ("", "/text", "/audit", "/versions"):
        assert (await clerk.get(f"/agreements/{made.id}{part}")).status_code == 200
    assert (await (await browser_of(world.resident)).get("/mediations/new")).status_code == 404


async def test_a_household_matter_leads_to_it_with_whoever_reported_it_chosen(world, mediator, browser_of):
    matter, _code = await report(Told(text="楼上卫生间漏水到我家厨房天花板。", place=world.grid), by=world.resident)
    await confirm(matter, Finding("HOUSEHOLD", "上门看过", title="楼上漏水", publish="no"), by=world.secretary)
    clerk = await browser_of(world.clerk)
    link = soup(await clerk.get(f"/matters/{matter.id}")).select_one("a[href^='/mediations/new']")["href"]
    assert "王秀兰" in soup(await clerk.get(link)).select_one("main").get_text()
    assert "/mediations/new" not in (await (await browser_of(world.resident)).get(f"/matters/{matter.id}")).text


def written(module, function, seen=()):
    """The source of an endpoint and of the functions of its module that it calls."""
    source = inspect.getsource(inspect.unwrap(function))
    called = [vars(module).get(name) for name in set(re.findall(r"(\w+)\(", source)) - set(seen)]
    own = [one for one in called if inspect.isfunction(one) and one.__module__ == module.__name__ and one is not function]
    return source + "".join(written(module, one, (*seen, one.__name__)) for one in own)


def exports():
    """Every address that answers with something else than a page, from the table of routes."""
    file = re.compile(r"media_type|as_pdf|FileResponse|PlainTextResponse|\.ics|picture\(")
    found = []
    for noun in NOUNS:
        module = import_module(f"council.routes.{noun}")
        found += [route.path for route in module.routes if "GET" in (route.methods or {"GET"}) and file.search(written(module, route.endpoint))]
    return found


def read_out(answer, folder):
    """What somebody reads in a file, whatever its kind."""
    if answer.content.startswith(b"%PDF"):
        return outside.words(folder, answer.content)
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            return " ".join(packed.read(name).decode(errors="replace") for name in packed.namelist())
    return answer.text


OWN = "/agreements/{id:int}/"


async def leaks(settlement, readers, folder, skipped="none"):
    """Exports in which one of these readers finds a trace of what neighbours settled."""
    found = []
    for path in exports():
        for browser, token in readers.values():
            address = path.replace("{id:int}", str(settlement.id)).replace("{code}", settlement.public_code).replace("{token}", token)
            if path.startswith(skipped):
                continue
            answer = await browser.get(re.sub(r"\{[^}]+\}", "1", address))
            if answer.headers.get("content-type", "").startswith("text/html"):
                continue
            said = re.sub(r"\s", "", read_out(answer, folder))
            found += [path] if any(trace in said for trace in (*TRACES, "王秀兰")) else []
    return found


async def test_no_export_holds_what_neighbours_settled(settlement, world, browser_of, tmp_path, monkeypatch):
    """Not for outsiders at any address; for the office and the neighbours themselves only in the record, in no list, calendar or copy."""
    await Agreement.filter(id=settlement.id).update(stage="effective", effective_on=clock.today())
    known = {"/statistics.csv", "/feeds/{token}.ics", f"{OWN}public.pdf", f"{OWN}agreement.pdf", f"{OWN}audit.pdf", "/postings/{id:int}/paper"}
    assert known <= set(exports())

    async def reader(person):
        return await browser_of(person), (await feeds.renew(person, by=person)).token

    outsiders = {key: await reader(world.people[key]) for key in ("hotel_secretary", "beside_secretary")}
    insiders = {key: await reader(world.people[key]) for key in ("clerk", "resident")}
    assert await leaks(settlement, outsiders, tmp_path) == []
    assert await leaks(settlement, insiders, tmp_path, skipped=OWN) == []
    assert (await insiders["clerk"][0].get(f"/agreements/{settlement.id}/public.pdf")).status_code == 404, "there is no copy for everybody, ever"
    monkeypatch.setattr(Agreement, "private", False)
    assert f"{OWN}public.pdf" in await leaks(settlement, {"visitor": (await browser_of(), "x")}, tmp_path), "what were not private would be found"
