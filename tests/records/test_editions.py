"""Wordings compared, comments, agreeing during the review; the community's own templates and the library of articles."""

from __future__ import annotations

import pytest

from council.neighbourhood.people import Visitor
from council.partnership import drafting, editions, skeletons, texts
from council.partnership.agreements import Agreement, Signatory
from council.partnership.drafting import Wording
from council.partnership.skeletons import Skeleton
from council.refusals import Conflict, Forbidden, NotFound, Refusal
from council.rules import categories
from tests.five import ORIGIN, five, place_of, reviewed

TEXT = """序言写在这里，{first_day} 与 %(x)s 都只是文字。

# 目的
〔甲方〕与各方在〔街道〕〔社区〕共同办好食堂。

# 期限
自〔首日〕起至〔末日〕止。一式〔份数〕份。依据共建〔2025〕第003号。
"""


@pytest.fixture
async def made(world):
    return await five(world)


async def revised(agreement, made, clauses, **more):
    given = {"title": agreement.title, "preamble": agreement.preamble, "first_day": agreement.first_day, "last_day": agreement.last_day} | more
    await drafting.revise(agreement, Wording(copies=6, clauses=clauses, **given), by=made.world.clerk)
    return await Agreement.get(id=agreement.id)


async def test_every_wording_is_kept_and_two_are_compared_article_by_article(made):
    agreement = await reviewed(made)
    clauses = [(each["heading"], each["body"]) for each in agreement.clauses]
    other = [("经费安排", "各项目费用由甲方承担。"), *clauses[1:3], (clauses[3][0], clauses[3][1].replace("需求清单", "居民需求清单")), *clauses[4:]]
    agreement = await revised(agreement, made, other, title="新名称")
    first, second = await editions.edition(agreement, 1), await editions.edition(agreement, 2)
    changed = editions.compare(first, second)
    assert [str(each.name) for each in changed] == ["Title", "Article 1", "Article 4"] or len(changed) == 3
    assert ("in", "居民") in [(run.kind, run.text) for run in changed[2].runs]
    assert editions.compare(second, second) == []
    shorter = await revised(agreement, made, other[1:])
    gone = editions.compare(second, await editions.edition(shorter, 3))
    assert len(gone) == 1
    assert {run.kind for run in gone[0].runs} == {"out"}
    assert [each.n for each in await editions.editions(shorter)] == [3, 2, 1]
    with pytest.raises(NotFound):
        await editions.edition(shorter, 9)


async def test_agreeing_belongs_to_one_wording_and_to_the_review(made):
    agreement = await reviewed(made)
    signatory = await Signatory.get(agreement_id=agreement.id, order=1).select_related("signer")
    with pytest.raises(Forbidden):
        await editions.agree(signatory, 1, by=made.world.clerk)
    with pytest.raises(Forbidden):
        await editions.agree(signatory, 1, by=made.signers[2])
    with pytest.raises(Conflict):
        await editions.agree(signatory, 7, by=made.signers[1])
    await editions.agree(signatory, 1, by=made.signers[1])
    assert (await Signatory.get(id=signatory.id)).agreed == 1
    agreement = await revised(agreement, made, [("目的", "另一种写法")])
    with pytest.raises(Conflict):
        await editions.agree(signatory, 2, by=made.signers[1])
    await agreement.review(by=made.world.clerk)
    rows = await agreement.signatories()
    assert sum(each.agreed == agreement.edition for each in rows) == 0, "a new wording has to be agreed with anew"
    await editions.agree(signatory, 2, by=made.signers[1])


async def test_everybody_inside_comments_and_nobody_else(made, world):
    agreement = await reviewed(made)
    await editions.comment(agreement, 3, "建议写明次数", by=made.signers[2])
    await editions.comment(agreement, 0, "请各方周五前看完", by=world.clerk)
    for outsider in (world.resident, world.beside_secretary, Visitor()):
        with pytest.raises(Forbidden):
            await editions.comment(agreement, 1, "外人的话", by=outsider)
    for clause, text in ((99, "没有这一条"), (1, "  ")):
        with pytest.raises(Refusal):
            await editions.comment(agreement, clause, text, by=world.clerk)


async def test_a_template_is_plain_text_and_its_versions_stay(made, world):
    first = await skeletons.keep(world.community, "食堂共建", TEXT, by=world.clerk)
    same = await skeletons.keep(world.community, "食堂共建", TEXT, by=world.clerk)
    second = await skeletons.keep(world.community, "食堂共建", TEXT + "\n# 其他\n另行商定。", by=world.secretary)
    assert (first.id, first.version, second.version) == (same.id, 1, 2)
    assert [each.id for each in await skeletons.skeletons(world.community.path)] == [second.id]
    assert (await Skeleton.get(id=first.id)).text == TEXT
    agreement = await drafting.draft(world.community, made.draft(skeleton=first), by=world.clerk)
    assert [each["heading"] for each in agreement.clauses] == ["目的", "期限"]
    assert agreement.clauses[0]["body"] == "长风社区党委与各方在丁山街道长风社区共同办好食堂。"
    assert agreement.preamble == "序言写在这里，{first_day} 与 %(x)s 都只是文字。"
    paper = await texts.draft_paper(agreement, ORIGIN)
    assert "〔首日〕" not in paper.clauses[1].paragraphs[0]
    assert "共建〔2025〕第003号" in paper.clauses[1].paragraphs[0]
    await skeletons.end(second, by=world.clerk)
    assert await skeletons.skeletons(world.community.path) == []


@pytest.mark.parametrize("text", ["没有任何条款的文字，只有一段话。", "# 目的\n由〔谁〕负责", "# 空的\n", "# 条\n文\n" * 25])
async def test_a_template_that_would_leave_gaps_is_refused(world, text):
    with pytest.raises(Refusal):
        await skeletons.keep(world.community, "不行", text, by=world.clerk)


async def test_templates_belong_to_the_staff_of_their_community(world):
    for outsider in (world.resident, world.hotel_secretary, world.beside_secretary, world.grid_worker):
        with pytest.raises(Forbidden):
            await skeletons.keep(world.community, "外人", TEXT, by=outsider)
    kept = await skeletons.keep(world.beside, "新华范本", TEXT, by=world.beside_secretary)
    assert kept.id not in [each.id for each in await skeletons.skeletons(world.community.path)]
    with pytest.raises(Forbidden):
        await skeletons.end(kept, by=world.clerk)


def test_every_category_has_ready_articles_whose_fields_are_known():
    for code, ready in categories.library().items():
        assert len(ready) >= 3, code
        for clause in ready:
            skeletons.check(f"# {clause.heading}\n{clause.body}")


async def test_a_value_that_looks_like_a_field_is_not_read_again():
    assert skeletons.fill("〔甲方〕与〔社区〕", {"甲方": "〔社区〕", "社区": "长风"}) == "〔社区〕与长风"


async def test_place_of_is_found_only_while_it_is_signed(made):
    agreement = await reviewed(made)
    with pytest.raises(NotFound):
        await place_of(agreement, made.signers[1])
