"""The pages of partners: who may open them, what they refuse, how they work without script."""

from __future__ import annotations

import re

from council import clock
from council.partnership.agreements import Agreement, ChangeRequest, Signatory
from council.partnership.needs import Need
from council.partnership.projects import Project
from council.partnership.resources import Resource
from tests.client import soup
from tests.five import equip, frozen, reviewed, sign_all


async def form_of(browser, path):
    """What the form on a page would send as it stands."""
    page = soup(await browser.get(path))
    data: dict[str, list[str]] = {}
    for field in page.select("main form [name]"):
        if field.get("type") in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            data.setdefault(field["name"], []).append(chosen.get("value", ""))
        else:
            data.setdefault(field["name"], []).append(field.text if field.name == "textarea" else field.get("value", ""))
    return data


async def test_the_lists_are_public_and_say_so_when_they_are_empty(browser_of):
    visitor = await browser_of()
    for path in ("/agreements", "/needs", "/resources", "/projects"):
        page = await visitor.get(path)
        assert page.status_code == 200
        assert soup(page).select_one("main .empty")
        assert (await visitor.put(path)).status_code == 405


async def test_a_partner_offers_and_takes_back_a_resource(made, browser_of, world):
    partner = await browser_of(world.hotel_secretary)
    data = await form_of(partner, "/resources/new") | {"title": "多功能厅", "kind": "venue", "amount": "1间"}
    page = await partner.post("/resources", data=data)
    assert "多功能厅" in page.text
    hall = await Resource.get(title="多功能厅")
    assert (await (await browser_of(world.resident)).post(f"/resources/{hall.id}/withdrawal")).status_code == 404
    await partner.post(f"/resources/{hall.id}/withdrawal")
    assert (await Resource.get(id=hall.id)).stage == "withdrawn"
    assert (await partner.post("/resources", data=data | {"organisation": str(made.organisations[2].id)})).status_code == 422


async def test_a_form_with_gaps_comes_back_with_what_was_typed(made, browser_of, world):
    clerk = await browser_of(world.clerk)
    page = await clerk.post("/projects", data={"place": str(world.community.id), "title": "银龄课堂", "lead": ""})
    assert page.status_code == 422
    assert soup(page).select_one(".govuk-error-summary")
    assert soup(page).select_one("#title")["value"] == "银龄课堂"


async def test_needs_are_added_within_reach_only(made, browser_of, world):
    worker = await browser_of(world.grid_worker)
    data = await form_of(worker, "/needs/new") | {"title": "装一盏路灯", "urgency": "soon"}
    assert (await worker.post("/needs", data=data)).status_code == 200
    assert (await worker.post("/needs", data=data | {"place": str(world.beside.id)})).status_code == 422
    need = await Need.get(title="装一盏路灯")
    assert (await worker.post(f"/needs/{need.id}/withdrawal")).status_code == 200
    assert (await worker.post(f"/needs/{need.id}/withdrawal")).status_code in (404, 409)
    stranger = await browser_of(world.outsider)
    assert (await stranger.post("/needs", data=data)).status_code == 422


async def test_a_project_moves_with_proof(made, browser_of, world):
    project = await Project.get(title="幸福餐桌")
    lead = await browser_of(world.hotel_secretary)
    assert soup(await lead.get(f"/projects/{project.id}")).select_one("details form:has(input[value=stopped])"), "stopping takes a second press"
    await lead.post(f"/projects/{project.id}/stage", data={"stage": "running"})
    assert (await lead.post(f"/projects/{project.id}/stage", data={"stage": "finished"})).status_code == 422
    await lead.post(f"/projects/{project.id}/stage", data={"stage": "finished", "proof": "送餐11000份"})
    assert (await Project.get(id=project.id)).stage == "finished"
    assert "送餐11000份" in (await (await browser_of()).get(f"/projects/{project.id}")).text


