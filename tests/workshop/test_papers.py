import re
from dataclasses import replace

import pytest

from council import i18n, markup
from council.workshop import fonts, pdf
from council.workshop.papers import Annex, Mark, numeral
from tests.workshop import cast, outside


@pytest.mark.parametrize(
    ("n", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (30, "三十"), (99, "九十九")],
)
def test_articles_are_counted_in_chinese(n, written):
    with i18n.speaking("zh_Hans_CN"):
        assert numeral(n) == written
    with i18n.speaking("en"):
        assert numeral(n) == str(n)


async def test_the_agreement_prints_parties_clauses_lists_consent_and_the_address_to_check(tmp_path):
    made = await pdf.render(cast.paper_of())
    text = re.sub(r"\s", "", outside.words(tmp_path, made.pdf))
    for who in cast.FIVE:
        assert who.organisation in text
        assert f"负责人：{who.secretary}（{who.duty}）" in text
    assert "第十四条电子签名" in text
    assert "《中华人民共和国电子签名法》第十三条" in text
    assert "由5方全部签署后方为有效" in text
    assert all(f"附件{n}" in text for n in "一二三")
    assert cast.PAPER.check_address in text
    assert cast.PAPER.digest in text


async def test_a_real_agreement_carries_no_notice_and_a_draft_is_marked(tmp_path):
    real = outside.words(tmp_path, (await pdf.render(cast.paper_of(replace(cast.PAPER, demo=False)))).pdf)
    assert "演示数据" not in real
    draft = outside.words(
        tmp_path, (await pdf.render(cast.paper_of(replace(cast.PAPER, watermark="草稿")))).pdf
    )
    assert draft.count("草") == 7
    assert "草" not in real


def test_names_are_printed_as_text_never_as_markup():
    evil = replace(cast.FIVE[0], organisation="<script>x</script>{{7*7}}")
    html = cast.paper_of(
        replace(cast.PAPER, signatories=(evil,), annexes=(Annex("<b>", ("<i>",), (("<u>",),)),))
    )
    assert "&lt;script&gt;x&lt;/script&gt;{{7*7}}" in html
    assert not re.search(r"<script|<i>|<u>", html)


@pytest.mark.parametrize("drawn", [None, cast.scrawl(1)], ids=["typed", "drawn"])
async def test_a_mark_says_what_it_is_and_cannot_be_taken_for_a_seal(tmp_path, register, drawn):
    html = cast.mark_of(register.hands[0], cast.MORNING, drawn)
    assert not re.search(r"<(circle|ellipse|polygon|image|img)|border-radius:\s*50%|★", html)
    made = await pdf.render(html)
    assert made.pages == 1
    text = re.sub(r"\s", "", outside.words(tmp_path, made.pdf))
    for said in ("电子签署", "不是印章", cast.FIVE[0].organisation, "林晓岚", "2026年11月21日09:30"):
        assert said in text


async def test_a_mark_holds_the_longest_name_of_an_organisation():
    mark = Mark(
        "中共松坪街道柳荫社区新业态新就业群体联合功能型流动党员临时支部委员会",
        "阿卜杜热合曼·阿卜力米提",
        cast.MORNING,
        "A",
        None,
    )
    made = await pdf.render(markup.render("papers/mark.html", mark=mark))
    assert made.pages == 1


def test_missing_characters_are_named_once_each():
    assert fonts.missing("中共柳荫社区 喆镕堃㛃龑 ·（）〔2026〕号\n") == ""
    assert fonts.missing("张😀三\U0001f004😀") == "😀\U0001f004"


def test_a_cut_font_holds_the_text_and_little_else():
    cut = fonts.subsets("共建协议书")
    assert set(cut) == {fonts.address(*face) for face in fonts.FACES}
    assert all(300 < len(data) < 30_000 for data in cut.values())