async def draft_in_browser(clerk, made):
    data = await form_of(clerk, "/agreements/new")
    data |= {"partners": [str(n) for n in made.partners], "projects": [str(n) for n in made.projects], "category": "MUTUAL_SERVICE"}
    page = await clerk.post("/agreements", data=data)
    return page, int(re.search(r"/agreements/(\d+)", str(page.url))[1])


async def test_from_draft_to_open_signing_without_script(made, browser_of, world):
    clerk = await browser_of(world.clerk)
    offered = soup(await clerk.get("/agreements/new")).find(id=re.compile("partners")).find_parent("fieldset").text
    for kind in ("老年大学长风分校 · 临时党支部", "槐香小区业主委员会 · 功能型党支部"):
        assert kind in offered
    page, number = await draft_in_browser(clerk, made)
    assert len(soup(page).select(".signatory")) == 5
    data = await form_of(clerk, f"/agreements/{number}/wording") | {"heading_14": "其他", "body_14": "一年一议。"}
    page = await clerk.post(f"/agreements/{number}/wording", data=data)
    assert "一年一议。" in page.text
    for act, stage in (("review", "review"), ("freezing", "frozen"), ("sending", "signing")):
        page = await clerk.post(f"/agreements/{number}/{act}")
        assert (page.status_code, (await Agreement.get(id=number)).stage) == (200, stage)
        again = await clerk.post(f"/agreements/{number}/{act}")
        assert again.status_code == 409
    assert (await clerk.get(f"/agreements/{number}/agreement.pdf")).content.startswith(b"%PDF")


async def test_a_draft_pdf_carries_the_word_draft(made, browser_of, world, tmp_path):
    from tests.workshop.outside import words

    agreement = await reviewed(made)
    answer = await (await browser_of(world.hotel_secretary)).get(f"/agreements/{agreement.id}/agreement.pdf")
    assert "草案" in "".join(words(tmp_path, answer.content).split())


async def test_outsiders_find_nothing_before_it_is_in_effect(agreement, browser_of, world):
    paths = ["", "/text", "/agreement.pdf", "/audit", "/wording", "/reopening"]
    for person in (None, world.resident, world.beside_secretary):
        browser = await browser_of(person)
        for path in paths:
            answer = await browser.get(f"/agreements/{agreement.id}{path}", follow_redirects=False)
            assert answer.status_code == 404 or (person is None and answer.status_code == 303), path
        for act in ("review", "freezing", "sending", "reopening", "cancellation", "signatures", "changes"):
            answer = await browser.post(f"/agreements/{agreement.id}/{act}", data={"reason": "不合适"}, follow_redirects=False)
            assert answer.status_code in (404, 422) or (person is None and answer.status_code == 303), act
        signatory = (await agreement.signatories())[1]
        for path in (f"/signatures/{signatory.id}", f"/signatures/{signatory.id}/hand", f"/signatures/{signatory.id}/receipt"):
            assert (await browser.get(path)).status_code == 404
        for path in (f"/signatories/{signatory.id}", f"/signatories/{signatory.id}/identity"):
            answer = await browser.get(path, follow_redirects=False)
            assert answer.status_code == 404 or (person is None and answer.status_code == 303)
    assert (await Agreement.get(id=agreement.id)).stage == "signing"
    assert (await (await browser_of(world.hotel_secretary)).get(f"/agreements/{agreement.id}")).status_code == 200


async def test_a_signatory_reads_but_does_not_run_the_agreement(made, browser_of, world):
    agreement = await reviewed(made)
    partner = await browser_of(world.hotel_secretary)
    for act in ("freezing", "review", "sending"):
        assert (await partner.post(f"/agreements/{agreement.id}/{act}")).status_code == 403
    signatory = (await agreement.signatories())[1]
    assert (await partner.get(f"/signatories/{signatory.id}")).status_code == 404


async def test_before_a_text_is_opened_again_it_says_how_many_signatures_are_lost(made, agreement, browser_of, world):
    await sign_all(made, agreement, 2)
    clerk = await browser_of(world.clerk)
    page = await clerk.get(f"/agreements/{agreement.id}/reopening")
    assert "2" in soup(page).select_one(".govuk-warning-text").text
    assert (await clerk.post(f"/agreements/{agreement.id}/reopening", data={"reason": ""})).status_code == 422
    await clerk.post(f"/agreements/{agreement.id}/reopening", data={"reason": "增加一个项目"})
    fresh = await Agreement.get(id=agreement.id)
    assert (fresh.stage, fresh.version) == ("draft", 2)


async def test_a_signatory_asks_and_the_clerk_answers(made, browser_of, world):
    agreement = await reviewed(made)
    partner, clerk = await browser_of(world.hotel_secretary), await browser_of(world.clerk)
    page = await partner.post(f"/agreements/{agreement.id}/changes", data={"clause": "3", "text": "厨房周末不开"})
    assert "厨房周末不开" in page.text
    asked = await ChangeRequest.get(agreement_id=agreement.id)
    page = await clerk.post(f"/agreements/{agreement.id}/changes/{asked.id}", data={"answer": "已改为工作日"})
    assert "已改为工作日" in page.text
    assert (await partner.post(f"/agreements/{agreement.id}/changes/{asked.id}", data={"answer": "x"})).status_code == 403


async def test_what_was_sent_with_a_gap_comes_back_open_and_only_there(made, effective, browser_of, world):
    agreement = await reviewed(made)
    partner, clerk, secretary = await browser_of(world.hotel_secretary), await browser_of(world.clerk), await browser_of(world.secretary)
    page = soup(await partner.get(f"/agreements/{agreement.id}"))
    assert "第3条" in page.select_one("#change option[value='3']").text, "an article is chosen, not typed"
    page = soup(await partner.post(f"/agreements/{agreement.id}/changes", data={"clause": "3", "text": ""}))
    assert page.select_one("details[open] #change .govuk-error-message")
    assert page.select_one("#change option[selected]")["value"] == "3"
    for text in ("厨房周末不开", "期限改成两年"):
        await partner.post(f"/agreements/{agreement.id}/changes", data={"clause": "0", "text": text})
    first = await ChangeRequest.filter(agreement_id=agreement.id).order_by("id").first()
    page = soup(await clerk.post(f"/agreements/{agreement.id}/changes/{first.id}", data={"answer": ""}))
    assert [bool(form.select(".govuk-error-message")) for form in page.select("form[action*='/changes/']")] == [False, True]
    for act in ("leaving", "termination"):
        page = soup(await secretary.post(f"/agreements/{effective.id}/{act}", data={"reason": ""}))
        [wrong] = page.select("form:has(.govuk-error-message)")
        assert wrong["action"].endswith(act)
        assert wrong.find_parent("details").has_attr("open")
    page = soup(await secretary.post(f"/agreements/{effective.id}/posting", data={"contact": ""}))
    assert page.select_one("details[open] form[action$=posting] .govuk-error-message")


async def test_who_changes_a_text_under_review_hears_that_it_is_a_draft_again(made, browser_of, world):
    agreement, clerk = await reviewed(made), await browser_of(world.clerk)
    path = f"/agreements/{agreement.id}/wording"
    data = {name: value for name, value in (await form_of(clerk, path)).items() if name != "add"}
    assert "重新提交" in soup(await clerk.post(path, data=data | {"body_2": "为期两年。"})).select_one(".notice--flash").text
    assert "重新提交" not in soup(await clerk.post(path, data=data | {"body_2": "为期三年。"})).select_one(".notice--flash").text


async def test_who_may_not_check_a_signatory_reads_why_and_who_may(agreement, browser_of, world):
    signatory = (await agreement.signatories())[1]
    page = soup(await (await browser_of(world.clerk)).get(f"/signatories/{signatory.id}/identity")).select_one("main")
    assert not page.select("form")
    assert world.deputy.name in page.text
    assert world.clerk.name not in page.text
    deputy = await browser_of(world.deputy)
    assert soup(await deputy.get(f"/signatories/{signatory.id}/identity")).select("main form")
    await equip(signatory, world.deputy)
    said = ["已有密钥" in row.text for row in soup(await deputy.get(f"/agreements/{agreement.id}")).select(".signatory")]
    assert said == [False, True, False, False, False], "nobody is given a code for nothing"


async def test_the_code_is_shown_once_and_not_to_the_drafter(agreement, browser_of, world):
    signatory = (await agreement.signatories())[1]
    clerk, deputy = await browser_of(world.clerk), await browser_of(world.deputy)
    assert (await clerk.post(f"/signatories/{signatory.id}/identity", data={"how": "known"})).status_code == 403
    page = await deputy.post(f"/signatories/{signatory.id}/identity", data={"how": "known"})
    code = "".join(soup(page).select_one(".receipt__code").text.split())
    assert len(code.replace("-", "")) == 8
    assert code not in (await deputy.get(f"/signatories/{signatory.id}/identity")).text
    assert code not in (await deputy.get(f"/agreements/{agreement.id}/audit")).text


async def test_who_signs_and_whom_to_ring_can_be_changed_while_it_is_a_draft(made, browser_of, world):
    agreement = await reviewed(made)
    signatory = (await agreement.signatories())[1]
    clerk = await browser_of(world.clerk)
    data = await form_of(clerk, f"/signatories/{signatory.id}") | {"liaison": "白露", "phone": "13800001111"}
    page = await clerk.post(f"/signatories/{signatory.id}", data=data)
    assert page.status_code == 200
    assert (await Signatory.get(id=signatory.id)).liaison == "白露"
    assert "13800001111" not in (await (await browser_of(world.hotel_secretary)).get(f"/agreements/{agreement.id}/text")).text
    assert (await clerk.post(f"/signatories/{signatory.id}", data=data | {"office": "9999"})).status_code == 422


async def test_the_list_is_searched_filtered_and_continued(made, browser_of, world):
    for n in range(22):
        from council.partnership import drafting

        await drafting.draft(world.community, made.draft(title=f"第{n}份协议", projects=()), by=world.clerk)
    clerk = await browser_of(world.clerk)
    page = soup(await clerk.get("/agreements"))
    assert len(page.select(".row")) == 20
    rest = soup(await clerk.get(page.select_one("a[rel=next]")["href"]))
    assert len(rest.select(".row")) == 2
    assert len(soup(await clerk.get("/agreements?q=第7份")).select(".row")) == 1
    assert not soup(await clerk.get("/agreements?stage=effective")).select(".row")
    assert len(soup(await clerk.get("/agreements?q=康和医院&category=MUTUAL_SERVICE")).select(".row")) == 20
    for odd in ("?after=x", "?after=99999999999999", "?stage=nothing", "?q=%00", "?category=%27"):
        assert (await clerk.get(f"/agreements{odd}")).status_code == 200


async def test_an_agreement_in_effect_is_public_with_its_file(effective, browser_of):
    visitor = await browser_of()
    assert effective.title in (await visitor.get("/agreements")).text
    for path in ("", "/text", "/agreement.pdf"):
        assert (await visitor.get(f"/agreements/{effective.id}{path}")).status_code == 200
    assert (await visitor.get(f"/agreements/{effective.id}/audit")).status_code == 404


async def test_an_agreement_is_given_up_or_terminated_with_a_reason(made, effective, browser_of, world):
    agreement = await frozen(made)
    clerk, secretary = await browser_of(world.clerk), await browser_of(world.secretary)
    assert (await clerk.post(f"/agreements/{agreement.id}/cancellation", data={"reason": "改期再议"})).status_code == 403
    assert (await secretary.post(f"/agreements/{agreement.id}/cancellation", data={"reason": ""})).status_code == 422
    assert "改期再议" in (await secretary.post(f"/agreements/{agreement.id}/cancellation", data={"reason": "改期再议"})).text
    page = await secretary.post(f"/agreements/{effective.id}/termination", data={"reason": "单位搬离，已提前三十日通知"})
    assert page.status_code == 200
    assert (await Agreement.get(id=effective.id)).stage == "terminated"
    assert clock.today() >= effective.first_day
